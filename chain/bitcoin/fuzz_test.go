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

// fuzzSeedMax keeps the mutator to blocks it can do many of in a second.
const fuzzSeedMax = 60_000

// FuzzDecodeBlock. Strategy: mutations of real blocks where the data is
// present, and of generated ones. Nearly every mutation breaks the merkle root,
// so each input is tried a second time with the commitments that its content
// asks for.
//
// Invariants: no panic; an error lies inside the bytes; Decode accepts exactly
// the blocks that btcd's wire decodes and that keep the rules of
// oracleDecode, with equal header, txids, weights, inputs and outputs; the
// txids and weights do not depend on what the decoder read before.
func FuzzDecodeBlock(f *testing.F) {
	for _, real := range realBlocks(f) {
		if len(real.raw) <= fuzzSeedMax {
			f.Add(real.raw)
		}
	}
	r := newRand(f, 13)
	for i := range 16 {
		f.Add(randomBlock(r, i, i%2 == 0))
	}
	var used bitcoin.Decoder // keeps scratch of earlier inputs
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkDecode(t, &used, raw)
		if repaired := repair(raw); repaired != nil {
			checkDecode(t, &used, repaired)
		}
	})
}

func checkDecode(t *testing.T, d *bitcoin.Decoder, raw []byte) {
	t.Helper()
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
