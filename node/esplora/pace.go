package esplora

import (
	"context"
	"sync"
	"time"
)

// Bounds of the pace. A server that asks for more patience than waitMax is
// given up: else an answer of ours could hang for as long as a stranger likes.
const (
	waitMax   = 2 * time.Minute
	burst     = 16               // requests that may follow each other at once after a rest
	slowest   = time.Second      // between two requests, however often a server complains
	fastGuess = time.Second / 64 // what is halved first where no rate was set
)

// pace spreads requests over time, and stops them all when the server asks for it.
type pace struct {
	mu    sync.Mutex    // guards all below
	every time.Duration // between two requests; 0: no limit
	next  time.Time     // the first slot that nobody took
	until time.Time     // nothing is sent before
}

func newPace(perSecond int) *pace {
	p := &pace{}
	if perSecond > 0 {
		p.every = time.Second / time.Duration(perSecond)
	}
	return p
}

// wait returns when the next request may be sent.
func (p *pace) wait(ctx context.Context) error {
	slot := p.take()
	for {
		p.mu.Lock()
		at := slot
		if p.until.After(at) {
			at = p.until
		}
		p.mu.Unlock()
		left := time.Until(at)
		if left <= 0 {
			return ctx.Err()
		}
		if err := sleep(ctx, left); err != nil {
			return err
		}
	}
}

func (p *pace) take() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	slot := time.Now().Add(-burst * p.every)
	if p.next.After(slot) {
		slot = p.next
	}
	p.next = slot.Add(p.every)
	return slot
}

// pause stops all requests for a while and halves their rate from then on:
// what brought one refusal would bring the next. Refusals of requests that
// were under way when the first came count once.
func (p *pace) pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !p.until.After(now) {
		p.every = min(max(2*p.every, fastGuess), slowest)
	}
	if until := now.Add(d); until.After(p.until) {
		p.until, p.next = until, until
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
