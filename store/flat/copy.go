package flat

import (
	"context"
	"errors"
	"fmt"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
)

// CopyOptions tune Copy.
type CopyOptions struct {
	Options
	// Progress is told the share of the work that is done, in thousandths.
	Progress func(thousandths int)
}

// copyTries: each reorganisation during a copy starts it again.
const copyTries = 10

// Copy makes a backup of a ledger while its writer goes on. It copies the rows
// as of now, which never change, and writes cells and indexes from them anew:
// so it also mends what Check finds damaged in those. The destination must
// hold no ledger; it has no record, and so is none, until it is complete.
func Copy(ctx context.Context, src, dst vfs.FS, opt CopyOptions) (ledger.Tip, error) {
	opt.fill()
	l, err := Open(src, opt.Options)
	if err != nil {
		return ledger.Tip{}, err
	}
	defer l.Close()
	for try := 0; ; try++ {
		tip, err := copyOnce(ctx, l, dst, opt)
		if !errors.Is(err, ErrMoved) || try == copyTries {
			return tip, err
		}
	}
}

func copyOnce(ctx context.Context, l *Ledger, dst vfs.FS, opt CopyOptions) (_ ledger.Tip, err error) {
	v, err := l.Pin(ctx, MaxHeight)
	if err != nil {
		return ledger.Tip{}, err
	}
	w := &Writer{fs: dst, opt: opt.Options, files: map[string]uint32{}}
	if w.lock, err = takeLock(dst); err != nil {
		return ledger.Tip{}, fmt.Errorf("copy ledger: %w", err)
	}
	defer func() { w.abandon() }()
	if err := w.refuseExisting(); err != nil {
		return ledger.Tip{}, fmt.Errorf("copy ledger: %w", err)
	}
	if err := w.copyFrom(ctx, v, opt.Progress); err != nil {
		return ledger.Tip{}, fmt.Errorf("copy ledger: %w", err)
	}
	return v.Tip(), nil
}

// copyFrom is a creation whose first commit is the whole source.
func (w *Writer) copyFrom(ctx context.Context, v *View, progress func(int)) error {
	w.rec = record{Meta: v.l.meta, Tip: v.state.Tip, Generation: 2}
	w.rec.Indexes = [numIndexes]indexFile{{1, logFor(v.C.Txs)}, {1, logFor(v.C.Accounts)}}
	w.setKey(w.rec.Key)
	if err := w.open(vfs.Create); err != nil {
		return err
	}
	for i := range specs {
		if progress != nil {
			progress(900 * i / len(specs))
		}
		if err := w.copyColumn(ctx, v, colID(i)); err != nil {
			return err
		}
	}
	if err := v.moved(); err != nil {
		return err
	}
	w.rec.C = v.C
	if err := w.applyCopied(); err != nil {
		return err
	}
	return w.found()
}

// applyCopied writes cells and indexes from the copied rows.
func (w *Writer) applyCopied() (err error) {
	defer guard(&err, faults())
	w.apply(&Counts{}, &w.rec.C)
	if err := w.syncRows(&Counts{}, &w.rec.C); err != nil {
		return err
	}
	return w.checkpoint()
}

// copyChunk bounds what is copied between two looks at the context.
const copyChunk = 16 << 20

func (w *Writer) copyColumn(ctx context.Context, v *View, id colID) (err error) {
	defer guard(&err, faults())
	n := specs[id].entries(&v.C)
	if err := w.cols[id].grow(n); err != nil {
		return err
	}
	if specs[id].kind == cell {
		return nil
	}
	from, to := v.l.cols[id].span(0, n), w.cols[id].span(0, n)
	for len(from) > 0 {
		k := min(len(from), copyChunk)
		copy(to, from[:k])
		from, to = from[k:], to[k:]
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
