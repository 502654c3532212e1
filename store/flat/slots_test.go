package flat_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"clew.example/clew/store/flat"
)

// The law of the indexes. Strategy: tables of 16 to 64 slots, filled to 70 to
// 86 %, more than a ledger fills them, so that rows lie in long runs; keys of
// which some share their home and some are the same (BIP 30). Some rows from
// the end are cut, and a random part of their slots is gone already, which is
// what a power cut in an undo leaves, also one in an undo that was resumed.
//
// Invariants: inserting the cut rows again in row order gives the table with
// all rows, and clearing them from the last to the first then gives the table
// from before they came, word by word. Without the first step it sometimes
// does not: an undo stops at the hole before the row that it looks for.

// undone is a table, its keys in row order and where the cut begins.
type undone struct {
	log  uint32
	keys []uint64
	fork int
}

func newUndone(rng *rand.Rand) *undone {
	u := &undone{log: uint32(4 + rng.IntN(3))}
	size := 1 << u.log
	n := size*70/100 + rng.IntN(size*16/100+1)
	for range n {
		switch key := rng.Uint64(); {
		case len(u.keys) > 0 && rng.IntN(10) == 0:
			u.keys = append(u.keys, u.keys[rng.IntN(len(u.keys))])
		case len(u.keys) > 0 && rng.IntN(10) == 0: // another key of the same home
			u.keys = append(u.keys, u.keys[rng.IntN(len(u.keys))]^key>>8)
		default:
			u.keys = append(u.keys, key)
		}
	}
	u.fork = rng.IntN(n)
	return u
}

// table inserts the first n rows.
func (u *undone) table(n int) flat.ForTestSlots {
	s := flat.ForTestNewSlots(u.log)
	u.insert(s, 0, n)
	return s
}

func (u *undone) insert(s flat.ForTestSlots, from, to int) {
	for row := from; row < to; row++ {
		s.Insert(u.keys[row], uint64(row))
	}
}

// holes empties a random part of the slots of cut rows, at least one.
func (u *undone) holes(s flat.ForTestSlots, rng *rand.Rand) {
	var cut []int
	for i, w := range s.Words() {
		if int(w&(1<<40-1))-1 >= u.fork {
			cut = append(cut, i)
		}
	}
	rng.Shuffle(len(cut), func(i, j int) { cut[i], cut[j] = cut[j], cut[i] })
	for _, i := range cut[:1+rng.IntN(len(cut))] {
		s.Words()[i] = 0
	}
}

// undo takes the cut rows back and reports what is wrong then.
func (u *undone) undo(s flat.ForTestSlots, reinsert bool) error {
	if reinsert {
		u.insert(s, u.fork, len(u.keys))
		if !slices.Equal(s.Words(), u.table(len(u.keys)).Words()) {
			return fmt.Errorf("inserted again, %d rows of 2^%d slots are not as they were", len(u.keys), u.log)
		}
	}
	for row := len(u.keys) - 1; row >= u.fork; row-- {
		s.Clear(u.keys[row], uint64(row))
	}
	if !slices.Equal(s.Words(), u.table(u.fork).Words()) {
		return fmt.Errorf("cut from %d to %d rows of 2^%d slots: not the table from before", len(u.keys), u.fork, u.log)
	}
	return nil
}

func TestResumedUndo(t *testing.T) {
	n, wrong := uint64(runs(t, "CLEW_UNDOS", 3000)), 0
	for seed := range n {
		rng := rand.New(rand.NewPCG(seed, 11))
		u := newUndone(rng)
		s := u.table(len(u.keys))
		u.holes(s, rng)
		mutant := flat.ForTestNewSlots(u.log)
		copy(mutant.Words(), s.Words())
		if err := u.undo(s, true); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if u.undo(mutant, false) != nil {
			wrong++
		}
	}
	t.Logf("without inserting again, %d of %d undos end wrong", wrong, n)
	if wrong == 0 {
		t.Error("the mutant was never wrong: the test sees nothing")
	}
}
