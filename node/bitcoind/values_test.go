package bitcoind_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/node/bitcoind/mock"
	"clew.example/clew/sim/launder"
)

// known returns the newest block of a world that spends something and of which
// all that it spends is stated.
func known(t *testing.T, w *launder.World) *ledger.Block {
	t.Helper()
	for _, ref := range w.Blocks() {
		b, err := w.Block(ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		stated := len(b.Txs) > 2 && len(b.Spent) == len(b.Ins)
		for i := 1; stated && i < len(b.Spent); i++ {
			stated = b.Spent[i].Known
		}
		if stated {
			return b
		}
	}
	t.Fatal("no block states what it spends")
	return nil
}

// valued makes a node that states what its blocks spend.
func valued(t *testing.T) (*mock.Node, *bitcoind.Client, *ledger.Block) {
	t.Helper()
	w, network := world(t, 41, func(c *launder.Config) { c.Rates[launder.SpentKnown] = 1000 })
	n := serve(t, w, w.Tip().Hash)
	spent := map[ledger.Hash][]ledger.SpentOut{}
	for _, ref := range w.Blocks() {
		spent[ref.Hash] = w.Spent(ref.Hash)
	}
	n.SetSpent(spent)
	opt := options(network, n)
	opt.Values = true
	return n, open(t, opt), known(t, w)
}

// TestValues: what a node states of spent outputs arrives as the world has it.
func TestValues(t *testing.T) {
	t.Parallel()
	n, c, want := valued(t)
	got, err := c.Block(context.Background(), want.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Spent, want.Spent) {
		t.Errorf("spent %v, want %v", got.Spent, want.Spent)
	}
	n.SetSpent(nil) // as btcd: it is asked once more, and then no longer
	for range 3 {
		if got, err = c.Block(context.Background(), want.Hash); err != nil || got.Spent != nil {
			t.Errorf("spent %v, %v", got.Spent, err)
		}
	}
	if asked := n.Requests("getblock"); asked != 2+2+1+1 {
		t.Errorf("asked %d times", asked)
	}
}

// TestValuesLies: values of another block, or of no block, are a lie; where they
// can not be had at all, they stay unknown.
func TestValuesLies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		from, to string
		lie      string
	}{
		{`"value":`, `"value":-`, "amount -"},
		{`"value":`, `"value":21000001.5,"was":`, "amount above"},
		{`"value":`, `"value":1e3,"was":`, "amount 1e3"},
		{`"vout":`, `"vout":7,"was":`, "in the block"},
		{`"vin":[`, `"vin":[{},`, "inputs, in the block"},
		{`"txid":"`, `"txid":"0`, "in the block"},
		{`"hex":"`, `"hex":"x`, "is not hex"},
		{`"tx":[`, `"tx":[{},`, "transactions, the block has"},
		{`"tx":[`, `"tx":[` + strings.Repeat("{},", 120_000), "want a block"},
		{`"tx":`, `"tx":1,"was":`, "want a block"},
	} {
		n, c, want := valued(t)
		n.Tamper(on("getblock", func(params []any, a *mock.Answer) {
			if params[1] == 3.0 {
				text, _ := json.Marshal(a.Result)
				a.Result = json.RawMessage(strings.ReplaceAll(string(text), tc.from, tc.to))
			}
		}))
		_, err := c.Block(context.Background(), want.Hash)
		var lie *bitcoind.Lie
		if !errors.As(err, &lie) || !strings.Contains(lie.Reason, tc.lie) {
			t.Errorf("%.20s: want %q, have %v", tc.to, tc.lie, err)
		}
	}
	n, c, want := valued(t)
	n.Tamper(on("getblock", func(params []any, a *mock.Answer) {
		if params[1] == 3.0 {
			a.Code, a.Message = -8, "no such verbosity"
		}
	}))
	if b, err := c.Block(context.Background(), want.Hash); err != nil || b.Spent != nil {
		t.Errorf("a node that has no values: %v", err)
	}
}

func TestParseAmount(t *testing.T) {
	for text, want := range map[string]ledger.Amount{
		"0.00000000": 0, "0.00000001": 1, "20999999.9769": 2099999997690000, "50": 5000000000, "1.5": 150000000,
	} {
		if got, err := bitcoind.ParseAmount(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", ".", "-1", "+1", "1e8", "0.000000001", "999999999", "21000000.00000001", "1.-5", "1_0", " 1"} {
		if got, err := bitcoind.ParseAmount(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
}
