package blkfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// A rev*.dat holds the undo data of the blocks of the blk*.dat of the same
// number, in the order in which they were connected to the chain:
//
//	size  field
//	   4  magic of the network, little-endian
//	   4  size of the data
//	size  the data: see ParseUndo
//	  32  SHA-256 of SHA-256 of the previous block's hash and the data
//
// Nothing says which block a record is of, except that checksum.
const (
	undoHead     = 8
	undoTail     = ledger.HashSize
	undoStart    = 9       // bytes of a compact size at most
	undosMax     = 1 << 21 // records in a file: a file of 128 MiB can not hold more blocks
	undoTriesMax = 4096    // records that are tried for one block
	undoFilesMax = 4       // indexes kept; an ingest reads one or two files at a time
)

// undoRecord is a record of a rev*.dat. It holds no pointer: there are 10^5 of
// them in the first file of mainnet.
type undoRecord struct {
	offset int64 // of the data
	size   uint32
	txs    uint32 // besides the coinbase
}

// undoFile is the index of a rev*.dat.
type undoFile struct {
	file    int32
	used    int64
	records []undoRecord
	next    int // the record after the one found last: most likely the next one wanted
}

// undoCache keeps the latest indexes. It is safe for concurrent use.
type undoCache struct {
	mu    sync.Mutex // guards all below, and the files in it
	clock int64
	files []*undoFile
	told  map[int32]bool // files whose damage is in Skipped already
}

// FillSpent fills b.Spent of a block that was read at ref and decoded, from the
// undo file beside its block file. False if there is none, or none of its
// records is this block's: a node writes it when it connects the block, and
// never does for a stale one. A record that is this block's by its checksum and
// does not parse is an error.
func (d *Dir) FillSpent(ref Ref, b *ledger.Block) (bool, error) {
	b.Spent = b.Spent[:0]
	i, ok := d.revOf(ref.File)
	if !ok || len(b.Txs) == 0 {
		return false, nil
	}
	if len(b.Txs) == 1 {
		b.Spent = append(b.Spent, make([]ledger.SpentOut, len(b.Ins))...)
		return true, nil // a coinbase spends nothing: no need to look
	}
	data, err := d.findUndo(i, ref, uint32(len(b.Txs)-1))
	if err == nil && data != nil {
		err = ParseUndo(b, data)
	}
	if err != nil {
		return false, fmt.Errorf("spent outputs of block %v: %s: %w", ref.Hash, d.files[i].name, err)
	}
	return data != nil, nil
}

// revOf returns the undo file that belongs to a block file.
func (d *Dir) revOf(blk string) (int32, bool) {
	number, ok := strings.CutPrefix(blk, "blk")
	if !ok {
		return 0, false
	}
	i, ok := d.byName["rev"+number]
	return i, ok && d.files[i].role == revFile
}

// findUndo returns the data of a block's record, nil if there is none.
func (d *Dir) findUndo(file int32, ref Ref, txs uint32) ([]byte, error) {
	records, next, err := d.undoRecords(file)
	if err != nil {
		return nil, err
	}
	tries := 0
	for k := range records {
		at := (next + k) % len(records)
		r := records[at]
		if r.txs != txs {
			continue
		}
		if tries++; tries > undoTriesMax {
			break
		}
		data, err := d.readUndo(file, r, ref.Prev)
		if err != nil {
			return nil, err
		}
		if data != nil {
			d.undo.found(file, at)
			return data, nil
		}
	}
	return nil, nil
}

// readUndo reads a record. It returns nil if the checksum says that its block
// does not build on prev. Two blocks on one parent may have equal records;
// then either record is right for both.
func (d *Dir) readUndo(file int32, r undoRecord, prev ledger.Hash) ([]byte, error) {
	buf := make([]byte, ledger.HashSize+int(r.size)+undoTail)
	copy(buf, prev[:])
	if err := d.read(&d.files[file], buf[ledger.HashSize:], r.offset); err != nil {
		return nil, err
	}
	end := ledger.HashSize + int(r.size)
	if bitcoin.DoubleHash(buf[:end]) != ledger.Hash(buf[end:]) {
		return nil, nil
	}
	return buf[ledger.HashSize:end:end], nil
}

