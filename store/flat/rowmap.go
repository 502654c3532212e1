package flat

// rowMap maps rows to rows in memory, by linear probing. Keys are our own row
// numbers, so a multiplication spreads them well enough.
type rowMap struct {
	slots []rowPair
	n     int
}

type rowPair struct {
	key uint64 // row+1, 0 is empty
	val uint64
}

func (m *rowMap) reset(capacity int) {
	size := 1 << 10
	for size < 2*capacity {
		size *= 2
	}
	if size > len(m.slots) {
		m.slots = make([]rowPair, size)
	} else {
		clear(m.slots)
	}
	m.n = 0
}

func (m *rowMap) home(row uint64) uint64 {
	return row * 0x9e3779b97f4a7c15 >> 20 & uint64(len(m.slots)-1)
}

// find returns the place of a key, and whether it is there; if not, it is
// where add would put it.
func (m *rowMap) find(row uint64) (*rowPair, bool) {
	mask := uint64(len(m.slots) - 1)
	for i := m.home(row); ; i = (i + 1) & mask {
		if p := &m.slots[i]; p.key == row+1 {
			return p, true
		} else if p.key == 0 {
			return p, false
		}
	}
}

// add fills the empty place that find returned.
func (m *rowMap) add(p *rowPair, row, val uint64) {
	*p = rowPair{row + 1, val}
	m.n++
}
