package flat

import (
	"errors"
	"fmt"
	"io"
	"time"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
)

// Options tune a Writer. The zero value is what users want.
type Options struct {
	// Reserve is the address space of each column in bytes, for tests that hold
	// many ledgers; 0 means 64 GiB.
	Reserve int64
	// CheckpointBytes is how much may be committed between two checkpoints: it
	// bounds recovery; 0 means 512 MiB.
	CheckpointBytes int64
	// BatchOuts ends a batch; 0 means batchOutsMax.
	BatchOuts int
	// Memory is the goal for anonymous memory plus resident mapped pages, in
	// bytes; 0 means no limit.
	Memory int64
	// SerialSync syncs one file after the other, so that a simulated disk sees
	// the same order every time.
	SerialSync bool
}

func (o *Options) fill() {
	if o.Reserve == 0 {
		o.Reserve = reserveBytes
	}
	if o.CheckpointBytes == 0 {
		o.CheckpointBytes = checkpointBytes
	}
	if o.BatchOuts == 0 {
		o.BatchOuts = batchOutsMax
		if o.Memory != 0 {
			o.BatchOuts = smallBatchOuts
		}
	}
}

// checkpointBytes: applying rows again costs about 0.5 s per 300 MB of them,
// and each checkpoint writes most pages of cells and indexes.
const checkpointBytes = 512 << 20

// Writer appends blocks to a ledger. There is one at a time; it holds the lock
// of the folder until Close. It is not for concurrent use, except Prepare.
type Writer struct {
	tables
	fs      vfs.FS
	opt     Options
	lock    io.Closer
	records *records
	live    *live
	idx     [numIndexes]*index

	rec    record // the newest that is durable
	next   Counts // counts with the blocks appended since
	tip    ledger.Hash
	batch  batch
	files  map[string]uint32 // row of each file name
	bytes  int64             // appended since the last checkpoint
	broken error

	expect  [numIndexes]uint64
	touched []uint64 // scratch of touch
	touches int      // pages since the last look at the resident memory
}

const lockName = "lock"

// lockTries, 2 ms apart: a reader that looks whether a writer is there holds
// the lock for some microseconds, one that recovers what a crash left for up
// to a second.
const lockTries = 750

