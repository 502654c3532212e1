package bitcoind

import (
	"context"
	"errors"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// branch is what a node has beyond a block of ours: every header of it was
// checked, and the last of each page is kept.
type branch struct {
	node  *node
	root  int // our blocks that it builds on
	fork  Ref // the newest of them; zero where root is 0
	tip   Ref
	work  bitcoin.Uint256 // of its blocks, without ours
	marks []Ref           // the last block of each page; the last is tip
}

// view is what a survey finds: the node's tip, and a branch if it leads
// anywhere from our chain.
type view struct {
	tip    Ref
	branch *branch // nil: tip is a block of ours, or comes before the first
}

// movesMax is how often a node's chain may change while it is read. A node that
// sends wrong previous hashes looks the same, and does not stop.
const movesMax = 3

// survey reads a node's chain from where it leaves ours.
func (n *node) survey(ctx context.Context, ours *chain) (view, error) {
	for moves := 1; ; moves++ {
		v, err := n.surveyOnce(ctx, ours)
		if !errors.Is(err, errMoved) {
			return v, err
		}
		if moves == movesMax {
			return v, n.lie(call{method: "getblockheader"}, "headers do not build on each other, %d times", moves)
		}
	}
}

func (n *node) surveyOnce(ctx context.Context, ours *chain) (view, error) {
	tip, err := n.tip(ctx)
	v := view{tip: tip}
	if err != nil || ours.has(tip) || tip.Height < ours.first {
		return v, err
	}
	root, err := n.root(ctx, ours, tip)
	if err != nil {
		return v, err
	}
	v.branch = &branch{node: n, root: root, tip: tip}
	v.branch.fork, _ = ours.end(root)
	return v, n.climb(ctx, ours, v.branch)
}

// probes is how many heights are asked for at a time in search of a fork.
const probes = 16

// root returns how many of our blocks the node has, counted from our first. The
// search goes back from our end in growing steps, then closes in.
func (n *node) root(ctx context.Context, ours *chain, tip Ref) (int, error) {
	// Of our blocks it has low, and does not have the one after high.
	low, high := 0, min(ours.size(), int(tip.Height-ours.first)+1)
	for doubling := true; low < high; {
		counts := spread(low, high, doubling)
		held, err := n.heldOf(ctx, ours, counts)
		if err != nil {
			return 0, err
		}
		if held > 0 {
			low, doubling = counts[held-1], false
		}
		if held < len(counts) {
			high = counts[held] - 1
		}
	}
	if low == 0 && ours.size() > 0 {
		return 0, fmt.Errorf("%s: %w: not even block %d", n.name, ErrForeign, ours.first)
	}
	return low, nil
}

// spread returns up to probes numbers above low and up to high, growing: near
// high in doubling steps, or evenly.
func spread(low, high int, doubling bool) (counts []int) {
	if doubling {
		for step := 0; len(counts) < probes && high-step > low; step = 2*step + 1 {
			counts = append([]int{high - step}, counts...)
		}
		return counts
	}
	for i := 1; i <= probes; i++ {
		at := low + (high-low)*i/probes
		if at > low && (len(counts) == 0 || at > counts[len(counts)-1]) {
			counts = append(counts, at)
		}
	}
	return counts
}

// heldOf returns how many of the counts, from the first on, end with a block
// that the node has too.
func (n *node) heldOf(ctx context.Context, ours *chain, counts []int) (int, error) {
	heights := make([]ledger.Height, len(counts))
	for i, c := range counts {
		heights[i] = ours.first + ledger.Height(c-1)
	}
	hashes, err := n.hashesAt(ctx, heights)
	if err != nil {
		return 0, err
	}
	for i, c := range counts {
		if at, _ := ours.end(c); at.Hash != hashes[i] {
			return i, nil
		}
	}
	return len(counts), nil
}

// spareMax is how many headers more than we have above a fork a node may show
// without having shown more work. Endless headers of little work end here.
const spareMax = 50 * pageMax

// climb reads the headers of a branch and sums their work.
func (n *node) climb(ctx context.Context, ours *chain, b *branch) error {
	before := link{b.root > 0, b.fork.Hash, ours.bits(b.root)}
	rival := ours.work(b.root, ours.size())
	enough := ours.size() - b.root + n.opt.spare
	var sum summer
	for from := ours.first + ledger.Height(b.root); from <= b.tip.Height; {
		to := pageEnd(from, b.tip.Height, ledger.Height(n.opt.page))
		headers, err := n.page(ctx, before, from, to)
		if err != nil {
			return err
		}
		for i := range headers {
			sum.add(headers[i].bits)
		}
		last := headers[len(headers)-1]
		before = link{true, last.Hash, last.bits}
		b.marks = append(b.marks, last.Ref)
		if read := int(to-ours.first) + 1 - b.root; read > enough && sum.total.Cmp(rival) <= 0 {
			return n.lie(call{method: "getblockheader"}, "%d headers since height %d with less work than our %d blocks", read, b.fork.Height, ours.size()-b.root)
		}
		from = to + 1
	}
	if before.hash != b.tip.Hash {
		return errMoved
	}
	b.work = sum.total
	return nil
}

// pageEnd returns the last height of the page that a height is in.
func pageEnd(from, tip, size ledger.Height) ledger.Height {
	return min(from-from%size+size-1, tip)
}

// summer sums work. The 256-bit division is done where the target changes.
type summer struct {
	bits  uint32
	each  bitcoin.Uint256
	total bitcoin.Uint256
}

func (s *summer) add(bits uint32) {
	if bits != s.bits {
		s.bits, s.each = bits, bitcoin.Work(bits)
	}
	s.total = s.total.Add(s.each)
}
