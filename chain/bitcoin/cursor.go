package bitcoin

import (
	"encoding/binary"

	"clew.example/clew/ledger"
)

// cursor reads the bytes of a block from front to back.
type cursor struct {
	raw []byte
	off int
}

func (c *cursor) left() int { return len(c.raw) - c.off }

// u32 reads four bytes, named in the error if they are not there.
func (c *cursor) u32(what string) (uint32, error) {
	if c.left() < 4 {
		return 0, errorAt(c.off, "%s: bytes end", what)
	}
	v := binary.LittleEndian.Uint32(c.raw[c.off:])
	c.off += 4
	return v, nil
}

// compactSize reads one of the four forms of a number.
func (c *cursor) compactSize() (uint64, error) {
	if c.off < len(c.raw) && c.raw[c.off] < 0xfd {
		c.off++
		return uint64(c.raw[c.off-1]), nil
	}
	return c.longCompactSize()
}

// longCompactSize reads a number of three, five or nine bytes. Longer than
// needed is refused, as nodes do: a transaction would have many encodings.
func (c *cursor) longCompactSize() (uint64, error) {
	if c.left() < 1 {
		return 0, errorAt(c.off, "compact size: bytes end")
	}
	width := 2 << (c.raw[c.off] - 0xfd)
	if c.left() < 1+width {
		return 0, errorAt(c.off, "compact size: bytes end")
	}
	var b [8]byte
	copy(b[:], c.raw[c.off+1:c.off+1+width])
	n := binary.LittleEndian.Uint64(b[:])
	if least := [...]uint64{2: 0xfd, 4: 1 << 16, 8: 1 << 32}[width]; n < least {
		return 0, errorAt(c.off, "compact size %d in %d bytes is not canonical", n, 1+width)
	}
	c.off += 1 + width
	return n, nil
}

// count reads how many things of at least size bytes follow. A count that the
// remaining bytes can not hold is refused here, before anything is allocated:
// else five hostile bytes would make us reserve gigabytes.
func (c *cursor) count(what string, size int) (int, error) {
	at := c.off
	n, err := c.compactSize()
	if err != nil {
		return 0, err
	}
	if n > uint64(c.left()/size) {
		return 0, errorAt(at, "%d %s can not fit in %d bytes", n, what, c.left())
	}
	return int(n), nil
}

// span reads a length and steps over as many bytes.
func (c *cursor) span(what string) (ledger.Span, error) {
	n, err := c.count(what, 1)
	if err != nil {
		return ledger.Span{}, err
	}
	s := ledger.Span{Off: uint32(c.off), Len: uint32(n)}
	c.off += n
	return s, nil
}
