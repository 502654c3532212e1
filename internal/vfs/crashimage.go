package vfs

import "bytes"

const (
	chunkBytes = 16 << 10 // a multiple of sectorBytes, so that a sector has one chunk
	pageBytes  = 4096
)

// zeros is what a chunk that nobody wrote reads as. Never written.
var zeros [chunkBytes]byte

// isZero reports whether b, of at most one chunk, is all zeros.
func isZero(b []byte) bool { return bytes.Equal(b, zeros[:len(b)]) }

// image is what the disk holds of a file, nil for a chunk of zeros. A crash
// leaves the chunks of the dead file system to its successors, of which each
// copies a chunk before it writes there first: tests crash small files, most of
// which is unused or unchanged, thousands of times.
type image struct {
	chunks [][]byte
	own    []bool // whether the chunk may be written
}

func (m *image) grow(size int64) {
	for int64(len(m.chunks))*chunkBytes < size {
		m.chunks = append(m.chunks, nil)
		m.own = append(m.own, false)
	}
}

// fork returns an image of the first size bytes. m must not be written again.
// Bytes of the last chunk beyond size must be zeros.
func (m *image) fork(size int64) image {
	n := (size + chunkBytes - 1) / chunkBytes
	return image{chunks: append([][]byte(nil), m.chunks[:n]...), own: make([]bool, n)}
}

// chunk returns the bytes of a chunk for reading.
func (m *image) chunk(i int64) []byte {
	if m.chunks[i] == nil {
		return zeros[:]
	}
	return m.chunks[i]
}

// writable returns the bytes from off to the end of its chunk.
func (m *image) writable(off int64) []byte {
	i := off / chunkBytes
	if !m.own[i] {
		m.chunks[i], m.own[i] = bytes.Clone(m.chunk(i)), true
	}
	return m.chunks[i][off%chunkBytes:]
}

func (m *image) write(off int64, data []byte) {
	for len(data) > 0 {
		n := min(chunkBytes-off%chunkBytes, int64(len(data)))
		if m.chunks[off/chunkBytes] != nil || !isZero(data[:n]) {
			copy(m.writable(off), data[:n])
		}
		off, data = off+n, data[n:]
	}
}

// copyTo fills memory that is all zeros. Pages of zeros are not touched, since
// a first touch costs more than the comparison.
func (m *image) copyTo(mem []byte) {
	for i, chunk := range m.chunks {
		for at := 0; at < len(chunk); at += pageBytes {
			to := i*chunkBytes + at
			if page := chunk[at : at+pageBytes]; to < len(mem) && !isZero(page) {
				copy(mem[to:], page)
			}
		}
	}
}
