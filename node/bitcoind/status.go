package bitcoind

import (
	"context"
	"errors"
	"sync"
	"time"

	"clew.example/clew/ledger"
)

// State is what is known of a node.
type State uint8

// The states of a node. Those after StateOther leave it out until it recovers.
const (
	StateUnasked  State = iota
	StateOK             // its newest block is ours, or it leads us
	StateBehind         // its newest block is an older one of ours
	StateOther          // it has a branch beside ours, with no more work
	StateStarting       // it loads its index (RPC error -28)
	StateDown           // it does not answer
	StateRefused        // it does not let us in
	StateForeign        // it shares no block with us
	StateLying          // its answers can not be true
	StateFailing        // it says that it can not answer
)

var stateNames = [...]string{"unasked", "ok", "behind", "other", "starting", "down", "refused", "foreign", "lying", "failing"}

// String returns the name of a state.
func (s State) String() string { return stateNames[s] }

// Usable reports whether a node in this state is asked for blocks.
func (s State) Usable() bool { return s >= StateOK && s <= StateOther }

// Status is what is known of a node.
type Status struct {
	Node   string // host and port
	State  State
	Since  time.Time     // when the state began
	Height ledger.Height // of its newest block, as last seen
	Hash   ledger.Hash
	Detail string // why, in plain text; empty for StateOK
}

// stateOf sorts failures.
func stateOf(err error) State {
	var lie *Lie
	switch {
	case errors.As(err, &lie):
		return StateLying
	case errors.Is(err, ErrStarting):
		return StateStarting
	case errors.Is(err, ErrRefused):
		return StateRefused
	case errors.Is(err, ErrForeign):
		return StateForeign
	case errors.Is(err, ErrUnreachable):
		return StateDown
	}
	return StateFailing
}

// state is what a follower remembers of a node.
type state struct {
	mu       sync.Mutex // guards all below
	now      Status
	err      error // why it was of no use last; nil since it was seen to be good
	failures int   // since it was last seen to be good
	owes     bool  // it failed to give what it showed, and has not given anything since
	noValues bool  // it does not state what inputs spend
	wake     context.CancelFunc
}

// set changes the state and reports whether there is news in it.
func (s *state) set(to State, tip *Ref, err error) (Status, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.now
	if to != old.State {
		s.now.State, s.now.Since = to, time.Now()
	}
	if tip != nil {
		s.now.Height, s.now.Hash = tip.Height, tip.Hash
	}
	if s.now.Detail = ""; err != nil {
		s.now.Detail = err.Error()
	}
	if err != nil {
		s.err = err
	}
	return s.now, s.now != old
}

// fail counts a failure to give what was shown, once for all requests that were
// under way together.
func (s *state) fail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owes = true
	if s.now.State.Usable() || s.failures == 0 {
		s.failures++
	}
}

// again counts a failure of a node that was of no use before.
func (s *state) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures++
}

func (s *state) proven() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures, s.owes, s.err = 0, false, nil
}

func (s *state) inDebt() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owes
}

// penalty is how long a node that failed is left alone.
func (s *state) penalty(backoff time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failures == 0 {
		return 0
	}
	return backoff << min(s.failures-1, 6)
}

func (s *state) get() (Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now, s.err
}

func (s *state) valueless() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.noValues
}

func (s *state) setValueless() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noValues = true
}

// setWake says how the watcher's wait is ended early.
func (s *state) setWake(wake context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wake = wake
}

// rouse ends the watcher's wait.
func (s *state) rouse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wake != nil {
		s.wake()
	}
}
