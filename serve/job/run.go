package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/question"
	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/opsdb"
)

// Progress says how far a trace is.
type Progress struct {
	Policy string        `json:"policy" doc:"the one that runs"`
	Height ledger.Height `json:"height" doc:"of the transaction visited last"`
	Txs    int           `json:"txs" doc:"visited under all policies so far"`
	Stage  string        `json:"stage" enum:"visiting,answering" doc:"answering: all were visited, and the answer is put together"`
}

// The stages of a trace that runs.
const (
	visiting  = "visiting"
	answering = "answering"
)

// How often progress is told to who listens, and noted in the store, where it
// costs a sync.
const (
	tellEvery = 200 * time.Millisecond
	noteEvery = 2 * time.Second
	// storeTime bounds how long it is tried to note how a trace ended.
	storeTime = 30 * time.Second
	// retryAfter is when a queue that could not be read is read again.
	retryAfter = time.Second
)

// work takes traces from the queue until the manager is closed.
func (m *Manager) work() {
	for {
		t, err := m.o.Queue.NextTrace(m.ctx)
		switch {
		case m.ctx.Err() != nil:
			return
		case err == nil:
			m.wakeUp() // there may be more, and another worker
			m.run(t)
		default:
			var again <-chan time.Time
			if !errors.Is(err, opsdb.ErrNotFound) {
				m.o.Log.Error("the queue of traces can not be read", "error", err)
				again = time.After(retryAfter)
			}
			select {
			case <-m.wake:
			case <-again:
			case <-m.ctx.Done():
				return
			}
		}
	}
}

// ErrLarge says that a trace visited more than is allowed.
var ErrLarge = errors.New("the trace visits too many transactions: give it a min_value, max_hops or until, or fewer policies")

// run answers a trace and notes the answer.
func (m *Manager) run(t opsdb.Trace) {
	l := m.liveOf(t.ID)
	ctx, cancel := context.WithCancelCause(m.ctx)
	defer cancel(nil)
	l.onCancel(func() { cancel(context.Canceled) })
	if !m.stillRuns(t.ID) {
		m.forget(t.ID)
		return
	}
	a, err := m.compute(ctx, t.ID, t.Case, t.Question, l, cancel)
	if m.ctx.Err() != nil {
		return // the store tells of it when it is opened next
	}
	store, done := context.WithTimeout(m.ctx, storeTime)
	defer done()
	status := opsdb.Done
	if err == nil {
		err = m.finish(store, t.ID, a)
	}
	var state *opsdb.StateError
	if errors.As(err, &state) || l.ended() {
		m.forget(t.ID) // cancelled meanwhile: who did that told everyone
		return
	}
	if err != nil {
		status = opsdb.Failed
		m.o.Log.Info("trace failed", "trace", t.ID, "error", err)
		if err := m.o.Queue.FailTrace(store, t.ID, err.Error()); err != nil {
			m.o.Log.Error("a failed trace could not be noted", "trace", t.ID, "error", err)
		}
	}
	l.end(status)
	m.forget(t.ID)
}

// stillRuns asks the store whether a trace was cancelled between being taken
// from the queue and having a place in m.live, where a cancel finds it.
func (m *Manager) stillRuns(id string) bool {
	t, err := m.o.Shelf.Trace(m.ctx, id)
	return err != nil || t.Status == opsdb.Running
}

// compute answers a question while it has one of the places.
func (m *Manager) compute(ctx context.Context, id, caseID string, text json.RawMessage, l *live, cancel context.CancelCauseFunc) (*question.Answer, error) {
	select {
	case m.busy <- struct{}{}:
		defer func() { <-m.busy }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	var q Question
	if err := json.Unmarshal(text, &q); err != nil {
		return nil, fmt.Errorf("question: %w", err)
	}
	j, src, err := m.prepare(ctx, caseID, &q)
	if err != nil {
		return nil, err
	}
	w := watch{m: m, id: id, live: l, cancel: cancel}
	j.Progress, j.Visited = w.see, w.visited
	a, err := j.Answer(ctx, src)
	if err != nil && context.Cause(ctx) != nil {
		return nil, context.Cause(ctx)
	}
	if err == nil && len(a.Graph.Txs) > m.o.TxsMax {
		return nil, ErrLarge // progress is told now and then only
	}
	return a, err
}

// finish stores a result as the command line prints it, and keeps the graph.
func (m *Manager) finish(ctx context.Context, id string, a *question.Answer) error {
	o := opsdb.Outcome{InputDigest: a.Result.Input.Digest, ResultDigest: a.Result.ResultDigest, Finalised: a.Result.Finalised}
	err := m.o.Queue.FinishTrace(ctx, id, o, func(w io.Writer) error { return WriteResult(w, a.Result) }, nil)
	if err != nil {
		return err
	}
	if _, err := m.keep(id, a); err != nil {
		m.o.Log.Error("a graph can not be drawn", "error", err)
	}
	return nil
}

// WriteResult writes a result on one line with sorted keys, as the document
// clew.trace/1. Results can have a million exits, so it makes no tree of them.
func WriteResult(w io.Writer, r *trace.Result) error {
	line, err := trace.Canonical(r)
	if err != nil {
		return err
	}
	_, err = w.Write(append(lookup.EscapeUnprintable(line), '\n'))
	return err
}

// watch tells how far a trace is, and ends one that holds too much. It is
// called by the trace, one call at a time.
type watch struct {
	m      *Manager
	id     string
	live   *live // nil: nobody is told
	cancel context.CancelCauseFunc

	policy      lot.Policy
	height      ledger.Height
	before, txs int // visited under the policies before, and under this one
	told, noted time.Time
}

func (w *watch) see(p trace.Progress) {
	if p.Policy != w.policy || p.Txs < w.txs { // the next one, or all again after a reorganisation
		w.before += w.txs
	}
	w.policy, w.height, w.txs = p.Policy, p.Height, p.Txs
	if w.before+w.txs > w.m.o.TxsMax {
		w.cancel(ErrLarge)
	}
	now := time.Now()
	if w.live == nil || now.Sub(w.told) < tellEvery {
		return
	}
	w.told = now
	say := w.say(visiting)
	w.live.tell(say)
	if now.Sub(w.noted) >= noteEvery {
		w.noted = now
		w.note(say)
	}
}

// visited says, whenever the last word was, that the answer is put together.
func (w *watch) visited() {
	if w.live == nil {
		return
	}
	say := w.say(answering)
	w.live.tell(say)
	w.note(say)
}

func (w *watch) say(stage string) Progress {
	return Progress{Policy: w.policy.String(), Height: w.height, Txs: w.before + w.txs, Stage: stage}
}

func (w *watch) note(p Progress) {
	text, err := json.Marshal(p)
	if err == nil {
		err = w.m.o.Shelf.SetProgress(w.m.ctx, w.id, text)
	}
	if err != nil {
		w.m.o.Log.Warn("progress of a trace could not be noted", "trace", w.id, "error", err)
	}
}
