package trace

import "clew.example/clew/ledger"

// outMap finds the record of a tainted output whose spender comes. It is an
// open-addressing table of handles; once a dense source has many of them, pages
// of rows by handle, which lie as the spends of a chain do: mostly near to what
// they spend. Entries are not removed one by one; what was spent is not asked
// for again.
type outMap struct {
	dense bool      // handles are numbers without large gaps
	slots []outSlot // a power of two
	n     int
	shift uint
	paged bool
	pages []*outPage
}

type outSlot struct {
	ref uint64 // plus one; 0: empty
	row uint32
}

const (
	outMapMin = 64
	// pagedMin is how many outputs are live when pages take over. The table
	// misses the cache and the TLB at every look-up: 4.8 M edges of haircut took
	// 4.3 s of processor time with it alone.
	pagedMin = 1 << 17
	pageBits = 10
)

// outPage holds rows plus one; 0: none.
type outPage [1 << pageBits]uint32

// home spreads handles that follow each other.
func (m *outMap) home(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> m.shift }

// get returns noRow for what it does not hold.
func (m *outMap) get(ref ledger.OutRef) (row uint32, ok bool) {
	if m.paged {
		if p := uint64(ref) >> pageBits; p < uint64(len(m.pages)) && m.pages[p] != nil {
			row = m.pages[p][uint64(ref)&(1<<pageBits-1)]
			return row - 1, row != 0
		}
		return noRow, false
	}
	if m.n == 0 {
		return noRow, false
	}
	key, mask := uint64(ref)+1, uint64(len(m.slots)-1)
	for i := m.home(key); ; i = (i + 1) & mask {
		s := &m.slots[i]
		if s.ref == 0 { // before the comparison: NoRef plus one is 0
			return noRow, false
		}
		if s.ref == key {
			return s.row, true
		}
	}
}

// put records a row.
func (m *outMap) put(ref ledger.OutRef, row uint32) {
	if m.paged {
		m.page(ref, row)
		return
	}
	if 4*(m.n+1) > 3*len(m.slots) {
		if m.dense && m.n >= pagedMin {
			m.turn()
			m.page(ref, row)
			return
		}
		m.grow()
	}
	m.set(uint64(ref)+1, row)
}

// turn moves everything to pages.
func (m *outMap) turn() {
	m.paged = true
	for _, s := range m.slots {
		if s.ref != 0 {
			m.page(ledger.OutRef(s.ref-1), s.row)
		}
	}
	m.slots, m.n = nil, 0
}

func (m *outMap) page(ref ledger.OutRef, row uint32) {
	p := uint64(ref) >> pageBits
	for p >= uint64(len(m.pages)) {
		m.pages = append(m.pages, nil)
	}
	if m.pages[p] == nil {
		m.pages[p] = new(outPage)
	}
	m.pages[p][uint64(ref)&(1<<pageBits-1)] = row + 1
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
