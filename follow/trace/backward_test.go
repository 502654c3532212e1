package trace_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// TestBackward compares the walk back with the naive one, outpoint by outpoint,
// on random ledgers, from a source at hand and from one far away.
func TestBackward(t *testing.T) {
	most, met := new(big.Rat), map[string]int{}
	eachWorld(t, 300, func(r *rand.Rand, m *launder.Model, s scenario) error {
		s = turned(r, s)
		dense := m.Source(s.asOf)
		g, err := s.backward(t.Context(), dense, denseRef)
		if err != nil {
			return fmt.Errorf("at hand: %w", err)
		}
		e := expectBack(s, g)
		if err := e.compare(); err != nil {
			return err
		}
		sparse := dense.Sparse(r.Uint64())
		far, err := s.backward(t.Context(), sparse, sparse.TxRef)
		if err != nil {
			return fmt.Errorf("far away: %w", err)
		}
		if err := sameGraph(far, g); err != nil {
			return fmt.Errorf("far away: %w", err)
		}
		for _, w := range e.by {
			most = later(most, w.distance)
			w.count(met)
		}
		return nil
	})
	t.Logf("the haircut in whole units is at most %s from the exact one; ended: %v", most.FloatString(3), met)
	if most.Cmp(big.NewRat(16, 1)) > 0 {
		t.Errorf("the haircut is %s units from the exact one", most.FloatString(3))
	}
	if os.Getenv("CLEW_SEED") != "" {
		return
	}
	for _, end := range []string{"haircut coinbase", "poison coinbase", "haircut service", "poison mixer", "haircut listed",
		"haircut unknown_input", "haircut overlap", "haircut min_value", "haircut max_hops", "poison max_hops", "namesake"} {
		if met[end] == 0 {
			t.Errorf("no random ledger has %s: the worlds are too tame", end)
		}
	}
}

