package flat

import "sync/atomic"

// slots is an insert-only hash table by linear probing, in memory or in a
// mapped file. A slot is a word: 24 bits of the key's hash, then row+1 in 40
// bits; 0 is empty. The row's own column holds the key, so a match of the bits
// must be checked there.
//
// Inserted in row order it is a function of the rows: doing it again over any
// subset of surviving slots gives the same words, since each key's earlier
// probe positions are already final and its own is empty or right.
type slots struct {
	w     []uint64
	shift uint // 64 - log2(len(w)): the home of a key is hash >> shift
}

const tagShift = 40

func makeSlots(w []uint64, log uint32) slots { return slots{w: w[:1<<log], shift: uint(64 - log)} }

func (s *slots) mask() uint64 { return uint64(len(s.w) - 1) }

// word is the content of the slot of a row.
func word(hash, row uint64) uint64 { return hash<<tagShift | row + 1 }

// insert and clearRow store plain words. A word is never torn, readers need no
// more of a slot than that, since they take no row at or beyond their pin from
// it; and an atomic store is a full fence that lets only one cache miss be
// under way at a time.

// insert puts a row into the first free slot from its home, unless it is there
// already. The table must not be full.
func (s *slots) insert(hash, row uint64) {
	v := word(hash, row)
	for i, n := hash>>s.shift, 0; n < len(s.w); i, n = (i+1)&s.mask(), n+1 {
		switch s.w[i] {
		case 0:
			s.w[i] = v
			return
		case v:
			return
		}
	}
	// A table grows before it is 7/10 full: this one is damaged.
	panic(&Damage{File: "index", Row: row, Reason: "no empty slot: run clew ledger check"})
}

// clearRow empties the slot of a row, which must have been inserted last among
// the rows present: then the table is as it was before. It reports whether the
// row was there.
func (s *slots) clearRow(hash, row uint64) bool {
	v := word(hash, row)
	for i, n := hash>>s.shift, 0; n < len(s.w); i, n = (i+1)&s.mask(), n+1 {
		switch s.w[i] {
		case 0:
			return false
		case v:
			s.w[i] = 0
			return true
		}
	}
	return false
}

// find walks the rows whose bits match. Start with i = s.home(hash); it
// returns the next candidate row and where to go on, or false at the end. The
// place to go on counts on beyond the last slot, so that the walk ends after
// one turn around a damaged table that has no empty slot.
func (s *slots) find(hash, i uint64) (rowFound, next uint64, ok bool) {
	tag := hash & tagMask
	for end := s.home(hash) + uint64(len(s.w)); i < end; i++ {
		v := atomic.LoadUint64(&s.w[i&s.mask()])
		if v == 0 {
			return 0, i, false
		}
		if v>>tagShift == tag {
			return v&rowMask - 1, i + 1, true
		}
	}
	return 0, i, false
}

// tagMask selects the bits of the hash that a slot keeps: the low 24. The home
// is made of the high bits.
const tagMask = 1<<24 - 1

func (s *slots) home(hash uint64) uint64 { return hash >> s.shift }
