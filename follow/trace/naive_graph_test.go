package trace_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// expected is a scenario as the naive interpreter sees it, one interpretation
// for each of its policies, and a graph to compare with it.
type expected struct {
	scenario
	by   []*naive
	g    *trace.Graph
	rows []int       // of transactions visited under any policy, in ledger order
	node map[int]int // indexes in rows
}

func expect(s scenario, g *trace.Graph) *expected {
	e := &expected{scenario: s, g: g, node: map[int]int{}}
	visited := map[int]bool{}
	for _, p := range s.params.Policies {
		n := interpret(s, p)
		e.by = append(e.by, n)
		for row := range n.hops {
			visited[row] = true
		}
	}
	e.rows = slices.Sorted(maps.Keys(visited))
	for i, row := range e.rows {
		e.node[row] = i
	}
	return e
}

// indexOf returns where a transaction stands among the visited ones, or -1.
func (e *expected) indexOf(row int) int {
	if i, ok := e.node[row]; ok {
		return i
	}
	return -1
}

func addressOf(a ledger.Account) string { return fmt.Sprintf("address of %x", []byte(a)) }

// compareGraph returns the first difference between a graph and what the naive
// interpreter finds.
func compareGraph(s scenario, g *trace.Graph) error {
	e := expect(s, g)
	if !slices.Equal(g.Policies, s.params.Policies) {
		return fmt.Errorf("policies %v, want %v", g.Policies, s.params.Policies)
	}
	for i := range min(len(g.Txs), len(e.rows)) {
		if want := s.model.Row(e.rows[i]); g.Txs[i].Pos != want.Pos {
			return fmt.Errorf("visited transaction %d is %v, want %v", i, g.Txs[i].Pos, want.Pos)
		}
		if err := e.compareTx(i); err != nil {
			return fmt.Errorf("transaction %d, %v: %w", i, g.Txs[i].Pos, err)
		}
	}
	if len(g.Txs) != len(e.rows) {
		return fmt.Errorf("%d transactions visited, want %d", len(g.Txs), len(e.rows))
	}
	if err := e.compareSums(); err != nil {
		return err
	}
	if err := e.compareAssumed(); err != nil {
		return err
	}
	return e.comparePaths()
}

// compareAssumed counts the transactions with an input of unknown value, and
// those where the place of taint was not known.
func (e *expected) compareAssumed() error {
	var want trace.Assumed
	order := map[int]bool{}
	for _, row := range e.rows {
		tx := e.model.Row(row)
		if sumsOf(e.by[0].inputs(tx), e.by[0].outs(tx)).unknown > 0 {
			want.Fee++
		}
	}
	for _, n := range e.by {
		for row, kind := range n.ends {
			if kind == trace.KindUnknownInput {
				order[e.model.Out(row, e.asOf).Spender] = true
			}
		}
	}
	want.Order = len(order)
	return differ("assumed", e.g.Assumed, want)
}

// differ returns an error for the first two of a list that are not equal.
func differ(list ...any) error {
	for i := 0; i < len(list); i += 3 {
		if have, want := fmt.Sprintf("%v", list[i+1]), fmt.Sprintf("%v", list[i+2]); have != want {
			return fmt.Errorf("%s %s, want %s", list[i], have, want)
		}
	}
	return nil
}

// perPolicy asks every interpretation; nil if all answer zero.
func perPolicy[T comparable](e *expected, ask func(*naive) T) []T {
	var zero T
	list, some := make([]T, len(e.by)), false
	for i, n := range e.by {
		list[i] = ask(n)
		some = some || list[i] != zero
	}
	if !some {
		return nil
	}
	return list
}

func (e *expected) compareTx(i int) error {
	have, tx := e.g.Txs[i], e.model.Row(e.rows[i])
	outs := e.by[0].outs(tx)
	sums := sumsOf(e.by[0].inputs(tx), outs)
	if tx.Coinbase { // pays no fee, and whether that is known is not a question
		sums = sumsOf(nil, nil)
		have.FeeKnown = true
	}
	start := false
	for vout := range outs {
		start = start || e.by[0].startOf(tx.FirstOut+vout) > 0
	}
	err := differ(
		"id", have.ID, tx.ID, "time", have.Time, tx.Time, "coinbase", have.Coinbase, tx.Coinbase,
		"hop", have.Hop, e.hop(tx.Row), "start", have.Start, start,
		"visited", have.Visited, perPolicy(e, func(n *naive) bool { _, ok := n.hops[tx.Row]; return ok }),
		"fee known", have.FeeKnown, sums.unknown == 0, "fee", have.Fee, sums.fee,
		"taint of fee", have.FeeTaint, perPolicy(e, func(n *naive) ledger.Amount { return ledger.Amount(n.fees[tx.Row]) }),
		"number of outputs", len(have.Outs), len(outs),
	)
	if err != nil {
		return err
	}
	if err := e.compareIns(have.Ins, tx); err != nil {
		return err
	}
	for vout := range outs {
		if err := e.compareOut(i, vout, tx.FirstOut+vout); err != nil {
			return fmt.Errorf("output %d: %w", vout, err)
		}
	}
	return nil
}

// hop returns the least of all policies.
func (e *expected) hop(row int) uint32 {
	least := ^uint32(0)
	for _, n := range e.by {
		if hop, ok := n.hops[row]; ok {
			least = min(least, hop)
		}
	}
	return least
}

