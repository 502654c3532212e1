package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"clew.example/clew/bench/meter"
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

// timeTrace repeats one trace.
func (b *bench) timeTrace(ctx context.Context, w *walks, p lot.Policy, s source, rounds int) error {
	out, err := w.start(ctx, s.tx, s.vout)
	if err != nil {
		return err
	}
	var n trace.Totals
	times, err := meter.Interleave(rounds, func(int) error {
		t, err := traced(ctx, w.v, []lot.Policy{p}, []ledger.OutRef{out})
		if err == nil {
			n = t.Totals(0)
		}
		return err
	})
	if err != nil {
		return err
	}
	b.add(s.goal, meter.PerSecond(n.Edges, times[0].Median()), 0,
		fmt.Sprintf("%d edges, %d transactions; %d = %d unspent + %d fees, none lost; median of %d", n.Edges, n.Txs, n.Theft, n.Rests, n.Fees, rounds))
	return nil
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
	edges := 0
	times, err := meter.Interleave(len(outs), func(i int) error {
		t, err := traced(ctx, w.v, []lot.Policy{lot.Haircut}, outs[i:i+1])
		if err == nil {
			edges += t.Totals(0).Edges
		}
		return err
	})
	if err != nil {
		return err
	}
	b.add(report.HaircutMany, meter.PerSecond(edges, times[0].Sum()), 0,
		fmt.Sprintf("%d thefts, %d edges in all, none lost; median %v", len(outs), edges, times[0].Median()))
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
