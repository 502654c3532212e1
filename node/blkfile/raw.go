package blkfile

import (
	"encoding/binary"
	"errors"
	"fmt"

	"clew.example/clew/ledger"
)

// rawFileMax is the most that a file of raw blocks may have. Such a file is
// read whole to find where its blocks end; Core's own files of 128 MiB are not.
const rawFileMax = 128 << 20

// scanRaw finds the blocks of a file that consists of blocks without anything
// between them. A file that does not start with a header is no block file.
func scanRaw(s source, r rules, file string) findings {
	var out findings
	if err := s.checkRawHeader(r); err != nil {
		out.skip(file, 0, "not a block: %v", err)
		return out
	}
	raw := make([]byte, s.size)
	if err := s.read(raw, 0); err != nil {
		out.skip(file, 0, "%v", err)
		return out
	}
	for off := 0; off < len(raw); {
		f, err := r.block(raw[off:])
		if err != nil {
			out.skip(file, int64(off), "not a block: %v", err)
			break
		}
		f.offset = int64(off)
		out.blocks = append(out.blocks, f)
		off += int(f.size)
	}
	return out
}

// checkRawHeader keeps files that are no blocks from being read whole.
func (s *source) checkRawHeader(r rules) error {
	switch {
	case s.size < blockSizeMin:
		return fmt.Errorf("%d bytes", s.size)
	case s.size > rawFileMax:
		return fmt.Errorf("%d bytes and no magic", s.size)
	}
	var head [ledger.HeaderSize]byte
	if err := s.read(head[:], 0); err != nil {
		return err
	}
	_, err := r.header(head[:])
	return err
}

// block reads the block at the front of b.
func (r rules) block(b []byte) (found, error) {
	f, err := r.header(b)
	if err != nil {
		return f, err
	}
	size, err := blockLen(b)
	if err != nil {
		return f, err
	}
	if size > blockSizeMax {
		return f, fmt.Errorf("block of %d bytes is above %d", size, blockSizeMax)
	}
	f.size = uint32(size)
	return f, nil
}

// blockLen returns the length of the block at the front of b. It steps over
// transactions without looking at them.
func blockLen(b []byte) (int, error) {
	if len(b) < blockSizeMin {
		return 0, fmt.Errorf("cut after %d bytes", len(b))
	}
	w := walker{b: b, off: ledger.HeaderSize}
	n := w.compactSize()
	if n == 0 {
		return 0, errors.New("block without transactions")
	}
	for i := uint64(0); i < n && !w.over; i++ {
		w.tx()
	}
	if w.over {
		return 0, fmt.Errorf("cut after %d bytes, or altered", len(b))
	}
	return w.off, nil
}

// walker steps over the parts of a block. Behind the end it sets over and
// every further step is idle, so counts need no bound of their own: a loop
// ends where the bytes do.
type walker struct {
	b    []byte
	off  int
	over bool
}

// tx steps over a transaction, with or without witness (BIP 144).
func (w *walker) tx() {
	w.skip(4) // version
	ins := w.compactSize()
	witness := ins == 0
	if witness {
		w.skip(1) // flag
		ins = w.compactSize()
	}
	for i := uint64(0); i < ins && !w.over; i++ {
		w.skip(36) // outpoint
		w.skip(w.compactSize())
		w.skip(4) // sequence
	}
	outs := w.compactSize()
	for i := uint64(0); i < outs && !w.over; i++ {
		w.skip(8) // value
		w.skip(w.compactSize())
	}
	for i := uint64(0); witness && i < ins && !w.over; i++ {
		items := w.compactSize()
		for j := uint64(0); j < items && !w.over; j++ {
			w.skip(w.compactSize())
		}
	}
	w.skip(4) // lock time
}

func (w *walker) skip(n uint64) {
	if w.over || n > uint64(len(w.b)-w.off) {
		w.over = true
		return
	}
	w.off += int(n)
}

// compactSize reads a number of one, three, five or nine bytes.
func (w *walker) compactSize() uint64 {
	at := w.off
	if w.skip(1); w.over {
		return 0
	}
	first := w.b[at]
	if first < 0xfd {
		return uint64(first)
	}
	width := 2 << (first - 0xfd)
	if w.skip(uint64(width)); w.over {
		return 0
	}
	var le [8]byte
	copy(le[:], w.b[at+1:at+1+width])
	return binary.LittleEndian.Uint64(le[:])
}
