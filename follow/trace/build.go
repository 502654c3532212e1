package trace

import (
	"encoding/hex"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"time"

	"clew.example/clew/follow/lot"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// builder makes a result from a graph in one walk over its transactions.
type builder struct {
	g      *Graph
	out    *Result
	priced *Pricing
	tally  [][kindCount]Absorber  // by policy
	left   [][reasonCount]LeftOut // by policy
	reach  []int                  // transactions by policy
	rows   rows
	ids    []string // of transactions, written once: paths repeat them
	room   int      // transactions that paths may still take
	over   bool     // a sum went beyond 64 bits, which only lies of a source can do
}

// Result makes the answer from what a trace visited, and seals it. It depends
// on its arguments alone; prices may be nil. An error says that amounts, which
// the source stated, cannot be summed.
func (g *Graph) Result(in Input, prices *Pricing) (*Result, error) {
	invariant.Check(len(g.Policies) > 0 && slices.Equal(in.Params.Policies, g.Policies), "result for policies %v of a trace under %v", in.Params.Policies, g.Policies)
	g.check()
	b := newBuilder(g, in, prices)
	for i := range g.Txs {
		b.visit(i)
	}
	b.policies()
	b.out.PeelChains = b.peelChains()
	b.money()
	b.exits()
	if b.over {
		return nil, fmt.Errorf("result: amounts sum to 2^64 base units or more")
	}
	b.balance()
	if err := b.out.Seal(); err != nil {
		return nil, err
	}
	return b.out, nil
}

func newBuilder(g *Graph, in Input, prices *Pricing) *builder {
	in.Starts = append([]InputStart{}, in.Starts...)
	in.Params.Policies = append([]lot.Policy{}, in.Params.Policies...)
	return &builder{
		g:      g,
		priced: prices,
		tally:  make([][kindCount]Absorber, len(g.Policies)),
		left:   make([][reasonCount]LeftOut, len(g.Policies)),
		reach:  make([]int, len(g.Policies)),
		rows:   newRows(len(g.Policies)),
		ids:    make([]string, len(g.Txs)),
		room:   pathTxsMax,
		out: &Result{
			Schema: Schema, Class: Class, Input: in,
			Policies: map[lot.Policy]PolicyResult{},
			Exits:    []Exit{}, PeelChains: []PeelChain{}, FanOuts: []FanOut{}, Consolidations: []Consolidation{},
			Assumed: g.Assumed, LeftOut: []LeftOut{}, Counts: Counts{Txs: len(g.Txs)},
		},
	}
}

// check holds a graph to its promises: what reads it does not ask again.
func (g *Graph) check() {
	fits := func(n int) bool { return n == 0 || n == len(g.Policies) }
	for i := range g.Txs {
		tx := &g.Txs[i]
		ok := len(tx.Visited) == len(g.Policies) && fits(len(tx.FeeTaint))
		for j := range tx.Ins {
			from := tx.Ins[j].Tx
			ok = ok && fits(len(tx.Ins[j].Taint)) && from < i && (from < 0 || int(tx.Ins[j].Prev.Vout) < len(g.Txs[from].Outs))
		}
		for j := range tx.Outs {
			o := &tx.Outs[j]
			ok = ok && o.Tx < len(g.Txs) && (o.Tx < 0 || o.Tx > i) &&
				fits(len(o.Taint)) && len(o.Ends) == len(o.Taint) && fits(len(o.Reasons)) && fits(len(o.Overlap))
		}
		if !ok {
			invariant.Check(false, "transaction %d of the graph, %s, does not fit the others", i, tx.ID)
		}
	}
}

// visit counts a transaction in: its outputs, then its fee.
func (b *builder) visit(i int) {
	tx := &b.g.Txs[i]
	for p, came := range tx.Visited {
		if came {
			b.reach[p]++
		}
	}
	for j := range tx.Outs {
		b.visitOut(i, j)
	}
	for j := range tx.Ins {
		b.visitIn(i, j)
	}
	for p, taint := range tx.FeeTaint {
		if b.g.Policies[p] == lot.Poison && taint > 0 {
			taint = tx.Fee
		}
		b.end(KindFee, ReasonNone, place{tx: i, vout: feeVout, policy: p, amount: taint})
	}
	b.fan(tx)
}

func (b *builder) visitOut(i, j int) {
	o := &b.g.Txs[i].Outs[j]
	if o.Started {
		b.add(&b.out.Theft, o.Value)
	}
	if o.tainted() {
		b.out.Counts.Outputs++
	}
	if b.g.carries(o) {
		b.out.Counts.Edges++
	}
	b.rows.next()
	for p, kind := range o.Ends {
		if kind != KindNone {
			b.end(kind, o.reason(p), place{tx: i, vout: j, policy: p, amount: b.ended(o, p)})
		}
	}
	for p, amount := range o.Overlap {
		if b.g.Policies[p] != lot.Poison {
			b.end(KindOverlap, ReasonNone, place{tx: i, vout: j, policy: p, amount: amount})
		}
	}
}

// visitIn counts what came, backward, by an input whose output is not held.
func (b *builder) visitIn(i, j int) {
	b.rows.next()
	for p, taint := range b.g.Txs[i].Ins[j].Taint {
		b.end(KindUnknownInput, ReasonNone, place{tx: i, vout: inVout(j), policy: p, amount: taint})
	}
}

// ended is what ends in an output under a policy: poison does not apportion,
// so it is the whole.
func (b *builder) ended(o *OutNode, p int) ledger.Amount {
	if b.g.Policies[p] == lot.Poison {
		return o.Value
	}
	return o.Taint[p]
}

// end counts taint that ended.
func (b *builder) end(kind Kind, why Reason, at place) {
	if at.amount == 0 {
		return
	}
	invariant.Check(kind != KindCutoff || why != ReasonNone, "taint is cut off for no reason")
	t := &b.tally[at.policy][kind]
	t.Count++
	b.add(&t.Amount, at.amount)
	if kind == KindCutoff {
		l := &b.left[at.policy][why]
		l.Count++
		b.add(&l.Amount, at.amount)
	}
	b.rows.add(b.g, kind, at)
}

// add sums, and remembers when a sum did not fit.
func (b *builder) add(to *ledger.Amount, a ledger.Amount) {
	sum, carry := bits.Add64(uint64(*to), uint64(a), 0)
	*to = ledger.Amount(sum)
	b.over = b.over || carry != 0
}

// policies writes down where the theft lies under each policy, and what limits
// left out.
func (b *builder) policies() {
	for p, policy := range b.g.Policies {
		var sum ledger.Amount
		absorbers := []Absorber{}
		for k, a := range b.tally[p] {
			b.add(&sum, a.Amount)
			if a.Count > 0 {
				absorbers = append(absorbers, Absorber{Kind: Kind(k), Amount: a.Amount, Count: a.Count})
			}
		}
		result := PolicyResult{Absorbers: absorbers, Sum: &sum}
		if policy == lot.Poison {
			result = PolicyResult{ReachTxs: &b.reach[p], ReachValue: &sum}
		}
		b.out.Policies[policy] = result
		for why, l := range b.left[p] {
			if l.Count > 0 {
				l.Reason, l.Policy = Reason(why), policy
				b.out.LeftOut = append(b.out.LeftOut, l)
			}
		}
	}
}

// balance holds us to the law of conservation. It is asked after sums are
// known to fit, so that only a fault of ours can break it.
func (b *builder) balance() {
	var starts ledger.Amount
	for _, s := range b.out.Input.Starts {
		starts += s.Amount
	}
	invariant.Check(starts == b.out.Theft, "starts of %d base units in the input, of %d in the trace", starts, b.out.Theft)
	for p, policy := range b.g.Policies {
		if policy != lot.Poison {
			sum := *b.out.Policies[policy].Sum
			invariant.Check(sum == b.out.Theft, "under %s %d base units of %d are accounted for; visited transactions: %d", policy, sum, b.out.Theft, b.reach[p])
		}
	}
}

func (o *OutNode) tainted() bool {
	return slices.ContainsFunc(o.Taint, func(a ledger.Amount) bool { return a > 0 })
}

// carries reports whether taint goes between an output and a transaction of
// the trace that spends it. Taint that ends as unknown or diluted gets that
// far; backward, all does.
func (g *Graph) carries(o *OutNode) bool {
	for p, kind := range o.Ends {
		on := g.Backward || kind == KindNone || kind == KindUnknownInput || kind == KindDiluted
		if o.Tx >= 0 && o.Taint[p] > 0 && on {
			return true
		}
	}
	return false
}

func (o *OutNode) reason(p int) Reason {
	if o.Reasons == nil {
		return ReasonNone
	}
	return o.Reasons[p]
}

// id is the text of a transaction's id.
func (b *builder) id(tx int) string {
	if b.ids[tx] == "" {
		b.ids[tx] = b.g.Txs[tx].ID.String()
	}
	return b.ids[tx]
}

// outpoint is the text of an output.
func (b *builder) outpoint(tx, vout int) string { return b.id(tx) + ":" + strconv.Itoa(vout) }

// timeText writes a header time as RFC 3339 in UTC.
func timeText(unix uint32) string { return time.Unix(int64(unix), 0).UTC().Format(time.RFC3339) }

// hexText writes an account.
func hexText(a ledger.Account) string { return hex.EncodeToString(a) }
