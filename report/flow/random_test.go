package flow_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/flow"
	"clew.example/clew/sim/launder"
)

// randomScene traces in a random ledger.
func randomScene(t *testing.T, r *rand.Rand) *scene {
	t.Helper()
	if r.IntN(3) == 0 {
		return randomTold(t, r)
	}
	c := launder.Small(r.Uint64())
	c.Blocks, c.TxPerBlock, c.Forks = 10+r.IntN(40), 1+r.IntN(8), 0
	c.InsMax, c.OutsMax = 12, 40
	c.Rates[launder.ManyIns], c.Rates[launder.ManyOuts] = 40, 60
	c.Rates[launder.SpentPartly], c.Rates[launder.Duplicate] = 300, 200
	w, err := launder.New(c)
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	tip, _ := m.Tip()
	q := ask{params: trace.Params{Policies: lot.Policies(), Names: randomNames(r, m.Accounts(tip))}, backward: r.IntN(5) == 0}
	if q.backward {
		q.params.Policies = []lot.Policy{lot.Haircut, lot.Poison}
	}
	if r.IntN(4) == 0 {
		hops := uint32(r.IntN(12))
		q.params.MaxHops = &hops
	}
	if r.IntN(4) == 0 {
		q.params.MinValue = ledger.Amount(r.IntN(1_000_000))
	}
	outputs := m.Counts(tip).Outputs
	for range 1 + r.IntN(4) {
		row := r.IntN(outputs)
		if !q.backward {
			row = r.IntN(1 + row/4) // early, so that there is much to follow
		}
		out := m.Out(row, tip)
		q.starts = append(q.starts, trace.Start{Tx: ledger.TxRef(out.Tx), Vout: out.Vout, Pos: m.Row(out.Tx).Pos})
	}
	return follow(t, m.Source(tip), q)
}

// launderer makes up a told ledger of chains, fans and what joins them.
type launderer struct {
	r     *rand.Rand
	text  strings.Builder
	coins []coin
	n     int
}

type coin struct {
	name  string // as an input names it
	value int
}

// take draws a coin of what may be spent.
func (l *launderer) take() coin {
	i := l.r.IntN(len(l.coins))
	c := l.coins[i]
	l.coins = slices.Delete(l.coins, i, i+1)
	return c
}

func (l *launderer) give(value int, format string, args ...any) {
	l.coins = append(l.coins, coin{fmt.Sprintf(format, args...), value})
}

func (l *launderer) peels() {
	c, hops := l.take(), 2+l.r.IntN(40)
	peel := max(1, c.value/(hops+1+l.r.IntN(100)))
	if peel*hops >= c.value {
		return
	}
	fmt.Fprintf(&l.text, "peels p%d_ %d %s %d %d a%d\n", l.n, hops, c.name, c.value, peel, l.n)
	l.give(c.value-hops*peel, "p%d_%d:1", l.n, hops)
	for i := range hops {
		if l.r.IntN(3) == 0 {
			l.give(peel, "p%d_%d:0", l.n, i+1)
		}
	}
}

func (l *launderer) fan() {
	c, outs := l.take(), 6+l.r.IntN(20)
	value := c.value / outs
	if value < 10 {
		return
	}
	fmt.Fprintf(&l.text, "fan f%d %s %d %d b%d\n", l.n, c.name, outs, value, l.n)
	on := l.r.IntN(outs)
	if on > 0 {
		fmt.Fprintf(&l.text, "each e%d_ f%d %d %d c%d\n", l.n, l.n, on, value, l.n%3)
	}
	if on > 1 && l.r.IntN(2) == 0 {
		fmt.Fprintf(&l.text, "join j%d e%d_ %d %d d%d\n", l.n, l.n, on, value, l.n)
		l.give(on*value, "j%d:0", l.n)
	}
	for i := on; i < outs; i++ {
		l.give(value, "f%d:%d", l.n, i)
	}
}

// mix spends some coins, and others of before at times, on a few outputs.
func (l *launderer) mix() {
	sum, outs := 0, 1+l.r.IntN(4)
	fmt.Fprintf(&l.text, "m%d", l.n)
	for range 1 + l.r.IntN(min(3, len(l.coins))) {
		c := l.take()
		fmt.Fprintf(&l.text, " %s", c.name)
		sum += c.value
	}
	if l.r.IntN(2) == 0 {
		fmt.Fprintf(&l.text, " clean%d:%d", l.n, sum)
		sum *= 2
	}
	l.text.WriteString(" ->")
	for i := range outs {
		fmt.Fprintf(&l.text, " s%d:%d", l.r.IntN(40), sum/outs)
		l.give(sum/outs, "m%d:%d", l.n, i)
	}
	l.text.WriteString("\n")
}

func randomTold(t *testing.T, r *rand.Rand) *scene {
	t.Helper()
	const whole = 1_000_000
	l := &launderer{r: r, coins: []coin{{"t0:0", whole}}}
	fmt.Fprintf(&l.text, "t0 old:%d -> theft:%d\n", whole, whole)
	for l.n = range 3 + r.IntN(20) {
		if len(l.coins) > 0 {
			[]func(){l.peels, l.fan, l.mix, l.mix}[r.IntN(4)]()
		}
		if r.IntN(2) == 0 {
			l.text.WriteString("block\n")
		}
	}
	var stops []string
	for i := range 40 {
		if r.IntN(8) == 0 {
			stops = append(stops, fmt.Sprintf("s%d:service:%s", i, []string{"Kestrel", "Halyard", ""}[i%3]))
		}
	}
	_, s := tell(t, l.text.String(), lot.Policies(), false, []string{"t0:0"}, stops)
	return s
}

