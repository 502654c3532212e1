package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/node/facts"
	"clew.example/clew/question"
	"clew.example/clew/serve/opsdb"
)

// Queue is where traces wait, and where it is noted what became of them.
type Queue interface {
	AddTrace(ctx context.Context, by, caseID string, question json.RawMessage) (opsdb.Trace, error)
	NextTrace(ctx context.Context) (opsdb.Trace, error)
	CancelTrace(ctx context.Context, by, id string) error
	FailTrace(ctx context.Context, id, reason string) error
	FinishTrace(ctx context.Context, id string, o opsdb.Outcome, result, saved func(io.Writer) error) error
}

// Shelf is where traces and what belongs to them are read.
type Shelf interface {
	Trace(ctx context.Context, id string) (opsdb.Trace, error)
	TraceResult(ctx context.Context, id string) (*opsdb.Blob, error)
	SetProgress(ctx context.Context, id string, progress json.RawMessage) error
	Attachment(ctx context.Context, caseID, file string) (*opsdb.Blob, error)
}

// Options are what a manager is made of.
type Options struct {
	Queue   Queue
	Shelf   Shelf
	Sources []*question.Source // one for each network
	Workers int                // traces at a time; 0: 1
	TxsMax  int                // that one trace may visit; 0: 1,000,000
	TxsKept int                // of graphs that are kept; 0: 200,000; below 0: none is kept
	Log     *slog.Logger       // nil: nowhere
}

func (o *Options) fill() {
	if o.Workers == 0 {
		o.Workers = 1
	}
	if o.TxsMax == 0 {
		o.TxsMax = 1_000_000
	}
	if o.TxsKept == 0 {
		o.TxsKept = 200_000
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
}

// Manager runs traces. Safe for concurrent use.
type Manager struct {
	o    Options
	ctx  context.Context
	stop context.CancelFunc
	wake chan struct{} // holds one: somebody asked
	busy chan struct{} // a place for each trace that is computed
	done sync.WaitGroup

	mu      sync.Mutex // guards what follows
	live    map[string]*live
	pending map[string]*pending
	kept    shelf
}

// New starts a manager, which goes on with what waits in the queue. Close ends
// it.
func New(o Options) *Manager {
	o.fill()
	ctx, stop := context.WithCancel(context.Background())
	m := &Manager{
		o: o, ctx: ctx, stop: stop, wake: make(chan struct{}, 1), busy: make(chan struct{}, o.Workers),
		live: map[string]*live{}, pending: map[string]*pending{}, kept: shelf{most: o.TxsKept},
	}
	m.wakeUp()
	for range o.Workers {
		m.done.Go(m.work)
	}
	return m
}

// Close stops what runs and waits for it. The store still says of those traces
// that they run: when it is opened next it says that they were interrupted, or
// lets them wait again.
func (m *Manager) Close() {
	m.stop()
	m.done.Wait()
}

func (m *Manager) wakeUp() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Ask checks a question as far as it can be without running it, and puts it
// into the queue. Errors are those of question.Question.Job and of the store.
func (m *Manager) Ask(ctx context.Context, by, caseID string, q Question) (opsdb.Trace, error) {
	if _, _, err := m.prepare(ctx, caseID, &q); err != nil {
		return opsdb.Trace{}, err
	}
	text, err := json.Marshal(q)
	if err != nil {
		return opsdb.Trace{}, fmt.Errorf("question: %w", err)
	}
	t, err := m.o.Queue.AddTrace(ctx, by, caseID, text)
	if err == nil {
		m.wakeUp()
	}
	return t, err
}

// Cancel ends a trace that waits or runs.
func (m *Manager) Cancel(ctx context.Context, by, id string) error {
	if err := m.o.Queue.CancelTrace(ctx, by, id); err != nil {
		return err
	}
	m.mu.Lock()
	l := m.live[id]
	m.mu.Unlock()
	if l != nil {
		l.end(opsdb.Cancelled)
		m.forget(id)
	}
	return nil
}

// ErrChain says that no ledger of a chain is served.
var ErrChain = errors.New("no ledger of it is served")

// prepare makes a question ready to run: it reads what files of the case it
// names.
func (m *Manager) prepare(ctx context.Context, caseID string, q *Question) (*question.Job, *question.Source, error) {
	n, err := bitcoin.NetworkByAlias(q.Chain)
	if err != nil {
		return nil, nil, &question.UsageError{Field: fieldChain, Err: err}
	}
	asked := q.asked()
	src, err := m.source(ctx, caseID, n, asked.Files.Facts)
	if err != nil {
		return nil, nil, err
	}
	lists, err := asked.Files.Read(m.opener(ctx, caseID))
	if err != nil {
		return nil, nil, err
	}
	asked.Starts = append(asked.Starts, lists.Starts...)
	j, err := asked.Job(n, lists)
	if err != nil {
		return nil, nil, err
	}
	if len(j.Starts) == 0 {
		return nil, nil, &question.UsageError{Field: question.FieldStarts, Err: errNoStart}
	}
	return j, src, nil
}

// source returns where a question is answered: the file of facts that it
// names, else the ledger of its network.
func (m *Manager) source(ctx context.Context, caseID string, n *bitcoin.Network, file *question.File) (*question.Source, error) {
	if file != nil {
		return m.facts(ctx, caseID, n, *file)
	}
	for _, s := range m.o.Sources {
		if s.Network == n {
			return s, nil
		}
	}
	return nil, &question.UsageError{Field: fieldChain, Err: ErrChain}
}

// facts reads a file of facts of a case. The store bounds its size.
func (m *Manager) facts(ctx context.Context, caseID string, n *bitcoin.Network, file question.File) (*question.Source, error) {
	r, err := m.opener(ctx, caseID)(file)
	if err != nil {
		return nil, &question.UsageError{Field: fieldFacts, Err: err}
	}
	defer r.Close()
	f, err := facts.Read(r)
	if err != nil {
		return nil, &question.InputError{Err: fmt.Errorf("file %.100q of the case: %w", file.Name, err)}
	}
	if f.Network() != n {
		return nil, &question.UsageError{Field: fieldFacts, Err: fmt.Errorf("are of %s, the question is of %s", f.Network().Alias(), n.Alias())}
	}
	return question.Facts(f), nil
}

const (
	fieldChain = "chain"
	fieldFacts = "facts"
)

var (
	errNoStart = errors.New("name where the trace begins")
	errNoCase  = errors.New("files stand beside a case: name it")
)

// opener opens the files of a case in the store; none of this machine.
func (m *Manager) opener(ctx context.Context, caseID string) question.Opener {
	return func(f question.File) (io.ReadCloser, error) {
		if caseID == "" {
			return nil, errNoCase
		}
		b, err := m.o.Shelf.Attachment(ctx, caseID, f.Name)
		if err != nil {
			return nil, fmt.Errorf("file %.100q of the case: %w", f.Name, err)
		}
		return io.NopCloser(b), nil
	}
}
