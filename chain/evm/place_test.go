package evm

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// TestPlaceLogs makes random trees of calls, in which logs are made at random
// moments, and has the logs placed without being told these moments. Each must
// be where its contract runs and may tell something, and in order. It sees
// inside, since only here frames and logs meet without a block around them.
func TestPlaceLogs(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("CLEW_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("CLEW_SEED=%d gives this run again", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		frames := []frame{{from: Address{9}, to: Address{1}}}
		frames = growCalls(r, frames, 0)
		var told decoding
		told.readSteps(frames)
		d := decoding{b: &Block{Txs: make([]Tx, 1)}}
		for _, s := range told.steps {
			for r.IntN(3) == 0 && !s.static {
				d.pending = append(d.pending, loggedMove{by: s.as})
			}
		}
		d.placeLogs(frames)
		if d.b.Txs[0].Unknown != 0 {
			t.Fatal("a log has no place")
		}
		checkPlaces(t, &d)
	}
}

// growCalls appends calls of the last frame, and theirs.
func growCalls(r *rand.Rand, frames []frame, depth uint16) []frame {
	for depth < 6 && len(frames) < 60 && r.IntN(3) > 0 {
		f := frame{depth: depth + 1, kind: frameKind(r.IntN(6)), failed: r.IntN(6) == 0, to: Address{byte(1 + r.IntN(4))}}
		frames = append(frames, f)
		if f.kind != frameDestroy {
			frames = growCalls(r, frames, depth+1)
		}
	}
	return frames
}

func checkPlaces(t *testing.T, d *decoding) {
	t.Helper()
	last := 0
	for i, p := range d.pending {
		if p.step < last || p.step >= len(d.steps) {
			t.Fatalf("log %d of %d: at step %d after %d, of %d", i, len(d.pending), p.step, last, len(d.steps))
		}
		if s := d.steps[p.step]; s.as != p.by || s.static {
			t.Fatalf("log %d of %x: at step %d of %x", i, p.by[0], p.step, s.as[0])
		}
		last = p.step
	}
}
