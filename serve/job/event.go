package job

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"clew.example/clew/serve/opsdb"
)

// Event is something that happened to a trace.
type Event struct {
	ID   string          // for Follow, to go on behind it
	Kind string          // progress, or the status in which a trace ended; empty: nothing did, so that the line is kept open
	Data json.RawMessage // Progress, or an object with the status
}

const (
	kindProgress = "progress"
	// EndID is the id of every last event: who has seen it has seen all.
	EndID = "end"
	// ringMax is how many events of a trace are kept for who comes back. Each
	// tells the whole progress, so of older ones nothing is missed.
	ringMax = 32
	// quietMax is how long nothing is sent: proxies close quiet lines.
	quietMax = 15 * time.Second
)

// live is a trace that waits or runs.
type live struct {
	run string // begins the ids of its events: they count from 1 again in another run

	mu      sync.Mutex // guards what follows
	seq     int
	ring    []Event
	last    bool
	changed chan struct{} // closed when there is something new
	cancel  func()
}

func newLive() *live {
	return &live{run: strconv.FormatInt(time.Now().UnixNano(), 36), changed: make(chan struct{})}
}

// add appends an event; none comes behind the last.
func (l *live) add(e Event, last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last {
		return
	}
	l.seq++
	if e.ID == "" {
		e.ID = fmt.Sprintf("%s-%d", l.run, l.seq)
	}
	if l.ring = append(l.ring, e); len(l.ring) > ringMax {
		l.ring = append([]Event(nil), l.ring[1:]...)
	}
	l.last = last
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *live) tell(p Progress) {
	text, err := json.Marshal(p)
	if err != nil {
		return // plain values only
	}
	l.add(Event{Kind: kindProgress, Data: text}, false)
}

// end tells how it ended, and stops it if it still runs.
func (l *live) end(s opsdb.Status) {
	l.add(endEvent(s), true)
	l.mu.Lock()
	cancel := l.cancel
	l.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

func endEvent(s opsdb.Status) Event {
	return Event{ID: EndID, Kind: string(s), Data: json.RawMessage(`{"status":"` + string(s) + `"}`)}
}

func (l *live) ended() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// onCancel says how a running trace is stopped; at once, if it was cancelled.
func (l *live) onCancel(cancel func()) {
	l.mu.Lock()
	l.cancel = cancel
	ended := l.last
	l.mu.Unlock()
	if ended {
		cancel()
	}
}

// since returns the events behind a number, whether the last is among them or
// before, and what is closed when there are more.
func (l *live) since(seq int) (events []Event, next int, last bool, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := max(len(l.ring)-(l.seq-seq), 0)
	return append(events, l.ring[min(from, len(l.ring)):]...), l.seq, l.last, l.changed
}

// seqOf returns the number of an event's id, 0 for one of another run.
func (l *live) seqOf(id string) int {
	text, ours := strings.CutPrefix(id, l.run+"-")
	n, err := strconv.Atoi(text)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !ours || err != nil || n < 0 || n > l.seq {
		return 0
	}
	return n
}

// liveOf returns the trace that waits or runs; it begins one.
func (m *Manager) liveOf(id string) *live {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.live[id]
	if l == nil {
		l = newLive()
		m.live[id] = l
	}
	return l
}

func (m *Manager) forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.live, id)
}

// Follow sends the events of a trace behind the one whose id is given, empty
// for all that are kept, until the last is sent, the context ends, or send
// fails. One that has ended has its last event only.
func (m *Manager) Follow(ctx context.Context, id, after string, send func(Event) error) error {
	l, ended, err := m.following(ctx, id)
	if err != nil {
		return err
	}
	if l == nil {
		if after == EndID {
			return nil
		}
		return send(endEvent(ended))
	}
	seq := l.seqOf(after)
	for {
		events, next, last, changed := l.since(seq)
		for _, e := range events {
			if err := send(e); err != nil {
				return err
			}
		}
		if seq = next; last {
			return nil
		}
		if err := m.wait(ctx, changed, send); err != nil {
			return err
		}
	}
}

// wait waits for news, and keeps the line open.
func (m *Manager) wait(ctx context.Context, changed <-chan struct{}, send func(Event) error) error {
	quiet := time.NewTimer(quietMax)
	defer quiet.Stop()
	select {
	case <-changed:
		return nil
	case <-quiet.C:
		return send(Event{})
	case <-ctx.Done():
		return ctx.Err()
	case <-m.ctx.Done():
		return m.ctx.Err()
	}
}

// following returns a trace that waits or runs, or how it ended. The store is
// asked after the place is made, so an end that comes between is not missed.
func (m *Manager) following(ctx context.Context, id string) (*live, opsdb.Status, error) {
	if _, err := m.o.Shelf.Trace(ctx, id); err != nil {
		return nil, "", err
	}
	l := m.liveOf(id)
	t, err := m.o.Shelf.Trace(ctx, id)
	switch {
	case err != nil:
		return nil, "", err // whether it ended is not known: who runs it, or listens, may have the place
	case t.Status == opsdb.Queued || t.Status == opsdb.Running:
		return l, "", nil
	}
	l.end(t.Status) // for who came by the same place meanwhile
	m.forget(id)
	return nil, t.Status, nil
}
