package bitcoin_test

import (
	"bytes"
	"testing"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// fuzzSeedMax keeps the mutator to blocks that it can do thousands of in a
// second.
const fuzzSeedMax = 2_000

// FuzzDecodeBlock. Strategy: mutations of real blocks where the data is
// present, and of generated ones. Nearly every mutation breaks the merkle root,
// so each input is tried a second time with the commitments that its content
// asks for.
//
// Invariants: no panic; an error lies inside the bytes; Decode accepts exactly
// the blocks that btcd's wire decodes and that keep the rules of
// oracleDecode, with equal header, txids, weights, inputs and outputs.
//
// Run it with -fuzzminimizetime 100x: blocks have no smaller form of the same
// coverage, and looking for one takes the whole time.
func FuzzDecodeBlock(f *testing.F) {
	for _, real := range realBlocks(f) {
		if seed := smallBlock(f, real.raw); seed != nil {
			f.Add(seed)
		}
	}
	r := newRand(f, 13)
	for i := range 16 {
		f.Add(randomBlock(r, i/2, i%2 == 0))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkDecode(t, raw)
		if repaired := repair(raw); repaired != nil {
			checkDecode(t, repaired)
		}
	})
}

// smallBlock returns a block of the first, the middle and the last transactions
// of a real one, with commitments of its own; nil if it is still too long.
func smallBlock(tb testing.TB, raw []byte) []byte {
	var msg wire.MsgBlock
	if err := msg.Deserialize(bytes.NewReader(raw)); err != nil {
		tb.Fatal(err)
	}
	if n := len(msg.Transactions); n > 3 {
		msg.Transactions = []*wire.MsgTx{msg.Transactions[0], msg.Transactions[n/2], msg.Transactions[n-1]}
	}
	var out bytes.Buffer
	if err := msg.Serialize(&out); err != nil {
		tb.Fatal(err)
	}
	if out.Len() > fuzzSeedMax {
		return nil
	}
	return repair(out.Bytes())
}

func checkDecode(t *testing.T, raw []byte) {
	t.Helper()
	var d bitcoin.Decoder // a new one, so that an input always takes the same path
	var b ledger.Block
	err := d.Decode(&b, raw)
	msg, oracleErr := oracleDecode(raw)
	if err != nil {
		requireError(t, err, len(raw))
		if oracleErr == nil {
			t.Fatalf("%v, but btcd accepts it", err)
		}
		return
	}
	if oracleErr != nil {
		t.Fatalf("accepted, but btcd: %v", oracleErr)
	}
	if err := diff(&b, msg); err != nil {
		t.Fatal(err)
	}
	bitcoin.CoinbaseHeight(&b)
	for _, out := range b.Outs {
		bitcoin.KindOf(b.Bytes(out.Script))
	}
}

// repair returns raw with the witness commitment and the merkle root of its
// content, nil if btcd can not read it.
func repair(raw []byte) []byte {
	var msg wire.MsgBlock
	if msg.Deserialize(bytes.NewReader(raw)) != nil || len(msg.Transactions) == 0 {
		return nil
	}
	raw = bytes.Clone(raw)
	repairCommitment(raw, &msg)
	if msg.Deserialize(bytes.NewReader(raw)) != nil {
		return nil
	}
	root := blockchain.CalcMerkleRoot(btcutil.NewBlock(&msg).Transactions(), false)
	copy(raw[36:], root[:])
	return raw
}

func repairCommitment(raw []byte, msg *wire.MsgBlock) {
	txs := btcutil.NewBlock(msg).Transactions()
	commitment, ok := blockchain.ExtractWitnessCommitment(txs[0])
	at := bytes.Index(raw, commitment)
	witness := msg.Transactions[0].TxIn[0].Witness
	if !ok || at < 0 || len(witness) != 1 {
		return
	}
	root := blockchain.CalcMerkleRoot(txs, true)
	copy(raw[at:], chainhash.DoubleHashB(append(root[:], witness[0]...)))
}
