package file

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// Options say how a trace is written for people.
type Options struct {
	Chain string // what the chain is called, as in "bitcoin mainnet"; empty: its id
	Rows  int    // of exits; a quarter of other lists; what is left out is counted; 0: 20
	Rerun string // command line that does it again; empty: not said
}

// rowsShown is how much of a list is written if Options do not say: a screen.
const rowsShown = 20

// policiesShown is how many policies an exit's row has amounts of: more do not
// fit beside an address.
const policiesShown = 3

// Table writes a trace for a terminal: first where the theft lies under each
// policy, then the exits, then what was recognised on the way, what was left
// out and assumed, and how to check it.
func Table(w io.Writer, r *trace.Result, o Options) error {
	if o.Rows <= 0 {
		o.Rows = rowsShown
	}
	t := &traceTable{Page: NewPage(w), r: r, o: o, policies: r.Input.Params.Policies}
	t.head()
	t.absorbers()
	t.exits()
	t.o.Rows = (t.o.Rows + 3) / 4
	t.peelChains()
	t.shapes()
	t.doubts()
	t.proof()
	return t.Err()
}

type traceTable struct {
	*Page
	r        *trace.Result
	o        Options
	policies []lot.Policy
}

func (t *traceTable) head() {
	in := &t.r.Input
	chain, doing := t.o.Chain, "trace"
	if chain == "" {
		chain = string(in.Chain)
	}
	if in.Params.Backward {
		doing = "backward trace"
	}
	t.Linef("%s of %s BTC from %s  (%s, source: %s)", doing, Coins(t.r.Theft.String()), Plural(len(in.Starts), "output"), chain, in.Source)
	t.Linef("  as of block %s %s", Count(in.Tip.Height), in.Tip.Hash)
	t.Linef("  %s", finality(t.r))
	if in.FirstHeight > 0 {
		t.Linef("  the source begins at block %s: what was before is not known", Count(in.FirstHeight))
	}
	t.Linef("  transactions are seen on the chain; amounts are inferred by the policy that is named")
	if m := t.r.Money; m != nil {
		t.Linef("  worth %s then%s, %s now%s", fiat(m.Theft.Then), quoted(m.Then), fiat(m.Theft.Now), quoted(m.Now))
	}
}

// finality says how deep the block lay when the answer was asked for.
func finality(r *trace.Result) string {
	switch {
	case r.Finalised == nil || r.BlocksOnTop == nil:
		return "final or not: not known"
	case *r.Finalised:
		return "final: " + Count(trace.FinalDepth) + " blocks or more on top"
	}
	return "not final: " + Plural(*r.BlocksOnTop, "block") + " on top"
}

// quoted says when a price was stated and by whom.
func quoted(q *trace.Quote) string {
	if q == nil {
		return " (no price)"
	}
	return " (price of " + When(q.Time) + ", " + q.Source + ")"
}

func fiat(f trace.Fiat) string {
	var parts []string
	if f.USD != nil {
		parts = append(parts, decimal(*f.USD)+" USD")
	}
	if f.KRW != nil {
		parts = append(parts, decimal(*f.KRW)+" KRW")
	}
	if len(parts) == 0 {
		return "not known"
	}
	return strings.Join(parts, ", ")
}

func decimal(s string) string {
	whole, rest, point := strings.Cut(s, ".")
	if point {
		rest = "." + rest
	}
	return groups(whole) + rest
}

// absorbersBeside is how many policies stand beside each other, with the number
// of places of each kind: more do not fit on a screen, and get a line each.
const absorbersBeside = 2

