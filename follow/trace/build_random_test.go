package trace_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// randomGraph makes a graph that no chain need have made, but that keeps what
// came in: under each policy, taint is given out at random.
func randomGraph(r *rand.Rand, txs int) *trace.Graph {
	m := &graphMaker{r: r, g: &trace.Graph{Policies: []lot.Policy{lot.FIFO, lot.Haircut, lot.Pure, lot.Poison}}}
	r.Shuffle(4, func(i, j int) { m.g.Policies[i], m.g.Policies[j] = m.g.Policies[j], m.g.Policies[i] })
	m.g.Policies = m.g.Policies[:1+r.IntN(4)]
	for range txs {
		m.transaction()
	}
	for _, at := range m.open {
		m.rest(at)
	}
	g := m.g
	g.Path = func(policy, tx, vout int) []int { return wayTo(g, policy, tx) }
	return g
}

type graphMaker struct {
	r    *rand.Rand
	g    *trace.Graph
	open [][2]int // outputs that may be spent
}

func (m *graphMaker) transaction() {
	i, n := len(m.g.Txs), len(m.g.Policies)
	tx := trace.TxNode{ID: idOf(strconv.Itoa(i)), Pos: ledger.Pos(i) << 24, Time: uint32(1000 + m.r.IntN(500)),
		Visited: slices.Repeat([]bool{true}, n), FeeKnown: true, FeeTaint: make([]ledger.Amount, n)}
	came := make([]ledger.Amount, n)
	for range m.r.IntN(1 + min(3, len(m.open))) {
		k := m.r.IntN(len(m.open))
		at := m.open[k]
		m.open = slices.Delete(m.open, k, k+1)
		o := &m.g.Txs[at[0]].Outs[at[1]]
		o.Spent, o.Tx = true, i
		tx.Ins = append(tx.Ins, trace.InNode{Tx: at[0], Prev: ledger.Outpoint{TxID: m.g.Txs[at[0]].ID, Vout: uint32(at[1])}, Known: true, Value: o.Value})
		for p := range came {
			if o.Ends[p] == trace.KindNone {
				came[p] += o.Taint[p]
			}
		}
	}
	for j := range 1 + m.r.IntN(3)*m.r.IntN(5) {
		tx.Outs = append(tx.Outs, m.output(came, i, j))
		m.open = append(m.open, [2]int{i, j})
	}
	for p := range came {
		tx.FeeTaint[p] = came[p]
		if m.g.Policies[p] == lot.Poison {
			tx.FeeTaint[p] = min(came[p], 1)
		}
		tx.Fee = max(tx.Fee, came[p])
	}
	m.g.Txs = append(m.g.Txs, tx)
}

// output takes of what came; a start takes nothing and adds.
func (m *graphMaker) output(came []ledger.Amount, i, j int) trace.OutNode {
	n := len(came)
	o := trace.OutNode{Value: ledger.Amount(m.r.IntN(9)), Tx: -1, Account: ledger.Account{byte(m.r.IntN(5))},
		Taint: make([]ledger.Amount, n), Ends: make([]trace.Kind, n), Reasons: make([]trace.Reason, n)}
	if m.r.IntN(10) == 0 || i == 0 {
		o.Started = true
		for p := range o.Taint {
			o.Taint[p] = o.Value
		}
		return o
	}
	for p := range o.Taint {
		o.Taint[p] = min(o.Value, came[p], ledger.Amount(m.r.IntN(9)))
		came[p] -= o.Taint[p]
		if m.r.IntN(12) == 0 {
			o.Ends[p] = trace.KindService + trace.Kind(m.r.IntN(int(trace.KindOverlap)-1))
			o.Reasons[p] = trace.ReasonUntil
		}
	}
	return o
}

// rest ends what nobody spent.
func (m *graphMaker) rest(at [2]int) {
	o := &m.g.Txs[at[0]].Outs[at[1]]
	for p := range o.Ends {
		if o.Ends[p] == trace.KindNone && o.Taint[p] > 0 {
			o.Ends[p] = trace.KindUnspent
		}
	}
}

// eachGraph runs a check on random graphs; CLEW_SEED tries one only.
func eachGraph(t *testing.T, n int, check func(t *testing.T, r *rand.Rand, g *trace.Graph, out *trace.Result)) {
	t.Helper()
	first := uint64(0)
	if text := os.Getenv("CLEW_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("CLEW_SEED: %v", err)
		}
		first, n = seed, 1
	}
	for seed := first; seed < first+uint64(n) && !t.Failed(); seed++ {
		r := rand.New(rand.NewPCG(seed, 1))
		g := randomGraph(r, 3+r.IntN(60))
		out, err := g.Result(inputOf(g), nil)
		if err != nil {
			t.Fatalf("CLEW_SEED=%d: %v", seed, err)
		}
		check(t, r, g, out)
		if t.Failed() {
			t.Logf("CLEW_SEED=%d", seed)
		}
	}
}

