package flow_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/flow"
)

// TestLaws holds flows of random ledgers, with random folds open, to what a
// flow promises.
func TestLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(seedOf(t), 0))
	worlds := 150
	if testing.Short() {
		worlds = 30
	}
	var met tally
	for range worlds {
		s := randomScene(t, r)
		s.holds(t, r, &met)
		if t.Failed() {
			return
		}
	}
	t.Logf("%+v", met)
	if met.flows == 0 || met.rest == 0 || met.small == 0 || met.service == 0 || met.paths == 0 || met.backward == 0 || met.peel == 0 || met.branches == 0 || met.fans == 0 {
		t.Error("a kind of fold was never met: the worlds are too plain")
	}
}

// TestLawsOfTheCase holds the shipped case to the same laws.
func TestLawsOfTheCase(t *testing.T) {
	r := rand.New(rand.NewPCG(seedOf(t), 1))
	s := peelCase(t)
	var met tally
	for range 20 {
		s.holds(t, r, &met)
	}
}

// tally says what was met, so that a law was not kept for want of cases.
type tally struct {
	flows, backward, peel, rest, branches, service, small, fans, paths, pages int
}

func (m *tally) count(f *flow.Flow) {
	m.flows++
	if f.Backward {
		m.backward++
	}
	for i := range f.Nodes {
		n := &f.Nodes[i]
		if n.Fan != nil {
			m.fans++
		}
		if n.Fold == nil {
			continue
		}
		*map[flow.FoldKind]*int{flow.FoldPeel: &m.peel, flow.FoldRest: &m.rest, flow.FoldBranches: &m.branches, flow.FoldService: &m.service, flow.FoldSmall: &m.small}[n.Fold.Kind]++
	}
}

// holds opens folds at random, a few at a time, and checks every flow.
func (s *scene) holds(t *testing.T, r *rand.Rand, met *tally) {
	t.Helper()
	f := s.flow(t, flow.Query{Strip: true})
	if len(f.Nodes) > 120 {
		t.Errorf("%d nodes are shown when nothing is open", len(f.Nodes))
	}
	s.strip(t, f)
	s.chains(t, f)
	var open []string
	for range 4 {
		s.sums(t, f)
		s.again(t, flow.Query{Open: open}, f)
		s.pages(t, r, flow.Query{Open: open}, f, met)
		s.paths(t, r, open, f, met)
		s.opensOne(t, r, open, f)
		met.count(f)
		more := slices.Concat(open, pick(r, f))
		next := s.flow(t, flow.Query{Open: more})
		stays(t, f, next, more)
		open, f = more, next
	}
	all := s.flow(t, flow.Query{Open: []string{flow.OpenAll}})
	s.sums(t, all)
	for i := range all.Nodes {
		if all.Nodes[i].Fold != nil {
			t.Errorf("%s is folded though all is open", all.Nodes[i].ID)
		}
	}
}

// chains compares the peel chains that are shown with those of the result.
func (s *scene) chains(t *testing.T, f *flow.Flow) {
	t.Helper()
	shown := 0
	for i := range f.Nodes {
		n := &f.Nodes[i]
		if n.Fold == nil || n.Fold.Peels == nil {
			continue
		}
		shown++
		p := n.Fold.Peels
		if !slices.ContainsFunc(s.result.PeelChains, func(c trace.PeelChain) bool {
			return c.Txs == p.Hops && c.StartValue == p.StartValue && c.EndValue == p.EndValue && c.Peeled == p.Peeled
		}) {
			t.Errorf("%s, %+v, is not in the result", n.ID, p)
		}
		if slices.Max(p.Bins) != p.Most || len(p.Bins) != min(p.Hops, 240) {
			t.Errorf("%s: bins %v of %d hops, the greatest peel is %d", n.ID, p.Bins, p.Hops, p.Most)
		}
	}
	if f.SmallBelow == 0 && !f.Backward && shown != len(s.result.PeelChains) {
		t.Errorf("%d peel chains are shown, the result has %d", shown, len(s.result.PeelChains))
	}
}

// opensOne opens one fold that has no window, and counts what is shown in its
// place.
func (s *scene) opensOne(t *testing.T, r *rand.Rand, open []string, f *flow.Flow) {
	t.Helper()
	folds := slices.DeleteFunc(slices.Clone(f.Nodes), func(n flow.Node) bool { return n.Fold == nil || n.Fold.Kind == flow.FoldPeel })
	if len(folds) == 0 {
		return
	}
	n := &folds[r.IntN(len(folds))]
	after := s.flow(t, flow.Query{Open: slices.Concat(open, []string{n.Fold.Open})})
	if got := len(after.Nodes) - len(f.Nodes) + 1; got != n.Fold.OpensTo {
		t.Errorf("%s opens to %d, says %d", n.ID, got, n.Fold.OpensTo)
	}
}