// absorbers writes where the theft lies under each policy, with the sum.
func (t *traceTable) absorbers() {
	var sharing []lot.Policy
	var kinds []trace.Kind
	for _, p := range t.policies {
		if res := t.r.Policies[p]; res.Sum != nil {
			sharing = append(sharing, p)
			for _, a := range res.Absorbers {
				kinds = append(kinds, a.Kind)
			}
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	t.Linef("")
	switch {
	case len(sharing) > absorbersBeside:
		t.byPolicy(sharing, kinds)
	case len(sharing) > 0:
		t.byKind(sharing, kinds)
	}
	for _, p := range t.policies {
		if res := t.r.Policies[p]; res.ReachTxs != nil && res.ReachValue != nil {
			t.Linef("%s reaches %s, which hold %s BTC where it ends", p, Plural(*res.ReachTxs, "transaction"), Coins(res.ReachValue.String()))
		}
	}
}

// where is the title of what lies where.
func (t *traceTable) where() string {
	if t.r.Input.Params.Backward {
		return "where it came from"
	}
	return "where it lies"
}

// byKind writes a row for each kind and two columns for each policy.
func (t *traceTable) byKind(of []lot.Policy, kinds []trace.Kind) {
	c := Columns{Right: map[int]bool{}}
	title, sums := []string{t.where()}, []string{"sum"}
	for i, p := range of {
		c.Right[2*i+1], c.Right[2*i+2] = true, true
		title, sums = append(title, p.String()+" BTC", "places"), append(sums, Coins(t.r.Policies[p].Sum.String()), "")
	}
	c.Add(title...)
	for _, k := range kinds {
		row := []string{"  " + k.String()}
		for _, p := range of {
			row = append(row, t.absorber(k, p)...)
		}
		c.Add(row...)
	}
	c.Add(sums...)
	c.Write(t.Page, "")
}

// byPolicy writes a row for each policy and a column for each kind.
func (t *traceTable) byPolicy(of []lot.Policy, kinds []trace.Kind) {
	c := Columns{Right: map[int]bool{}}
	title := []string{t.where() + ", BTC"}
	for _, k := range kinds {
		title = append(title, k.String())
		c.Right[len(title)-1] = true
	}
	c.Right[len(title)] = true
	c.Add(append(title, "sum")...)
	for _, p := range of {
		row := []string{"  " + p.String()}
		for _, k := range kinds {
			row = append(row, t.absorber(k, p)[0])
		}
		c.Add(append(row, Coins(t.r.Policies[p].Sum.String()))...)
	}
	c.Write(t.Page, "")
}

// absorber returns what ended in a kind, and in how many places.
func (t *traceTable) absorber(k trace.Kind, p lot.Policy) []string {
	for _, a := range t.r.Policies[p].Absorbers {
		if a.Kind == k {
			return []string{Coins(a.Amount.String()), Count(a.Count)}
		}
	}
	return []string{"-", "-"}
}

func (t *traceTable) exits() {
	t.Linef("")
	if len(t.r.Exits) == 0 {
		t.Linef("no exits")
		return
	}
	shown := t.policies[:min(len(t.policies), policiesShown)]
	c := Columns{Right: map[int]bool{}}
	title := []string{"exits"}
	for i, p := range shown {
		title, c.Right[i+1] = append(title, p.String()+" BTC"), true
	}
	c.Right[len(title)] = true // hops
	c.Add(append(title, "hops", "last", "who")...)
	for i := range t.r.Exits[:min(len(t.r.Exits), t.o.Rows)] {
		c.Add(exitRow(&t.r.Exits[i], shown)...)
	}
	c.Write(t.Page, "")
	t.more(len(t.r.Exits), "exit")
	if more := len(t.policies) - len(shown); more > 0 {
		t.Linef("  left out: amounts under the other policies, %s (--format json or csv has all)", Count(more))
	}
}

func exitRow(e *trace.Exit, policies []lot.Policy) []string {
	row := []string{"  " + e.Kind.String()}
	for _, p := range policies {
		cell := "-"
		if a, ok := e.Amounts[p]; ok {
			cell = Coins(a.String())
		}
		row = append(row, cell)
	}
	return append(row, hops(e.Hops, "-"), When(e.LastTime), who(e))
}

// who names an exit: by what its account is said to be, by its address, by the
// output. Ids are written in full, since they are what is copied next.
func who(e *trace.Exit) string {
	var parts []string
	for _, s := range []*string{e.Entity, e.Address, e.Outpoint} {
		if s != nil && *s != "" {
			parts = append(parts, *s)
		}
	}
	if e.Address == nil && e.Outpoint == nil && e.Account != nil {
		parts = append(parts, "script:"+*e.Account)
	}
	if e.Money != nil {
		parts = append(parts, "worth "+fiat(e.Money.Now)+" now")
	}
	return strings.Join(parts, "  ")
}

// more counts what a list left out.
func (t *traceTable) more(n int, thing string) {
	if n > t.o.Rows {
		t.Linef("  left out: %s (--format json has all)", Plural(n-t.o.Rows, thing))
	}
}

func (t *traceTable) peelChains() {
	if len(t.r.PeelChains) == 0 {
		return
	}
	t.Linef("")
	t.Linef("peel chains")
	for i := range t.r.PeelChains[:min(len(t.r.PeelChains), t.o.Rows)] {
		c := &t.r.PeelChains[i]
		t.Linef("  %s from %s to %s", Plural(c.Txs, "transaction"), c.First, c.Last)
		t.Linef("    from %s BTC to %s BTC, then %s; %s of %s BTC in all; gap %s s (median), cv %s", Coins(c.StartValue.String()),
			Coins(c.EndValue.String()), c.End, Plural(c.Peels, "peel"), Coins(c.Peeled.String()), ratio(c.Gap.Median), ratio(c.Gap.CV))
		if c.Next != nil {
			t.Linef("    goes on as %s in %s%s", c.Next.Form, c.Next.TxID, then(c.Next.Then))
		}
	}
	t.more(len(t.r.PeelChains), "peel chain")
}

func then(txid string) string {
	if txid == "" {
		return ""
	}
	return ", then from " + txid
}

func ratio(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// shapes lists where taint spreads and where it comes together.
func (t *traceTable) shapes() {
	if len(t.r.FanOuts) > 0 {
		t.Linef("")
		t.Linef("fan-outs")
		c := Columns{Right: map[int]bool{1: true, 2: true, 4: true}}
		for i := range t.r.FanOuts[:min(len(t.r.FanOuts), t.o.Rows)] {
			f := &t.r.FanOuts[i]
			c.Add(f.TxID, Plural(f.Outputs, "output"), coinsOf(f.Least), "to", coinsOf(f.Most), equal(f.Equal))
		}
		c.Write(t.Page, "  ")
		t.more(len(t.r.FanOuts), "fan-out")
	}
	if len(t.r.Consolidations) == 0 {
		return
	}
	t.Linef("")
	t.Linef("consolidations")
	c := Columns{Right: map[int]bool{1: true, 2: true}}
	for i := range t.r.Consolidations[:min(len(t.r.Consolidations), t.o.Rows)] {
		k := &t.r.Consolidations[i]
		c.Add(k.TxID, Plural(k.Inputs, "input"), coinsOf(k.Value))
	}
	c.Write(t.Page, "  ")
	t.more(len(t.r.Consolidations), "consolidation")
}

func coinsOf(a ledger.Amount) string { return Coins(a.String()) + " BTC" }

func equal(yes bool) string {
	if yes {
		return "equal amounts"
	}
	return ""
}

// doubts says what was left out and assumed: always, since nothing left out is
// an answer too.
func (t *traceTable) doubts() {
	t.Linef("")
	t.Linef("seen: %s, %s with taint, %s of them spent here", Plural(t.r.Counts.Txs, "transaction"),
		Plural(t.r.Counts.Outputs, "output"), Count(t.r.Counts.Edges))
	if len(t.r.LeftOut) == 0 {
		t.Linef("left out: nothing")
	}
	for _, l := range t.r.LeftOut {
		t.Linef("left out: %s BTC in %s under %s, by --%s", Coins(l.Amount.String()), Plural(l.Count, "output"), l.Policy,
			strings.ReplaceAll(l.Reason.String(), "_", "-"))
	}
	if t.r.PathsLeftOut > 0 {
		t.Linef("left out: the paths of %s", Plural(t.r.PathsLeftOut, "exit"))
	}
	if a := t.r.Assumed; a.Fee+a.Order == 0 {
		t.Linef("assumed: nothing")
	} else {
		t.Linef("assumed, since values of inputs are not known: the fee of %s, the order of inputs of %s",
			Plural(a.Fee, "transaction"), Plural(a.Order, "transaction"))
	}
}

func (t *traceTable) proof() {
	t.Linef("")
	t.Linef("input   %s", t.r.Input.Digest)
	t.Linef("result  %s", t.r.ResultDigest)
	if t.o.Rerun != "" {
		t.Linef("again   %s", t.o.Rerun)
	}
}
