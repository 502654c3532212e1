package vfs

import (
	"bytes"
	"math/rand/v2"

	"clew.example/clew/internal/invariant"
)

// What a disk writes as one: a sector. What a processor stores as one: a word.
const (
	sectorBytes = 512
	wordBytes   = 8
)

// node is a file without its name: the memory that its openers map, and the
// image that the disk holds.
type node struct {
	name    string
	mem     []byte // address space; [0, size) is open, pages beyond it fault
	size    int64
	image   image    // size bytes; zeros from durable on
	durable int64    // the length that the disk knows
	grown   []int64  // lengths since, ascending
	frozen  []sector // what memory had otherwise than image when the power was cut
}

// sector is a copy of up to sectorBytes of memory.
type sector struct {
	off  int64
	data []byte
}

// reserve gives the node its address space, once.
func (n *node) reserve(size int64) error {
	if n.mem != nil {
		return nil
	}
	mem, err := reserveMemory(size)
	n.mem = mem
	return err
}

func (n *node) free() {
	if n.mem != nil {
		freeMemory(n.mem)
		n.mem = nil
	}
}

// grow sets the size, never to less. Bytes between the old size and the end of
// its page do not fault, so that is the one place where a write beyond the size
// is found out only here.
func (n *node) grow(size int64) error {
	if size <= n.size {
		return nil
	}
	if err := openMemory(n.mem, roundPage(n.size), roundPage(size)); err != nil {
		return err
	}
	tail := n.mem[n.size:min(roundPage(n.size), int64(len(n.mem)))]
	invariant.Check(isZero(tail), "%s was written beyond its %d bytes", n.name, n.size)
	n.image.grow(size)
	n.size = size
	n.grown = append(n.grown, size)
	return nil
}

func roundPage(n int64) int64 { return (n + pageBytes - 1) / pageBytes * pageBytes }

func (n *node) sync(off, length int64) {
	n.image.write(off, n.mem[off:off+length])
	n.durable, n.grown = n.size, nil
}

// eachDirty calls do for every sector of memory that the image has otherwise.
// It compares whole chunks first, since most of a file is clean.
func (n *node) eachDirty(do func(off int64, data []byte)) {
	for at := int64(0); at < n.size; at += chunkBytes {
		mem := n.mem[at:min(at+chunkBytes, n.size)]
		disk := n.image.chunk(at / chunkBytes)[:len(mem)]
		if bytes.Equal(mem, disk) {
			continue
		}
		for s := 0; s < len(mem); s += sectorBytes {
			e := min(s+sectorBytes, len(mem))
			if !bytes.Equal(mem[s:e], disk[s:e]) {
				do(at+int64(s), mem[s:e])
			}
		}
	}
}

// writeback brings about half of what is dirty to the disk. Data beyond the
// length that the disk knows can not be there.
func (n *node) writeback(rng *rand.Rand) {
	n.durable, n.grown = n.survivingLength(rng, 0.5)
	n.eachDirty(func(off int64, data []byte) {
		if off < n.durable && coin(rng, 0.5) {
			n.image.write(off, clip(off, data, n.durable))
		}
	})
}

// survivingLength tosses for each growth in turn; a journal keeps their order,
// so none survives one that was lost. It also returns the lengths lost.
func (n *node) survivingLength(rng *rand.Rand, p float64) (int64, []int64) {
	length, rest := n.durable, n.grown
	for len(rest) > 0 && coin(rng, p) {
		length, rest = rest[0], rest[1:]
	}
	return length, rest
}

// freeze keeps the dirty sectors, as memory may still be written.
func (n *node) freeze() {
	n.eachDirty(func(off int64, data []byte) {
		n.frozen = append(n.frozen, sector{off: off, data: bytes.Clone(data)})
	})
}

// survivor returns the file as found after the cut: the image and, each with
// probability p, the growths and the sectors that were on their way to it.
func (n *node) survivor(rng *rand.Rand, p float64, tear bool, reserve int64) *node {
	length, _ := n.survivingLength(rng, p)
	s := &node{name: n.name, size: length, durable: length, image: n.image.fork(length)}
	for _, d := range n.frozen {
		if d.off >= length {
			break
		}
		data := clip(d.off, d.data, length)
		if tear && coin(rng, 0.5) {
			tearSector(rng, p, s.image.writable(d.off), data)
		} else if coin(rng, p) {
			s.image.write(d.off, data)
		}
	}
	s.load(reserve)
	return s
}

// clip cuts data, which starts at off, where the file ends.
func clip(off int64, data []byte, length int64) []byte {
	return data[:min(int64(len(data)), length-off)]
}

// tearSector copies each word of data to old with probability p.
func tearSector(rng *rand.Rand, p float64, old, data []byte) {
	for at := 0; at < len(data); at += wordBytes {
		if end := min(at+wordBytes, len(data)); coin(rng, p) {
			copy(old[at:end], data[at:end])
		}
	}
}

// load makes memory of the image.
func (n *node) load(reserve int64) {
	if n.size == 0 {
		return
	}
	err := n.reserve(reserve)
	if err == nil {
		err = openMemory(n.mem, 0, roundPage(n.size))
	}
	invariant.Check(err == nil, "memory for %s: %v", n.name, err)
	n.image.copyTo(n.mem[:n.size])
}