func (e *expected) compareIns(have []trace.InNode, tx launder.Tx) error {
	at := 0
	for i := tx.FirstIn; i < tx.EndIn; i++ {
		in := e.model.In(i)
		if in.Coinbase {
			continue
		}
		if at == len(have) {
			return fmt.Errorf("%d inputs are too few", at)
		}
		maker := -1
		if in.Out != launder.None {
			maker = e.indexOf(e.model.Out(in.Out, e.asOf).Tx)
		}
		want := trace.InNode{Prev: in.Prev, Tx: maker, Known: in.Known, Value: in.Value}
		if err := differ(fmt.Sprintf("input %d", at), have[at], want); err != nil {
			return err
		}
		at++
	}
	return differ("inputs", len(have), at)
}

func (e *expected) compareOut(i, vout, row int) error {
	have, out := e.g.Txs[i].Outs[vout], e.model.Out(row, e.asOf)
	taint := perPolicy(e, func(n *naive) ledger.Amount { return ledger.Amount(n.taint[row]) })
	err := differ(
		"value", have.Value, out.Value, "started", have.Started, e.by[0].startOf(row) > 0,
		"taint", have.Taint, taint,
		"ends", someOf(have.Ends), perPolicy(e, func(n *naive) trace.Kind { return n.ends[row] }),
		"reasons", someOf(have.Reasons), perPolicy(e, func(n *naive) trace.Reason { return n.reasons[row] }),
		"overlap", someOf(have.Overlap), perPolicy(e, func(n *naive) ledger.Amount { return ledger.Amount(n.overlap[row]) }),
	)
	if err != nil || taint == nil {
		return err
	}
	spender := -1
	if out.Spender != launder.None {
		spender = e.indexOf(out.Spender)
	}
	err = differ("spent", have.Spent, out.Spender != launder.None, "spender", have.Tx, spender,
		"address", have.Address, addressOf(out.Script), "name", have.Name, e.params.Names[string(out.Script)])
	if err == nil && !bytes.Equal(have.Account, out.Script) {
		err = fmt.Errorf("account %x, want %x", have.Account, out.Script)
	}
	return err
}

// someOf returns a list, nil if it holds zeros only: both say that there is
// nothing.
func someOf[T comparable](list []T) []T {
	var zero T
	if !slices.ContainsFunc(list, func(v T) bool { return v != zero }) {
		return nil
	}
	return list
}

// comparePaths checks the path to each output and fee.
func (e *expected) comparePaths() error {
	for i, row := range e.rows {
		tx := e.model.Row(row)
		if err := e.comparePath(i, -1, func(n *naive) bool { return n.fees[row] > 0 }); err != nil {
			return fmt.Errorf("fee of transaction %d, %v: %w", i, tx.Pos, err)
		}
		for out := tx.FirstOut; out < tx.EndOut; out++ {
			if err := e.comparePath(i, out-tx.FirstOut, func(n *naive) bool { return n.taint[out] > 0 }); err != nil {
				return fmt.Errorf("output %d of transaction %d, %v: %w", out-tx.FirstOut, i, tx.Pos, err)
			}
		}
	}
	return nil
}

// comparePath checks that the path to what came somewhere is one: from a start,
// each transaction spending something tainted and followed of the one before.
func (e *expected) comparePath(i, vout int, came func(*naive) bool) error {
	for p, n := range e.by {
		path := e.g.Path(p, i, vout)
		if came(n) != (path != nil) {
			return fmt.Errorf("path under %v: %v, and something came: %v", n.policy, path, came(n))
		}
		if path == nil {
			continue
		}
		if path[len(path)-1] != i || !e.g.Txs[path[0]].Start {
			return fmt.Errorf("path under %v: %v is not from a start to %d", n.policy, path, i)
		}
		for j := 1; j < len(path); j++ {
			if !e.linked(n, e.rows[path[j-1]], e.rows[path[j]]) {
				return fmt.Errorf("path under %v: %v: nothing followed from %d to %d", n.policy, path, path[j-1], path[j])
			}
		}
	}
	return nil
}

func (e *expected) linked(n *naive, from, to int) bool {
	tx := e.model.Row(to)
	for i := tx.FirstIn; i < tx.EndIn; i++ {
		row := e.model.In(i).Out
		if n.taint[row] > 0 && n.ends[row] == trace.KindNone && e.model.Out(row, e.asOf).Tx == from {
			return true
		}
	}
	return false
}

// compareSums compares absorbers, added up from the graph.
func (e *expected) compareSums() error {
	for p, n := range e.by {
		sums, counts := map[trace.Kind]uint64{}, map[trace.Kind]int{}
		add := func(kind trace.Kind, amounts []ledger.Amount) {
			if kind != trace.KindNone && amounts != nil && amounts[p] > 0 {
				sums[kind] += uint64(amounts[p])
				counts[kind]++
			}
		}
		for _, tx := range e.g.Txs {
			add(trace.KindFee, tx.FeeTaint)
			for _, out := range tx.Outs {
				add(trace.KindOverlap, out.Overlap)
				if out.Ends != nil {
					add(out.Ends[p], out.Taint)
				}
			}
		}
		if err := differ("sums", sums, n.sums, "counts", counts, n.counts); err != nil {
			return fmt.Errorf("%v: %w", n.policy, err)
		}
		var sum uint64
		for _, amount := range sums {
			sum += amount
		}
		if n.policy != lot.Poison && sum != e.theft() {
			return fmt.Errorf("%v: absorbers sum to %d of %d", n.policy, sum, e.theft())
		}
	}
	return nil
}

// graphOf runs the engine on a scenario.
func graphOf(ctx context.Context, s scenario, src trace.UTXO, ref func(int) ledger.TxRef) (*trace.Graph, error) {
	t := trace.New(s.params, s.refs(ref))
	if err := t.Advance(ctx, src); err != nil {
		return nil, fmt.Errorf("advance: %w", err)
	}
	g, err := t.Graph(ctx, src, addressOf)
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	return g, nil
}
