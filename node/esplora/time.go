package esplora

import (
	"context"
	"errors"
	"slices"
	"sort"

	"clew.example/clew/ledger"
)

// medianSpan is how many blocks the median time of a block is taken over.
const medianSpan = 11

// scanMax bounds the walk down from where the search ends. On a chain that
// heeds the rule of medians six steps suffice.
const scanMax = 2016

// HeightAt is the greatest height whose header time is at or before a time, up
// to the pin; false if there is none.
//
// Header times may go back, but a block's time is above the median of the
// eleven before it, and that median never falls. So the height is at most one
// above the last block whose median is below the time, and is found from there
// downwards.
func (v *View) HeightAt(ctx context.Context, time uint32) (ledger.Height, bool, error) {
	var failed error
	end := sort.Search(int(v.tip.Height)+1, func(h int) bool {
		if failed != nil {
			return true
		}
		median, ok, err := v.median(ctx, ledger.Height(h))
		failed = err
		return ok && median >= time
	})
	if failed != nil {
		return 0, false, v.moved(ctx, failed)
	}
	h := min(ledger.Height(end), v.tip.Height)
	for range scanMax {
		bl, err := v.block(h).wait(ctx)
		switch {
		case errors.Is(err, ErrNotFound):
			return 0, false, nil
		case err != nil:
			return 0, false, v.moved(ctx, err)
		case bl.time <= time:
			return h, true, nil
		case h == 0:
			return 0, false, nil
		}
		h--
	}
	return 0, false, v.moved(ctx, lie("/blocks", "%d blocks above block %d have times after their successors'", scanMax, h))
}

// median returns the middle of the times of a block and the ten before it;
// false for a block that the server does not hold.
func (v *View) median(ctx context.Context, h ledger.Height) (uint32, bool, error) {
	first := h - min(h, medianSpan-1)
	for at := first; at <= h; at++ {
		v.block(at)
	}
	var times []uint32
	for at := h; ; at-- {
		bl, err := v.block(at).wait(ctx)
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return 0, false, err
		}
		if times = append(times, bl.time); at == first {
			break
		}
	}
	if len(times) == 0 {
		return 0, false, nil
	}
	slices.Sort(times)
	return times[len(times)/2], true, nil
}