// TestResultsAddUp adds exits up by kind and compares with the absorbers; the
// policies' sums themselves are asserted where a result is made.
func TestResultsAddUp(t *testing.T) {
	eachGraph(t, 300, func(t *testing.T, _ *rand.Rand, g *trace.Graph, out *trace.Result) {
		for _, p := range g.Policies {
			sums := map[trace.Kind]ledger.Amount{}
			var all ledger.Amount
			for _, e := range out.Exits {
				if e.Amounts[p] > 0 {
					sums[e.Kind] += e.Amounts[p]
					all += e.Amounts[p]
				}
			}
			want := map[trace.Kind]ledger.Amount{}
			for _, a := range out.Policies[p].Absorbers {
				want[a.Kind] = a.Amount
			}
			if p == lot.Poison {
				want, sums = nil, nil
				if all != *out.Policies[p].ReachValue {
					t.Errorf("poison ends in %d, reaches %d", all, *out.Policies[p].ReachValue)
				}
			}
			if !reflect.DeepEqual(sums, want) {
				t.Errorf("%s: exits sum to %v, absorbers are %v", p, sums, want)
			}
		}
	})
}

// TestExitsAreInOrder checks the order by its definition, from the text of the
// exits alone, and that the same graph makes the same bytes.
func TestExitsAreInOrder(t *testing.T) {
	eachGraph(t, 300, func(t *testing.T, _ *rand.Rand, g *trace.Graph, out *trace.Result) {
		first := g.Policies[0]
		pos := map[string]int{}
		for i, tx := range g.Txs {
			pos[tx.ID.String()] = i
		}
		for i := 1; i < len(out.Exits); i++ {
			a, b := out.Exits[i-1], out.Exits[i]
			if a.Amounts[first] < b.Amounts[first] {
				t.Errorf("exit %d has more than exit %d", i, i-1)
			}
			if a.Amounts[first] != b.Amounts[first] || a.Outpoint == nil || b.Outpoint == nil {
				continue
			}
			x, _ := ledger.ParseOutpoint(*a.Outpoint)
			y, _ := ledger.ParseOutpoint(*b.Outpoint)
			px, py := pos[x.TxID.String()], pos[y.TxID.String()]
			if px > py || px == py && x.Vout > y.Vout || x == y && a.Kind >= b.Kind {
				t.Errorf("exit %d, %s, comes before exit %d, %s", i, y, i-1, x)
			}
		}
		again, err := g.Result(inputOf(g), nil)
		if err != nil || !bytes.Equal(jsonOf(t, again), jsonOf(t, out)) {
			t.Errorf("the same graph makes other bytes: %v", err)
		}
	})
}

func jsonOf(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestPathsAreBounded fills an answer with paths: the exits before the bound
// have them, the others say so.
func TestPathsAreBounded(t *testing.T) {
	g := &trace.Graph{Policies: []lot.Policy{lot.FIFO}, Txs: []trace.TxNode{{Visited: []bool{true}}}}
	const exits, length = 6, 300_000
	for i := range exits {
		g.Txs[0].Outs = append(g.Txs[0].Outs, trace.OutNode{Value: ledger.Amount(100 - i), Tx: -1, Started: true,
			Taint: []ledger.Amount{ledger.Amount(100 - i)}, Ends: []trace.Kind{trace.KindUnspent}})
	}
	asked := 0
	g.Path = func(int, int, int) []int {
		asked++
		return make([]int, length)
	}
	out, err := g.Result(inputOf(g), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range out.Exits {
		if has := e.Path != nil && e.Hops != nil && *e.Hops == length-1; has != (i < 3) {
			t.Errorf("exit %d: path of %d, hops %v", i, len(e.Path), e.Hops)
		}
	}
	if out.PathsLeftOut != 3 || asked != 4 {
		t.Errorf("%d paths left out, %d asked for; want 3 and 4", out.PathsLeftOut, asked)
	}
}

// TestAmountsBeyond64Bits is what a source that lies can state.
func TestAmountsBeyond64Bits(t *testing.T) {
	g := randomGraph(rand.New(rand.NewPCG(1, 1)), 9)
	half := trace.OutNode{Value: 1 << 63, Tx: -1, Started: true, Taint: slices.Repeat([]ledger.Amount{1 << 63}, len(g.Policies)),
		Ends: slices.Repeat([]trace.Kind{trace.KindUnspent}, len(g.Policies))}
	g.Txs[0].Outs = append(g.Txs[0].Outs, half, half)
	if _, err := g.Result(inputOf(g), nil); err == nil {
		t.Error("amounts of 2^64 are summed without an error")
	}
}
