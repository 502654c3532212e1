package flat

import "sync"

// ahead syncs rows of a batch that is still being filled. It changes nothing
// about what is committed: the commit syncs all rows of the batch again and
// finds most of them on disk. It only moves the kernel's work, a tenth of an
// ingest, to the core that the decoder leaves idle.
type ahead struct {
	wg   sync.WaitGroup
	from Counts // up to where rows were handed over
}

// aheadBytes: less is not worth a pass over twenty files.
const aheadBytes = 16 << 20

// writeAhead starts a pass if enough rows have come since the last one.
func (w *Writer) writeAhead() {
	a := &w.ahead
	if a.from.Blocks < w.rec.C.Blocks {
		a.from = w.rec.C
	}
	if w.opt.SerialSync || bytesBetween(&a.from, &w.next) < aheadBytes {
		return
	}
	a.wg.Wait() // one pass at a time
	from, to := a.from, w.next
	a.from = to
	a.wg.Go(func() {
		for i := range specs {
			if s := &specs[i]; s.kind != cell {
				// A failure is remembered by the file, and met by the commit.
				_ = w.cols[i].sync(from.of(s.table)+s.extra, to.of(s.table)+s.extra)
			}
		}
	})
}
