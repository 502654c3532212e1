package flat

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"unsafe"

	"clew.example/clew/internal/vfs"
)

// A column is one file of fixed-width entries, mapped once. Its base never
// moves: address space is reserved for the largest ledger, and the file grows
// below it.
type column struct {
	spec *spec
	file vfs.File
	b    []byte // the mapping; bytes at or beyond size must not be touched
	size int64  // bytes known to be allocated
}

const (
	// reserveBytes is the address space of a column: 64 GiB holds the largest
	// column of bitcoin mainnet (44 GB of txids at 1.4 billion transactions),
	// and 25 columns take 1.6 of the 128 TiB a process has.
	reserveBytes = 1 << 36
	// growMin and growMax bound the step by which a file grows: an eighth of
	// its size, so that small ledgers stay small and large ones allocate rarely.
	growMin = 64 << 10
	growMax = 64 << 20
	// tailBytes is kept allocated beyond the last entry: a 5-byte entry is read
	// with one 8-byte load.
	tailBytes = 8
)

func openColumn(fs vfs.FS, s *spec, mode vfs.Mode, reserve int64) (*column, error) {
	f, err := fs.Open(s.name, mode)
	if err != nil {
		return nil, fmt.Errorf("open column %s: %w", s.name, err)
	}
	c := &column{spec: s, file: f}
	if c.size, err = f.Size(); err == nil {
		c.b, err = f.Map(reserve)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open column %s: %w", s.name, err)
	}
	return c, nil
}

// need returns the bytes that n entries take, the tail included.
func (c *column) need(n uint64) int64 { return int64(n)*c.spec.width + tailBytes }

// grow makes room for n entries.
func (c *column) grow(n uint64) error {
	need := c.need(n)
	if need <= c.size {
		return nil
	}
	if need > int64(len(c.b)) {
		return fmt.Errorf("column %s: %d entries are more than its %d bytes of address space hold", c.spec.name, n, len(c.b))
	}
	step := min(max(c.size/8, growMin), growMax)
	size := min((need+step-1)/step*step, int64(len(c.b)))
	if err := c.file.Allocate(size); err != nil {
		return fmt.Errorf("grow column %s to %d bytes: %w", c.spec.name, size, err)
	}
	c.size = size
	return nil
}

// holds checks that the file is long enough for n entries, for readers, who
// would be killed by touching a page that is not there.
func (c *column) holds(n uint64) error {
	if c.need(n) <= c.size {
		return nil
	}
	size, err := c.file.Size()
	if err != nil {
		return fmt.Errorf("size of column %s: %w", c.spec.name, err)
	}
	if c.size = size; c.need(n) > size {
		return &Damage{File: c.spec.name, Row: n, Reason: fmt.Sprintf("file has %d bytes, %d entries take %d", size, n, c.need(n))}
	}
	return nil
}

// sync makes the entries [from, to) durable.
func (c *column) sync(from, to uint64) error {
	if from >= to {
		return nil
	}
	if err := c.file.Sync(int64(from)*c.spec.width, int64(to-from)*c.spec.width); err != nil {
		return fmt.Errorf("sync column %s: %w", c.spec.name, err)
	}
	return nil
}

// at returns the bytes of entry i.
func (c *column) at(i uint64) []byte {
	w := uint64(c.spec.width)
	return c.b[i*w : i*w+w : i*w+w]
}

// span returns the bytes of the entries [from, to).
func (c *column) span(from, to uint64) []byte {
	w := uint64(c.spec.width)
	return c.b[from*w : to*w : to*w]
}

func (c *column) get40(i uint64) uint64 {
	return binary.LittleEndian.Uint64(c.b[i*5:]) & rowMask
}

func (c *column) put40(i, v uint64) { put40(c.b[i*5:], v) }

func put40(b []byte, v uint64) {
	binary.LittleEndian.PutUint32(b, uint32(v))
	b[4] = byte(v >> 32)
}

func get40(b []byte) uint64 {
	return uint64(binary.LittleEndian.Uint32(b)) | uint64(b[4])<<32
}

func (c *column) get64(i uint64) uint64    { return binary.LittleEndian.Uint64(c.b[i*8:]) }
func (c *column) put64(i, v uint64)        { binary.LittleEndian.PutUint64(c.b[i*8:], v) }
func (c *column) get32(i uint64) uint32    { return binary.LittleEndian.Uint32(c.b[i*4:]) }
func (c *column) put32(i uint64, v uint32) { binary.LittleEndian.PutUint32(c.b[i*4:], v) }

// load and store are for cells: readers of other processes meet them while
// the writer works, so they are whole aligned words. The store needs no fence:
// a cell that points at or beyond a reader's pin is void to it, and the pin
// itself is published with one.
func (c *column) load(i uint64) uint64     { return atomic.LoadUint64(c.word(i)) }
func (c *column) store(i uint64, v uint64) { *c.word(i) = v }

func (c *column) word(i uint64) *uint64 {
	return (*uint64)(unsafe.Pointer(&c.b[i*8 : i*8+8][0]))
}

// words returns a mapping as 8-byte words.
func words(b []byte) []uint64 {
	if len(b) < 8 {
		return nil
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(&b[0])), len(b)/8)
}
