package flow

import (
	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// Schema names the form of a flow.
const Schema = "clew.flow/1"

// Flow is a trace as it is drawn: the same trace and the same question make the
// same bytes. Amounts are decimal strings in base units; a list of amounts has
// one for each of Policies, in that order. Times are header times in unix
// seconds. Lists are never null.
//
// Under every policy but poison, which apportions nothing, what enters a node
// or starts in it is what leaves it or ends in it, and what ends in all nodes,
// those left out included, sums to the theft. Backward, edges still go with
// time and the law is read from their ends: what leaves a node enters it.
type Flow struct {
	Schema       string        `json:"schema"`
	Class        string        `json:"class"` // of amounts: rule, since the policy chooses
	Chain        ledger.Chain  `json:"chain"`
	ResultDigest string        `json:"result_digest"`
	Backward     bool          `json:"backward"`
	Policies     []lot.Policy  `json:"policies"`
	Theft        ledger.Amount `json:"theft"`
	Tip          Tip           `json:"tip"`
	TimeFrom     uint32        `json:"time_from"` // of the first and the last transaction visited
	TimeTo       uint32        `json:"time_to"`
	Open         []string      `json:"open"`        // the folds that are open, those asked for that are there
	SmallBelow   ledger.Amount `json:"small_below"` // what carries less is folded as small; 0: nothing is
	Nodes        []Node        `json:"nodes"`       // in the order of time
	Edges        []Edge        `json:"edges"`       // between nodes of this page and those before it
	Folded       Folded        `json:"folded"`
	LeftOut      LeftOut       `json:"left_out"`
	Next         *string       `json:"next"`            // the cursor of the next page; null: this is the last
	Strip        *Strip        `json:"strip,omitempty"` // where it was asked for; never backward
}

// Tip is the block as of which the trace was done.
type Tip struct {
	Height ledger.Height `json:"height"`
	Hash   string        `json:"hash"`
	Time   *uint32       `json:"time"` // null: not known
}

// The kinds of a node that are not kinds of trace.Kind.
const (
	KindTheft = "theft" // a transaction with outputs that the trace starts from, or those outputs
	KindTx    = "tx"
	KindMixed = "mixed" // a fold of nodes of several kinds
)

// Node is a transaction, a place where value ended, or a fold of such.
//
// Its kind is theft, tx, one of the kinds in which taint ends (service, listed,
// mixer, unspent, burn, cutoff, undecoded, unknown_input, coinbase), or mixed.
// Of a fold it is that of everything in it. Fees, what overlaps an earlier theft
// and what is diluted have no nodes: Ended of the node where that happens has
// them.
type Node struct {
	// ID is the same in every answer about the same trace, whatever is open:
	//	theft:TXID  tx:TXID               a transaction; of the later of two with one id TXID@HEIGHT
	//	service:SCRIPT, listed:, mixer:   an account: hex, or sha256-HEX of a script above 40 bytes
	//	unspent:TXID:VOUT, cutoff: ...    an outpoint
	//	peel:HEX, rest:HEX, branches:HEX, service_name:HEX, small:HEX   a fold, by a hash of what it hangs on
	//	peel:HEX~before, peel:HEX~after   what lies beside the window of an open peel chain
	ID      string  `json:"id"`
	Kind    string  `json:"kind"`
	Fold    *Fold   `json:"fold"`    // null: not a fold
	Fan     *Fan    `json:"fan"`     // of a transaction that spreads or brings together equal parts; null: it does not
	Claim   *Claim  `json:"claim"`   // who it is said to be; null: nobody says
	TxID    *string `json:"txid"`    // of a transaction, and of the outpoint
	Vout    *uint32 `json:"vout"`    // of an outpoint
	Account *string `json:"account"` // hex of the script, up to 80 bytes of it; null: none, several or longer
	Address *string `json:"address"` // null: none, or several

	FirstTime   uint32        `json:"first_time"` // of the first and the last transaction in it, or that paid it
	LastTime    uint32        `json:"last_time"`
	FirstHeight ledger.Height `json:"first_height"`
	LastHeight  ledger.Height `json:"last_height"`
	Hops        uint32        `json:"hops"` // least number of transactions from a start

	Amounts []ledger.Amount `json:"amounts"` // taint that came in or started here
	Started []ledger.Amount `json:"started"` // of Amounts, what started here; null: nothing
	Ended   []Ended         `json:"ended"`   // of Amounts, what went no further, in the order of kinds
	Value   ledger.Amount   `json:"value"`   // the whole of the outputs that Amounts came by
}

// Ended is what went no further than a node.
type Ended struct {
	Kind    trace.Kind      `json:"kind"`
	Amounts []ledger.Amount `json:"amounts"`
	Count   int             `json:"count"` // outpoints; of fees, transactions
}

// Claim is what a list states of an account.
type Claim struct {
	Name     string `json:"name"`     // empty: none stated
	Category string `json:"category"` // empty: none stated
	Source   string `json:"source"`   // who says so; empty: not stated
	Class    string `json:"class"`    // stated
}

// FoldKind says what was folded.
type FoldKind string

// The kinds of fold.
const (
	FoldPeel     FoldKind = "peel"     // five or more hops of a peel chain
	FoldRest     FoldKind = "rest"     // unspent outputs of one parent
	FoldBranches FoldKind = "branches" // branches of one parent that go the same way, or end in the same way
	FoldService  FoldKind = "service"  // accounts of one name and kind
	FoldSmall    FoldKind = "small"    // what hangs on one node and carries less than SmallBelow
)

// Fold says what a node stands for.
type Fold struct {
	Kind    FoldKind `json:"kind"`
	Count   int      `json:"count"`    // hops, outputs, branches, accounts or small things
	Txs     int      `json:"txs"`      // transactions in it
	OpensTo int      `json:"opens_to"` // nodes that open shows in its place
	Open    string   `json:"open"`     // what to ask to be opened; beside a window, the window that adjoins it
	Peels   *Peels   `json:"peels"`    // of a peel chain; null otherwise
}

// Peels is what the card of a peel chain shows. Beside a window it speaks of the
// hops on its side only.
type Peels struct {
	Chain      string          `json:"chain"`  // the id of the whole
	Offset     int             `json:"offset"` // hops of the chain before the first in here
	Hops       int             `json:"hops"`   // of the whole chain
	Bins       []ledger.Amount `json:"bins"`   // peel by peel; of more than 240 hops the greatest of each bin
	Peeled     ledger.Amount   `json:"peeled"` // the sum of the smaller outputs
	Most       ledger.Amount   `json:"most"`
	StartValue ledger.Amount   `json:"start_value"` // the larger output of the first hop
	EndValue   ledger.Amount   `json:"end_value"`   // the larger output of the last hop
	Blocks     int             `json:"blocks"`      // that hold these hops: hops over blocks is the cadence
}

// Fan says that a transaction has eight or more inputs or outputs with taint
// within three in a hundred of each other. To open it opens the branches beside
// it.
type Fan struct {
	Way     string        `json:"way"` // out or in
	Count   int           `json:"count"`
	Least   ledger.Amount `json:"least"`
	Most    ledger.Amount `json:"most"`
	Spread  int           `json:"spread_basis_points"` // of most above least, rounded up
	OpensTo int           `json:"opens_to"`            // nodes that open shows beside it; 0: nothing is folded
}

// The certainties of an edge.
const (
	CertainChain = "chain" // nothing but stolen coins went in, so that no rule chose
	CertainRule  = "rule"  // other coins were there: the policy chose
	CertainLead  = "lead"  // not counted; none yet
)

// Edge is what goes from one node to another: one for all outputs between them.
type Edge struct {
	ID        string          `json:"id"` // follows from the ids of its ends
	From      string          `json:"from"`
	To        string          `json:"to"`
	Amounts   []ledger.Amount `json:"amounts"`
	Value     ledger.Amount   `json:"value"`      // the whole of these outputs
	Count     int             `json:"count"`      // outputs
	FirstTime uint32          `json:"first_time"` // when the first and the last of it came to To
	LastTime  uint32          `json:"last_time"`
	Certainty string          `json:"certainty"` // of the least certain of it
}

// Folded counts what stands in folds that are closed.
type Folded struct {
	Nodes int `json:"nodes"` // transactions and places
	Txs   int `json:"txs"`
}

// LeftOut is what this page and those before it do not show.
type LeftOut struct {
	Nodes   int             `json:"nodes"`
	Edges   int             `json:"edges"`
	Amounts []ledger.Amount `json:"amounts"` // what ended in those nodes
	Total   int             `json:"total"`   // nodes in all, shown or not
}

// Strip is where the theft was over time. Times never go back: a header that
// does is taken for as late as the latest before it.
type Strip struct {
	Policies []lot.Policy `json:"policies"` // those that apportion
	Kinds    []trace.Kind `json:"kinds"`    // in which anything ended
	Steps    []Step       `json:"steps"`    // at most 240
}

// Step is how it stood from a time on. Moving and all of Ended sum to what was
// stolen until then.
type Step struct {
	Time   uint32            `json:"time"`
	Moving []ledger.Amount   `json:"moving"` // in outputs that are spent later; by policy of the strip
	Ended  [][]ledger.Amount `json:"ended"`  // by kind of the strip, then by policy
}

// Path is the way from a start to a node or place, through what is shown.
type Path struct {
	Policy lot.Policy `json:"policy"`
	Node   string     `json:"node"`  // that shows what was asked for
	Hops   int        `json:"hops"`  // transactions on it less one
	Nodes  []string   `json:"nodes"` // from the start, in order; each once for a run of transactions in it
	Edges  []string   `json:"edges"` // between them
	Times  []uint32   `json:"times"` // of the first transaction in each of Nodes
}
