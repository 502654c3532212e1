package trace

import (
	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// Graph is everything that a trace visited under any of its policies, in
// ledger order, with ids instead of handles. What is drawn and listed is made
// from it. Amounts per policy stand in the order of Policies, in base units.
type Graph struct {
	Policies []lot.Policy
	Backward bool // taint goes from where value lies back to where it came from
	Txs      []TxNode

	// Path returns the transactions (indexes in Txs) by which the largest lot
	// of an output came under a policy (an index in Policies), from the
	// transaction of a start to the output's own, both included. An output
	// number of -1 means the fee. Nil if nothing came.
	Path func(policy, tx, vout int) []int
	// Assumed counts the transactions in which something was assumed.
	Assumed Assumed
}

// TxNode is a visited transaction.
type TxNode struct {
	ID       ledger.TxID
	Pos      ledger.Pos
	Time     uint32 // unix seconds of the block's header
	Hop      uint32 // 0 for the transaction of a start, else 1 + the least of an input with taint
	Visited  []bool // by policy: whether it came here, or started here
	Start    bool   // holds an output that was started from
	Coinbase bool
	Ins      []InNode
	Outs     []OutNode
	FeeKnown bool            // false: an input's value is not known; then Fee is what is assumed
	Fee      ledger.Amount   // inputs minus outputs
	FeeTaint []ledger.Amount // by policy; nil: none
}

// InNode is an input of a visited transaction.
type InNode struct {
	Prev  ledger.Outpoint
	Tx    int // index in Graph.Txs of the transaction that made it; -1: not visited
	Known bool
	Value ledger.Amount
	// Taint is, backward, what came by an input that the source does not hold
	// the output of, by policy; nil: nothing.
	Taint []ledger.Amount
}

// OutNode is an output of a visited transaction.
type OutNode struct {
	Value   ledger.Amount
	Taint   []ledger.Amount // by policy; nil: no policy taints it
	Ends    []Kind          // by policy: where all its taint ended; KindNone: nothing there, or followed; nil: as Taint
	Reasons []Reason        // by policy, where Ends says cutoff; nil: nowhere
	Overlap []ledger.Amount // by policy: of a start, what carried an earlier start and ends as overlap; nil: none
	Started bool            // the trace starts here
	Spent   bool            // as of the tip; known for tainted outputs only
	Tx      int             // index in Graph.Txs of the visited transaction that spends it; -1: none
	Account ledger.Account  // for tainted outputs
	Address string          // of the account; empty: it has none
	Name    Name
}
