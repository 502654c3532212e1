package facts_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/facts"
	"clew.example/clew/sim/launder"
)

const (
	peelFile   = "../../cases/peel-2019/peel.facts"
	peelStart  = "0f8c45e0cb1203bf7b6f2e484b3cc6f0d2887bfcdcc8acf42f4505934c9dbd34"
	peelSource = "blocks 560062 to 560086 of the main chain of bitcoin"
	peelTxs    = 203
)

// TestPeelCase: the case that ships is all that the outputs of its first
// transaction reach, and nothing else.
func TestPeelCase(t *testing.T) {
	text, err := os.ReadFile(peelFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 150<<10 {
		t.Errorf("%d bytes are more than a demo should weigh", len(text))
	}
	f, err := facts.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Pin(facts.MaxHeight)
	if err != nil {
		t.Fatal(err)
	}
	if tip := v.Tip(); tip.FirstHeight != 560062 || tip.Height != 560086 || f.Source() != peelSource || f.Network().Name != "mainnet" {
		t.Errorf("%s, %q, %+v", f.Network().Name, f.Source(), tip)
	}
	reached := reach(t, v)
	if len(reached) != peelTxs || v.Dense() != peelTxs {
		t.Errorf("reaches %d of %d transactions, want %d", len(reached), v.Dense(), peelTxs)
	}
}

// TestPeelChain: one input, two outputs, and on with the larger one, 173 times.
func TestPeelChain(t *testing.T) {
	text, err := os.ReadFile(peelFile)
	if err != nil {
		t.Fatal(err)
	}
	f, err := facts.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Pin(facts.MaxHeight)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := ledger.ParseHash(peelStart)
	next, err := v.AppendTxRefs(context.Background(), nil, []ledger.TxID{id})
	if err != nil {
		t.Fatal(err)
	}
	var larger []ledger.Amount
	for uint64(next[0]) != ledger.NoRef {
		var rows ledger.Rows
		if err := v.AppendRows(context.Background(), &rows, next); err != nil {
			t.Fatal(err)
		}
		if len(rows.Ins) != 1 || len(rows.Outs) != 2 {
			break
		}
		out := rows.Outs[0]
		if rows.Outs[1].Value > out.Value {
			out = rows.Outs[1]
		}
		larger, next[0] = append(larger, out.Value), out.Spender
	}
	if n := len(larger); n != 173 || larger[0] != 24280772760 || larger[n-1] != 23486140489 || uint64(next[0]) != ledger.NoRef {
		t.Errorf("%d transactions, from %v, then %v", n, larger, next)
	}
}

// reach walks from all outputs of the start to every spender.
func reach(t *testing.T, v *facts.View) map[ledger.TxRef]bool {
	t.Helper()
	id, err := ledger.ParseHash(peelStart)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	queue, err := v.AppendTxRefs(ctx, nil, []ledger.TxID{id})
	if err != nil {
		t.Fatal(err)
	}
	reached := map[ledger.TxRef]bool{}
	for len(queue) > 0 {
		tx := queue[0]
		queue = queue[1:]
		if reached[tx] || uint64(tx) == ledger.NoRef {
			continue
		}
		reached[tx] = true
		var rows ledger.Rows
		if err := v.AppendRows(ctx, &rows, []ledger.TxRef{tx}); err != nil {
			t.Fatal(err)
		}
		for _, o := range rows.Outs {
			queue = append(queue, o.Spender)
		}
	}
	return reached
}

// TestPeelFromBlocks makes the case from the real blocks again, by another
// way: the naive model. With -rewrite it writes the file.
func TestPeelFromBlocks(t *testing.T) {
	m, prev := realModel(t)
	id, err := ledger.ParseHash(peelStart)
	if err != nil {
		t.Fatal(err)
	}
	tip, _ := m.Tip()
	start, ok := m.Tx(id, tip)
	if !ok {
		t.Fatal("the blocks do not hold the start")
	}
	reached := map[int]bool{start.Row: true}
	for row := start.Row; row < m.Counts(tip).Txs; row++ { // a spender comes later
		if !reached[row] {
			continue
		}
		tx := m.Row(row)
		for o := tx.FirstOut; o < tx.EndOut; o++ {
			if spender := m.Out(o, tip).Spender; spender != launder.None {
				reached[spender] = true
			}
		}
	}
	var text bytes.Buffer
	if err := facts.Write(&text, bitcoin.Networks()[0], peelSource, blocksOf(m, prev, func(row int) bool { return reached[row] })); err != nil {
		t.Fatal(err)
	}
	if rewrite := flag.Lookup("rewrite"); rewrite != nil && rewrite.Value.String() == "true" {
		if err := os.WriteFile(peelFile, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shipped, err := os.ReadFile(peelFile)
	if err != nil || !bytes.Equal(shipped, text.Bytes()) {
		t.Errorf("the case that ships is not what %d transactions of the blocks make: %v", len(reached), err)
	}
}

// realModel applies the 25 real blocks and returns the one they are on, too.
func realModel(t *testing.T) (*launder.Model, ledger.Hash) {
	t.Helper()
	data := os.Getenv("CLEW_DATA")
	if data == "" {
		t.Skip("no blocks: set CLEW_DATA to a folder that holds bitcoin/mainnet-560062-560086")
	}
	names, err := filepath.Glob(filepath.Join(data, "bitcoin", "mainnet-560062-560086", "0*"))
	if err != nil || len(names) != 25 {
		t.Fatalf("%d blocks, %v", len(names), err)
	}
	blocks := make([]*ledger.Block, len(names))
	for i, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		blocks[i] = new(ledger.Block)
		if err := new(bitcoin.Decoder).Decode(blocks[i], raw); err != nil {
			t.Fatal(err)
		}
		blocks[i].Height, _ = bitcoin.CoinbaseHeight(blocks[i])
	}
	slices.SortFunc(blocks, func(a, b *ledger.Block) int { return int(a.Height) - int(b.Height) })
	m := launder.NewModel()
	for _, b := range blocks {
		if err := m.Apply(b); err != nil {
			t.Fatal(err)
		}
	}
	return m, blocks[0].Prev
}
