package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// errAgain says that the chain moved while it was read: look again.
var errAgain = errors.New("the chain moved while it was read")

// at asks a question of a block once. Where a source would ask again, since
// blocks were taken back meanwhile, nothing that was found counts.
func (w *Watcher) at(ctx context.Context, h ledger.Height, question func(trace.Source) error) error {
	asked := false
	err := w.opt.Pin(ctx, h, func(src trace.Source) error {
		if asked {
			return errAgain
		}
		asked = true
		if h != Newest && src.Tip().Height != h {
			return fmt.Errorf("block %d: %w", h, ErrNoBlock)
		}
		return question(src)
	})
	if errors.Is(err, trace.ErrMoved) {
		return errAgain
	}
	return err
}

// pinned asks a question of the block where the state stands.
func (w *Watcher) pinned(ctx context.Context, question func(trace.Source) error) error {
	last := len(w.st.blocks) - 1
	return w.at(ctx, w.st.height(last), func(src trace.Source) error {
		if src.Tip().Hash != w.st.blocks[last].hash {
			return errAgain
		}
		return question(src)
	})
}

// begin starts a watch of which nothing is known: before the first start, or
// behind the tip.
func (w *Watcher) begin(ctx context.Context) error {
	var st *state
	err := w.at(ctx, Newest, func(src trace.Source) (err error) {
		w.tip = src.Tip()
		st = &state{question: w.question, base: w.tip.Height + 1}
		if st.starts, err = w.startsAt(ctx, src); err != nil {
			return err
		}
		if w.opt.Replay && len(st.starts) > 0 {
			st.base, st.starts = st.starts[0].pos.Height(), nil
		}
		return w.before(ctx, src, st)
	})
	if err != nil {
		return err
	}
	w.st = st
	return w.save()
}

// before fills in the blocks before those that are told of.
func (w *Watcher) before(ctx context.Context, src trace.Source, st *state) error {
	n := min(st.base-w.tip.FirstHeight, beforeMax)
	st.first = st.base - n
	for h := st.first; h < st.base; h++ {
		hash, err := src.HashAt(ctx, h)
		if err != nil {
			return err
		}
		st.blocks = append(st.blocks, block{hash: hash})
	}
	return nil
}

// startsAt are the starts as of a source's block.
func (w *Watcher) startsAt(ctx context.Context, src trace.Source) ([]start, error) {
	list, err := w.opt.Starts(ctx, src)
	if err != nil {
		return nil, fmt.Errorf("where the trace begins: %w", err)
	}
	return startsOf(list, src.Tip().Height), nil
}

// look asks for the source's tip, and how many blocks of the state it holds.
func (w *Watcher) look(ctx context.Context) (shared int, err error) {
	err = w.at(ctx, Newest, func(src trace.Source) (err error) {
		w.tip = src.Tip()
		shared, err = w.st.shared(func(i int) (bool, error) {
			h := w.st.height(i)
			if h > w.tip.Height || h < w.tip.FirstHeight {
				return false, nil
			}
			hash, err := src.HashAt(ctx, h)
			return hash == w.st.blocks[i].hash, err
		})
		return err
	})
	if err != nil || shared == len(w.st.blocks) {
		w.behind = 0
		return shared, err
	}
	if w.tip.Height >= w.st.height(shared) {
		w.behind = 0 // another block stands there
		return shared, nil
	}
	if w.behind++; w.behind <= w.opt.BehindMax {
		return 0, errAgain
	}
	return shared, nil
}

// leave takes back what the blocks from the n-th on changed.
func (w *Watcher) leave(n int) (undone int, busy bool, err error) {
	undone = len(w.st.blocks) - n
	w.st.pending = append(w.st.pending, w.st.cut(n, w.opt.Case)...)
	w.dirty = true
	if n == 0 {
		w.trace = nil
		w.st.first = min(w.st.first, w.tip.Height+1)
	}
	if n == 0 || w.st.next() < w.st.base {
		w.st.base, w.why = w.st.next(), Reorganised
	}
	return undone, true, w.save()
}

// ready makes the trace stand where the state does, with the starts that are
// there.
func (w *Watcher) ready(ctx context.Context) error {
	if w.trace != nil && !w.dirty {
		return nil
	}
	if w.st.next() <= w.tip.FirstHeight {
		w.trace, w.dirty = trace.New(w.opt.Params, nil), false
		return nil
	}
	if len(w.st.blocks) == 0 {
		if err := w.adopt(ctx); err != nil {
			return err
		}
	}
	t, err := w.stood(ctx)
	if err != nil {
		return err
	}
	var starts []start
	err = w.pinned(ctx, func(src trace.Source) (err error) {
		t, starts, err = w.bring(ctx, src, t)
		return err
	})
	if err != nil {
		return err
	}
	if !slices.Equal(starts, w.st.starts) {
		w.redo, w.st.starts = true, starts
	}
	w.trace, w.dirty = t, false
	return nil
}

// stood returns the trace that there is, in memory or in its file; nil if there
// is none. It is nobody's until it stands where the state does.
func (w *Watcher) stood(ctx context.Context) (*trace.Trace, error) {
	t := w.trace
	w.trace = nil
	if t == nil {
		return w.load(ctx)
	}
	if _, begun := t.Tip(); !begun {
		return nil, nil
	}
	return t, nil
}

