package bitcoin_test

import (
	"bytes"
	"testing"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// TestRawTx compares what is written, and its ids, with btcd's.
func TestRawTx(t *testing.T) {
	r := newRand(t, 8)
	for i := range 200 {
		tx := randomTx(r, i%2 == 0)
		raw := tx.Append(nil)
		var msg wire.MsgTx
		if err := msg.Deserialize(bytes.NewReader(raw)); err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := msg.Serialize(&again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), raw) {
			t.Fatalf("written %x, btcd %x", raw, again.Bytes())
		}
		if tx.TxID() != ledger.Hash(msg.TxHash()) || tx.WTxID() != ledger.Hash(msg.WitnessHash()) {
			t.Fatalf("ids of %x", raw)
		}
	}
}

// TestMerkleRoot compares roots with btcd's, and finds each tail written twice.
func TestMerkleRoot(t *testing.T) {
	r := newRand(t, 9)
	if root, mutated := bitcoin.MerkleRoot(nil, nil); !root.IsZero() || mutated {
		t.Errorf("root of nothing: %s, %v", root, mutated)
	}
	for n := 1; n < 70; n++ {
		var txs []*btcutil.Tx
		var ids []ledger.TxID
		for range n {
			raw := randomTx(r, false)
			tx, err := btcutil.NewTxFromBytes(raw.Append(nil))
			if err != nil {
				t.Fatal(err)
			}
			txs, ids = append(txs, tx), append(ids, ledger.Hash(*tx.Hash()))
		}
		want := ledger.Hash(blockchain.CalcMerkleRoot(txs, false))
		got, mutated := bitcoin.MerkleRoot(ids, nil)
		if got != want || mutated {
			t.Fatalf("%d ids: root %s, want %s; mutated %v", n, got, want, mutated)
		}
		requireMutated(t, ids, want)
	}
}

// requireMutated repeats the odd tail of each level: the root stays.
func requireMutated(t *testing.T, ids []ledger.TxID, want ledger.Hash) {
	t.Helper()
	for width := 1; width < len(ids); width *= 2 {
		if len(ids)%(2*width) != width {
			continue
		}
		twice := append(append([]ledger.TxID(nil), ids...), ids[len(ids)-width:]...)
		got, mutated := bitcoin.MerkleRoot(twice, nil)
		if got != want || !mutated {
			t.Fatalf("%d ids, tail of %d twice: root %s, mutated %v", len(ids), width, got, mutated)
		}
		return
	}
}

// TestCompactSize compares the four forms, at their borders, with btcd's.
func TestCompactSize(t *testing.T) {
	for _, n := range []uint64{0, 0xfc, 0xfd, 0xffff, 0x10000, 1<<32 - 1, 1 << 32, 1<<64 - 1} {
		var want bytes.Buffer
		if err := wire.WriteVarInt(&want, 0, n); err != nil {
			t.Fatal(err)
		}
		if got := bitcoin.AppendCompactSize(nil, n); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%d is written %x, want %x", n, got, want.Bytes())
		}
	}
}
