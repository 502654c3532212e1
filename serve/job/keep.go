package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"clew.example/clew/follow/trace"
	"clew.example/clew/question"
	"clew.example/clew/report/flow"
	"clew.example/clew/serve/opsdb"
)

// Kept is an answer with its graph, ready to be drawn.
type Kept struct {
	*question.Answer
	View *flow.View // nil: the trace is too large to be drawn
}

// shelf keeps the answers that were looked at last, up to a number of
// transactions.
type shelf struct {
	most, txs int
	ids       []string // the one looked at last behind
	answers   []*Kept
}

func (s *shelf) get(id string) *Kept {
	i := slices.Index(s.ids, id)
	if i < 0 {
		return nil
	}
	k := s.answers[i]
	s.remove(i)
	s.push(id, k)
	return k
}

func (s *shelf) remove(i int) {
	s.txs -= len(s.answers[i].Graph.Txs)
	s.ids, s.answers = slices.Delete(s.ids, i, i+1), slices.Delete(s.answers, i, i+1)
}

func (s *shelf) push(id string, k *Kept) {
	s.ids, s.answers = append(s.ids, id), append(s.answers, k)
	s.txs += len(k.Graph.Txs)
}

// put keeps an answer, and forgets others until there is room. One that is
// larger than all room is kept alone: it is being looked at, and each fold that
// is opened would trace it again.
func (s *shelf) put(id string, k *Kept) {
	if i := slices.Index(s.ids, id); i >= 0 {
		s.remove(i)
	}
	if s.most < 0 {
		return
	}
	s.push(id, k)
	for s.txs > s.most && len(s.ids) > 1 {
		s.remove(0)
	}
}

// keep makes an answer ready to be drawn and keeps it.
func (m *Manager) keep(id string, a *question.Answer) (*Kept, error) {
	k := &Kept{Answer: a}
	var err error
	if k.View, err = flow.New(a.Graph, a.Result); err != nil && !errors.Is(err, flow.ErrLarge) {
		return nil, fmt.Errorf("trace %s: %w", id, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept.put(id, k)
	return k, nil
}

// ErrChanged says that a result can not be had again: the chain is another.
var ErrChanged = errors.New("the chain below the trace was replaced since, so its graph can not be made again: ask the trace again")

// pending is an answer that is being made again.
type pending struct {
	done chan struct{}
	k    *Kept
	err  error
}

// Answer returns the answer of a trace that is done, with its graph. One that
// is not kept is asked again as of its block, once for all who wait; a
// *opsdb.StateError says that it is not done.
func (m *Manager) Answer(ctx context.Context, id string) (*Kept, error) {
	t, err := m.o.Shelf.Trace(ctx, id)
	if err != nil {
		return nil, err
	}
	if t.Status != opsdb.Done {
		return nil, &opsdb.StateError{ID: id, Status: t.Status}
	}
	if m.ctx.Err() != nil {
		return nil, m.ctx.Err()
	}
	m.mu.Lock()
	if k := m.kept.get(id); k != nil {
		m.mu.Unlock()
		return k, nil
	}
	p := m.pending[id]
	if p == nil {
		p = &pending{done: make(chan struct{})}
		m.pending[id] = p
		m.done.Go(func() { m.remake(t, p) })
	}
	m.mu.Unlock()
	select {
	case <-p.done:
		return p.k, p.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// remake asks a trace again. It goes on when who asked is gone: the next one
// asks the same.
func (m *Manager) remake(t opsdb.Trace, p *pending) {
	p.k, p.err = m.again(t)
	m.mu.Lock()
	delete(m.pending, t.ID)
	m.mu.Unlock()
	close(p.done)
}

func (m *Manager) again(t opsdb.Trace) (*Kept, error) {
	blob, err := m.o.Shelf.TraceResult(m.ctx, t.ID)
	if err != nil {
		return nil, err
	}
	was, err := trace.ReadResult(blob)
	if err != nil {
		return nil, fmt.Errorf("trace %s: %w", t.ID, err)
	}
	var q Question
	if err := json.Unmarshal(t.Question, &q); err != nil {
		return nil, fmt.Errorf("trace %s: %w", t.ID, err)
	}
	q.AsOf = strconv.FormatUint(uint64(was.Input.Tip.Height), 10)
	text, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(m.ctx)
	defer cancel(nil)
	a, err := m.compute(ctx, t.ID, t.Case, text, nil, cancel)
	var usage *question.UsageError
	switch {
	case errors.As(err, &usage):
		return nil, fmt.Errorf("%w (%w)", ErrChanged, err)
	case err != nil:
		return nil, err
	case a.Result.ResultDigest != t.ResultDigest || a.Result.Input.Digest != t.InputDigest:
		return nil, ErrChanged
	}
	a.Result.Finalised, a.Result.BlocksOnTop = was.Finalised, was.BlocksOnTop // as it was told
	return m.keep(t.ID, a)
}
