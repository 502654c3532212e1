package bitcoind

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// Kind says what an Event is about.
type Kind uint8

// The kinds of events.
const (
	Connected    Kind = iota // Block was added
	Disconnected             // the blocks after To were taken back
)

// Event is a change of the chain. Events replayed onto what was held give the
// chain: each block builds on the one connected before, or on To.
type Event struct {
	Kind  Kind
	Block *ledger.Block // Connected: it is the receiver's to keep
	To    Ref           // Disconnected: the newest block that stays
	Left  int           // blocks that are known to come after this event
}

// Follow tells emit every change of the chain, from what is held on, until ctx
// ends or emit returns an error that is no *Refusal. It never takes a branch that
// has not more work than what is held. Emit is called by Follow's own goroutine.
//
// The error is ctx's, emit's, or wraps ErrUnreachable when no node was of use
// for Options.Patience; then errors.As finds the last *Lie or *RPCError.
func (c *Client) Follow(ctx context.Context, held Held, emit func(Event) error) error {
	return c.run(ctx, held, false, func(f *follower) taker { return f.takeBlocks(emit) })
}

// CatchUp does what Follow does and ends, without an error, when all nodes have
// been asked and none that answers leads anywhere better. Nodes that all keep us
// out, or are all of another chain, are not waited for.
func (c *Client) CatchUp(ctx context.Context, held Held, emit func(Event) error) error {
	return c.run(ctx, held, true, func(f *follower) taker { return f.takeBlocks(emit) })
}

// Headers does what CatchUp does without fetching blocks: yield gets a block
// and, oldest first, the blocks that come after it, at most 2,000. If the block
// is not the one that was given last, what came after it is taken back. The
// block is zero where there is none.
func (c *Client) Headers(ctx context.Context, held Held, yield func(on Ref, refs []Ref) error) error {
	return c.run(ctx, held, true, func(f *follower) taker { return f.takeHeaders(yield) })
}

// taker goes from the first n of our blocks to the headers that follow them.
type taker func(ctx context.Context, b *branch, n int, headers []header) error

// stop is an error of the caller's function, which ends all.
type stop struct{ error }

// follower is one run of Follow.
type follower struct {
	*Client
	ours *chain
	take taker
	good time.Time // when a node was last of use

	mu    sync.Mutex // guards seen
	seen  []seen     // by node
	fresh chan struct{}
}

// seen is what the last survey of a node found.
type seen struct {
	asked  bool
	usable bool
	view   view
}

func (c *Client) run(ctx context.Context, held Held, ends bool, take func(*follower) taker) error {
	if !c.busy.TryLock() {
		return errors.New("bitcoin nodes: already following")
	}
	defer c.busy.Unlock()
	f := &follower{
		Client: c, ours: newChain(held, c.opt.First), good: time.Now(),
		seen: make([]seen, len(c.nodes)), fresh: make(chan struct{}, 1),
	}
	f.take = take(f)
	ctx, cancel := context.WithCancel(ctx)
	var watchers sync.WaitGroup
	defer watchers.Wait()
	defer cancel()
	for _, n := range c.nodes {
		n.state.proven() // what was long ago is not held against it
		watchers.Go(func() { f.watch(ctx, n) })
	}
	return f.loop(ctx, ends)
}

func (f *follower) loop(ctx context.Context, ends bool) error {
	for ctx.Err() == nil {
		f.judge()
		best, usable, settled := f.choose()
		var err error
		switch {
		case best != nil:
			err = f.advance(ctx, best)
		case settled && ends:
			return nil
		case ends && f.barred():
			return f.hopeless("none will be of use")
		default:
			err = f.await(ctx, usable)
		}
		var s stop
		if errors.As(err, &s) {
			return s.error
		}
		if ctx.Err() != nil {
			break
		}
		if f.opt.Patience > 0 && time.Since(f.good) > f.opt.Patience {
			return f.hopeless(fmt.Sprintf("none was of use for %v", f.opt.Patience))
		}
	}
	return ctx.Err()
}

// await waits for news, or until patience ends where no node is of use.
func (f *follower) await(ctx context.Context, usable bool) error {
	var out <-chan time.Time
	if !usable && f.opt.Patience > 0 {
		timer := time.NewTimer(f.opt.Patience - time.Since(f.good) + time.Millisecond)
		defer timer.Stop()
		out = timer.C
	}
	select {
	case <-f.fresh:
	case <-out:
	case <-ctx.Done():
	}
	if usable {
		f.good = time.Now()
	}
	return nil
}

