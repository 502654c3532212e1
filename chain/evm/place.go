package evm

// step is a moment of a transaction: a frame begins, or one that it called has
// ended. Until the next step that frame runs.
type step struct {
	frame  int32
	before int32 // the step before at which the same frame ran, or -1
	begins bool
	static bool    // nothing may change while it runs
	as     Address // in whose name it runs
}

// placeLogs says after which step each log is told. The traces of a node do not
// say when logs were made, or only in one of their forms. A log is made where
// its contract runs, and not before an earlier log; the first frame where that
// may be is taken, and in that frame the end: a contract tells of what it did.
//
// Within one asset the order of moves is that of execution, whatever this does:
// logs keep theirs, and so do calls.
func (d *decoding) placeLogs(frames []frame) {
	d.readSteps(frames)
	next := 0
	for at := range d.steps {
		for next < len(d.pending) && !d.steps[at].static && d.pending[next].by == d.steps[at].as {
			d.pending[next].step = at
			next++
		}
	}
	for i := next; i < len(d.pending); i++ {
		d.pending[i].step = len(d.steps)
		// No frame may have made it, so a frame is missing.
		d.b.Txs[d.at].Unknown |= UnknownInternal
	}
	d.delayLogs(len(frames), next)
}

// delayLogs moves the first n logs to the last step of their frames that is not
// after the next log's. It takes them from the last to the first, so that for
// each frame the step only goes down.
func (d *decoding) delayLogs(frames, n int) {
	last := make([]int32, frames)
	for at, s := range d.steps {
		last[s.frame] = int32(at)
	}
	limit := int32(len(d.steps))
	for i := n - 1; i >= 0; i-- {
		frame := d.steps[d.pending[i].step].frame
		for last[frame] > limit {
			last[frame] = d.steps[last[frame]].before
		}
		limit = last[frame]
		d.pending[i].step = int(limit)
	}
}

// readSteps lists the steps of the frames that were not undone.
func (d *decoding) readSteps(frames []frame) {
	d.steps, d.open = d.steps[:0], d.open[:0]
	for at := 0; at < len(frames); {
		f := &frames[at]
		for len(d.open) > int(f.depth) {
			d.end()
		}
		if f.failed {
			at = after(frames, at)
			continue
		}
		d.begin(int32(at), f)
		at++
	}
	for len(d.open) > 0 {
		d.end()
	}
}

// begin adds the step at which a frame begins. Delegated calls run in the name
// of the caller.
func (d *decoding) begin(at int32, f *frame) {
	s := step{frame: at, before: -1, begins: true, as: f.to, static: f.kind == frameStatic || f.kind == frameDestroy}
	if n := len(d.open); n > 0 {
		caller := &d.steps[d.open[n-1]]
		s.static = s.static || caller.static
		if f.kind == frameDelegate || f.kind == frameCallCode {
			s.as = caller.as
		}
	}
	d.open = append(d.open, int32(len(d.steps)))
	d.steps = append(d.steps, s)
}

// end ends the innermost frame, so that its caller runs again. The step at which
// that last ran takes the place of the one at which it began.
func (d *decoding) end() {
	n := len(d.open) - 1
	d.open = d.open[:n]
	if n == 0 {
		return
	}
	s := d.steps[d.open[n-1]]
	s.before, s.begins = d.open[n-1], false
	d.open[n-1] = int32(len(d.steps))
	d.steps = append(d.steps, s)
}
