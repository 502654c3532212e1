package bitcoin_test

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// oracleDecode decodes raw with btcd and applies, by btcd's code where it has
// it, the rules that Decode promises. A nil block means that it is refused.
func oracleDecode(raw []byte) (*wire.MsgBlock, error) {
	if len(raw) > bitcoin.MaxBlockSize {
		return nil, errors.New("too big")
	}
	r := bytes.NewReader(raw)
	var msg wire.MsgBlock
	if err := msg.Deserialize(r); err != nil {
		return nil, err
	}
	if r.Len() != 0 {
		return nil, errors.New("trailing bytes")
	}
	if len(msg.Transactions) == 0 {
		return nil, errors.New("no transactions")
	}
	for i, tx := range msg.Transactions {
		if err := oracleTx(i, tx); err != nil {
			return nil, fmt.Errorf("transaction %d: %w", i, err)
		}
	}
	// A witness marker without witnesses shows only in the length.
	if n := msg.SerializeSize(); n != len(raw) {
		return nil, fmt.Errorf("written again it has %d bytes, not %d", n, len(raw))
	}
	return &msg, oracleCommitments(&msg)
}

func oracleTx(i int, tx *wire.MsgTx) error {
	t := btcutil.NewTx(tx)
	if blockchain.IsCoinBase(t) != (i == 0) {
		return errors.New("coinbase")
	}
	var rule blockchain.RuleError
	err := blockchain.CheckTransactionSanity(t)
	if errors.As(err, &rule) && (rule.ErrorCode == blockchain.ErrBadCoinbaseScriptLen || rule.ErrorCode == blockchain.ErrTxTooBig) {
		return nil // not our rules
	}
	return err
}

func oracleCommitments(msg *wire.MsgBlock) error {
	block := btcutil.NewBlock(msg)
	if blockchain.CalcMerkleRoot(block.Transactions(), false) != msg.Header.MerkleRoot {
		return errors.New("merkle root")
	}
	// With distinct txids no level can have equal neighbours, short of a
	// collision; two equal txids are how a mutation begins.
	if oracleMutated(msg) {
		return errors.New("mutated")
	}
	for _, tx := range msg.Transactions {
		if tx.HasWitness() {
			return blockchain.ValidateWitnessCommitment(block)
		}
	}
	return nil
}

// oracleMutated looks at the stored tree for a left node that equals its right
// one where the right one was not made up to fill the level.
func oracleMutated(msg *wire.MsgBlock) bool {
	store := blockchain.BuildMerkleTreeStore(btcutil.NewBlock(msg).Transactions(), false)
	width, at, real := (len(store)+1)/2, 0, len(msg.Transactions)
	for ; width > 1; width /= 2 {
		for i := 0; i+1 < real; i += 2 {
			if store[at+i].IsEqual(store[at+i+1]) {
				return true
			}
		}
		at, real = at+width, (real+1)/2
	}
	return false
}

// diff compares what Decode made of a block with btcd's reading; nil if equal.
func diff(b *ledger.Block, msg *wire.MsgBlock) error {
	if len(b.Txs) != len(msg.Transactions) {
		return fmt.Errorf("%d transactions, want %d", len(b.Txs), len(msg.Transactions))
	}
	if b.Hash != ledger.Hash(msg.BlockHash()) || b.Prev != ledger.Hash(msg.Header.PrevBlock) || int64(b.Time) != msg.Header.Timestamp.Unix() {
		return errors.New("header differs")
	}
	for i, tx := range msg.Transactions {
		if err := diffTx(b, i, tx); err != nil {
			return fmt.Errorf("transaction %d: %w", i, err)
		}
	}
	return nil
}

func diffTx(b *ledger.Block, i int, tx *wire.MsgTx) error {
	got := &b.Txs[i]
	if got.ID != ledger.Hash(tx.TxHash()) {
		return fmt.Errorf("txid %s, want %s", got.ID, tx.TxHash())
	}
	if want := blockchain.GetTransactionWeight(btcutil.NewTx(tx)); int64(got.Weight) != want {
		return fmt.Errorf("weight %d, want %d", got.Weight, want)
	}
	if got.Traits.Has(ledger.TraitWitness) != tx.HasWitness() {
		return errors.New("witness trait")
	}
	from, to := b.InsOf(i)
	if int(to-from) != len(tx.TxIn) {
		return fmt.Errorf("%d inputs, want %d", to-from, len(tx.TxIn))
	}
	for j, in := range tx.TxIn {
		prev := b.Ins[int(from)+j].Prev
		if prev.TxID != ledger.Hash(in.PreviousOutPoint.Hash) || prev.Vout != in.PreviousOutPoint.Index {
			return fmt.Errorf("input %d spends %s, want %s", j, prev, in.PreviousOutPoint)
		}
	}
	return diffOuts(b, i, tx)
}

func diffOuts(b *ledger.Block, i int, tx *wire.MsgTx) error {
	from, to := b.OutsOf(i)
	if int(to-from) != len(tx.TxOut) {
		return fmt.Errorf("%d outputs, want %d", to-from, len(tx.TxOut))
	}
	for j, out := range tx.TxOut {
		got := b.Outs[int(from)+j]
		if got.Value != ledger.Amount(out.Value) || !bytes.Equal(b.Bytes(got.Script), out.PkScript) {
			return fmt.Errorf("output %d is %d to %x, want %d to %x", j, got.Value, b.Bytes(got.Script), out.Value, out.PkScript)
		}
	}
	return nil
}
