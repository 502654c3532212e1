//go:build integration

package simnet_test

import (
	"testing"
	"time"

	"clew.example/clew/bench/simnet"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// TestNode has a real btcd take blocks with and without witnesses, give some
// up, and end in both ways.
func TestNode(t *testing.T) {
	ctx := t.Context()
	bin, err := simnet.Find("../../bin/btcd")
	if err != nil {
		t.Skip("btcd is missing: run scripts/btcd.sh, or name one in CLEW_BTCD")
	}
	n, err := simnet.Start(simnet.Options{Bin: bin, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Kill)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	blocks := []*simnet.Block{simnet.Genesis()}
	for len(blocks) <= 310 {
		b := simnet.Mine(blocks[len(blocks)-1], "main", spendings(blocks)...)
		must(n.Submit(ctx, b))
		blocks = append(blocks, b)
	}
	at := func(want ledger.Hash) {
		t.Helper()
		if tip, err := n.Tip(ctx); err != nil || tip != want {
			t.Fatalf("tip %s, %v; want %s", tip, err, want)
		}
	}
	at(blocks[310].Hash)
	must(n.Invalidate(ctx, blocks[305].Hash))
	at(blocks[304].Hash)
	must(n.Submit(ctx, simnet.Mine(blocks[304], "other")))
	must(n.Reconsider(ctx, blocks[305].Hash))
	at(blocks[310].Hash)
	must(n.Stop())
	must(n.Start())
	at(blocks[310].Hash)
	n.Kill()
	began := time.Now()
	must(n.Start())
	t.Logf("started again in %v", time.Since(began))
}

// spendings spends, from the first block that may on, an old coinbase a block.
func spendings(chain []*simnet.Block) []bitcoin.RawTx {
	height := ledger.Height(len(chain))
	if height < simnet.SegwitHeight {
		return nil
	}
	old := height - simnet.Maturity
	return []bitcoin.RawTx{{
		Version: 2,
		Ins:     []bitcoin.RawIn{simnet.CoinbaseLock(old).Spend(ledger.Outpoint{TxID: chain[old].Coinbase})},
		Outs:    []bitcoin.RawOut{{Value: simnet.Subsidy - 1000, Script: simnet.Payee(uint64(height))}},
	}}
}
