package job_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/question"
	"clew.example/clew/serve/job"
	"clew.example/clew/serve/opsdb"
	"clew.example/clew/sim/launder"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is a database, a source and a manager over them. Each pin of the source
// waits until it may go on.
type shop struct {
	t     *testing.T
	path  string
	db    *opsdb.DB
	jobs  *job.Manager
	world *launder.World
	pass  chan struct{}
	pins  chan ledger.Height
	o     job.Options
	shelf func(*opsdb.DB) job.Shelf // nil: the database itself
}

const chain = `first 100
c1 coinbase -> miner:5000
block
t1 miner:5000 -> thief:2500 miner:2400
block
t2 thief:2500 -> cash:500 rest:1900
block
`

func newShop(t *testing.T, o job.Options, edit ...func(*shop)) *shop {
	t.Helper()
	s := &shop{t: t, path: filepath.Join(t.TempDir(), "ops.db"), pass: make(chan struct{}), pins: make(chan ledger.Height, 100), o: o}
	var err error
	if s.world, err = launder.Parse(chain); err != nil {
		t.Fatal(err)
	}
	for _, f := range edit {
		f(s)
	}
	s.open(opsdb.Options{Serve: true})
	t.Cleanup(s.close)
	return s
}

func (s *shop) open(o opsdb.Options) {
	s.t.Helper()
	n, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		s.t.Fatal(err)
	}
	model, err := s.world.Truth(s.world.Tip().Hash)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.db, err = opsdb.Open(context.Background(), s.path, o); err != nil {
		s.t.Fatal(err)
	}
	pin := func(ctx context.Context, asOf ledger.Height, ask func(trace.Source) error) error {
		s.pins <- asOf
		select {
		case <-s.pass:
		case <-ctx.Done():
			return ctx.Err()
		}
		return ask(model.Source(min(asOf, s.world.Tip().Height)))
	}
	jo := s.o
	jo.Queue, jo.Shelf = s.db, s.db
	if s.shelf != nil {
		jo.Shelf = s.shelf(s.db)
	}
	jo.Sources = []*question.Source{{Class: "ledger", Noun: "the ledger", Network: n, Pin: pin}}
	s.jobs = job.New(jo)
}

func (s *shop) close() {
	s.jobs.Close()
	if err := s.db.Close(); err != nil {
		s.t.Error(err)
	}
}