func later(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

// turned makes a scenario of a trace back: what is started from lies late, and
// both policies are asked for, or one.
func turned(r *rand.Rand, s scenario) scenario {
	s.params.Until = nil
	s.params.Policies = [][]lot.Policy{{lot.Haircut, lot.Poison}, {lot.Poison, lot.Haircut}, {lot.Haircut}, {lot.Poison}}[r.IntN(4)]
	outs := s.model.Counts(s.asOf).Outputs
	rows := map[int]bool{}
	for range 1 + r.IntN(6) {
		row := r.IntN(outs)
		if r.IntN(4) > 0 {
			row = outs - 1 - r.IntN(1+outs/4) // late
		}
		rows[row] = true
		for n := r.IntN(5); n > 0; n-- { // and one that it came from, so that starts meet
			tx := s.model.Row(s.model.Out(row, s.asOf).Tx)
			in := s.model.In(tx.FirstIn + r.IntN(max(1, tx.EndIn-tx.FirstIn)))
			if in.Out == launder.None {
				break
			}
			row = in.Out
			rows[row] = rows[row] || n == 1
		}
	}
	maps.DeleteFunc(rows, func(_ int, start bool) bool { return !start })
	s.starts = slices.Sorted(maps.Keys(rows))
	return s
}

// backward runs the engine.
func (s scenario) backward(ctx context.Context, src trace.Source, ref func(int) ledger.TxRef) (*trace.Graph, error) {
	return trace.Backward(ctx, src, s.params, s.refs(ref), addressOf)
}

// count adds where value ended to what was met, and transactions whose id a
// newer one bears (BIP 30).
func (w *rewound) count(met map[string]int) {
	for kind := range w.sums() {
		met[w.policy.String()+" "+kind.String()]++
	}
	for _, reason := range w.reasons {
		met[w.policy.String()+" "+reason.String()]++
	}
	for row := range w.hops {
		if newest, _ := w.model.Tx(w.model.Row(row).ID, w.asOf); newest.Row != row {
			met["namesake"]++
		}
	}
}

// expectedBack is a scenario as the naive walk back sees it, and a graph to
// compare with it.
type expectedBack struct {
	scenario
	by   []*rewound
	g    *trace.Graph
	rows []int // of transactions visited under any policy, in ledger order
}

func expectBack(s scenario, g *trace.Graph) *expectedBack {
	e := &expectedBack{scenario: s, g: g}
	visited := map[int]bool{}
	for _, p := range s.params.Policies {
		w := rewind(s, p)
		e.by = append(e.by, w)
		for row := range w.hops {
			visited[row] = true
		}
	}
	e.rows = slices.Sorted(maps.Keys(visited))
	return e
}

// compare returns the first difference between the graph and what the naive
// walk finds.
func (e *expectedBack) compare() error {
	if !e.g.Backward || !slices.Equal(e.g.Policies, e.params.Policies) {
		return fmt.Errorf("backward %v by %v, want %v", e.g.Backward, e.g.Policies, e.params.Policies)
	}
	if len(e.g.Txs) != len(e.rows) {
		return fmt.Errorf("%d transactions visited, want %d", len(e.g.Txs), len(e.rows))
	}
	for i, row := range e.rows {
		if err := e.compareTx(i, e.model.Row(row)); err != nil {
			return fmt.Errorf("transaction %d, %v in block %d: %w", i, e.g.Txs[i].ID, e.g.Txs[i].Pos.Height(), err)
		}
	}
	for _, w := range e.by {
		if err := w.conserves(); err != nil {
			return fmt.Errorf("naive %v: %w", w.policy, err)
		}
		if err := e.compareReach(w); err != nil {
			return err
		}
	}
	if err := e.compareSums(); err != nil {
		return err
	}
	return e.comparePaths()
}

// askBack asks every naive walk; nil if all answer zero.
func askBack[T comparable](e *expectedBack, ask func(*rewound) T) []T {
	list := make([]T, len(e.by))
	for i, w := range e.by {
		list[i] = ask(w)
	}
	return someOf(list)
}

func (e *expectedBack) compareTx(i int, tx launder.Tx) error {
	have := e.g.Txs[i]
	start, hop := false, ^uint32(0)
	for _, row := range e.starts {
		start = start || e.model.Out(row, e.asOf).Tx == tx.Row
	}
	for _, w := range e.by {
		if h, ok := w.hops[tx.Row]; ok {
			hop = min(hop, h)
		}
	}
	err := differ(
		"position", have.Pos, tx.Pos, "id", have.ID, tx.ID, "time", have.Time, tx.Time, "coinbase", have.Coinbase, tx.Coinbase,
		"start", have.Start, start, "hop", have.Hop, hop,
		"visited", have.Visited, askBack(e, func(w *rewound) bool { _, ok := w.hops[tx.Row]; return ok }),
		"outputs", len(have.Outs), tx.EndOut-tx.FirstOut, "taint of fee", have.FeeTaint, []ledger.Amount(nil),
	)
	if err != nil {
		return err
	}
	if err := e.compareIns(have, tx); err != nil {
		return err
	}
	for vout := range have.Outs {
		if err := e.compareOut(have.Outs[vout], tx.FirstOut+vout); err != nil {
			return fmt.Errorf("output %d: %w", vout, err)
		}
	}
	return nil
}

func (e *expectedBack) compareIns(have trace.TxNode, tx launder.Tx) error {
	if tx.Coinbase {
		return differ("inputs", len(have.Ins), 0)
	}
	for k := range have.Ins {
		in := e.model.In(tx.FirstIn + k)
		maker := -1
		if in.Out != launder.None {
			if i, ok := slices.BinarySearch(e.rows, e.model.Out(in.Out, e.asOf).Tx); ok {
				maker = i
			}
		}
		lacks := askBack(e, func(w *rewound) ledger.Amount { return amountOf(w.lacks[tx.Row][k]) })
		err := differ("prev", have.Ins[k].Prev, in.Prev, "known", have.Ins[k].Known, in.Known, "value", have.Ins[k].Value, in.Value,
			"maker", have.Ins[k].Tx, maker, "taint", someOf(have.Ins[k].Taint), lacks)
		if err != nil {
			return fmt.Errorf("input %d: %w", k, err)
		}
	}
	return differ("inputs", len(have.Ins), tx.EndIn-tx.FirstIn)
}

func (e *expectedBack) compareOut(have trace.OutNode, row int) error {
	out := e.model.Out(row, e.asOf)
	asked := askBack(e, func(w *rewound) ledger.Amount { return amountOf(w.asked[row]) })
	err := differ(
		"value", have.Value, out.Value, "started", have.Started, slices.Contains(e.starts, row),
		"taint", have.Taint, asked,
		"ends", someOf(have.Ends), askBack(e, func(w *rewound) trace.Kind { return w.ends[row] }),
		"reasons", someOf(have.Reasons), askBack(e, func(w *rewound) trace.Reason { return w.reasons[row] }),
		"overlap", someOf(have.Overlap), askBack(e, func(w *rewound) ledger.Amount {
			if w.policy == lot.Poison {
				return 0 // it only reaches
			}
			return amountOf(w.overlap[row])
		}),
	)
	if err != nil || asked == nil {
		return err
	}
	return differ("spent", have.Spent, out.Spender != launder.None, "address", have.Address, addressOf(out.Script),
		"account", string(have.Account), string(out.Script), "name", have.Name, e.params.Names[string(out.Script)])
}

// compareReach compares what poison visited with a walk by depth first, where
// nothing limits it.
func (e *expectedBack) compareReach(w *rewound) error {
	if w.policy != lot.Poison || e.params.MaxHops != nil || e.params.MinValue > 0 || len(e.params.Names) > 0 {
		return nil
	}
	p, want := slices.Index(e.params.Policies, lot.Poison), reach(e.scenario)
	for i, row := range e.rows {
		if e.g.Txs[i].Visited[p] != want[row] {
			return fmt.Errorf("transaction %d visited: %v; reached by depth first: %v", i, e.g.Txs[i].Visited[p], want[row])
		}
		delete(want, row)
	}
	return differ("not reached", len(want), 0)
}

// compareSums adds up from the graph where all ended.
func (e *expectedBack) compareSums() error {
	for p, policy := range e.g.Policies {
		if policy == lot.Poison {
			continue
		}
		var sum uint64
		for _, tx := range e.g.Txs {
			for _, in := range tx.Ins {
				sum += amountAt(in.Taint, p)
			}
			for _, out := range tx.Outs {
				sum += amountAt(out.Overlap, p)
				if out.Ends != nil && out.Ends[p] != trace.KindNone {
					sum += amountAt(out.Taint, p)
				}
			}
		}
		if sum != e.theft() {
			return fmt.Errorf("%v: parts sum to %d of %d", policy, sum, e.theft())
		}
	}
	return nil
}

func amountAt(list []ledger.Amount, p int) uint64 {
	if list == nil {
		return 0
	}
	return uint64(list[p])
}

// comparePaths checks the path to each place where value ended, and that there
// is none where nothing came.
func (e *expectedBack) comparePaths() error {
	for i := range e.g.Txs {
		for p := range e.by {
			for vout, out := range e.g.Txs[i].Outs {
				if err := e.comparePath(p, i, vout, amountAt(out.Taint, p) > 0); err != nil {
					return fmt.Errorf("output %d of transaction %d: %w", vout, i, err)
				}
			}
			lacks := slices.ContainsFunc(e.g.Txs[i].Ins, func(in trace.InNode) bool { return amountAt(in.Taint, p) > 0 })
			if err := e.comparePath(p, i, -1, lacks); err != nil {
				return fmt.Errorf("inputs of transaction %d: %w", i, err)
			}
		}
	}
	return nil
}

// comparePath checks that a path is one: from a start, each transaction spent by
// the one before and asked for by it.
func (e *expectedBack) comparePath(p, i, vout int, came bool) error {
	path, w := e.g.Path(p, i, vout), e.by[p]
	if came != (path != nil) {
		return fmt.Errorf("path by %v: %v, and something came: %v", w.policy, path, came)
	}
	if path == nil {
		return nil
	}
	if path[len(path)-1] != i || !e.g.Txs[path[0]].Start {
		return fmt.Errorf("path by %v: %v is not from a start to %d", w.policy, path, i)
	}
	for j := 1; j < len(path); j++ {
		if !e.asks(w, e.rows[path[j-1]], e.rows[path[j]]) {
			return fmt.Errorf("path by %v: %v: %d does not ask %d", w.policy, path, path[j-1], path[j])
		}
		spender := launder.None // of a start it does not matter
		if j > 1 {
			spender = e.rows[path[j-2]]
		}
		if err := e.byMost(w, e.rows[path[j-1]], spender); err != nil {
			return fmt.Errorf("path by %v: %v: transaction %d: %w", w.policy, path, path[j-1], err)
		}
	}
	return nil
}

// byMost checks that a path goes on from a transaction by the output that asks
// for most, or ends at one where it is started from.
func (e *expectedBack) byMost(w *rewound, tx, spender int) error {
	var most, there ledger.Amount
	for row := e.model.Row(tx).FirstOut; row < e.model.Row(tx).EndOut; row++ {
		amount := amountOf(w.asked[row])
		if amount == 0 || w.ends[row] != trace.KindNone {
			continue
		}
		started := slices.Contains(e.starts, row)
		if started && spender == launder.None {
			return nil
		}
		if started {
			return fmt.Errorf("it starts here and the path goes on to %d", spender)
		}
		most = max(most, amount)
		if e.model.Out(row, e.asOf).Spender == spender {
			there = max(there, amount)
		}
	}
	if there != most || most == 0 {
		return fmt.Errorf("the path goes on by %d, the most is %d", there, most)
	}
	return nil
}

// asks reports whether a transaction asks something of an older one.
func (e *expectedBack) asks(w *rewound, from, to int) bool {
	tx := e.model.Row(to)
	for row := tx.FirstOut; row < tx.EndOut; row++ {
		if w.asked[row] != nil && e.model.Out(row, e.asOf).Spender == from {
			return true
		}
	}
	return false
}

// sameGraph compares two graphs, their paths apart.
func sameGraph(have, want *trace.Graph) error {
	if len(have.Txs) != len(want.Txs) {
		return fmt.Errorf("%d transactions, want %d", len(have.Txs), len(want.Txs))
	}
	for i := range want.Txs {
		if !reflect.DeepEqual(have.Txs[i], want.Txs[i]) {
			return fmt.Errorf("transaction %d: %+v, want %+v", i, have.Txs[i], want.Txs[i])
		}
	}
	return differ("assumed", have.Assumed, want.Assumed)
}

// TestBackwardRefuses checks policies that are not defined backward, starts that
// are none, and a walk that was called off.
func TestBackwardRefuses(t *testing.T) {
	m := smallModel(t, 1)
	tip, _ := m.Tip()
	src, start := m.Source(tip), trace.Start{Tx: 0, Vout: 0}
	off, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name   string
		ctx    context.Context
		policy lot.Policy
		start  trace.Start
	}{
		{"fifo", t.Context(), lot.FIFO, start},
		{"an output too many", t.Context(), lot.Haircut, trace.Start{Tx: 0, Vout: 1 << 31}},
		{"a transaction too many", t.Context(), lot.Haircut, trace.Start{Tx: ledger.TxRef(m.Counts(tip).Txs)}},
		{"called off", off, lot.Poison, start},
	} {
		p := trace.Params{Policies: []lot.Policy{c.policy}}
		if g, err := trace.Backward(c.ctx, src, p, []trace.Start{c.start}, addressOf); err == nil || g != nil {
			t.Errorf("%s: no error", c.name)
		}
	}
}

