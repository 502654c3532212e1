package launder_test

import (
	"fmt"
	"strings"
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

const peel = `
first 100
c1 coinbase   -> miner:50
t1 theft:10   -> a:7 b:3     # theft is older than the ledger
block
t2 a:7 clean:3 -> c:9 burn:1
t3 t1:1 c      -> b:4 b:4 c:1
block
block
c4 coinbase -> miner:1
t4 b:8 late:5? -> a:12
`

func TestParse(t *testing.T) {
	w, err := launder.Parse(peel)
	if err != nil {
		t.Fatal(err)
	}
	m := truth(t, w)
	tip, _ := m.Tip()
	if c := m.Counts(end); tip != 103 || c.Txs != 8 || c.Unknown != 3 || c.Valued != 2 {
		t.Errorf("tip %d, counts %+v", tip, c)
	}
	want := strings.TrimSpace(`
c1 @100: coinbase -> miner:50 fee 0
t1 @100: theft:10 -> a:7 b:3 fee 0
t2 @101: a:7 clean:3 -> c:9 burn:1 fee 0
t3 @101: b:3 c:9 -> b:4 b:4 c:1 fee 3
c4 @103: coinbase -> miner:1 fee 0
t4 @103: b:4 b:4 ? -> a:12 fee ?`)
	if have := show(w, m); have != want {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
}

// show writes the named transactions of a model.
func show(w *launder.World, m *launder.Model) string {
	names := map[string]string{}
	for _, name := range []string{"miner", "theft", "a", "b", "c", "clean", "burn"} {
		names[string(launder.AccountOf(name))] = name
	}
	var lines []string
	for row := range m.Counts(end).Txs {
		tx := m.Row(row)
		name := w.TxName(tx.ID)
		if name == "" {
			continue
		}
		line := fmt.Sprintf("%s @%d:", name, tx.Pos.Height())
		for i := tx.FirstIn; i < tx.EndIn; i++ {
			line += " " + showIn(m.In(i), names)
		}
		line += " ->"
		for i := tx.FirstOut; i < tx.EndOut; i++ {
			o := m.Out(i, end)
			line += fmt.Sprintf(" %s:%v", names[string(o.Script)], o.Value)
		}
		lines = append(lines, line+" fee "+showFee(m, tx))
	}
	return strings.Join(lines, "\n")
}

func showIn(in launder.In, names map[string]string) string {
	switch {
	case in.Coinbase:
		return "coinbase"
	case !in.Known:
		return "?"
	}
	return fmt.Sprintf("%s:%v", names[string(in.Script)], in.Value)
}

func showFee(m *launder.Model, tx launder.Tx) string {
	fee, known := m.Fee(tx.Row)
	switch {
	case tx.Coinbase:
		return "0"
	case !known:
		return "?"
	}
	return fee.String()
}

func TestParseNamesAreStable(t *testing.T) {
	a, errA := launder.Parse("t1 theft:10 -> a:10")
	b, errB := launder.Parse("# the same\nt1 theft:10 -> a:10\nblock\nt2 a -> b:1\n")
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	idA, _ := a.TxID("t1")
	idB, ok := b.TxID("t1")
	if !ok || idA != idB {
		t.Errorf("t1 is %v and %v", idA, idB)
	}
	if _, ok := a.TxID("t2"); ok {
		t.Error("a world knows the name of another")
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"t1 a:1":                           "want inputs, -> and outputs",
		"t1 -> a:1":                        "want inputs, -> and outputs",
		"t1 a:1 ->":                        "want inputs, -> and outputs",
		"t1 a:1 -> b:2":                    "outputs of 2 exceed inputs of 1",
		"t1 a -> b:2":                      "no unspent output",
		"t1 a:1 -> b:1\nt1 b:1 -> a:1":     "line 2: t1: there is a transaction of that name",
		"t1 a:1 -> b:1\na b:1 -> c:1":      "line 2: a: an account has that name",
		"t1 a:1 -> t1:1":                   "a transaction has that name",
		"t1 t1:1 -> a:1":                   "t1:1\": the transaction has 0 outputs",
		"t1 a:5 -> b:3 b:2\nt2 b:4 -> c:4": "the oldest 2 unspent outputs of the account make 5",
		"t1 a:5 -> b:5\nt2 t1:0 -> c:1\nt3 t1:0 -> c:1": "spent already",
		"t1 a:5 -> b:5\nt2 t1:1 -> c:1":                 "has 1 outputs",
		"t1 a:5 -> b:5\nt2 t1:x -> c:1":                 "output number",
		"t1 a:5 -> burn:5\nt2 burn:5 -> c:1":            "burnt",
		"t1 a:5 -> burn.x:5\nt2 t1:0 -> c:1":            "burnt",
		"t1 a:5 -> b:5\nc coinbase -> m:1":              "first transaction of its block",
		"first 0\nt1 a:5 -> b:5":                        "nothing is older than block 0",
		"t1 a:5 -> b:5\nfirst 3":                        "must be the first line",
		"first x":                                       "height",
		"first":                                         "want one height",
		"block 3":                                       "nothing may follow",
		"t1 a:-5 -> b:5":                                "amount",
		"t1 a:2100000000000001 -> b:5":                  "amount above",
		"t1 a:2100000000000000 b:1 -> b:5":              "inputs above",
		"t1 a:1 -> b:2100000000000000 b:1":              "outputs above",
		"t1 a:1 -> 1b:1":                                "is no name",
		"t1 a:1 -> block:1":                             "is no name",
		"é a:1 -> b:1":                                  "is no name",
		"t1 a:1 -> b":                                   "want account:amount",
		strings.Repeat("x", 65) + " a:1 -> b:1":         "at most 64",
		strings.Repeat("#", launder.TextMax+1):          "above 65536",
	} {
		_, err := launder.Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: have %v, want %q", text, err, want)
		}
	}
}

// FuzzParse: strategy: any text, from a corpus of lines that use every form.
// Invariants: no panic; a text that is accepted makes blocks that decode, a
// model that takes them, no money from nothing, and the same bytes again.
func FuzzParse(f *testing.F) {
	f.Add(peel)
	f.Add("")
	f.Add("c coinbase -> a:2100000000000000\nblock\nt a -> burn:0 b:1")
	f.Add("first 0\nc coinbase -> a:1 a:2\nblock\nt a:3 -> b:1\nblock\n")
	f.Add("t x:1? y:2 y:3? -> a:1\nu t:0 y -> z:0")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := launder.Parse(text)
		if err != nil {
			return
		}
		m := truth(t, w)
		for row := range m.Counts(end).Txs {
			tx := m.Row(row)
			known := !tx.Coinbase
			for i := tx.FirstIn; i < tx.EndIn; i++ {
				known = known && m.In(i).Known
			}
			if _, ok := m.Fee(row); known && !ok {
				t.Errorf("%s makes money", w.TxName(tx.ID))
			}
		}
		again, err := launder.Parse(text)
		if err != nil || digest(w, w.Blocks()) != digest(again, again.Blocks()) {
			t.Errorf("read again, the text says something else: %v", err)
		}
	})
}

func TestAccountOf(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"a", "b", "burn", "burn.a", "burner"} {
		script := launder.AccountOf(name)
		if seen[string(script)] {
			t.Errorf("%s: script %x is another's", name, []byte(script))
		}
		seen[string(script)] = true
		if burn := script[0] == 0x6a; burn != (name == "burn" || name == "burn.a") {
			t.Errorf("%s: script %x", name, []byte(script))
		}
	}
	var _ ledger.Account = launder.AccountOf("a")
}
