package facts_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/facts"
)

var name = regexp.MustCompile(`@[0-9a-f]`)

// withHashes writes names of hashes out.
func withHashes(text string) string {
	return name.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat(s[1:], 64) })
}

// withNames writes them back.
func withNames(text string) string {
	for _, digit := range "0123456789abcdef" {
		text = strings.ReplaceAll(text, strings.Repeat(string(digit), 64), "@"+string(digit))
	}
	return text
}

const head = "clew-facts 1\nchain bitcoin mainnet\nsource made up\ncomplete\n"

func TestRead(t *testing.T) {
	datadriven.RunTest(t, "testdata/read", func(t *testing.T, d *datadriven.TestData) string {
		text := withHashes(d.Input)
		if d.Cmd == "body" {
			text = head + text
		}
		f, err := facts.Read(strings.NewReader(text))
		if err != nil {
			return withNames(err.Error()) + "\n"
		}
		return withNames(describe(t, f))
	})
}

// describe writes a view of the last block down.
func describe(t *testing.T, f *facts.Facts) string {
	t.Helper()
	v, err := f.Pin(facts.MaxHeight)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	tip := v.Tip()
	fmt.Fprintf(&out, "%s, %s: from block %d to %d %v\n", f.Network().Name, f.Source(), tip.FirstHeight, tip.Height, tip.Hash)
	ctx := context.Background()
	for ref := range ledger.TxRef(v.Dense()) {
		txs, err := v.AppendTxs(ctx, nil, []ledger.TxRef{ref})
		if err != nil {
			t.Fatal(err)
		}
		tx := txs[0]
		fmt.Fprintf(&out, "%d: %v at %d, %d, time %d, coinbase %v\n", ref, tx.ID, tx.Pos.Height(), tx.Pos.Index(), tx.Time, tx.Coinbase)
		for _, in := range tx.Ins {
			fmt.Fprintf(&out, "  in %d %v known %v %v\n", int64(in.Ref), in.Prev, in.Known, in.Value)
		}
		for _, o := range tx.Outs {
			accounts, _ := v.AppendAccounts(ctx, nil, []ledger.OutRef{o.Ref})
			spends, _ := v.AppendSpenders(ctx, nil, []ledger.OutRef{o.Ref})
			fmt.Fprintf(&out, "  out %d %v to %x, spent by %d\n", o.Ref, o.Value, accounts[0], int64(spends[0].Tx))
		}
	}
	return out.String()
}

func read(t *testing.T, body string) *facts.Facts {
	t.Helper()
	f, err := facts.Read(strings.NewReader(head + withHashes(body)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestDocument reads the example of docs/format/facts.md.
func TestDocument(t *testing.T) {
	doc, err := os.ReadFile("../../docs/format/facts.md")
	if err != nil {
		t.Fatal(err)
	}
	var example strings.Builder
	for line := range strings.Lines(string(doc)) {
		if text, ok := strings.CutPrefix(line, "    "); ok {
			example.WriteString(text)
		}
	}
	f, err := facts.Read(strings.NewReader(example.String()))
	if err != nil {
		t.Fatal(err)
	}
	if got := describe(t, f); strings.Count(got, " spent by 2\n") != 1 || !strings.HasPrefix(got, "regtest, made up for this page: from block 101 to 144 ") {
		t.Error(got)
	}
}

// TestGaps: blocks that the file leaves out are said to be left out.
func TestGaps(t *testing.T) {
	f := read(t, "block 5 @a @0 500\nblock 6 @b @a 620\nblock 9 @c @d 900\n")
	for height, want := range map[ledger.Height]string{
		4: "block 4: not in the file of facts, which holds blocks 5 to 9",
		7: "block 7: not in the file of facts, which has no facts between blocks 6 and 9",
	} {
		if _, err := f.Pin(height); err == nil || err.Error() != want {
			t.Errorf("pin %d: %v", height, err)
		}
	}
	v, err := f.Pin(6)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.HashAt(context.Background(), 9); err == nil || !strings.Contains(err.Error(), "above the pin, block 6") {
		t.Errorf("a hash above the pin: %v", err)
	}
	if v, err = f.Pin(facts.MaxHeight); err != nil {
		t.Fatal(err)
	}
	if _, err := v.HashAt(context.Background(), 8); err == nil || !strings.Contains(err.Error(), "no facts between blocks 6 and 9") {
		t.Errorf("a hash of a block left out: %v", err)
	}
	for time, want := range map[uint32]ledger.Height{499: 0, 500: 5, 619: 5, 700: 6, 900: 9, 1 << 31: 9} {
		h, ok, err := v.HeightAt(context.Background(), time)
		if err != nil || h != want || ok != (want > 0) {
			t.Errorf("time %d: block %d, %v, %v", time, h, ok, err)
		}
	}
}

func TestNotFound(t *testing.T) {
	f := read(t, "block 5 @a @0 500\ntx 0 @1\nin coinbase\nout 7 script:51\nblock 6 @b @a 620\ntx 0 @2\nin coinbase\nout 7 script:51\n")
	v, err := f.Pin(5)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	_, txErr := v.AppendTxs(ctx, nil, []ledger.TxRef{1})
	rowErr := v.AppendRows(ctx, new(ledger.Rows), []ledger.TxRef{ledger.TxRef(ledger.NoRef)})
	_, spendErr := v.AppendSpenders(ctx, nil, []ledger.OutRef{1})
	_, accountErr := v.AppendAccounts(ctx, nil, []ledger.OutRef{1})
	_, _, ofErr := v.TxOf(1)
	for i, err := range []error{txErr, rowErr, spendErr, accountErr, ofErr} {
		if err == nil || !strings.Contains(err.Error(), "not in the file of facts as of block 5") {
			t.Errorf("query %d: %v", i, err)
		}
	}
}

// TestWriteRefuses: what could not be read is not written.
func TestWriteRefuses(t *testing.T) {
	mainnet := bitcoin.Networks()[0]
	tx := facts.Tx{Index: 0, ID: ledger.TxID{1}, Outs: []facts.Out{{Value: 1, Account: make([]byte, 1_000_001)}}}
	block := facts.Block{Height: 7, Hash: ledger.Hash{7}}
	for _, tc := range []struct {
		source string
		blocks []facts.Block
		want   string
	}{
		{"x", nil, "no blocks"},
		{"", []facts.Block{block}, "source: want words"},
		{"a\nb", []facts.Block{block}, "source has a control character"},
		{strings.Repeat("x", 257), []facts.Block{block}, "longer than 256"},
		{"x", []facts.Block{block, block}, "block 7: block 7 after block 7"},
		{"x", []facts.Block{{Height: facts.MaxHeight}}, "no such height"},
		{"x", []facts.Block{{Height: 7, Txs: []facts.Tx{tx}}}, "block 7: transaction 0: a script of 1000001 bytes"},
		{"x", []facts.Block{{Height: 7, Txs: []facts.Tx{{Index: 1}}}}, "no outputs"},
	} {
		err := facts.Write(new(bytes.Buffer), mainnet, tc.source, tc.blocks)
		if err == nil || !strings.HasPrefix(err.Error(), "write facts: ") || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("error %v, want %q", err, tc.want)
		}
	}
}
