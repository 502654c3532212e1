package flat

// release gives resident pages back when a goal for memory is set. Mapped
// pages hold nothing that the files do not: what is touched again comes back
// from the page cache.
func (w *Writer) release() {
	if w.opt.Memory == 0 {
		return
	}
	for _, c := range w.cols {
		c.file.Release(0, c.size)
	}
	for _, x := range w.idx {
		x.file.Release(0, int64(len(x.w))*8)
	}
}
