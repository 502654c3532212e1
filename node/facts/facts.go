package facts

import (
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/lines"
	"clew.example/clew/ledger"
)

// Format is the number of the format that Read and Write know.
const Format = 1

// limits bound a file. A script is at most as long as a block may be, and
// stands in hex.
var limits = lines.Limits{Bytes: 64 << 20, Lines: 2_000_000, Line: 2*scriptMax + 4<<10}

const (
	scriptMax = 1_000_000
	sourceMax = 256
	// valueMax is all the money there can ever be, in satoshi: no honest output
	// or sum of outputs is above it, and sums can not overflow.
	valueMax = 21_000_000 * 100_000_000
	// indexMax is the last index that ledger.Pos can hold.
	indexMax = 1<<24 - 1
)

// Block is a block as Write takes it, or a part of it: transactions that are
// not facts of the file are left out.
type Block struct {
	Height ledger.Height
	Hash   ledger.Hash
	Prev   ledger.Hash
	Time   uint32 // unix seconds of the header
	Txs    []Tx   // by index
}

// Tx is a transaction. Index 0 of a block is its coinbase, which has no Ins.
type Tx struct {
	Index uint32
	ID    ledger.TxID
	Ins   []In
	Outs  []Out
}

// In is an input. Its value is known where the file holds the output, and may
// be where it does not.
type In struct {
	Prev  ledger.Outpoint
	Known bool
	Value ledger.Amount
}

// Out is an output.
type Out struct {
	Value   ledger.Amount
	Account ledger.Account
}

// Facts are the content of a file, checked and linked. Rows count from 0 in
// ledger order. Safe for concurrent use.
type Facts struct {
	network   *bitcoin.Network
	source    string
	blocks    []blockRow
	txs       []txRow
	ins       []inRow
	outs      []outRow
	byID      map[ledger.TxID][]uint32 // oldest first: BIP 30 allows several
	byAccount map[string][]uint32      // outputs, oldest first
}

type blockRow struct {
	height ledger.Height
	hash   ledger.Hash
	time   uint32
	endTx  uint32 // transactions up to and with this block
}

type txRow struct {
	id            ledger.TxID
	pos           ledger.Pos
	time          uint32
	endIn, endOut uint32 // inputs and outputs up to and with this transaction
}

type inRow struct {
	prev  ledger.Outpoint
	out   uint32 // row of the output it spends, or none
	known bool
	value ledger.Amount
}

type outRow struct {
	value   ledger.Amount
	account ledger.Account
	tx      uint32
	spender uint32 // row of a transaction, or none
}

// none is the row of what the file does not hold.
const none = ^uint32(0)

// Network returns the network that the facts are of.
func (f *Facts) Network() *bitcoin.Network { return f.network }

// Source returns where the facts come from, as the file says.
func (f *Facts) Source() string { return f.source }

func (f *Facts) firstIn(tx uint32) uint32 {
	if tx == 0 {
		return 0
	}
	return f.txs[tx-1].endIn
}

func (f *Facts) firstOut(tx uint32) uint32 {
	if tx == 0 {
		return 0
	}
	return f.txs[tx-1].endOut
}

// isCoinbase: a coinbase is transaction 0 of its block, and nothing else is.
func (t *txRow) isCoinbase() bool { return t.pos.Index() == 0 }
