package blkfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// A file of records is what Bitcoin Core writes:
//
//	size  field
//	   4  magic of the network, little-endian
//	   4  size of the block, little-endian
//	size  the block, its header first
//
// repeated, then zeros up to where the file was preallocated. A node that was
// stopped may leave the last record cut.
const (
	recordHead   = 8
	blockSizeMin = ledger.HeaderSize + 1 // and a count of transactions
	blockSizeMax = bitcoin.MaxBlockSize
)

// Bounds of what a hostile file can make the scanner do.
const (
	// falseRecordsMax stops the search for the next record in a file that is
	// full of magics: each costs a hash.
	falseRecordsMax = 1 << 17
	// skippedMax bounds the complaints about one file; the rest are counted.
	skippedMax = 1000
	// searchChunk is the step in which the search for a magic reads.
	searchChunk = 1 << 16
)

// found is a block in a file.
type found struct {
	hash, prev ledger.Hash
	bits       uint32
	size       uint32
	offset     int64 // of the header
}

// findings is what the scan of one file gave.
type findings struct {
	blocks  []found
	skipped []Skipped
	more    int // places not listed in skipped
	padding int64
	cutTail int
}

func (f *findings) skip(file string, off int64, format string, args ...any) {
	if len(f.skipped) >= skippedMax {
		f.more++
		return
	}
	f.skipped = append(f.skipped, Skipped{File: file, Offset: off, Reason: fmt.Sprintf(format, args...)})
}

// rules says which blocks are wanted.
type rules struct {
	network *bitcoin.Network
	noPow   bool
}

// header reads a header and checks what can be checked of it alone.
func (r rules) header(b []byte) (found, error) {
	h, err := bitcoin.ParseHeader(b)
	if err != nil {
		return found{}, err
	}
	f := found{hash: bitcoin.HashHeader(b), prev: h.Prev, bits: h.Bits}
	if !r.noPow {
		return f, bitcoin.CheckPow(f.hash, h.Bits, r.network)
	}
	if _, ok := bitcoin.Target(h.Bits); !ok {
		return f, fmt.Errorf("bits %08x are no target", h.Bits) // it would count for no work at all
	}
	return f, nil
}

// recordScanner reads the heads of the records of one file and steps from one
// to the next. Where there is none it searches the file for the next magic
// that a believable record follows.
type recordScanner struct {
	source
	rules
	ctx     context.Context
	out     findings
	file    string
	blkFile bool // named as Core names them: a cut end is normal
	budget  int  // false records left

	last    place
	lastOff int64                                // where last is; -1: nowhere yet
	head    [recordHead + ledger.HeaderSize]byte // of the place that is looked at
	magic   [4]byte

	window    []byte // clear text that the search for a magic reads in,
	windowOff int64  // from here on
}

// place is what lies at an offset where a record may begin.
type place struct {
	kind  placeKind
	clear bool // of zeros: they are so in clear text, not as they lie in the file
	block found
	next  int64 // the offset behind a record; 0 if its size can not be believed
	err   error // of a bad record
}

type placeKind uint8

const (
	garbage   placeKind = iota
	end                 // of the file
	zeros               // eight zeros, or zeros up to the end
	record              // whole, and its header is good
	badRecord           // a magic, but not a usable record
	cut                 // a good start that runs past the end of the file
)

func scanRecords(ctx context.Context, s source, r rules, file string, blkFile bool) (findings, error) {
	sc := recordScanner{source: s, rules: r, ctx: ctx, file: file, blkFile: blkFile, budget: falseRecordsMax, lastOff: -1}
	binary.LittleEndian.PutUint32(sc.magic[:], r.network.Magic)
	for off := int64(0); off >= 0 && off < s.size; {
		if len(sc.out.blocks)%1024 == 0 && ctx.Err() != nil {
			return sc.out, ctx.Err()
		}
		next, err := sc.step(off)
		if err != nil {
			if ctx.Err() != nil {
				return sc.out, ctx.Err()
			}
			sc.skip(off, "%v", err)
			break
		}
		off = next
	}
	return sc.out, nil
}

func (s *recordScanner) skip(off int64, format string, args ...any) {
	s.out.skip(s.file, off, format, args...)
}

// step deals with the place at off and returns where to go on; -1: nowhere.
func (s *recordScanner) step(off int64) (int64, error) {
	p, err := s.at(off)
	if err != nil {
		return 0, err
	}
	switch p.kind {
	case record:
		return s.takeRecord(off, p)
	case badRecord:
		return s.leaveRecord(off, p)
	case cut:
		return s.takeCut(off, p)
	case zeros:
		return s.takeZeros(off, p.clear)
	case garbage:
		s.skip(off, "not a record: %v", p.err)
		return s.search(off+1, false)
	default:
		return -1, nil
	}
}