func takeLock(fs vfs.FS) (io.Closer, error) {
	for try := 0; ; try++ {
		l, err := fs.Lock(lockName)
		if err == nil || !errors.Is(err, vfs.ErrLocked) || try == lockTries {
			return l, err
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// Create makes an empty ledger. ErrExists if there is one.
func Create(fs vfs.FS, meta Meta, opt Options) (*Writer, error) {
	opt.fill()
	if len(meta.Chain) > 56 || len(meta.Network) > 16 {
		return nil, fmt.Errorf("create ledger: chain %q or network %q is too long", meta.Chain, meta.Network)
	}
	lock, err := takeLock(fs)
	if err != nil {
		return nil, fmt.Errorf("create ledger: %w", err)
	}
	w := &Writer{fs: fs, opt: opt, lock: lock, files: map[string]uint32{}}
	if err := w.create(meta); err != nil {
		w.abandon()
		return nil, fmt.Errorf("create ledger: %w", err)
	}
	return w, nil
}

func (w *Writer) create(meta Meta) error {
	if err := w.refuseExisting(); err != nil {
		return err
	}
	w.rec = record{Meta: meta, Indexes: [numIndexes]indexFile{{1, indexLogMin}, {1, indexLogMin}}}
	w.setKey(meta.Key)
	for i := range specs {
		if err := w.fs.Remove(specs[i].name); err != nil && !vfs.NotExist(err) {
			return err
		}
	}
	if err := w.open(vfs.Create); err != nil {
		return err
	}
	if err := w.checkpoint(); err != nil {
		return err
	}
	return w.found()
}

// found makes a ledger of files whose content is on disk. The name of the
// record is the last to become durable: without it there is no ledger.
func (w *Writer) found() error {
	if err := w.fs.SyncDir("."); err != nil {
		return err
	}
	if err := w.openRecord(vfs.Create); err != nil {
		return err
	}
	if err := w.writeRecord(); err != nil {
		return err
	}
	if err := w.fs.SyncDir("."); err != nil {
		return err
	}
	w.start()
	return nil
}

// refuseExisting tells a ledger from the remains of a creation that a crash
// ended before its record was written; those are removed.
func (w *Writer) refuseExisting() error {
	if err := w.openRecord(vfs.ReadOnly); errors.Is(err, ErrNoLedger) {
		return w.removeIndexes(nil)
	} else if err != nil {
		return err
	}
	_, err := w.records.read()
	w.records.file.Close()
	w.records = nil
	switch {
	case err == nil:
		return ErrExists
	case !errors.Is(err, ErrNoLedger):
		return err
	}
	if err := w.refuseRows(); err != nil {
		return err
	}
	if err := w.fs.Remove(recordName); err != nil {
		return err
	}
	return w.removeIndexes(nil)
}

// refuseRows: a record of zeros beside committed rows is damage, not a
// creation that did not finish.
func (w *Writer) refuseRows() error {
	c, err := openColumn(w.fs, &specs[blocksHeader], vfs.ReadOnly, w.opt.Reserve)
	if vfs.NotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer c.file.Close()
	if c.size >= c.need(1) && !allZero(c.at(0)) {
		return &Damage{File: recordName, Rows: 2, Reason: "no record, but the columns hold blocks"}
	}
	return nil
}

// OpenWriter opens a ledger to append to it, after recovering what a crash
// left. ErrNoLedger if there is none, vfs.ErrLocked if it has a writer.
func OpenWriter(fs vfs.FS, opt Options) (*Writer, error) {
	// Look first: the lock's file must not appear in a folder of other things.
	r, err := openRecords(fs, vfs.ReadOnly)
	if err != nil {
		return nil, fmt.Errorf("open ledger to write: %w", err)
	}
	r.file.Close()
	lock, err := takeLock(fs)
	if err != nil {
		return nil, fmt.Errorf("open ledger to write: %w", err)
	}
	return openLocked(fs, opt, lock)
}

// openLocked is OpenWriter for who holds the lock; it is given up on errors.
func openLocked(fs vfs.FS, opt Options, lock io.Closer) (*Writer, error) {
	opt.fill()
	w := &Writer{fs: fs, opt: opt, lock: lock, files: map[string]uint32{}}
	if err := w.recover(); err != nil {
		w.abandon()
		return nil, fmt.Errorf("open ledger to write: %w", err)
	}
	return w, nil
}

func (w *Writer) openRecord(mode vfs.Mode) (err error) {
	w.records, err = openRecords(w.fs, mode)
	return err
}

// open opens every file but the record, and makes room for what is committed.
func (w *Writer) open(mode vfs.Mode) (err error) {
	for i := range specs {
		if w.cols[i], err = openColumn(w.fs, &specs[i], mode, w.opt.Reserve); err != nil {
			return err
		}
		if err = w.checkRows(w.cols[i]); err != nil {
			return err
		}
		if err = w.cols[i].grow(specs[i].entries(&w.rec.C) + 1); err != nil {
			return err
		}
	}
	for i := range w.idx {
		if w.idx[i], err = openIndex(w.fs, i, w.rec.Indexes[i], mode); err != nil {
			return err
		}
	}
	w.scatter()
	w.live, err = openLive(w.fs, vfs.Create)
	return err
}

// checkRows refuses a column that is too short for rows that were synced.
// Cells may be short: they are written again.
func (w *Writer) checkRows(c *column) error {
	n := c.spec.entries(&w.rec.C)
	if c.spec.kind != cell && w.rec.C.of(c.spec.table) > 0 && int64(n)*c.spec.width > c.size {
		return &Damage{File: c.spec.name, Row: n, Reason: fmt.Sprintf("file has %d bytes, %d entries take %d", c.size, n, int64(n)*c.spec.width)}
	}
	return nil
}

// start makes the committed ledger visible and the batch empty.
func (w *Writer) start() {
	w.next, w.tip = w.rec.C, w.rec.Tip
	w.batch.reset(512, &w.rec.C)
	w.publish()
}

func (w *Writer) publish() {
	w.live.publish(&state{Generation: w.rec.Generation, C: w.rec.C, Tip: w.rec.Tip, Indexes: w.rec.Indexes})
}

// abandon closes everything without writing.
func (w *Writer) abandon() {
	for _, c := range w.cols {
		if c != nil {
			c.file.Close()
		}
	}
	for _, x := range w.idx {
		if x != nil {
			x.file.Close()
		}
	}
	if w.records != nil {
		w.records.file.Close()
	}
	if w.live != nil {
		w.live.file.Close()
	}
	w.lock.Close()
}

// Close commits what was appended, makes a checkpoint and gives the lock back.
func (w *Writer) Close() error {
	if w.broken != nil {
		w.abandon()
		return nil
	}
	err := w.Commit()
	if err == nil && w.rec.H != w.rec.C {
		err = w.Checkpoint()
	}
	w.abandon()
	return err
}

// Abort closes without committing what was appended since the last commit.
func (w *Writer) Abort() { w.abandon() }

// Meta returns what the ledger was created with.
func (w *Writer) Meta() Meta { return w.rec.Meta }

// Counts returns the counts with every appended block.
func (w *Writer) Counts() Counts { return w.next }

// Tip returns the newest appended block; false in an empty ledger.
func (w *Writer) Tip() (ledger.Tip, bool) {
	t := ledger.Tip{FirstHeight: w.rec.FirstHeight, Hash: w.tip, Generation: w.rec.Generation}
	if w.next.Blocks == 0 {
		return t, false
	}
	t.Height = w.rec.FirstHeight + ledger.Height(w.next.Blocks-1)
	return t, true
}

// HashAt returns the hash of an appended block.
func (w *Writer) HashAt(h ledger.Height) (ledger.Hash, bool) {
	if h < w.rec.FirstHeight || uint64(h-w.rec.FirstHeight) >= w.next.Blocks {
		return ledger.Hash{}, false
	}
	return ledger.Hash(w.cols[blocksHash].at(uint64(h - w.rec.FirstHeight))), true
}

// HeaderAt returns the header of an appended block.
func (w *Writer) HeaderAt(h ledger.Height) ([ledger.HeaderSize]byte, bool) {
	if _, ok := w.HashAt(h); !ok {
		return [ledger.HeaderSize]byte{}, false
	}
	return [ledger.HeaderSize]byte(w.cols[blocksHeader].at(uint64(h - w.rec.FirstHeight))), true
}

// failed remembers an error after which memory and disk may disagree. A block
// that was refused is not one.
func (w *Writer) failed(err error) error {
	var invalid *InvalidBlock
	if err != nil && w.broken == nil && !errors.As(err, &invalid) {
		w.broken = err
	}
	return err
}