func (s *shop) ask() string {
	s.t.Helper()
	id, ok := s.world.TxID("t1")
	if !ok {
		s.t.Fatal("no t1")
	}
	t, err := s.jobs.Ask(context.Background(), "user:owner", "", job.Question{Chain: "bitcoin-regtest", Starts: []string{id.String() + ":0"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return t.ID
}

// end waits for the last event of a trace.
func (s *shop) end(id string) (kind string) {
	s.t.Helper()
	err := s.jobs.Follow(context.Background(), id, "", func(e job.Event) error {
		if e.Kind != "" {
			kind = e.Kind
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return kind
}

func (s *shop) status(id string) opsdb.Status {
	s.t.Helper()
	t, err := s.db.Trace(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return t.Status
}

// TestOrder: traces run in the order in which they were asked, one at a time.
func TestOrder(t *testing.T) {
	s := newShop(t, job.Options{})
	ids := []string{s.ask(), s.ask(), s.ask()}
	slices.Sort(ids) // those of one millisecond run in the order of their ids
	<-s.pins
	for i := range ids {
		running := 0
		for _, id := range ids {
			if s.status(id) == opsdb.Running {
				running++
			}
		}
		if running != 1 {
			t.Fatalf("%d run", running)
		}
		s.pass <- struct{}{}
		if i+1 < len(ids) {
			<-s.pins
		}
	}
	for _, id := range ids {
		if kind := s.end(id); kind != "done" {
			t.Errorf("%s: %s", id, kind)
		}
	}
}

// TestRestart: what ran when the server ended is told to be interrupted, or
// runs again; what waited waits on.
func TestRestart(t *testing.T) {
	for _, requeue := range []bool{false, true} {
		s := newShop(t, job.Options{})
		first := s.ask()
		<-s.pins
		second := s.ask()
		s.close()
		close(s.pass)
		s.open(opsdb.Options{Serve: true, Requeue: requeue})
		want := "interrupted"
		if requeue {
			want = "done"
		}
		if kind := s.end(first); kind != want {
			t.Errorf("requeue %v: the first %s", requeue, kind)
		}
		if kind := s.end(second); kind != "done" {
			t.Errorf("requeue %v: the second %s", requeue, kind)
		}
	}
}

// TestAnswerAgain: a graph that is not kept is made again as of its block, once
// for all who ask, and who leaves does not end it.
func TestAnswerAgain(t *testing.T) {
	s := newShop(t, job.Options{TxsKept: -1})
	id := s.ask()
	<-s.pins
	s.pass <- struct{}{}
	s.end(id)
	gone, leave := context.WithCancel(context.Background())
	left := make(chan error)
	go func() {
		_, err := s.jobs.Answer(gone, id)
		left <- err
	}()
	if asOf := <-s.pins; asOf != question.Newest {
		t.Errorf("first pinned at %d", asOf) // to find the height
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	answers := make(chan *job.Kept, 4)
	for range cap(answers) {
		go func() {
			k, err := s.jobs.Answer(context.Background(), id)
			if err != nil {
				t.Error(err)
			}
			answers <- k
		}()
	}
	close(s.pass)
	for range cap(answers) {
		k := <-answers
		if k == nil || k.View == nil || k.Result.Theft != 2500 {
			t.Fatalf("%+v", k)
		}
	}
}

// TestAnswerRefused: what is not done has no answer.
func TestAnswerRefused(t *testing.T) {
	s := newShop(t, job.Options{})
	id := s.ask()
	<-s.pins
	var state *opsdb.StateError
	if _, err := s.jobs.Answer(context.Background(), id); !errors.As(err, &state) {
		t.Error(err)
	}
	if _, err := s.jobs.Answer(context.Background(), "nothing"); !errors.Is(err, opsdb.ErrNotFound) {
		t.Error(err)
	}
	if err := s.jobs.Cancel(context.Background(), "user:owner", id); err != nil {
		t.Fatal(err)
	}
	if err := s.jobs.Cancel(context.Background(), "user:owner", id); !errors.As(err, &state) {
		t.Error(err)
	}
	if kind := s.end(id); kind != "cancelled" || s.status(id) != opsdb.Cancelled {
		t.Error(kind)
	}
	if err := s.jobs.Follow(context.Background(), "nothing", "", nil); !errors.Is(err, opsdb.ErrNotFound) {
		t.Error(err)
	}
}

// TestFollowLeaves: who listens can leave, and a manager that ends lets all go.
func TestFollowLeaves(t *testing.T) {
	s := newShop(t, job.Options{})
	id := s.ask()
	<-s.pins
	ctx, leave := context.WithTimeout(context.Background(), time.Millisecond)
	defer leave()
	if err := s.jobs.Follow(ctx, id, "", func(job.Event) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	done := make(chan error)
	go func() { done <- s.jobs.Follow(context.Background(), id, "", func(job.Event) error { return nil }) }()
	s.jobs.Close()
	if err := <-done; err == nil {
		t.Error("it ended without word")
	}
}

// lostShelf fails to read the trace whose number is set, counted down.
type lostShelf struct {
	*opsdb.DB
	left *atomic.Int32
}

func (l lostShelf) Trace(ctx context.Context, id string) (opsdb.Trace, error) {
	if l.left.Add(-1) == 0 {
		return opsdb.Trace{}, context.Canceled
	}
	return l.DB.Trace(ctx, id)
}

// TestFollowLost: one who listens and goes away while the store is asked does
// not take the place of the trace with him: others are told how it ended.
func TestFollowLost(t *testing.T) {
	var left atomic.Int32
	s := newShop(t, job.Options{}, func(s *shop) {
		s.shelf = func(db *opsdb.DB) job.Shelf { return lostShelf{db, &left} }
	})
	id := s.ask()
	<-s.pins // it runs
	left.Store(2)
	if err := s.jobs.Follow(t.Context(), id, "", func(job.Event) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	kind := make(chan string)
	go func() { kind <- s.end(id) }()
	for left.Load() > -2 { // it was asked twice more: now he listens
		time.Sleep(time.Millisecond)
	}
	s.pass <- struct{}{}
	select {
	case k := <-kind:
		if k != string(opsdb.Done) {
			t.Errorf("it ended as %q", k)
		}
	case <-time.After(20 * time.Second):
		t.Error("nobody was told how it ended")
	}
}
