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
}
