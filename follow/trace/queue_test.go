package trace

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// queueModel is a queue as a sorted list without duplicates.
type queueModel []uint64

func (m *queueModel) push(ref uint64) {
	if i, ok := slices.BinarySearch(*m, ref); !ok {
		*m = slices.Insert(*m, i, ref)
	}
}

func (m queueModel) min() uint64 {
	if len(m) == 0 {
		return none
	}
	return m[0]
}

// TestQueue pushes, peeks and removes at random, each pushed element larger than
// the last one removed, as spenders are, and compares with a sorted list:
// within the heap, through the turn to the bitmap, and in it.
func TestQueue(t *testing.T) {
	turned, heaps := 0, 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 4))
		size := []uint64{1, 64, 4096, 5000, 1 << 18, 1<<18 + 1, 3<<20 + 7}[r.IntN(7)]
		q, m := &queue{size: size}, queueModel{}
		pushes := 1 + r.IntN(4) // for each removal: below 2 it stays small
		if !driveQueue(t, r, q, &m, pushes) {
			t.Fatalf("seed %d", seed)
		}
		if q.bits != nil {
			turned++
		} else {
			heaps++
		}
	}
	if turned == 0 || heaps == 0 {
		t.Errorf("%d queues turned to bitmaps and %d did not", turned, heaps)
	}
}

// driveQueue goes on until nothing larger than what was removed is left.
func driveQueue(t *testing.T, r *rand.Rand, q *queue, m *queueModel, pushes int) bool {
	next := uint64(0) // what is pushed is at or above it
	for step := 0; step < 3000 && next < q.size; step++ {
		for range r.IntN(2 * pushes) {
			reach := q.size - next
			if r.IntN(2) == 0 {
				reach = min(reach, 1+r.Uint64N(200)) // most spend soon
			}
			ref := next + r.Uint64N(reach)
			q.push(ref)
			m.push(ref)
		}
		if r.IntN(10) == 0 {
			ref := q.size - 1
			q.push(ref)
			m.push(ref)
		}
		if !checkQueue(t, r, q, *m) {
			return false
		}
		if len(*m) > 0 {
			next = (*m)[0] + 1
			q.remove((*m)[0])
			*m = (*m)[1:]
		}
	}
	for len(*m) > 0 {
		if !checkQueue(t, r, q, *m) {
			return false
		}
		q.remove((*m)[0])
		*m = (*m)[1:]
	}
	return checkQueue(t, r, q, *m)
}

// checkQueue compares the smallest element, and what peek shows: the smallest
// ones, at least one if there is any.
func checkQueue(t *testing.T, r *rand.Rand, q *queue, m queueModel) bool {
	if got := q.min(); got != m.min() {
		t.Errorf("the smallest of %d is %d, want %d", len(m), got, m.min())
		return false
	}
	n := 1 + r.IntN(200)
	seen := q.peek([]uint64{7}, n)[1:]
	if len(seen) > n || len(seen) == 0 && len(m) > 0 || len(seen) > len(m) || !slices.Equal(seen, m[:len(seen)]) {
		t.Errorf("the first %d of %d are %v", n, len(m), seen)
		return false
	}
	return true
}

// TestQueueTurns fills a queue to the brim of its heap, with duplicates, and one
// beyond.
func TestQueueTurns(t *testing.T) {
	q, m := &queue{size: 1 << 20}, queueModel{}
	for i := range uint64(pendingMax + 1) {
		if q.bits != nil {
			t.Fatalf("a bitmap at %d elements", i)
		}
		ref := (i * 7919 % 512) << 10 // each twice
		q.push(ref)
		m.push(ref)
	}
	if q.bits == nil {
		t.Errorf("no bitmap at %d elements", pendingMax+1)
	}
	for len(m) > 0 {
		if q.min() != m[0] {
			t.Fatalf("the smallest of %d is %d, want %d", len(m), q.min(), m[0])
		}
		q.remove(m[0])
		m = m[1:]
	}
	if q.min() != none {
		t.Errorf("%d is left", q.min())
	}
}

// TestQueueAsSwept takes elements in the way a sweep does: those
// of a batch in turn, before each what was pushed in between and is smaller.
func TestQueueAsSwept(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		q, pushed := &queue{size: 1 << 14}, map[uint64]bool{}
		push := func(ref uint64) {
			q.push(ref)
			pushed[ref] = true
		}
		for range 1 + r.IntN(2*pendingMax) {
			push(r.Uint64N(q.size))
		}
		var took []uint64
		take := func(ref uint64) {
			q.remove(ref)
			took = append(took, ref)
			for range r.IntN(3) {
				if next := ref + 1 + r.Uint64N(300); next < q.size {
					push(next)
				}
			}
		}
		for batch := q.peek(nil, sweepBatch); len(batch) > 0; batch = q.peek(nil, sweepBatch) {
			for _, ref := range batch {
				for first := q.min(); first < ref; first = q.min() {
					take(first)
				}
				take(ref)
			}
		}
		if !slices.IsSorted(took) || len(took) != len(pushed) || len(slices.Compact(took)) != len(pushed) {
			t.Fatalf("seed %d: %d taken of %d", seed, len(took), len(pushed))
		}
	}
}
