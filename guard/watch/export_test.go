package watch

import (
	"context"
	"errors"
	"time"

	"clew.example/clew/ledger"
)

// Open reads what a run before left, as Run does.
func (w *Watcher) Open() error {
	if err := w.opt.Folder.MkdirAll("."); err != nil {
		return err
	}
	return w.resume()
}

// Settle takes turns until there is nothing to do, as Run does without its
// clock.
func (w *Watcher) Settle(ctx context.Context) error {
	for tries := 0; ; {
		busy, err := w.turn(ctx)
		switch {
		case errors.Is(err, errAgain) || errors.Is(err, ErrNoBlock):
			if tries++; tries > 1000 {
				return err
			}
		case err != nil:
			return err
		case !busy:
			return nil
		}
	}
}

// Finish saves what was put off.
func (w *Watcher) Finish(ctx context.Context) error { return w.finish(ctx) }

// Base is the first block of which changes are told.
func (w *Watcher) Base() ledger.Height { return w.st.base }

// ParseState reads a state and returns what it writes again.
func ParseState(text []byte) ([]byte, error) {
	s, err := parseState(text)
	if err != nil {
		return nil, err
	}
	return s.append(nil), nil
}

// StateText is the state as it is saved.
func (w *Watcher) StateText() []byte { return w.st.append(nil) }

// Remember sets how many blocks are known by what they changed.
func (w *Watcher) Remember(blocks int) { w.history = blocks }

// Still stops the clock of a poster and returns what it sleeps.
func (p *Poster) Still(at time.Time) *[]time.Duration {
	var slept []time.Duration
	p.now = func() time.Time { return at }
	p.sleep = func(_ context.Context, d time.Duration) error {
		slept = append(slept, d)
		return nil
	}
	return &slept
}

// OnEmit calls a function before changes are told.
func (w *Watcher) OnEmit(before func()) {
	emit := w.opt.Emit
	w.opt.Emit = func(ctx context.Context, changes []Change) error {
		before()
		return emit(ctx, changes)
	}
}
