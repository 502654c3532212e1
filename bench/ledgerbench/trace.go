package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/refbfs"
	"clew.example/clew/bench/report"
	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// trace follows amounts through the engine, as "clew trace" does, and checks
// that not a unit is lost.
func (b *bench) trace(ctx context.Context) error {
	return b.withView(ctx, func(v *flat.View) error {
		w, err := b.newWalks(v)
		if err != nil {
			return err
		}
		for _, step := range []func(context.Context, *walks) error{b.haircut, b.haircutMany, b.fifo, b.fifoMany, b.smallTrace, b.halfHeight} {
			if err := step(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// traced does a trace from outputs. Advance itself sums its parts and stops the
// program if a unit is lost.
func traced(ctx context.Context, v *flat.View, policies []lot.Policy, outs []ledger.OutRef) (*trace.Trace, error) {
	starts := make([]trace.Start, len(outs))
	for i, out := range outs {
		tx, vout, err := v.TxOf(out)
		if err != nil {
			return nil, err
		}
		starts[i] = trace.Start{Tx: tx, Vout: vout}
	}
	t := trace.New(trace.Params{Policies: policies}, starts)
	if err := t.Advance(ctx, v); err != nil {
		return nil, err
	}
	return t, nil
}

// haircutRounds is how often a large trace is repeated: each takes a second.
const haircutRounds = 5

func (b *bench) haircut(ctx context.Context, w *walks) error {
	for _, s := range []source{
		{goal: report.Haircut, tx: 453_101},
		{goal: report.HaircutSecond, tx: 500_000},
	} {
		if err := b.timeTrace(ctx, w, lot.Haircut, b.scaled(s), haircutRounds); err != nil {
			return err
		}
	}
	return nil
}

// timeTrace repeats one trace, and haircut beside plain arrays.
func (b *bench) timeTrace(ctx context.Context, w *walks, p lot.Policy, s source, rounds int) error {
	out, err := w.start(ctx, s.tx, s.vout)
	if err != nil {
		return err
	}
	var n trace.Totals
	variants := []func(int) error{func(int) error {
		t, err := traced(ctx, w.v, []lot.Policy{p}, []ledger.OutRef{out})
		if err == nil {
			n = t.Totals(0)
		}
		return err
	}}
	plain := plainTrace{}
	if p == lot.Haircut {
		c, err := b.plainChain(ctx, w.v)
		if err != nil {
			return err
		}
		variants = append(variants, func(int) error { plain.of(c, s.tx, s.vout); return nil })
	}
	times, err := meter.Interleave(rounds, variants...)
	if err != nil {
		return err
	}
	yard := 0.0
	if p == lot.Haircut {
		if err := plain.agrees(&n); err != nil {
			return fmt.Errorf("%s of %d:%d: %w", p, s.tx, s.vout, err)
		}
		yard = meter.PerSecond(n.Edges, times[1].Median())
	}
	b.add(s.goal, meter.PerSecond(n.Edges, times[0].Median()), yard,
		fmt.Sprintf("%d edges, %d transactions; %d = %d unspent + %d fees, none lost; median of %d", n.Edges, n.Txs, n.Theft, n.Rests, n.Fees, rounds))
	return nil
}

// plainTrace is what plain arrays found.
type plainTrace struct {
	edges         int
	unspent, fees uint64
}

func (p *plainTrace) of(c *refbfs.Chain, tx, vout uint32) {
	p.edges, p.unspent, p.fees = c.Haircut(tx, vout)
}

// agrees checks that the engine found the same, to the unit.
func (p *plainTrace) agrees(n *trace.Totals) error {
	if p.edges != n.Edges || ledger.Amount(p.unspent) != n.Rests || ledger.Amount(p.fees) != n.Fees {
		return fmt.Errorf("plain arrays say %+v, the engine %+v", *p, *n)
	}
	return nil
}

// plainChain copies the ledger into plain arrays, once.
func (b *bench) plainChain(ctx context.Context, v *flat.View) (*refbfs.Chain, error) {
	if b.plainArrays != nil {
		return b.plainArrays, nil
	}
	c := &refbfs.Chain{}
	var rows ledger.Rows
	var ins, spenders []uint32
	var values []uint64
	for tx := range v.Dense() {
		rows.Reset()
		if err := v.AppendRows(ctx, &rows, []ledger.TxRef{ledger.TxRef(tx)}); err != nil {
			return nil, err
		}
		ins, values, spenders = ins[:0], values[:0], spenders[:0]
		for _, in := range rows.Ins {
			ins = append(ins, uint32(in.Ref))
		}
		for _, out := range rows.Outs {
			values, spenders = append(values, uint64(out.Value)), append(spenders, uint32(out.Spender)+1) // NoRef plus one is 0
		}
		c.Add(ins, values, spenders)
	}
	b.plainArrays = c
	return c, nil
}

// traceMany is how many distinct thefts are traced, each once.
const traceMany = 100

// haircutMany traces distinct outputs of the second half of the chain, each
// once: what they touch is mostly not in any cache.
func (b *bench) haircutMany(ctx context.Context, w *walks) error {
	outs, err := b.spread(ctx, w, traceMany)
	if err != nil {
		return err
	}
	c, err := b.plainChain(ctx, w.v)
	if err != nil {
		return err
	}
	edges := 0
	found, plain := make([]trace.Totals, len(outs)), make([]plainTrace, len(outs))
	times, err := meter.Interleave(len(outs), func(i int) error {
		t, err := traced(ctx, w.v, []lot.Policy{lot.Haircut}, outs[i:i+1])
		if err == nil {
			found[i] = t.Totals(0)
			edges += found[i].Edges
		}
		return err
	}, func(i int) error {
		tx, vout, err := w.v.TxOf(outs[i])
		plain[i].of(c, uint32(tx), vout)
		return err
	})
	if err != nil {
		return err
	}
	for i := range found {
		if err := plain[i].agrees(&found[i]); err != nil {
			return err
		}
	}
	b.add(report.HaircutMany, meter.PerSecond(edges, times[0].Sum()), meter.PerSecond(edges, times[1].Sum()),
		fmt.Sprintf("%d thefts, %d edges in all, none lost; median %v, %v plain arrays", len(outs), edges, times[0].Median(), times[1].Median()))
	return nil
}

// spread returns spent outputs of random transactions from the tenth to the
// last but one tenth of the chain.
func (b *bench) spread(ctx context.Context, w *walks, n int) (outs []ledger.OutRef, err error) {
	rng := rand.New(rand.NewPCG(uint64(b.params.Seed), uint64(n)))
	for range n {
		tx, vout := b.spentFrom(uint32(int64(b.meta.Txs)/10*(1+rng.Int64N(80)/10)) + uint32(rng.Int64N(int64(b.meta.Txs)/10)))
		out, err := w.start(ctx, tx, vout)
		if err != nil {
			return nil, err
		}
		outs = append(outs, out)
	}
	return outs, nil
}

func (b *bench) fifo(ctx context.Context, w *walks) error {
	return b.timeTrace(ctx, w, lot.FIFO, b.scaled(source{goal: report.FIFO, tx: 453_101}), 15)
}

// fifoMany traces 2,100 thefts at once, with the start and the path of every
// lot.
func (b *bench) fifoMany(ctx context.Context, w *walks) error {
	outs, err := b.spread(ctx, w, 2100)
	if err != nil {
		return err
	}
	var n trace.Totals
	times, err := meter.Interleave(haircutRounds, func(int) error {
		t, err := traced(ctx, w.v, []lot.Policy{lot.FIFO}, outs)
		if err == nil {
			n = t.Totals(0)
		}
		return err
	})
	if err != nil {
		return err
	}
	took := times[0].Median()
	b.add(report.FIFOMany, meter.PerSecond(n.Edges, took), 0, fmt.Sprintf("%d starts, %d edges, none lost; median of %d", len(outs), n.Edges, haircutRounds))
	b.add(report.FIFORuns, meter.PerSecond(n.Lots, took), 0, fmt.Sprintf("%d lots", n.Lots))
	return nil
}

// defaults are the policies of a trace for which none is named.
var defaults = []lot.Policy{lot.FIFO, lot.Haircut}

// smallTrace follows the smallest source under the default policies: as it is
// repeated in a process that has it all in its caches.
func (b *bench) smallTrace(ctx context.Context, w *walks) error {
	s := b.scaled(sources[len(sources)-1])
	out, err := w.start(ctx, s.tx, s.vout)
	if err != nil {
		return err
	}
	var t *trace.Trace
	times, err := meter.Interleave(101, func(int) (err error) {
		t, err = traced(ctx, w.v, defaults, []ledger.OutRef{out})
		return err
	})
	if err != nil {
		return err
	}
	b.add(report.TraceSmall, times[0].Median().Seconds(), 0,
		fmt.Sprintf("fifo %d edges, haircut %d, none lost; median of 101", t.Totals(0).Edges, t.Totals(1).Edges))
	return nil
}

// halfHeight traces as of the middle of the chain, in the whole ledger.
func (b *bench) halfHeight(ctx context.Context, w *walks) error {
	s := b.scaled(source{tx: 453_101})
	out, err := w.start(ctx, s.tx, s.vout)
	if err != nil {
		return err
	}
	tip := w.v.Tip()
	return withViewAt(ctx, b.ledger, tip.FirstHeight+(tip.Height-tip.FirstHeight)/2, func(half *flat.View) error {
		var n trace.Totals
		times, err := meter.Interleave(haircutRounds, func(int) error {
			t, err := traced(ctx, half, []lot.Policy{lot.Haircut}, []ledger.OutRef{out})
			if err == nil {
				n = t.Totals(0)
			}
			return err
		})
		if err != nil {
			return err
		}
		b.add(report.HaircutHalf, meter.PerSecond(n.Edges, times[0].Median()), 0,
			fmt.Sprintf("as of block %d of %d: %d edges, none lost; median of %d", half.Tip().Height, tip.Height, n.Edges, haircutRounds))
		return nil
	})
}
