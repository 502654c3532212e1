package trace

import (
	"math/rand/v2"
	"testing"
)

// TestList pushes and cuts at random, across the borders of chunks, and compares
// with a slice.
func TestList(t *testing.T) {
	crossed := 0
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 6))
		var l list[uint64]
		var want []uint64
		for range 30 {
			for range r.IntN(2 * chunkSize) {
				x := r.Uint64()
				l.push(x)
				want = append(want, x)
			}
			to := r.IntN(len(want) + 1)
			switch r.IntN(4) {
			case 0: // a border, one before or one behind it
				to = min(max(0, to>>chunkBits<<chunkBits+r.IntN(3)-1), len(want))
			case 1:
				to = len(want) - min(len(want), r.IntN(3))
			}
			if to>>chunkBits < (len(want)-1)>>chunkBits {
				crossed++
			}
			l.cut(to)
			want = want[:to]
			if !sameList(t, &l, want) {
				t.Fatalf("seed %d, cut to %d", seed, to)
			}
		}
	}
	if crossed == 0 {
		t.Error("no cut went across a border")
	}
}

func sameList(t *testing.T, l *list[uint64], want []uint64) bool {
	if l.len() != len(want) {
		t.Errorf("%d elements, want %d", l.len(), len(want))
		return false
	}
	for i, x := range want {
		if *l.at(i) != x {
			t.Errorf("element %d of %d differs", i, len(want))
			return false
		}
	}
	return true
}

// TestListStays checks that elements stay where they are once the first chunk is
// full, whatever is pushed.
func TestListStays(t *testing.T) {
	var l list[int]
	for i := range chunkSize + 1 {
		l.push(i)
	}
	first, last := l.at(0), l.at(chunkSize)
	for i := range 5 * chunkSize {
		l.push(i)
	}
	if l.at(0) != first || l.at(chunkSize) != last {
		t.Error("elements moved")
	}
	l.cut(chunkSize + 1)
	l.push(7)
	if l.at(chunkSize) != last || *l.at(chunkSize + 1) != 7 {
		t.Error("elements moved when it was cut")
	}
	l.cut(0)
	if l.len() != 0 || len(l.chunks) != 0 {
		t.Errorf("%d elements in %d chunks after all were cut", l.len(), len(l.chunks))
	}
}
