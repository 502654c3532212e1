package flat

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"sync"
	"time"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
)

// Ledger is a ledger opened to be read, beside a writer or without one. Safe
// for concurrent use; it holds no lock.
type Ledger struct {
	tables
	fs   vfs.FS
	meta Meta
	live *live
	rec  *records

	mu  sync.Mutex // guards idx and the known sizes of the columns
	idx [numIndexes]*index
	old []*index // replaced by larger ones, still used by earlier views
}

// Open opens a ledger to read it. ErrNoLedger if there is none. What a crashed
// writer left unfinished is recovered, if the folder can be written.
func Open(fs vfs.FS, opt Options) (*Ledger, error) {
	opt.fill()
	l := &Ledger{fs: fs}
	if err := l.open(opt.Reserve); err != nil {
		l.Close()
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	return l, nil
}

func (l *Ledger) open(reserve int64) (err error) {
	if l.rec, err = openRecords(l.fs, vfs.ReadOnly); err != nil {
		return err
	}
	r, err := l.rec.read()
	if err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	l.meta = r.Meta
	l.setKey(r.Key)
	for i := range specs {
		if l.cols[i], err = openColumn(l.fs, &specs[i], vfs.ReadOnly, reserve); err != nil {
			return err
		}
	}
	l.live, err = openLive(l.fs, vfs.ReadOnly)
	return err
}

// Close unmaps everything; views of the ledger must not be used after it.
func (l *Ledger) Close() error {
	for _, c := range l.cols {
		if c != nil {
			c.file.Close()
		}
	}
	for _, x := range append(l.idx[:], l.old...) {
		if x != nil {
			x.file.Close()
		}
	}
	if l.live != nil {
		l.live.file.Close()
	}
	if l.rec != nil {
		l.rec.file.Close()
	}
	return nil
}

// Meta returns what the ledger was created with.
func (l *Ledger) Meta() Meta { return l.meta }

// MaxHeight pins the newest block.
const MaxHeight = ledger.Height(math.MaxUint32)

// pinWait bounds the wait for a writer that is recovering or cutting.
const pinWait = 30 * time.Second

// Pin returns the ledger as of a block: MaxHeight for the newest. A view sees
// exactly the blocks up to it, however many the writer adds. ErrNotFound for
// a height above the tip or below the first block.
func (l *Ledger) Pin(ctx context.Context, asOf ledger.Height) (*View, error) {
	deadline := time.Now().Add(pinWait)
	for {
		v, err := l.pin(asOf)
		if !errors.Is(err, errBusy) {
			return v, err
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("pin the ledger: %w for %s", err, pinWait)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

// errBusy: a writer takes rows back or applies them again.
var errBusy = errors.New("the writer is recovering or taking blocks back")

func (l *Ledger) pin(asOf ledger.Height) (*View, error) {
	s, err := l.state()
	if err != nil {
		return nil, err
	}
	v := &View{l: l, state: s, skips: s.C.Skips}
	v.newest = v.Tip().Height
	if err := l.attach(v); err != nil {
		return nil, err
	}
	if err := v.asOf(asOf); err != nil {
		return nil, err
	}
	if err := v.moved(); err != nil {
		return nil, err
	}
	if !v.C.within(&s.C) {
		return nil, &Damage{File: specs[blocksEnd].name, Row: v.C.Blocks, Reason: "counts above those of the newest block"}
	}
	return v, nil
}

// state returns what may be pinned now. While a writer holds the lock that is
// what it published; else what the record says is on disk.
func (l *Ledger) state() (state, error) {
	s, ok := l.live.load()
	lock, err := l.fs.Lock(lockName)
	switch {
	case errors.Is(err, vfs.ErrLocked):
		if !ok {
			return s, errBusy
		}
		return s, nil
	case errors.Is(err, fs.ErrPermission):
		return l.recorded(s.Generation)
	case err != nil:
		return s, fmt.Errorf("look for a writer: %w", err)
	}
	r, err := l.rec.read()
	if err != nil {
		lock.Close()
		return s, err
	}
	if r.U != (Counts{}) || r.H != r.C {
		w, err := openLocked(l.fs, Options{Reserve: int64(len(l.cols[heapBytes].b))}, lock)
		if err != nil {
			return s, err
		}
		if err := w.Close(); err != nil {
			return s, err
		}
		return s, errBusy // look again
	}
	lock.Close()
	return l.recorded(s.Generation)
}

// recorded returns what is on disk for certain.
func (l *Ledger) recorded(generation uint64) (state, error) {
	r, err := l.rec.read()
	if err != nil {
		return state{}, err
	}
	if r.U != (Counts{}) {
		return state{}, fmt.Errorf("a reorganisation was interrupted and this folder can not be written: %w", fs.ErrPermission)
	}
	s := state{Generation: generation, C: r.H, Indexes: r.Indexes, Tip: r.Tip}
	if r.H != r.C && r.H.Blocks > 0 {
		if err := l.cols[blocksHash].holds(r.H.Blocks); err != nil {
			return s, err
		}
		s.Tip = ledger.Hash(l.cols[blocksHash].at(r.H.Blocks - 1))
	}
	return s, nil
}

// missing says why an index file is not there: it has grown once more since,
// unless the record still names it.
func (l *Ledger) missing(which int, at indexFile) error {
	r, err := l.rec.read()
	if err != nil {
		return err
	}
	if r.Indexes[which] != at {
		return errBusy
	}
	return &Damage{File: indexName(which, at.Number), Reason: "the record names it, and it is not there"}
}

// attach checks that the files are as long as the counts say and opens the
// index files that they name.
func (l *Ledger) attach(v *View) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !v.C.possible() {
		return &Damage{File: liveName, Reason: fmt.Sprintf("counts %v", v.C.words())}
	}
	for i := range specs {
		if v.C.Blocks == 0 {
			break
		}
		if err := l.cols[i].holds(specs[i].entries(&v.C)); err != nil {
			return err
		}
	}
	for i := range l.idx {
		if l.idx[i] == nil || l.idx[i].at != v.Indexes[i] {
			x, err := openIndex(l.fs, i, v.Indexes[i], vfs.ReadOnly)
			if vfs.NotExist(err) {
				return l.missing(i, v.Indexes[i])
			}
			if err != nil {
				return err
			}
			if l.idx[i] != nil {
				l.old = append(l.old, l.idx[i])
			}
			l.idx[i] = x
		}
		v.idx[i] = l.idx[i].slots
	}
	return nil
}
