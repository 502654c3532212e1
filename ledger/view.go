package ledger

// Refs are handles of one source (row ids, or interned hashes). They never
// leave the process: results, digests and tie-breaks use txid:vout and Pos.
type (
	// TxRef is a source's handle of a transaction.
	TxRef uint64
	// OutRef is a source's handle of an output.
	OutRef uint64
)

// NoRef is the handle of something the source does not hold.
const NoRef = ^uint64(0)

// Tip says up to where a source was read.
type Tip struct {
	FirstHeight Height
	Height      Height
	Hash        Hash
	Generation  uint64 // raised when rows a reader may have met were taken back
}

// TxView is a transaction as a trace reads it.
type TxView struct {
	Ref      TxRef
	ID       TxID
	Pos      Pos
	Time     uint32 // unix seconds of the block's header
	Coinbase bool
	Ins      []InView
	Outs     []OutView
}

// InView is an input: Ref is NoRef where the source does not hold the output
// it spends; Known says whether its value is known all the same.
type InView struct {
	Ref   OutRef
	Prev  Outpoint
	Known bool
	Value Amount
}

// OutView is an output.
type OutView struct {
	Ref   OutRef
	Value Amount
}

// Spend answers who spends an output as of the pin. Unspent is an answer:
// then Tx is NoRef.
type Spend struct {
	Out OutRef
	Tx  TxRef
	Pos Pos // at or before the spender's, where asking for it takes a while; else 0
}

// Rows are transactions as a sweep over a local ledger reads them, without ids
// and times: columns that many transactions share and that are reused.
type Rows struct {
	Txs  []RowTx
	Ins  []RowIn
	Outs []RowOut
}

// RowTx is a transaction of Rows: its inputs and outputs begin at FirstIn and
// FirstOut and end where those of the next begin, or the column ends.
type RowTx struct {
	Ref               TxRef
	Pos               Pos
	FirstIn, FirstOut uint32
	Coinbase          bool // then it has no inputs
}

// RowIn is an input of Rows: Ref is NoRef where the source does not hold the
// output it spends; Known says whether its value is known all the same.
type RowIn struct {
	Ref   OutRef
	Value Amount
	Known bool
}

// RowOut is an output of Rows and who spends it: NoRef while it is unspent as
// of the pin.
type RowOut struct {
	Ref     OutRef
	Value   Amount
	Spender TxRef
}

// Reset empties the rows and keeps their room.
func (r *Rows) Reset() { r.Txs, r.Ins, r.Outs = r.Txs[:0], r.Ins[:0], r.Outs[:0] }
