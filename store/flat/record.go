package flat

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
)

// A record is a commit. The file "record" holds two slots of 4,096 bytes,
// written in turn, so that a power cut during one leaves the other:
//
//	  0  8  magic "clewflat"
//	  8  4  format number
//	 12  4  flags: 1 proof of work was not checked
//	 16  8  sequence: the valid slot of the higher one counts
//	 24  8  generation
//	 32 80  C: committed counts, ten of u64
//	112 80  H: counts up to which cells and indexes are on disk
//	192 80  U: counts before the cut in progress, zero if none
//	272 16  key of the hash indexes
//	288  8  number of the transaction index file u32, log2 of its slots u32
//	296  8  the same of the account index
//	304  4  first height
//	308  4  zero
//	312 32  hash of the tip, zero in an empty ledger
//	344 56  chain id, padded with zeros
//	400 16  network name, padded with zeros
//	416 32  zero
//	448 32  SHA-256 of bytes 0 to 447
type record struct {
	Meta
	Seq        uint64
	Generation uint64
	C, H, U    Counts
	Indexes    [numIndexes]indexFile
	Tip        ledger.Hash
}

// Meta is what a ledger is created with.
type Meta struct {
	Chain       ledger.Chain  // CAIP-2, at most 56 bytes
	Network     string        // at most 16 bytes
	FirstHeight ledger.Height // of the first block that will be appended
	NoPow       bool          // proof of work was not checked
	Key         [16]byte      // of the hash indexes: keyed so that nobody can grind keys into one bucket
}

// indexFile names one hash index on disk.
type indexFile struct {
	Number uint32 // the file is NAME.Number
	Log    uint32 // it has 1<<Log slots
}

const (
	recordName  = "record"
	recordMagic = "clewflat"
	slotStride  = 4096
	slotBytes   = 480
	recordSize  = 2 * slotStride
	flagNoPow   = 1
)

func (r *record) encode(b []byte) {
	le := binary.LittleEndian
	clear(b[:slotBytes])
	copy(b, recordMagic)
	le.PutUint32(b[8:], Format)
	if r.NoPow {
		le.PutUint32(b[12:], flagNoPow)
	}
	le.PutUint64(b[16:], r.Seq)
	le.PutUint64(b[24:], r.Generation)
	for i, c := range []*Counts{&r.C, &r.H, &r.U} {
		for j, w := range c.words() {
			le.PutUint64(b[32+80*i+8*j:], w)
		}
	}
	copy(b[272:], r.Key[:])
	for i, x := range r.Indexes {
		le.PutUint32(b[288+8*i:], x.Number)
		le.PutUint32(b[292+8*i:], x.Log)
	}
	le.PutUint32(b[304:], uint32(r.FirstHeight))
	copy(b[312:], r.Tip[:])
	copy(b[344:400], r.Chain)
	copy(b[400:416], r.Network)
	sum := sha256.Sum256(b[:448])
	copy(b[448:], sum[:])
}

// errNoSlot: a slot that was never written, or was torn by a power cut.
var errNoSlot = errors.New("no record in this slot")

func (r *record) decode(b []byte) error {
	le := binary.LittleEndian
	if string(b[:8]) != recordMagic {
		return errNoSlot
	}
	switch f := le.Uint32(b[8:]); f {
	case Format:
	case 0: // never was one: a slot torn between its magic and the rest
		return errNoSlot
	default:
		return fmt.Errorf("%w: the ledger has format %d, this program reads format %d: ingest again into a new folder, or use the version that wrote it", ErrFormat, f, Format)
	}
	if sum := sha256.Sum256(b[:448]); string(sum[:]) != string(b[448:480]) {
		return errNoSlot
	}
	r.NoPow = le.Uint32(b[12:])&flagNoPow != 0
	r.Seq, r.Generation = le.Uint64(b[16:]), le.Uint64(b[24:])
	for i, c := range []*Counts{&r.C, &r.H, &r.U} {
		var w [numCounts]uint64
		for j := range w {
			w[j] = le.Uint64(b[32+80*i+8*j:])
		}
		*c = countsOf(w)
	}
	copy(r.Key[:], b[272:])
	for i := range r.Indexes {
		r.Indexes[i] = indexFile{le.Uint32(b[288+8*i:]), le.Uint32(b[292+8*i:])}
	}
	r.FirstHeight = ledger.Height(le.Uint32(b[304:]))
	copy(r.Tip[:], b[312:])
	r.Chain = ledger.Chain(trimZeros(b[344:400]))
	r.Network = trimZeros(b[400:416])
	return nil
}

func trimZeros(b []byte) string {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return string(b)
}

// records is the mapped file of both slots.
type records struct {
	file vfs.File
	b    []byte
}

// openRecords opens the file; ErrNoLedger if there is none or its creation
// never finished.
func openRecords(fs vfs.FS, mode vfs.Mode) (*records, error) {
	f, err := fs.Open(recordName, mode)
	if vfs.NotExist(err) {
		return nil, ErrNoLedger
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", recordName, err)
	}
	size, err := f.Size()
	if err == nil && size < recordSize && mode != vfs.Create {
		err = shortRecords(f, size)
	}
	if err == nil && mode == vfs.Create {
		err = f.Allocate(recordSize)
	}
	r := &records{file: f}
	if err == nil {
		r.b, err = f.Map(recordSize)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open %s: %w", recordName, err)
	}
	return r, nil
}

// shortRecords tells a creation for which the disk had no room, which wrote
// nothing, from a file that lost its end.
func shortRecords(f vfs.File, size int64) error {
	b, err := f.Map(recordSize)
	if err != nil {
		return err
	}
	if allZero(b[:size]) {
		return ErrNoLedger
	}
	return &Damage{File: recordName, Reason: fmt.Sprintf("file has %d bytes of %d", size, recordSize)}
}

// read returns the newest valid record. The first one ever goes to slot 1: if
// slot 0 was never written and slot 1 is not valid, creation did not finish,
// and there is no ledger: ErrNoLedger.
func (r *records) read() (record, error) {
	var best, one record
	found := false
	for i := range 2 {
		err := one.decode(r.b[i*slotStride : i*slotStride+slotBytes])
		if errors.Is(err, ErrFormat) {
			return best, fmt.Errorf("%s slot %d: %w", recordName, i, err)
		}
		if err == nil && (!found || one.Seq > best.Seq) {
			best, found = one, true
		}
	}
	switch {
	case found:
		return best, nil
	case allZero(r.b[:slotBytes]):
		return best, ErrNoLedger
	default:
		return best, &Damage{File: recordName, Rows: 2, Reason: "neither slot holds a valid record"}
	}
}

func allZero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}

// write puts the record into the slot that is not the newest and syncs it.
func (r *records) write(rec *record) error {
	off := int64(rec.Seq%2) * slotStride
	rec.encode(r.b[off : off+slotBytes])
	if err := r.file.Sync(off, slotBytes); err != nil {
		return fmt.Errorf("sync %s: %w", recordName, err)
	}
	return nil
}
