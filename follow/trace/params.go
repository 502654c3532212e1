package trace

import (
	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// Params say how a trace is done.
type Params struct {
	Policies []lot.Policy // each once; results list them in this order
	// Limits, judged for each policy on each output before it is followed.
	MinValue ledger.Amount  // an output with less taint is not followed; 0: no limit
	MaxHops  *uint32        // an output of a transaction more hops away is not followed; the start's own is 0 away; nil: no limit
	Until    *ledger.Height // an output spent in a later block is not followed; nil: no limit
	Names    Names          // who is who, and where to stop

	// Progress, if set, is told now and then how far a trace is. It changes
	// nothing of what is found.
	Progress func(Progress)
}

// Progress says how far a trace is under a policy.
type Progress struct {
	Policy lot.Policy
	Height ledger.Height // of the transaction visited last; the tip's, when all were
	Txs    int           // visited so far
}

// Names knows accounts by their bytes.
type Names map[string]Name

// Name is what is said of an account.
type Name struct {
	Stop     Kind   // KindService, KindListed or KindMixer: a trace ends there; KindNone: it goes on
	Entity   string // who it is said to be; empty: not said
	Category string // of the label; empty: none
	Source   string // who says so; empty: not said
}

// Start is an output from which a trace begins. Pos is its transaction's: a
// trace as of an earlier block waits for it. 0 says that it is there already.
type Start struct {
	Tx   ledger.TxRef
	Vout uint32
	Pos  ledger.Pos

	value ledger.Amount // known once the trace came to it
}
