package flat

// rowMap maps rows to rows in memory, by linear probing. Keys are our own row
// numbers, so a multiplication spreads them well enough.
type rowMap struct {
	keys []uint64 // row+1, 0 is empty
	vals []uint64
	n    int
}

func (m *rowMap) reset(capacity int) {
	size := 1 << 10
	for size < 2*capacity {
		size *= 2
	}
	if size > len(m.keys) {
		m.keys, m.vals = make([]uint64, size), make([]uint64, size)
	} else {
		clear(m.keys)
	}
	m.n = 0
}

// slot returns the place of a key, or the empty one where it belongs.
func (m *rowMap) slot(row uint64) uint64 {
	mask := uint64(len(m.keys) - 1)
	for i := row * 0x9e3779b97f4a7c15 >> 20 & mask; ; i = (i + 1) & mask {
		if k := m.keys[i]; k == 0 || k == row+1 {
			return i
		}
	}
}

func (m *rowMap) put(row, val uint64) {
	i := m.slot(row)
	if m.keys[i] == 0 {
		m.keys[i], m.n = row+1, m.n+1
	}
	m.vals[i] = val
}