// takeRecord takes a record whose header is good. If no record, padding or end
// follows it, its size may be what is damaged, so the next record is looked for
// inside of it too; whether the block is whole shows when it is decoded.
func (s *recordScanner) takeRecord(off int64, p place) (int64, error) {
	ok, err := s.boundary(p.next)
	if err != nil {
		return 0, err
	}
	s.out.blocks = append(s.out.blocks, p.block)
	if ok {
		return p.next, nil
	}
	to, err := s.search(off+recordHead+ledger.HeaderSize, false)
	if to >= 0 && to < p.next {
		s.skip(off, "record of %d bytes runs into the one at %d", p.block.size, to)
	} else {
		s.skip(p.next, "no record follows the block before")
	}
	return to, err
}

// leaveRecord steps over a record that is of no use.
func (s *recordScanner) leaveRecord(off int64, p place) (int64, error) {
	s.skip(off, "%v", p.err)
	if p.next != 0 {
		if ok, err := s.boundary(p.next); ok || err != nil {
			return p.next, err
		}
	}
	return s.search(off+1, false)
}

// takeCut decides whether a record that runs past the end is the cut last one,
// which is normal in a file of Core's, or one whose size is damaged.
func (s *recordScanner) takeCut(off int64, p place) (int64, error) {
	to, err := s.search(off+1, true)
	if err != nil {
		return 0, err
	}
	switch {
	case to >= 0:
		s.skip(off, "record of %d bytes runs past the end of the file", p.block.size)
	case s.blkFile:
		s.out.cutTail++
	default:
		s.skip(off, "cut: %d bytes are left of the last record", s.size-off)
	}
	return to, nil
}

// takeZeros passes a run of zeros: padding if it ends the file. Core does not
// obfuscate what it allocates ahead; other writers may.
func (s *recordScanner) takeZeros(off int64, clear bool) (int64, error) {
	to, err := s.zerosEnd(off, clear)
	if err != nil {
		return 0, err
	}
	if to == s.size {
		s.out.padding += to - off
		return -1, nil
	}
	s.skip(off, "%d zeros where a record should be", to-off)
	return s.search(max(off+1, to-recordHead), false) // a magic may start with zeros where it is obfuscated
}

// zerosEnd returns the offset of the first byte from off on that is not zero,
// in clear text or as it lies in the file.
func (s *recordScanner) zerosEnd(off int64, clear bool) (int64, error) {
	read := s.readRaw
	if clear {
		read = s.read
	}
	buf := make([]byte, searchChunk)
	for off < s.size {
		b := buf[:min(searchChunk, s.size-off)]
		if err := read(b, off); err != nil {
			return 0, err
		}
		if rest := bytes.TrimLeft(b, "\x00"); len(rest) > 0 {
			return off + int64(len(b)-len(rest)), nil
		}
		off += int64(len(b))
	}
	return off, nil
}

// boundary reports whether something that may follow a record is at off.
func (s *recordScanner) boundary(off int64) (bool, error) {
	p, err := s.at(off)
	return p.kind != garbage, err
}

// at looks at the place at off. The last answer is kept, since a place is
// first looked at as the end of the record before it.
func (s *recordScanner) at(off int64) (place, error) {
	if off == s.lastOff {
		return s.last, nil
	}
	if off >= s.size {
		return place{kind: end}, nil
	}
	b := s.head[:min(int64(len(s.head)), s.size-off)]
	if err := s.readRaw(b, off); err != nil {
		return place{}, err
	}
	s.lastOff = off
	front := b[:min(recordHead, len(b))]
	if isZero(front) {
		s.last = place{kind: zeros}
		return s.last, nil
	}
	if s.key.apply(b, off); isZero(front) {
		s.last = place{kind: zeros, clear: true}
		return s.last, nil
	}
	s.last = s.judge(off, b)
	return s.last, nil
}

// judge tells what the clear text at off is, of which b is the front.
func (s *recordScanner) judge(off int64, b []byte) place {
	if n := min(len(b), len(s.magic)); !bytes.Equal(b[:n], s.magic[:n]) {
		return place{kind: garbage, err: s.foreign(b)}
	}
	if len(b) < recordHead {
		return place{kind: cut}
	}
	size := binary.LittleEndian.Uint32(b[4:])
	if size < blockSizeMin || size > blockSizeMax {
		return place{kind: badRecord, err: fmt.Errorf("record of %d bytes, want %d to %d", size, blockSizeMin, blockSizeMax)}
	}
	p := place{kind: cut, next: off + recordHead + int64(size)}
	p.block.size = size
	if len(b) < recordHead+ledger.HeaderSize {
		return p
	}
	p.block, p.err = s.header(b[recordHead:])
	p.block.size, p.block.offset = size, off+recordHead
	switch {
	case p.err != nil:
		p.kind = badRecord
	case p.next <= s.size:
		p.kind = record
	}
	return p
}

// foreign says what is wrong with bytes that do not start with the magic.
func (s *recordScanner) foreign(b []byte) error {
	if len(b) >= 4 {
		if n, ok := bitcoin.NetworkByMagic(binary.LittleEndian.Uint32(b)); ok {
			return fmt.Errorf("magic of %s, want that of %s", n.Name, s.network.Name)
		}
	}
	return fmt.Errorf("no magic of %s", s.network.Name)
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
