package blkfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
)

// xorKey is what Bitcoin Core since version 28 combines its block and undo
// files with, byte by byte, so that no virus scanner finds in them what a
// stranger wrote into the chain. Byte i of a file meets byte i mod 8 of the
// key. The zero key changes nothing.
type xorKey [8]byte

// apply turns the bytes found at an offset of a file to clear text or back.
func (k xorKey) apply(b []byte, off int64) {
	if k == (xorKey{}) {
		return
	}
	word := bits.RotateLeft64(binary.LittleEndian.Uint64(k[:]), -8*int(off&7))
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^word)
	}
	for i := range b {
		b[i] ^= byte(word >> (8 * i))
	}
}

// source is an opened file. It is read with pread and never mapped: Core cuts
// a preallocated file to its length when it goes on to the next one, and a
// mapping that loses its file kills the process (SIGBUS).
type source struct {
	r    io.ReaderAt
	size int64
	key  xorKey
}

// read fills b with clear text from an offset.
func (s *source) read(b []byte, off int64) error {
	if err := s.readRaw(b, off); err != nil {
		return err
	}
	s.key.apply(b, off)
	return nil
}

// readRaw fills b with the bytes as they lie in the file.
func (s *source) readRaw(b []byte, off int64) error {
	if off < 0 || off > s.size || int64(len(b)) > s.size-off {
		return fmt.Errorf("read of %d bytes at %d: file has %d", len(b), off, s.size)
	}
	n, err := s.r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("file was cut at %d while it was read", off+int64(n))
	}
	return fmt.Errorf("read at %d: %w", off, cause(err))
}

// cause strips the operation and the path of a file error: the path is
// reported beside it.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
