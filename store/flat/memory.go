package flat

// A goal for memory counts mapped pages as well: an ingest touches pages of
// every table at random, and all of them stay in the process until it gives
// them back. They hold nothing that the files do not: a page that is touched
// again comes from the page cache.

const (
	// breatheTouches is how many pages may be touched between two looks at the
	// resident memory: 8 MiB.
	breatheTouches = 2048
	// inTouches and outTouches are the pages that an input and an output touch
	// at most: index slot, txid, ends, value and spender; index slot, end of the
	// script, script, head, predecessor and the row itself.
	inTouches, outTouches = 6, 8
	// smallBatchOuts is the batch under a goal: its tables take 12 MB.
	smallBatchOuts = 100_000
)

// breathe gives resident pages back when the process comes near its goal. The
// argument is how many pages may have been touched since the last call.
func (w *Writer) breathe(touches int) {
	if w.opt.Memory == 0 {
		return
	}
	if w.touches += touches; w.touches < breatheTouches {
		return
	}
	w.touches = 0
	if r := w.fs.Resident(); r != 0 && r < w.opt.Memory*7/8 {
		return
	}
	for _, c := range w.cols {
		c.file.Release(0, c.size)
	}
	for _, x := range w.idx {
		x.file.Release(0, int64(len(x.w))*8)
	}
}

// breatheAt is breathe for loops over rows, each of which touches two pages.
func (w *Writer) breatheAt(row uint64) {
	if row&1023 == 0 {
		w.breathe(2 * 1024)
	}
}

// scatter keeps a fault from mapping 15 neighbours that nobody asked for.
func (w *Writer) scatter() {
	if w.opt.Memory == 0 {
		return
	}
	for _, c := range w.cols {
		if c.spec.kind == cell {
			c.file.Scattered()
		}
	}
	for _, x := range w.idx {
		x.file.Scattered()
	}
}
