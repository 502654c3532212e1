package main

import (
	"fmt"
	"path/filepath"
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// TestDuplicate: a txid that came twice (BIP 30) means the newer transaction;
// the older is named by its block.
func TestDuplicate(t *testing.T) {
	w, id, older, newer := duplicateWorld(t)
	dir := t.TempDir()
	blocks, l := filepath.Join(dir, "blocks"), filepath.Join(dir, "L")
	if err := launder.WriteBlkFiles(blocks, launder.BlkFiles{}, w.Raws(w.Chain())); err != nil {
		t.Fatal(err)
	}
	ask(t, "ingest", "bitcoin", "--blocks", blocks, "--ledger", l)
	sameJSON(t, ask(t, "ledger", "check", "--ledger", l), `{"ok":true}`)
	for arg, height := range map[string]ledger.Height{
		id.String():                                 newer,
		fmt.Sprintf("%s@%d", id, older):             older,
		fmt.Sprintf("%s@%d", id, newer):             newer,
		fmt.Sprintf("btc-regtest:%s@%d", id, older): older,
	} {
		block := ask(t, "tx", arg, "--ledger", l)["block"].(map[string]any)
		if fmt.Sprint(block["height"]) != fmt.Sprint(height) {
			t.Errorf("tx %s is in block %v, want %d", arg, block["height"], height)
		}
	}
}

// duplicateWorld returns a world with a txid that came twice, and where.
func duplicateWorld(t *testing.T) (w *launder.World, id ledger.TxID, older, newer ledger.Height) {
	t.Helper()
	for seed := uint64(1); seed < 100; seed++ {
		c := launder.Small(seed)
		c.Forks = 0
		w, err := launder.New(c)
		if err != nil {
			t.Fatal(err)
		}
		at := map[ledger.TxID]ledger.Height{}
		for _, ref := range w.Chain() {
			b, err := w.Block(ref.Hash)
			if err != nil {
				t.Fatal(err)
			}
			coinbase := b.Txs[0].ID
			if h, twice := at[coinbase]; twice {
				id, older, newer = coinbase, h, ref.Height
			}
			at[coinbase] = ref.Height
		}
		if newer > 0 {
			return w, id, older, newer
		}
	}
	t.Fatal("no world has a duplicate")
	return nil, id, 0, 0
}
