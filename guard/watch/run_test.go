package watch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/guard/watch"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// stage is a watch of the peel chain on a file system of its own.
type stage struct {
	c  *chain
	q  *question
	b  *inbox
	fs *vfs.Crashable
}

func newStage(t *testing.T, blocks, fork int) *stage {
	t.Helper()
	c, q := twoBranches(t, blocks, fork)
	s := &stage{c: c, q: q, b: &inbox{}, fs: vfs.NewCrashable(1)}
	s.fs.MaxReserve = 1 << 20
	t.Cleanup(func() { s.fs.Free() })
	return s
}

func (s *stage) options() watch.Options {
	opt := options(s.c, s.q, s.b, s.fs)
	opt.Replay = true
	return opt
}

// settle opens a new watcher and lets it settle.
func (s *stage) settle(t *testing.T) *watch.Watcher {
	t.Helper()
	w := watch.New(s.options())
	if err := errors.Join(w.Open(), w.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	return w
}

// finish lets a new watcher settle and end as it should, so that the next one
// repeats nothing.
func (s *stage) finish(t *testing.T) {
	t.Helper()
	if err := s.settle(t).Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestRun runs a watch to the tip through receivers that fail and a source
// that does, ends it, and goes on in a second run from where it stood.
func TestRun(t *testing.T) {
	s := newStage(t, 30, 29)
	ctx, cancel := context.WithCancel(t.Context())
	opt := s.options()
	opt.Poll = time.Microsecond
	refuse, emit := 3, opt.Emit
	opt.Emit = func(ctx context.Context, changes []watch.Change) error {
		if refuse--; refuse >= 0 {
			return watch.ErrUndelivered
		}
		return emit(ctx, changes)
	}
	broken, pin := errors.New("the source is down"), opt.Pin
	asked := 0
	opt.Pin = func(ctx context.Context, h ledger.Height, question func(trace.Source) error) error {
		if asked++; asked == 5 {
			return broken
		}
		return pin(ctx, h, question)
	}
	opt.Retry = func(err error) bool { return errors.Is(err, broken) }
	failures := 0
	opt.Status = func(st watch.Status) {
		if st.Err != nil {
			failures++
		}
		if st.Done == st.Tip && st.Tip == s.c.head && st.Pending == 0 {
			cancel()
		}
	}
	s.c.head-- // the last block, which changes something, is left to the next run
	if err := watch.New(opt).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if failures != 4 {
		t.Errorf("%d failures were told, want 4", failures)
	}
	s.c.head++
	w := s.settle(t)
	if err := same(t, s.c, s.q, w, s.b); err != nil {
		t.Error(err)
	}
	if n, whys := kinds(s.b); n[watch.Undone] > 0 || !slices.Equal(whys, []string{watch.First, watch.Resumed}) {
		t.Errorf("%v, watching for %v", n, whys)
	}
}

func TestRunEnds(t *testing.T) {
	s := newStage(t, 15, 14)
	opt := s.options()
	opt.Emit = func(context.Context, []watch.Change) error { return errKilled }
	if err := watch.New(opt).Run(t.Context()); !errors.Is(err, errKilled) {
		t.Errorf("a receiver that fails for good: %v", err)
	}
	lock, err := s.fs.Lock("lock")
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.New(opt).Run(t.Context()); !errors.Is(err, vfs.ErrLocked) {
		t.Errorf("two watches of one folder: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	faults := &vfs.Faults{Ops: vfs.OpAllocate, At: 1, Sticky: true}
	opt = s.options()
	opt.Folder = vfs.NewFaulty(s.fs, faults)
	before := len(s.b.all)
	err = watch.New(opt).Run(t.Context())
	for _, c := range s.b.all[before:] {
		if c.Kind != watch.Watching {
			t.Errorf("a %s was told that is not on disk", c.Kind)
		}
	}
	if !errors.Is(err, vfs.ErrNoSpace) {
		t.Errorf("a full disk: %v", err)
	}
}

// TestBehind shows a source that lags: nothing is taken back until it has
// lagged for long.
func TestBehind(t *testing.T) {
	s := newStage(t, 30, 29)
	opt := s.options()
	opt.BehindMax, opt.Poll = 50, time.Microsecond
	ctx, cancel := context.WithCancel(t.Context())
	tip, lagged, undone := s.c.head, 0, 0
	opt.Status = func(st watch.Status) {
		undone += st.Undone
		switch {
		case st.Undone > 0 || lagged > 100:
			cancel()
		case st.Done == tip && st.Pending == 0 && s.c.head == tip:
			s.c.head, s.c.pins = tip-3, 0
		}
	}
	if err := watch.New(opt).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if undone != 3 || s.c.pins < 50 {
		t.Errorf("%d blocks were taken back after %d questions, want 3 after more than 50", undone, s.c.pins)
	}
}

// TestQuestionChanged watches on with other labels and limits: what differs is
// told, and only that.
func TestQuestionChanged(t *testing.T) {
	s := newStage(t, 40, 39)
	s.finish(t)
	before := words(s.b.live, 0)
	delete(s.q.params.Names, string(launder.AccountOf("tumbler")))
	s.b.all = nil
	s.finish(t)
	_, want := fresh(t, s.c, s.q)
	have, told := words(s.b.live, 0), words(want.live, 0)
	slices.Sort(have)
	slices.Sort(told)
	if !slices.Equal(have, told) || slices.Equal(have, before) {
		t.Errorf("%d changes stand, want %d", len(have), len(told))
	}
	n, whys := kinds(s.b)
	if n[watch.Undone] != 9 || n[watch.Reached] != 0 || n[watch.Rested] != 9 || !slices.Equal(whys, []string{watch.QuestionChanged}) {
		t.Errorf("%v, watching for %v", n, whys)
	}
	s.q.params.Names[string(launder.AccountOf("tumbler"))] = trace.Name{Stop: trace.KindMixer, Entity: "A Tumbler", Category: "mixer", Source: "a list"}
	s.b.all = nil
	s.finish(t)
	again := words(s.b.live, 0)
	slices.Sort(again)
	slices.Sort(before)
	if n, _ := kinds(s.b); !slices.Equal(again, before) || n[watch.Reached] != 9 {
		t.Errorf("the labels as they were: %v", n)
	}
	s.q.params.Policies = []lot.Policy{lot.LIFO}
	s.finish(t)
	if have := words(s.b.live, 0); len(have) != len(before) || slices.Equal(have, before) {
		t.Errorf("by another policy %d changes stand, want %d", len(have), len(before))
	}
}

// TestDamaged loses the state, the trace, or both: the watch says so and goes
// on.
func TestDamaged(t *testing.T) {
	for _, c := range []struct {
		lose string
		why  string
	}{{"trace", watch.Resumed}, {"state", watch.StateUnreadable}} {
		s := newStage(t, 40, 39)
		w := s.settle(t)
		if err := w.Finish(t.Context()); err != nil {
			t.Fatal(err)
		}
		names, err := s.fs.List(".")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if len(name) > 5 && name[:5] == c.lose {
				spoil(t, s.fs, name)
			}
		}
		w = s.settle(t)
		if err := same(t, s.c, s.q, w, s.b); err != nil {
			t.Errorf("without %s: %v", c.lose, err)
		}
		if _, whys := kinds(s.b); whys[1] != c.why {
			t.Errorf("without %s: watching for %v", c.lose, whys)
		}
	}
}

func spoil(t *testing.T, fs vfs.FS, name string) {
	t.Helper()
	f, err := fs.Open(name, vfs.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	size, err := f.Size()
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Map(size)
	if err != nil {
		t.Fatal(err)
	}
	b[size/2] ^= 1
	if err := errors.Join(f.Sync(0, size), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestEveryCrash ends a watch before every change and at every sync, on the way
// up and on the way to another branch, and lets another go on from what is left.
func TestEveryCrash(t *testing.T) {
	ends := 0
	for n := 1; ; n++ {
		over := true
		for _, how := range []struct {
			sync bool
			left float64
		}{{true, 0}, {true, 1}, {false, 1}} {
			ended, err := crashAt(t, n, how.sync, how.left)
			if err != nil {
				t.Fatalf("end %d, %+v: %v", n, how, err)
			}
			if ended {
				over = false
				ends++
			}
		}
		if over {
			break
		}
	}
	if ends < 60 {
		t.Errorf("%d ends", ends)
	}
	t.Logf("%d ends", ends)
}

func crashAt(t *testing.T, n int, sync bool, left float64) (ended bool, err error) {
	s := newStage(t, 14, 12)
	s.fs.MaxReserve = 1 << 16
	s.q.params.Policies = []lot.Policy{lot.FIFO, lot.Haircut}
	if sync {
		s.fs.CrashAt(n)
	} else {
		s.b.fail = func(i int) bool { return i == n }
	}
	w := watch.New(s.options())
	err = errors.Join(w.Open(), w.Settle(t.Context()))
	if err == nil {
		s.c.now = s.c.branches[1]
		s.c.head, _ = s.c.now.Tip()
		err = w.Settle(t.Context())
	}
	if err != nil && !errors.Is(err, errKilled) && !errors.Is(err, vfs.ErrCrashed) {
		return false, err
	}
	ended = err != nil
	old := s.fs
	s.fs, s.b.fail = old.Crash(left), nil
	old.Free()
	if n%2 == 0 { // the branch of which some was told may be gone by now
		s.c.now = s.c.branches[1]
		s.c.head, _ = s.c.now.Tip()
	}
	if err := same(t, s.c, s.q, s.settle(t), s.b); err != nil {
		return ended, fmt.Errorf("on the next run: %w", err)
	}
	return ended, nil
}
