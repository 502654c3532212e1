package trace

import (
	"context"

	"clew.example/clew/ledger"
)

// UTXO is what a trace asks of a UTXO chain, pinned at a block. Calls append to
// dst in the order asked and reuse what lies beyond its length. Handles are
// the source's own; only those that it gave out are asked for.
type UTXO interface {
	// Tip is the block as of which everything is answered.
	Tip() ledger.Tip
	AppendTxs(ctx context.Context, dst []ledger.TxView, txs []ledger.TxRef) ([]ledger.TxView, error)
	// AppendSpenders says who spends each output as of the pin.
	AppendSpenders(ctx context.Context, dst []ledger.Spend, outs []ledger.OutRef) ([]ledger.Spend, error)
	// AppendAccounts says who each output pays. The bytes stay the source's.
	AppendAccounts(ctx context.Context, dst []ledger.Account, outs []ledger.OutRef) ([]ledger.Account, error)
	// HashAt is the block of a height, up to the tip.
	HashAt(ctx context.Context, h ledger.Height) (ledger.Hash, error)
}

// Finder is what finds the start of a trace.
type Finder interface {
	// AppendTxRefs finds the newest transaction of each id; NoRef where the
	// source holds none.
	AppendTxRefs(ctx context.Context, dst []ledger.TxRef, ids []ledger.TxID) ([]ledger.TxRef, error)
	// AppendOutputs finds what was paid to an account in the transactions from
	// and to, ends included, oldest first.
	AppendOutputs(ctx context.Context, dst []ledger.OutRef, of ledger.Account, from, to ledger.Pos) ([]ledger.OutRef, error)
	// TxOf is the transaction of an output and its number there.
	TxOf(out ledger.OutRef) (ledger.TxRef, uint32, error)
	// HeightAt is the greatest height whose header time is at or before a time
	// (unix seconds), up to the tip; false if there is none.
	HeightAt(ctx context.Context, time uint32) (ledger.Height, bool, error)
}

// Dense is a source whose transactions are numbered 0 to Dense()-1 in ledger
// order, and whose rows are read without waiting.
type Dense interface {
	Dense() uint64
	// AppendRows appends transactions with their inputs, outputs and spenders.
	AppendRows(ctx context.Context, dst *ledger.Rows, txs []ledger.TxRef) error
}

// Ahead is a source that can fetch what it will be asked for. The hint costs
// nothing if it is not followed.
type Ahead interface {
	Ahead(txs []ledger.TxRef)
}
