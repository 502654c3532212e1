package trace

import "clew.example/clew/ledger"

// outMap finds the record of a tainted output that may still be spent: an
// open-addressing table, keyed by handle. Entries are not removed one by one;
// what was spent is not asked for again.
type outMap struct {
	slots []outSlot // a power of two
	n     int
	shift uint
}

type outSlot struct {
	ref uint64 // plus one; 0: empty
	row uint32
}

const outMapMin = 64

// home spreads handles that follow each other.
func (m *outMap) home(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> m.shift }

func (m *outMap) get(ref ledger.OutRef) (row uint32, ok bool) {
	if m.n == 0 {
		return 0, false
	}
	key, mask := uint64(ref)+1, uint64(len(m.slots)-1)
	for i := m.home(key); ; i = (i + 1) & mask {
		s := &m.slots[i]
		if s.ref == key {
			return s.row, true
		}
		if s.ref == 0 {
			return 0, false
		}
	}
}

func (m *outMap) put(ref ledger.OutRef, row uint32) {
	if 4*(m.n+1) > 3*len(m.slots) {
		m.grow()
	}
	m.set(uint64(ref)+1, row)
}

func (m *outMap) set(key uint64, row uint32) {
	mask := uint64(len(m.slots) - 1)
	i := m.home(key)
	for m.slots[i].ref != 0 && m.slots[i].ref != key {
		i = (i + 1) & mask
	}
	if m.slots[i].ref == 0 {
		m.n++
	}
	m.slots[i] = outSlot{key, row}
}

func (m *outMap) grow() {
	old := m.slots
	size := max(outMapMin, 2*len(old))
	m.slots, m.n, m.shift = make([]outSlot, size), 0, 64
	for n := size; n > 1; n >>= 1 {
		m.shift--
	}
	for _, s := range old {
		if s.ref != 0 {
			m.set(s.ref, s.row)
		}
	}
}

// reset empties the table and keeps its room.
func (m *outMap) reset() {
	clear(m.slots)
	m.n = 0
}