// bring takes a trace to the block of a source, down or up, or makes a new one
// where there is none or where it began elsewhere.
func (w *Watcher) bring(ctx context.Context, src trace.Source, t *trace.Trace) (*trace.Trace, []start, error) {
	here := src.Tip().Height
	list, err := w.opt.Starts(ctx, src)
	if err != nil {
		return nil, nil, fmt.Errorf("where the trace begins: %w", err)
	}
	starts := startsOf(list, here)
	if t == nil || !same(t.Starts(), list, Newest) { // one that waits for a start may wait in vain
		t = trace.New(w.opt.Params, list)
		return t, starts, t.Advance(ctx, src)
	}
	if tip, _ := t.Tip(); tip.Height < here {
		return t, starts, t.Advance(ctx, src)
	}
	return t, starts, t.Undo(ctx, src)
}

// adopt takes the block before the first that is to be told for the one that
// the state stands at.
func (w *Watcher) adopt(ctx context.Context) error {
	var hash ledger.Hash
	var starts []start
	err := w.at(ctx, w.st.first-1, func(src trace.Source) (err error) {
		hash = src.Tip().Hash
		starts, err = w.startsAt(ctx, src)
		return err
	})
	if err == nil {
		w.st.first--
		w.st.push(hash, nil, starts, w.history)
	}
	return err
}

// step goes a block up and tells what it changed.
func (w *Watcher) step(ctx context.Context) error {
	s, err := w.climb(ctx)
	if err != nil {
		return err
	}
	w.st.push(s.hash, s.changes, s.starts, w.history)
	w.st.pending = s.changes
	w.delayed++
	w.stale--
	if len(s.changes) == 0 && w.delayed < idleSaveWait {
		return nil
	}
	w.due = w.due || len(s.changes) > 0 && w.stale <= 0
	return w.save()
}

// climb takes the trace a block up, from other starts if need be.
func (w *Watcher) climb(ctx context.Context) (stepped, error) {
	h := w.st.next()
	s, err := w.ahead(ctx, h)
	if errors.Is(err, errStarts) {
		if h > 0 && !kept(w.trace.Starts(), s.list, h-1) {
			w.why = StartsChanged
		}
		if err = w.restart(ctx, h, s.list); err == nil {
			s, err = w.ahead(ctx, h)
		}
	}
	if errors.Is(err, errStarts) {
		err = errAgain // the chain moved between the two
	}
	return s, err
}

// stepped is what was found in a block.
type stepped struct {
	hash    ledger.Hash
	list    []trace.Start
	starts  []start
	changes []Change // without ids
}

// errStarts says that the trace began elsewhere than it does as of a block.
var errStarts = errors.New("the trace begins elsewhere")

// ahead advances the trace by a block. After errStarts the trace is as it was,
// and the list is set; after another error it is to be undone.
func (w *Watcher) ahead(ctx context.Context, h ledger.Height) (s stepped, err error) {
	begun := false
	err = w.at(ctx, h, func(src trace.Source) error {
		if err := w.follows(ctx, src); err != nil {
			return err
		}
		s.hash = src.Tip().Hash
		if s.list, err = w.opt.Starts(ctx, src); err != nil {
			return fmt.Errorf("where the trace begins: %w", err)
		}
		s.starts = startsOf(s.list, h)
		if !same(w.trace.Starts(), s.list, h) {
			return errStarts
		}
		begun = true
		d, err := w.trace.Step(ctx, src, w.opt.Address)
		if err != nil {
			return err
		}
		words := teller{name: w.opt.Case, policies: w.opt.Params.Policies, block: blockOf(h, s.hash)}
		s.changes = words.tell(d)
		return nil
	})
	w.dirty = w.dirty || begun && err != nil
	return s, err
}

// follows checks that a source's block comes after the one where the state
// stands.
func (w *Watcher) follows(ctx context.Context, src trace.Source) error {
	n := len(w.st.blocks)
	if n == 0 {
		return nil
	}
	hash, err := src.HashAt(ctx, w.st.height(n-1))
	if err == nil && hash != w.st.blocks[n-1].hash {
		return errAgain
	}
	return err
}

// restart makes a new trace up to the block before h, which knows the starts of
// h; and those after it, where blocks wait, so that a start in each of them
// does not make a trace each.
func (w *Watcher) restart(ctx context.Context, h ledger.Height, list []trace.Start) error {
	if w.tip.Height > h {
		later, err := w.later(ctx)
		if err != nil {
			return err
		}
		if same(later, list, h) {
			list = later
		}
	}
	t := trace.New(w.opt.Params, list)
	if len(w.st.blocks) > 0 {
		err := w.pinned(ctx, func(src trace.Source) error { return t.Advance(ctx, src) })
		if err != nil {
			return err
		}
	}
	w.trace = t
	return nil
}

// later are the starts as of the newest block.
func (w *Watcher) later(ctx context.Context) (list []trace.Start, err error) {
	err = w.at(ctx, Newest, func(src trace.Source) error {
		list, err = w.opt.Starts(ctx, src)
		return err
	})
	return list, err
}
