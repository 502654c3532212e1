package watch_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"clew.example/clew/guard/watch"
	"clew.example/clew/internal/vfs"
)

// same holds a watch to the law: what it told and did not take back is what a
// watcher would tell that replays the chain as it is now, and its trace is the
// one that goes there at once.
func same(t *testing.T, c *chain, q *question, w *watch.Watcher, b *inbox) error {
	again := c.again
	c.again = nil
	defer func() { c.again = again }()
	_, want := fresh(t, c, q)
	have, told := words(b.live, 0), words(want.live, w.Base())
	if !slices.Equal(have, told) {
		for i := range max(len(have), len(told)) {
			if i >= len(have) || i >= len(told) || have[i] != told[i] {
				return fmt.Errorf("change %d of %d, want %d:\n have %s\n want %s", i, len(have), len(told),
					slices.Concat(have, []string{"nothing"})[min(i, len(have))], slices.Concat(told, []string{"nothing"})[min(i, len(told))])
			}
		}
	}
	trace, err := saved(t.Context(), w)
	if err != nil {
		return err
	}
	once, err := straight(t.Context(), c, q)
	if err == nil && !bytes.Equal(trace, once) {
		err = fmt.Errorf("the trace has %d bytes, one that went there at once %d, and they differ", len(trace), len(once))
	}
	return err
}

// TestWatch lets a chain grow and change its branch, watches it with all that
// can interrupt a watcher, and holds it to the law at every stop.
func TestWatch(t *testing.T) {
	stops, kills, undone := 0, 0, 0
	for _, seed := range seeds(t, 50) {
		r := rand.New(rand.NewPCG(seed, 0))
		c, q := randomChain(t, r)
		b := &inbox{}
		s := &session{c: c, q: q, b: b, fs: vfs.NewCrashable(seed), replay: r.IntN(2) == 0}
		s.fs.MaxReserve = 1 << 22
		if !s.replay {
			c.wander(r)
		}
		for range 12 {
			if err := s.proceed(t, r); err != nil {
				t.Fatalf("CLEW_SEED=%d: %v", seed, err)
			}
			if err := same(t, c, q, s.w, b); err != nil {
				t.Fatalf("CLEW_SEED=%d: at block %d: %v", seed, c.head, err)
			}
			stops++
			c.wander(r)
		}
		kills += s.kills
		for _, change := range b.all {
			if change.Kind == watch.Undone {
				undone++
			}
		}
		s.fs.Free()
	}
	t.Logf("%d stops, %d kills, %d changes taken back", stops, kills, undone)
}

// session is a watch through several processes.
type session struct {
	c      *chain
	q      *question
	b      *inbox
	fs     *vfs.Crashable
	w      *watch.Watcher
	replay bool
	kills  int
}

// proceed watches until there is nothing to do: in the process that runs, in a new
// one, or in several that are killed.
func (s *session) proceed(t *testing.T, r *rand.Rand) error {
	for r.IntN(3) == 0 {
		if err := s.killed(t, r); err != nil {
			return err
		}
		if r.IntN(2) == 0 {
			s.c.wander(r)
		}
	}
	if s.w != nil && r.IntN(2) == 0 {
		return s.w.Settle(t.Context())
	}
	if s.w != nil && r.IntN(2) == 0 {
		if err := s.w.Finish(t.Context()); err != nil {
			return err
		}
	}
	s.open()
	return errors.Join(s.w.Open(), s.w.Settle(t.Context()))
}

func (s *session) open() {
	opt := options(s.c, s.q, s.b, s.fs)
	opt.Replay = s.replay
	s.w = watch.New(opt)
}

// killed runs a watcher that ends at a random change or sync.
func (s *session) killed(t *testing.T, r *rand.Rand) error {
	s.open()
	if r.IntN(2) == 0 {
		at := s.b.n + 1 + r.IntN(20)
		s.b.fail = func(n int) bool { return n == at }
	} else {
		s.fs.CrashAt(s.fs.Points() + 1 + r.IntN(12))
	}
	err := s.w.Open()
	if err == nil {
		err = s.w.Settle(t.Context())
	}
	if err != nil && !errors.Is(err, errKilled) && !errors.Is(err, vfs.ErrCrashed) {
		return err
	}
	s.kills++
	s.b.fail, s.w = nil, nil
	old := s.fs
	s.fs = old.Crash([]float64{0, 0.5, 1}[r.IntN(3)])
	old.Free()
	return nil
}
