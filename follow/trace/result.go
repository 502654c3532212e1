package trace

import (
	"errors"
	"fmt"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// Schema names the form of a result.
const Schema = "clew.trace/1"

// Class says how the amounts of a result are known: which coins were stolen is
// inferred by a rule, the policy, from what was observed on the chain.
const Class = "rule"

// Rules is raised whenever any result may change: it is part of every input
// digest, so that two results are compared only under the same rules.
const Rules = 1

// Result is what a trace says: the same input makes the same bytes. Amounts are
// decimal strings in base units. Lists are never null.
type Result struct {
	Schema         string                      `json:"schema"`
	Class          string                      `json:"class"`
	Input          Input                       `json:"input"`
	ResultDigest   string                      `json:"result_digest"`           // of all but input, itself and finality
	Finalised      *bool                       `json:"finalised,omitempty"`     // FinalDepth blocks or more lay on top when it was asked; left out: not known
	BlocksOnTop    *uint32                     `json:"blocks_on_top,omitempty"` // as many, FinalDepth for that many or more; left out with Finalised
	Theft          ledger.Amount               `json:"theft"`                   // the sum of the starts
	Policies       map[lot.Policy]PolicyResult `json:"policies"`
	Exits          []Exit                      `json:"exits"`
	PeelChains     []PeelChain                 `json:"peel_chains"`
	FanOuts        []FanOut                    `json:"fan_outs"`
	Consolidations []Consolidation             `json:"consolidations"`
	Assumed        Assumed                     `json:"assumed"`
	LeftOut        []LeftOut                   `json:"left_out"`
	PathsLeftOut   int                         `json:"paths_left_out"` // exits without a path, because paths would fill the answer
	Counts         Counts                      `json:"counts"`
	Money          *Money                      `json:"money,omitempty"` // where prices were given
}

// FinalDepth is how many blocks on top make a result final. Who has a tenth of
// all hash rate replaces that many with a chance of 1 in 4,000 (Nakamoto,
// Bitcoin, section 11: 0.00024), and it is what exchanges have long waited for.
// Blocks below it may still go: a final result can be undone, too.
const FinalDepth = 6

// SetFinality says how deep the block of the result lies, from the height of
// the newest block that its source held when it was asked. That is no part of
// any digest, since the same answer lies deeper when it is asked again; so who
// has only the text of a result can not check it.
func (r *Result) SetFinality(newest ledger.Height) {
	r.Finalised, r.BlocksOnTop = nil, nil
	if newest < r.Input.Tip.Height {
		return // the source knows less than it answered from: nothing is known
	}
	// Counting ends there, so that the text of a final answer stays the same.
	onTop := uint32(min(newest-r.Input.Tip.Height, FinalDepth))
	final := onTop == FinalDepth
	r.Finalised, r.BlocksOnTop = &final, &onTop
}

// soundFinality checks that its members say the same.
func (r *Result) soundFinality() error {
	switch {
	case (r.Finalised == nil) != (r.BlocksOnTop == nil):
		return errors.New("finalised and blocks_on_top: one without the other")
	case r.Finalised == nil:
		return nil
	case *r.BlocksOnTop > FinalDepth || *r.Finalised != (*r.BlocksOnTop == FinalDepth):
		return fmt.Errorf("finalised is %t with %d blocks on top", *r.Finalised, *r.BlocksOnTop)
	}
	return nil
}

// Input is all that a result depends on.
type Input struct {
	Digest      string        `json:"digest"`
	Chain       ledger.Chain  `json:"chain"`
	FirstHeight ledger.Height `json:"first_height"` // nothing before it is known
	Tip         InputTip      `json:"tip"`
	Source      string        `json:"source"` // its class: ledger, esplora, facts
	Rules       int           `json:"rules"`
	LabelSet    *string       `json:"label_set"` // digest; null: none
	Params      InputParams   `json:"params"`
	Starts      []InputStart  `json:"starts"` // in ledger order
}

// InputTip is the block as of which a trace was done.
type InputTip struct {
	Height ledger.Height `json:"height"`
	Hash   string        `json:"hash"`
}

// InputParams are the parameters as they were understood: times as heights.
type InputParams struct {
	Policies []lot.Policy   `json:"policies"`
	Backward bool           `json:"backward"`
	MinValue ledger.Amount  `json:"min_value"`
	MaxHops  *uint32        `json:"max_hops"`
	Until    *ledger.Height `json:"until"`
	Stops    *string        `json:"stops"`  // digest of the accounts to stop at; null: none
	Prices   *string        `json:"prices"` // digest; null: none
}

// InputStart is an output that was started from.
type InputStart struct {
	Outpoint string        `json:"outpoint"`
	Amount   ledger.Amount `json:"amount"`
}

// PolicyResult is where the theft lies under a policy. Absorbers sum to it;
// poison has none, since it apportions nothing, and says how far it reaches.
type PolicyResult struct {
	Absorbers  []Absorber     `json:"absorbers,omitempty"` // in the order of kinds
	Sum        *ledger.Amount `json:"sum,omitempty"`
	ReachTxs   *int           `json:"reach_txs,omitempty"`   // transactions, those of the starts included
	ReachValue *ledger.Amount `json:"reach_value,omitempty"` // the whole value of all outputs and fees where it ends
}

// Absorber is what ended in one way.
type Absorber struct {
	Kind   Kind          `json:"kind"`
	Amount ledger.Amount `json:"amount"`
	Count  int           `json:"count"` // outpoints; of fees, transactions
}

// Exit is a place where taint ended: one for each account (service, listed,
// mixer), each outpoint (unspent, cutoff, unknown_input, undecoded, diluted),
// else one for its kind. By kind, amounts sum to the absorber. The order is by
// amount under the first policy, the greatest first, then by first position,
// then by outpoint.
type Exit struct {
	Kind      Kind                         `json:"kind"`
	Account   *string                      `json:"account"` // hex of the script
	Address   *string                      `json:"address"`
	Outpoint  *string                      `json:"outpoint"`
	Entity    *string                      `json:"entity"`
	Category  *string                      `json:"category"`
	Amounts   map[lot.Policy]ledger.Amount `json:"amounts"`    // a policy under which nothing came here is left out
	Count     int                          `json:"count"`      // outpoints; of fees, transactions
	FirstTime string                       `json:"first_time"` // the least and the greatest header time of those transactions, RFC 3339 in UTC
	LastTime  string                       `json:"last_time"`
	Hops      *uint32                      `json:"hops"`            // of path: its transactions less one; null with it
	Path      []string                     `json:"path"`            // from a start to here by the largest amount under the first policy that has one; null: left out
	Money     *Valued                      `json:"money,omitempty"` // of the amount under the first policy
}

// PeelChain is a run of five or more transactions with one input and two
// outputs, each spending the larger output of the one before (the first of
// equals), as long as it gets within the trace.
type PeelChain struct {
	First      string        `json:"first"`
	Last       string        `json:"last"`
	Txs        int           `json:"txs"`
	StartValue ledger.Amount `json:"start_value"` // the larger output of the first
	EndValue   ledger.Amount `json:"end_value"`   // the larger output of the last
	End        string        `json:"end"`         // what became of that: the kind where it ended, else the form of its spender, else outside
	Peels      int           `json:"peels"`
	Peeled     ledger.Amount `json:"peeled"` // the sum of the smaller outputs
	Gap        Gap           `json:"gap_seconds"`
	Next       *PeelVariant  `json:"next"` // where the chain goes on in another form; null: it does not
}

// Gap says how regularly one transaction followed the other, in header times.
type Gap struct {
	Median float64 `json:"median"`
	CV     float64 `json:"cv"` // standard deviation over mean, to three places; 0 where the mean is 0
}

// PeelVariant is a transaction that goes on with a peel chain in another form.
type PeelVariant struct {
	TxID string `json:"txid"`
	Form string `json:"form"` // top_up (more inputs, two outputs), three_outputs or batch (one input, more outputs)
	Then string `json:"then"` // the first of the peel chain that follows; empty: none does
}

// FanOut is a transaction that spreads taint over eight or more outputs.
type FanOut struct {
	TxID    string        `json:"txid"`
	Outputs int           `json:"outputs"` // with taint under any policy
	Least   ledger.Amount `json:"least"`   // value of such an output
	Most    ledger.Amount `json:"most"`
	Equal   bool          `json:"equal"` // within three in a hundred of each other
}

// Consolidation is a transaction that brings taint from eight or more outputs
// together.
type Consolidation struct {
	TxID   string        `json:"txid"`
	Inputs int           `json:"inputs"` // from transactions of the trace
	Value  ledger.Amount `json:"value"`  // of those
}

// Assumed counts transactions in which something was assumed because the value
// of an input is not known.
type Assumed struct {
	Fee   int `json:"fee"`   // what it pays to miners
	Order int `json:"order"` // where taint stands among its inputs
}

// LeftOut is taint that a limit kept from being followed.
type LeftOut struct {
	Reason Reason        `json:"reason"`
	Policy lot.Policy    `json:"policy"`
	Count  int           `json:"count"` // outpoints
	Amount ledger.Amount `json:"amount"`
}

// Counts say how large the trace is: what any policy visited.
type Counts struct {
	Txs     int `json:"txs"`
	Edges   int `json:"edges"`   // outputs with taint that a transaction of the trace spends, and in which it did not end before
	Outputs int `json:"outputs"` // with taint
}

// Money says what coins were worth, where prices were given: it is a side
// column and decides nothing.
type Money struct {
	Asset string `json:"asset"`
	Then  *Quote `json:"then"` // at the time of the first start; null: no price that old
	Now   *Quote `json:"now"`  // at the time of the tip
	Theft Valued `json:"theft"`
}

// Quote is a price of one whole coin, as somebody stated it.
type Quote struct {
	Time   string  `json:"time"`
	USD    *string `json:"usd"` // decimal; null: not stated
	KRW    *string `json:"krw"`
	Source string  `json:"source"`
}

// Valued is an amount in money, then and now.
type Valued struct {
	Then Fiat `json:"then"`
	Now  Fiat `json:"now"`
}

// Fiat is rounded half up, to cents and to won; null where the price is missing.
type Fiat struct {
	USD *string `json:"usd"`
	KRW *string `json:"krw"`
}
