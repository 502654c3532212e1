package bitcoin_test

import (
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// TestInputOrder compares the BIP 69 trait with the order of the txids' text,
// over txids that differ in one random byte.
func TestInputOrder(t *testing.T) {
	r := newRand(t, 14)
	var d bitcoin.Decoder
	var b ledger.Block
	for range 500 {
		tx := randomTx(r, false)
		first := tx.Ins[0]
		second := first
		second.Prev.TxID[r.IntN(32)] = byte(r.Uint32())
		second.Prev.Vout += uint32(r.IntN(2))
		if first.Prev == second.Prev {
			continue
		}
		tx.Ins = []bitcoin.RawIn{first, second}
		if err := d.Decode(&b, bitcoin.AppendBlock(nil, bitcoin.Header{}, []bitcoin.RawTx{coinbase(1), tx})); err != nil {
			t.Fatal(err)
		}
		a, z := first.Prev, second.Prev
		want := a.TxID.String() < z.TxID.String() || a.TxID == z.TxID && a.Vout < z.Vout
		if got := b.Txs[1].Traits.Has(ledger.TraitInputsSorted); got != want {
			t.Fatalf("%s, %s: sorted %v", a, z, got)
		}
	}
}

// TestManyInputs finds an output spent twice among 10,000, and costs no more
// than a sort.
func TestManyInputs(t *testing.T) {
	r := newRand(t, 15)
	tx := randomTx(r, false)
	tx.Ins = nil
	for range 10_000 {
		tx.Ins = append(tx.Ins, bitcoin.RawIn{Prev: ledger.Outpoint{TxID: ledger.Hash(randomBytes(r, 32))}})
	}
	txs := []bitcoin.RawTx{coinbase(1), tx}
	var d bitcoin.Decoder
	var b ledger.Block
	if err := d.Decode(&b, bitcoin.AppendBlock(nil, bitcoin.Header{}, txs)); err != nil {
		t.Fatal(err)
	}
	tx.Ins[9_999].Prev = tx.Ins[r.IntN(9_999)].Prev
	raw := bitcoin.AppendBlock(nil, bitcoin.Header{}, txs)
	requireError(t, d.Decode(&b, raw), len(raw))
}
