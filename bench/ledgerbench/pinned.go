package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/report"
	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// pinnedSources is how many walks are compared, from the largest there is to
// those near the pin.
const pinnedSources = 40

// pinned compares walks in a ledger that ends at a block with the same walks
// in one ten times as large that is pinned at that block. The small chain is
// the head of the large one: its draws are the same, only its last block is cut
// short.
func (b *bench) pinned(ctx context.Context) error {
	p := b.params
	p.Txs /= 10
	small, dir := b.ledger+"-tenth", filepath.Join(b.dir, fmt.Sprintf("chain-%d-%d", p.Txs, p.Seed))
	defer os.RemoveAll(small)
	m, err := b.ensureChain(ctx, dir, p)
	if err != nil {
		return err
	}
	if _, err := b.ingestFresh(ctx, dir, small, 0); err != nil {
		return err
	}
	pin := ledger.Height(m.Blocks - 2)
	return b.withLarge(ctx, pin, func(large *flat.View) error {
		return withViewAt(ctx, small, pin, func(v *flat.View) error {
			return b.comparePinned(ctx, v, large)
		})
	})
}

func (b *bench) withLarge(ctx context.Context, pin ledger.Height, use func(*flat.View) error) error {
	if err := b.ensureLedger(ctx); err != nil {
		return err
	}
	return withViewAt(ctx, b.ledger, pin, use)
}

func (b *bench) comparePinned(ctx context.Context, small, large *flat.View) error {
	if small.Tip().Hash != large.Tip().Hash {
		return fmt.Errorf("pinned blocks differ: %v and %v", small.Tip().Hash, large.Tip().Hash)
	}
	w, err := b.newWalks(large)
	if err != nil {
		return err
	}
	sweep := small.NewSweep()
	var smallTime, largeTime meter.Timings
	edges := uint64(0)
	for i := range pinnedSources {
		tx, vout := b.spentFrom(uint32(small.Dense() * uint64(i+1) / (pinnedSources + 2)))
		out, err := w.start(ctx, tx, vout)
		if err != nil {
			return err
		}
		var want flat.Reach
		times, err := meter.Interleave(11,
			func(int) (err error) { want, err = sweep.From(ctx, []ledger.OutRef{out}); return err },
			func(int) error { return w.walkHere(ctx, out) })
		if err != nil {
			return err
		}
		if w.here != want {
			return fmt.Errorf("reach %d:%d pinned: have %+v, want %+v", tx, vout, w.here, want)
		}
		edges += want.Edges
		smallTime, largeTime = append(smallTime, times[0].Median()), append(largeTime, times[1].Median())
	}
	b.add(report.ReachPinned, largeTime.Sum().Seconds()/smallTime.Sum().Seconds(), 0,
		fmt.Sprintf("%d walks, %d edges, answers equal: %v in the small one, %v pinned in the large one; medians of 11", pinnedSources, edges, smallTime.Sum(), largeTime.Sum()))
	return nil
}
