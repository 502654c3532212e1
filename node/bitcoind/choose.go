package bitcoind

import (
	"context"
	"errors"
	"fmt"

	"clew.example/clew/ledger"
)

// choose returns the branch with the most work, nil where none has more than
// ours; whether a node is of use; and whether all have been asked and there is
// nothing better. Of equals the first node's is taken.
func (f *follower) choose() (best *branch, usable, settled bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	settled = true
	var on []*branch
	low := f.ours.size()
	for i := range f.seen {
		s := &f.seen[i]
		settled = settled && s.asked
		usable = usable || s.usable
		b := s.view.branch
		switch {
		case b == nil && !f.leftBehind(s):
		case b == nil, f.stale(b):
			s.view.branch, settled = nil, false
			s.asked = false
			f.nodes[i].state.rouse()
		default:
			on, low = append(on, b), min(low, b.root)
		}
	}
	most := f.ours.work(low, f.ours.size())
	for _, b := range on {
		if w := f.weight(b, low); w.Cmp(most) > 0 {
			best, most = b, w
		}
	}
	return best, usable, settled && usable && best == nil
}

// stale reports whether a branch no longer leaves our chain where it did. One
// that was read when there was nothing begins with block 0, as all do, or has a
// block of ours at the end of some page.
func (f *follower) stale(b *branch) bool {
	if b.root > 0 {
		return !f.ours.has(b.fork)
	}
	return f.ours.size() > 0 && f.ours.first > 0 && !f.ours.has(b.marks[0])
}

// leftBehind reports whether a node's newest block was one of ours and is not any
// more: another node's branch was better, and what this one has beside it is
// not known.
func (f *follower) leftBehind(s *seen) bool {
	return s.asked && s.usable && s.view.tip.Height >= f.ours.first && f.ours.size() > 0 && !f.ours.has(s.view.tip)
}

// judge tells what each node is to us now.
func (f *follower) judge() {
	f.mu.Lock()
	views := make([]seen, len(f.seen))
	copy(views, f.seen)
	f.mu.Unlock()
	for i, s := range views {
		if !s.usable || f.nodes[i].state.inDebt() {
			continue
		}
		state, why := f.relation(s.view)
		f.tell(f.nodes[i], state, &s.view.tip, why)
	}
}

func (f *follower) relation(v view) (State, error) {
	end, _ := f.ours.end(f.ours.size())
	switch {
	case v.tip.Height < f.ours.first:
		return StateBehind, fmt.Errorf("its newest block is %d, our first %d", v.tip.Height, f.ours.first)
	case f.ours.has(v.tip) && v.tip != end:
		return StateBehind, fmt.Errorf("its newest block is %d, ours is %d", v.tip.Height, end.Height)
	case v.branch == nil || v.tip == end || f.stale(v.branch):
		return StateOK, nil
	}
	b := v.branch
	if ours := f.ours.work(b.root, f.ours.size()); b.work.Cmp(ours) <= 0 {
		return StateOther, fmt.Errorf("its branch of %d blocks since %d has no more work than our %d", b.tip.Height-b.fork.Height, b.fork.Height, f.ours.size()-b.root)
	}
	return StateOK, nil
}

// distracted reports whether news make another branch the better one.
func (f *follower) distracted(b *branch) bool {
	select {
	case <-f.fresh:
	default:
		return false
	}
	best, _, _ := f.choose()
	return best != nil && best != b && !best.passes(b)
}

// passes reports whether a branch has all of another but its last page, or all
// of it.
func (b *branch) passes(other *branch) bool {
	for _, m := range b.marks {
		if m == other.marks[len(other.marks)-1] {
			return true
		}
	}
	return false
}

// advance goes one page of headers along a branch.
func (f *follower) advance(ctx context.Context, b *branch) error {
	at, before := f.base(b)
	mark := b.marks[at]
	from := f.ours.first
	if before.known {
		from = before.Height + 1
	}
	headers, err := b.node.page(ctx, before.link, from, mark.Height)
	if err == nil && headers[len(headers)-1].Ref != mark {
		err = errMoved
	}
	n := int(from - f.ours.first)
	for err == nil && len(headers) > 1 && f.ours.has(headers[0].Ref) {
		headers, n = headers[1:], n+1
	}
	if err == nil && n == 0 && f.ours.size() > 0 {
		err = fmt.Errorf("%s: %w: not even block %d", b.node.name, ErrForeign, f.ours.first)
	}
	if err == nil {
		return f.take(ctx, b, n, headers)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, errMoved) {
		f.forget(b)
		return nil
	}
	f.failed(b.node, err)
	return err
}

// based is a link and the height it is at.
type based struct {
	link
	Height ledger.Height
}

// base returns the first page of a branch that is not all ours, and what it
// builds on.
func (f *follower) base(b *branch) (at int, before based) {
	if b.root > 0 {
		before = based{link{true, b.fork.Hash, f.ours.bits(b.root)}, b.fork.Height}
	}
	for at < len(b.marks)-1 && f.ours.has(b.marks[at]) {
		m := b.marks[at]
		before = based{link{true, m.Hash, f.ours.bits(int(m.Height-f.ours.first) + 1)}, m.Height}
		at++
	}
	return at, before
}

// forget drops a branch that its node no longer has, and has it surveyed again.
func (f *follower) forget(b *branch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &f.seen[f.index(b.node)]
	if s.view.branch == b {
		s.view.branch, s.asked = nil, false
	}
	b.node.state.rouse()
}