// undoRecords returns the records of a file and which of them to try first.
func (d *Dir) undoRecords(file int32) ([]undoRecord, int, error) {
	c := &d.undo
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock++
	if i := slices.IndexFunc(c.files, func(u *undoFile) bool { return u.file == file }); i >= 0 {
		c.files[i].used = c.clock
		return c.files[i].records, c.files[i].next, nil
	}
	records, err := d.indexUndo(file)
	if err != nil {
		return nil, 0, err
	}
	if len(c.files) >= undoFilesMax {
		oldest := slices.MinFunc(c.files, func(a, b *undoFile) int { return int(a.used - b.used) })
		c.files = slices.DeleteFunc(c.files, func(u *undoFile) bool { return u == oldest })
	}
	c.files = append(c.files, &undoFile{file: file, used: c.clock, records: records})
	return records, 0, nil
}

// found notes the record that was found, so that the next one is tried first.
func (c *undoCache) found(file int32, at int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, u := range c.files {
		if u.file == file {
			u.next = at + 1
		}
	}
}

// indexUndo reads the heads of a file's records. Where they end before the
// file does, in anything but zeros, Skipped says so. The cache's lock is held.
func (d *Dir) indexUndo(file int32) ([]undoRecord, error) {
	f := &d.files[file]
	var records []undoRecord
	for off := int64(0); off < f.size; {
		r, err := d.undoAt(f, off)
		var bad *undoError
		if errors.As(err, &bad) {
			d.tellOnce(file, Skipped{File: f.name, Offset: off, Reason: bad.reason})
			break
		}
		if err != nil {
			return nil, err
		}
		if r.offset == 0 || len(records) == undosMax {
			break
		}
		records = append(records, r)
		off = r.offset + int64(r.size) + undoTail
	}
	return records, nil
}

// tellOnce reports damage of an undo file, whose index may be made again.
func (d *Dir) tellOnce(file int32, s Skipped) {
	if d.undo.told[file] {
		return
	}
	if d.undo.told == nil {
		d.undo.told = make(map[int32]bool)
	}
	d.undo.told[file] = true
	d.skip(s)
}

// undoError is damage of an undo file, as opposed to a failing disk.
type undoError struct{ reason string }

func (e *undoError) Error() string { return e.reason }

// undoAt reads the head of the record at off; none (offset 0) where padding
// begins.
func (d *Dir) undoAt(f *file, off int64) (undoRecord, error) {
	var buf [undoHead + undoStart]byte
	b := buf[:min(int64(len(buf)), f.size-off)]
	if err := d.read(f, b, off); err != nil {
		return undoRecord{}, err
	}
	raw := buf // as it lies in the file, where padding is not obfuscated
	f.key.apply(raw[:len(b)], off)
	if isZero(raw[:min(undoHead, len(b))]) {
		return undoRecord{}, nil
	}
	if len(b) < undoHead {
		return undoRecord{}, &undoError{fmt.Sprintf("undo record cut after %d bytes", len(b))}
	}
	if magic := binary.LittleEndian.Uint32(b); magic != d.Network.Magic {
		return undoRecord{}, &undoError{fmt.Sprintf("not an undo record: no magic of %s", d.Network.Name)}
	}
	r := undoRecord{offset: off + undoHead, size: binary.LittleEndian.Uint32(b[4:])}
	if int64(r.size)+undoTail > f.size-r.offset {
		return undoRecord{}, &undoError{fmt.Sprintf("undo record of %d bytes runs past the end of the file", r.size)}
	}
	u := undoReader{b: b[undoHead:min(len(b), undoHead+int(r.size))]}
	txs, err := u.compactSize()
	if err != nil || txs > blockSizeMax {
		return undoRecord{}, &undoError{"undo record without a number of transactions"}
	}
	r.txs = uint32(txs)
	return r, nil
}