func randomNames(r *rand.Rand, accounts []ledger.Account) trace.Names {
	names := trace.Names{}
	for _, a := range accounts {
		kinds := []trace.Kind{trace.KindNone, trace.KindService, trace.KindListed, trace.KindMixer}
		if k := r.IntN(60); k < len(kinds) {
			names[string(a)] = trace.Name{Stop: kinds[k], Entity: []string{"", "Kestrel", "Halyard"}[r.IntN(3)], Source: "test"}
		}
	}
	return names
}

// pages reads a flow page by page: nothing is shown twice, nothing is lost, and
// what is left out has what is not shown.
func (s *scene) pages(t *testing.T, r *rand.Rand, q flow.Query, whole *flow.Flow, met *tally) {
	t.Helper()
	nodes, edges := map[string]bool{}, 0
	q.Limit = 1 + r.IntN(1+len(whole.Nodes))
	ended := make([]ledger.Amount, len(whole.Policies))
	for {
		f := s.flow(t, q)
		met.pages++
		edges += len(f.Edges)
		for i := range f.Nodes {
			if nodes[f.Nodes[i].ID] {
				t.Fatalf("%s is on two pages", f.Nodes[i].ID)
			}
			nodes[f.Nodes[i].ID] = true
			for _, e := range f.Nodes[i].Ended {
				for p, a := range e.Amounts {
					ended[p] += a
				}
			}
		}
		for p, policy := range f.Policies {
			if policy != lot.Poison && ended[p]+f.LeftOut.Amounts[p] != f.Theft {
				t.Errorf("%s: %d shown and %d left out of %d", policy, ended[p], f.LeftOut.Amounts[p], f.Theft)
			}
		}
		if f.LeftOut.Nodes != len(whole.Nodes)-len(nodes) || f.LeftOut.Edges != len(whole.Edges)-edges {
			t.Errorf("%d nodes and %d edges are left out, says %+v", len(whole.Nodes)-len(nodes), len(whole.Edges)-edges, f.LeftOut)
		}
		if f.Next == nil {
			break
		}
		q.Cursor = *f.Next
	}
	if len(nodes) != len(whole.Nodes) || edges != len(whole.Edges) {
		t.Errorf("pages have %d nodes and %d edges of %d and %d", len(nodes), edges, len(whole.Nodes), len(whole.Edges))
	}
}

// paths asks for the way to some nodes: it leads from a start along edges that
// are shown.
func (s *scene) paths(t *testing.T, r *rand.Rand, open []string, f *flow.Flow, met *tally) {
	t.Helper()
	started, edges := map[string]bool{}, map[string][2]string{}
	for i := range f.Nodes {
		started[f.Nodes[i].ID] = f.Nodes[i].Started != nil
	}
	for i := range f.Edges {
		edges[f.Edges[i].ID] = [2]string{f.Edges[i].From, f.Edges[i].To}
	}
	for range 6 {
		n, p := &f.Nodes[r.IntN(len(f.Nodes))], r.IntN(len(f.Policies))
		way, err := s.view.Path(p, n.ID, open)
		if err != nil {
			t.Fatal(err)
		}
		if way.Node != n.ID {
			t.Errorf("the way to %s leads to %s", n.ID, way.Node)
		}
		if n.Amounts[p] == 0 || len(way.Nodes) == 0 {
			if n.Amounts[p] > 0 || len(way.Nodes) > 0 {
				t.Errorf("%s got %d under %s, and the way there is %v", n.ID, n.Amounts[p], f.Policies[p], way.Nodes)
			}
			continue
		}
		met.paths++
		if last := way.Nodes[len(way.Nodes)-1]; !started[way.Nodes[0]] || last != way.Node {
			t.Errorf("the way to %s leads from %s to %s", n.ID, way.Nodes[0], last)
		}
		for i, e := range way.Edges {
			ends := [2]string{way.Nodes[i], way.Nodes[i+1]}
			if f.Backward {
				ends[0], ends[1] = ends[1], ends[0]
			}
			if edges[e] != ends {
				t.Errorf("%s, the way to %s under %s: no edge from %s to %s", fmt.Sprint(way.Nodes), n.ID, f.Policies[p], ends[0], ends[1])
			}
		}
	}
}

// strip checks that at every time what moves and what ended is what was stolen
// until then, and that at last nothing moves.
func (s *scene) strip(t *testing.T, f *flow.Flow) {
	t.Helper()
	if f.Strip == nil {
		if !f.Backward {
			t.Error("there is no strip")
		}
		return
	}
	var before []ledger.Amount
	for i, step := range f.Strip.Steps {
		sums := append([]ledger.Amount{}, step.Moving...)
		for _, ended := range step.Ended {
			for p, a := range ended {
				sums[p] += a
			}
		}
		for p := range sums {
			switch last := i == len(f.Strip.Steps)-1; {
			case before != nil && sums[p] < before[p], sums[p] > f.Theft:
				t.Errorf("step %d: %d stolen", i, sums[p])
			case last && (sums[p] != f.Theft || step.Moving[p] != 0):
				t.Errorf("at last %d of %d is still moving, %d stolen", step.Moving[p], f.Theft, sums[p])
			}
		}
		if i > 0 && step.Time <= f.Strip.Steps[i-1].Time {
			t.Errorf("step %d goes back", i)
		}
		before = sums
	}
}