// barred reports whether every node keeps us out or is of another chain, which
// waiting does not change.
func (f *follower) barred() bool {
	for _, n := range f.nodes {
		if s, _ := n.state.get(); s.State != StateRefused && s.State != StateForeign {
			return false
		}
	}
	return true
}

// hopeless says why each node is of no use.
func (f *follower) hopeless(reason string) error {
	err := fmt.Errorf("%w: %s", ErrUnreachable, reason)
	for _, n := range f.nodes {
		if _, why := n.state.get(); why != nil {
			err = fmt.Errorf("%w; %w", err, why)
		}
	}
	return err
}

// heard keeps what a survey found.
func (f *follower) heard(n *node, v view, err error) {
	if err != nil {
		n.state.again()
		f.leaveOut(n, err)
		return
	}
	state, why := f.relation(v)
	if !n.state.inDebt() || v.branch == nil || state == StateOther {
		n.state.proven()
	}
	f.mu.Lock()
	f.seen[f.index(n)] = seen{asked: true, usable: true, view: v}
	f.mu.Unlock()
	if !n.state.inDebt() {
		f.tell(n, state, &v.tip, why)
	}
	f.signal()
}

// leaveOut does without a node until its next survey.
func (f *follower) leaveOut(n *node, err error) {
	f.mu.Lock()
	f.seen[f.index(n)] = seen{asked: true}
	f.mu.Unlock()
	f.tell(n, stateOf(err), nil, err)
	f.signal()
	n.state.rouse()
}

// failed leaves a node out that did not give what it should have had.
func (f *follower) failed(n *node, err error) {
	n.state.fail()
	f.leaveOut(n, err)
}

func (f *follower) index(n *node) int {
	for i := range f.nodes {
		if f.nodes[i] == n {
			return i
		}
	}
	invariant.Check(false, "node %s is not of this follower", n.name)
	return 0
}

func (f *follower) signal() {
	select {
	case f.fresh <- struct{}{}:
	default:
	}
}

// takeBlocks returns the taker that fetches blocks and emits them.
func (f *follower) takeBlocks(emit func(Event) error) taker {
	return func(ctx context.Context, b *branch, n int, headers []header) error {
		w := f.fetch(ctx, b, headers)
		defer w.stop()
		if n < f.ours.size() {
			if err := w.gather(ctx, len(headers), f.opt.Window); err != nil {
				return err
			}
		}
		for i := range headers {
			got, err := w.next(ctx)
			if err != nil {
				return err
			}
			block := got.block
			left := int(b.tip.Height - headers[i].Height)
			if i == 0 && n < f.ours.size() {
				to, _ := f.ours.end(n)
				if err := emit(Event{Kind: Disconnected, To: to, Left: left + 1}); err != nil {
					return stop{err}
				}
				f.ours.cut(n)
			}
			last, any := f.ours.end(f.ours.size())
			invariant.Check(!any || block.Prev == last.Hash, "block %s is not on %s", block.Hash, last.Hash)
			block.Height = headers[i].Height
			if err := emit(Event{Kind: Connected, Block: block, Left: left}); err != nil {
				return f.refuse(b, block.Hash, err)
			}
			f.ours.push(headers[i].Hash, headers[i].bits)
			f.good = time.Now()
			got.from.state.proven() // by what was of use, not by what was only sent
			if f.distracted(b) {
				return nil
			}
		}
		return nil
	}
}

// refuse ends all, unless emit refuses just this block.
func (f *follower) refuse(b *branch, id ledger.Hash, err error) error {
	var r *Refusal
	if !errors.As(err, &r) {
		return stop{err}
	}
	f.refused.add(id, clean(r.Reason))
	err = b.node.refusal(id, clean(r.Reason))
	f.failed(b.node, err)
	return err
}

// takeHeaders returns the taker that passes headers on.
func (f *follower) takeHeaders(yield func(on Ref, refs []Ref) error) taker {
	return func(_ context.Context, b *branch, n int, headers []header) error {
		b.node.state.proven()
		on, _ := f.ours.end(n)
		refs := make([]Ref, len(headers))
		for i := range headers {
			refs[i] = headers[i].Ref
		}
		if err := yield(on, refs); err != nil {
			return stop{err}
		}
		f.ours.cut(n)
		for i := range headers {
			f.ours.push(headers[i].Hash, headers[i].bits)
		}
		f.good = time.Now()
		return nil
	}
}

// weight is the work of a chain from one of our blocks on.
func (f *follower) weight(b *branch, low int) bitcoin.Uint256 {
	return f.ours.work(low, b.root).Add(b.work)
}