// pick draws folds and fans of a flow to be opened.
func pick(r *rand.Rand, f *flow.Flow) (open []string) {
	for i := range f.Nodes {
		n := &f.Nodes[i]
		if r.IntN(3) > 0 {
			continue
		}
		switch {
		case n.Fold != nil:
			open = append(open, n.Fold.Open)
		case n.Fan != nil:
			open = append(open, n.ID)
		}
	}
	return open
}

// sums checks what enters and leaves each node, and what ends in all of them.
func (s *scene) sums(t *testing.T, f *flow.Flow) {
	t.Helper()
	in, out, at := map[string][]ledger.Amount{}, map[string][]ledger.Amount{}, map[string]bool{}
	for i := range f.Nodes {
		id := f.Nodes[i].ID
		if at[id] {
			t.Fatalf("two nodes are %s", id)
		}
		at[id] = true
		in[id], out[id] = make([]ledger.Amount, len(f.Policies)), make([]ledger.Amount, len(f.Policies))
	}
	edges := map[string]bool{}
	for i := range f.Edges {
		e := &f.Edges[i]
		if !at[e.From] || !at[e.To] || e.From == e.To || edges[e.ID] || e.FirstTime > e.LastTime {
			t.Fatalf("edge %+v is none", e)
		}
		edges[e.ID] = true
		from, to := e.From, e.To
		if f.Backward {
			from, to = to, from
		}
		for p, a := range e.Amounts {
			out[from][p] += a
			in[to][p] += a
		}
	}
	for i := range f.Nodes {
		balanced(t, f, &f.Nodes[i], in[f.Nodes[i].ID], out[f.Nodes[i].ID])
	}
	s.absorbers(t, f)
}

func balanced(t *testing.T, f *flow.Flow, n *flow.Node, in, out []ledger.Amount) {
	t.Helper()
	for p, policy := range f.Policies {
		came, went := in[p], out[p]
		if n.Started != nil {
			came += n.Started[p]
		}
		for _, e := range n.Ended {
			went += e.Amounts[p]
		}
		if came != n.Amounts[p] {
			t.Errorf("%s, %s: %d came, the node says %d", n.ID, policy, came, n.Amounts[p])
		}
		if policy != lot.Poison && came != went {
			t.Errorf("%s, %s: %d came, %d went or ended", n.ID, policy, came, went)
		}
	}
}

// absorbers compares what ended, by kind, with the result.
func (s *scene) absorbers(t *testing.T, f *flow.Flow) {
	t.Helper()
	for p, policy := range f.Policies {
		ended, sum := map[trace.Kind]ledger.Amount{}, ledger.Amount(0)
		for i := range f.Nodes {
			for _, e := range f.Nodes[i].Ended {
				ended[e.Kind] += e.Amounts[p]
				sum += e.Amounts[p]
			}
		}
		want := s.result.Policies[policy]
		if policy == lot.Poison {
			if sum != *want.ReachValue {
				t.Errorf("poison: %d ended, the result reaches %d", sum, *want.ReachValue)
			}
			continue
		}
		if sum != f.Theft {
			t.Errorf("%s: %d ended of %d", policy, sum, f.Theft)
		}
		for _, a := range want.Absorbers {
			if ended[a.Kind] != a.Amount {
				t.Errorf("%s: %d ended as %s, the result has %d", policy, ended[a.Kind], a.Kind, a.Amount)
			}
		}
	}
}

// again asks once more, of another view, and wants the same bytes.
func (s *scene) again(t *testing.T, q flow.Query, f *flow.Flow) {
	t.Helper()
	view, err := flow.New(s.graph, s.result)
	if err != nil {
		t.Fatal(err)
	}
	other, err := view.Flow(q)
	if err != nil {
		t.Fatal(err)
	}
	other.Strip = f.Strip
	if a, b := text(t, f), text(t, other); !bytes.Equal(a, b) {
		t.Errorf("asked twice, %v open: different bytes", q.Open)
	}
}

func text(t *testing.T, doc any) []byte {
	t.Helper()
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// stays wants the nodes that were not opened to be there still. Folds of what
// hangs on a fan or a window may go with it.
func stays(t *testing.T, before, after *flow.Flow, open []string) {
	t.Helper()
	there := map[string]bool{}
	for i := range after.Nodes {
		there[after.Nodes[i].ID] = true
	}
	for i := range before.Nodes {
		n := &before.Nodes[i]
		goes := n.Fold != nil && n.Fold.Kind != flow.FoldService && n.Fold.Kind != flow.FoldSmall
		if !there[n.ID] && !goes && !(n.Fold != nil && slices.Contains(open, n.Fold.Open)) {
			t.Errorf("%s is gone after %v were opened", n.ID, open)
		}
	}
}
