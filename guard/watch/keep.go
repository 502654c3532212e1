package watch

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// staleBytes is how many bytes of a saved trace are worth a block: a larger one
// is written less often, since it can be traced again.
const staleBytes = 1 << 16

// save makes the state durable, and the trace now and then.
func (w *Watcher) save() error {
	if err := w.states.save(w.st.append(nil)); err != nil {
		return err
	}
	w.delayed = 0
	return nil
}

// finish saves what was put off.
func (w *Watcher) finish(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.st == nil {
		return nil
	}
	if err := w.save(); err != nil {
		return err
	}
	if w.trace == nil || w.dirty || len(w.st.blocks) == 0 {
		return nil
	}
	if err := w.keep(ctx); err != nil && !errors.Is(err, errAgain) && !errors.Is(err, ErrNoBlock) {
		return err
	}
	return nil
}

// The body of a trace's file; what Save wrote knows the block too, but not by
// itself whose it is.
//
//	question  32  digest
//	height     4  of the block where it stands, little-endian
//	hash      32  of that block
//	trace         as trace.Save writes it
const traceHead = 68

// keep saves the trace. One that waits for starts to come cannot be saved, and
// is traced again instead.
func (w *Watcher) keep(ctx context.Context) error {
	w.due = false
	last := len(w.st.blocks) - 1
	if last < 0 {
		return nil
	}
	b := bytes.NewBuffer(append([]byte(nil), w.question[:]...))
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(w.st.height(last))))
	b.Write(w.st.blocks[last].hash[:])
	for _, s := range w.trace.Starts() {
		if s.Pos.Height() > w.st.height(last) {
			return nil
		}
	}
	err := w.pinned(ctx, func(src trace.Source) error { return w.trace.Save(ctx, src, b) })
	if err != nil {
		return err
	}
	w.stale = 1 + b.Len()/staleBytes
	return w.traces.save(b.Bytes())
}

// load reads the saved trace, nil where there is none that is of use.
func (w *Watcher) load(ctx context.Context) (*trace.Trace, error) {
	if w.traces.fs == nil {
		return nil, nil // it compares, and keeps nothing
	}
	body, err := w.traces.load()
	if errors.Is(err, errDamaged) {
		return nil, nil
	}
	if err != nil || len(body) < traceHead || digest(body[:32]) != w.question {
		return nil, err
	}
	height := ledger.Height(binary.LittleEndian.Uint32(body[32:]))
	hash := ledger.Hash(body[36:traceHead])
	if i := int(height) - int(w.st.first); i < 0 || i >= len(w.st.blocks) || w.st.blocks[i].hash != hash {
		return nil, nil
	}
	var t *trace.Trace
	err = w.at(ctx, height, func(src trace.Source) error {
		if src.Tip().Hash != hash {
			return errAgain
		}
		var unread error
		if t, unread = trace.Load(ctx, bytes.NewReader(body[traceHead:]), src, w.opt.Params.Names); unread != nil {
			t = nil
		}
		return ctx.Err()
	})
	return t, err
}

// say tells where the trace stands, and why it is told.
func (w *Watcher) say(ctx context.Context) error {
	c := Change{Schema: Schema, Kind: Watching, Class: classRule, Case: w.opt.Case, Why: w.why}
	if last := len(w.st.blocks) - 1; last >= 0 {
		c.Block = blockOf(w.st.height(last), w.st.blocks[last].hash)
		err := w.pinned(ctx, func(src trace.Source) (err error) {
			c.Totals, err = w.trace.Standing(ctx, src)
			return err
		})
		if err != nil {
			return err
		}
	}
	c.seal()
	w.due = w.due || w.why != Resumed
	w.st.pending, w.why = []Change{c}, ""
	return nil
}

// compare goes again through the blocks of which changes were told, with the
// labels, limits and starts of now, and tells the difference.
func (w *Watcher) compare(ctx context.Context) error {
	from := max(w.st.base, w.st.first)
	skip := int(from - w.st.first)
	again := &Watcher{opt: w.opt, question: w.question, history: w.history + 1, tip: w.tip, st: &state{first: from, base: from}}
	if skip > 0 {
		again.st.first--
		again.st.blocks = []block{{hash: w.st.blocks[skip-1].hash}}
	}
	var found []stepped
	for {
		if err := again.ready(ctx); err != nil {
			return err
		}
		if again.st.next() == w.st.next() {
			break
		}
		s, err := again.climb(ctx)
		if err != nil {
			return err
		}
		if s.hash != w.st.blocks[skip+len(found)].hash {
			return errAgain
		}
		again.st.push(s.hash, nil, s.starts, again.history)
		found = append(found, s)
	}
	w.trace, w.dirty, w.redo, w.why, w.due = again.trace, false, false, QuestionChanged, true
	w.st.question, w.st.starts = w.question, again.st.starts
	w.st.pending = append(w.st.pending, w.st.replace(skip, found, w.opt.Case)...)
	return w.save()
}