func smallModel(t *testing.T, seed uint64) *launder.Model {
	t.Helper()
	w, err := launder.New(launder.Small(seed))
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// liar changes the values of what a source says.
type liar struct {
	*launder.Source
	in, out ledger.Amount // added to each
}

func (l liar) AppendTxs(ctx context.Context, dst []ledger.TxView, refs []ledger.TxRef) ([]ledger.TxView, error) {
	from := len(dst)
	dst, err := l.Source.AppendTxs(ctx, dst, refs)
	for _, v := range dst[from:] {
		for i := range v.Ins {
			v.Ins[i].Value += l.in
		}
		for i := range v.Outs {
			v.Outs[i].Value += l.out
		}
	}
	return dst, err
}

// TestBackwardFromALiar checks that values that cannot be are errors: those that
// sum to more than a number holds, and outputs above what comes in.
func TestBackwardFromALiar(t *testing.T) {
	w, err := launder.Parse("t1 coinbase -> a:50\nblock\nt2 coinbase -> a:50\nblock\nt3 t1:0 t2:0 -> b:60 c:40\nblock")
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	last := m.Counts(w.Tip().Height).Txs - 1
	p := trace.Params{Policies: []lot.Policy{lot.Haircut}}
	for name, add := range map[string][2]ledger.Amount{
		"inputs sum to more than 2^64": {1 << 63, 0}, "outputs sum to more than 2^64": {0, 1 << 63}, "more goes out than in": {0, 1},
	} {
		src := liar{m.Source(w.Tip().Height), add[0], add[1]}
		start := trace.Start{Tx: ledger.TxRef(last), Vout: 0}
		if _, err := trace.Backward(t.Context(), src, p, []trace.Start{start}, addressOf); !errors.Is(err, trace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
