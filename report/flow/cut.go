package flow

import (
	"cmp"
	"slices"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// cut is a flow in which some folds are open: what is shown and what goes
// between. Units beyond the folds are the pieces of a peel chain on both sides
// of its window: before and after, two for each fold.
type cut struct {
	v     *View
	o     *opened
	of    []int32 // place in nodes by leaf; -1: not shown
	units []int32 // by place
	nodes []sum   // by place
	edges []sumEdge
	sums
}

// sum is what the leaves of a node come to.
type sum struct {
	leaves, txs int
	kind        leafKind
	first, last int32 // transactions
	from, to    uint32
	hops        uint32
	rank        int32
	one         int32 // a leaf of it
	value       ledger.Amount
	amounts     []ledger.Amount
	started     []ledger.Amount
	ended       map[trace.Kind]*Ended
}

type sumEdge struct {
	from, to    int32 // places
	count       int
	rule        bool
	first, last uint32
	value       ledger.Amount
	amounts     []ledger.Amount
}

func (v *View) cut(o *opened) *cut {
	c := &cut{v: v, o: o, of: make([]int32, len(v.base.leaves))}
	place := map[int32]int32{}
	for i := range v.base.leaves {
		if c.of[i] = -1; !v.shown(int32(i)) {
			continue
		}
		unit := c.show(int32(i))
		at, known := place[unit]
		if !known {
			at = int32(len(c.units))
			place[unit] = at
			c.units = append(c.units, unit)
			c.nodes = append(c.nodes, sum{kind: v.base.leaves[i].kind, hops: ^uint32(0), from: ^uint32(0), one: int32(i),
				first: v.base.leaves[i].tx, rank: v.rank[i], amounts: make([]ledger.Amount, v.base.policies), ended: map[trace.Kind]*Ended{}})
		}
		c.of[i] = at
		c.nodes[at].count(&v.base.leaves[i], v.rank[i])
	}
	c.start()
	c.join()
	c.end()
	return c
}

// pieces are the numbers of the units beside a window.
func (v *View) pieces(unit int32) (before, after int32) {
	first := int32(len(v.parent)) + 2*(unit-v.leafCount())
	return first, first + 1
}

// pieceOf is the peel chain that a unit is a piece of; -1: it is none.
func (v *View) pieceOf(unit int32) (chain int32, after bool) {
	n := unit - int32(len(v.parent))
	if n < 0 {
		return -1, false
	}
	return v.leafCount() + n/2, n%2 == 1
}

// show is the unit that shows a leaf: the outermost fold that is not open.
func (c *cut) show(leaf int32) int32 {
	shown := leaf
	for unit := c.v.parent[leaf]; unit >= 0; unit = c.v.parent[unit] {
		if piece, open := c.piece(unit, leaf); !open {
			shown = piece
		}
	}
	return shown
}

// piece says whether a fold is open for a leaf in it, and else what shows it.
func (c *cut) piece(unit, leaf int32) (piece int32, open bool) {
	f := c.v.fold(unit)
	at, asked := c.o.folds[unit]
	switch {
	case c.o.all:
		return leaf, true
	case f.kind == FoldPeel && asked:
		before, after := c.v.pieces(unit)
		switch hop := c.v.hopOf(leaf); {
		case hop < at:
			return before, false
		case hop >= at+windowHops:
			return after, false
		}
		return leaf, true
	case asked, f.kind != FoldSmall && c.beside(f, leaf):
		return leaf, true
	}
	return unit, false
}

// hopOf is which hop of its peel chain a transaction is.
func (v *View) hopOf(leaf int32) int {
	tx := v.base.leaves[leaf].tx
	at, _ := slices.BinarySearch(v.base.chains[v.base.hop[tx]-1], tx)
	return at
}

// beside reports whether a leaf is shown because of what it hangs on: a fan that
// is open, or a hop in the window of a peel chain.
func (c *cut) beside(f *fold, leaf int32) bool {
	if f.onto >= 0 {
		if _, open := c.o.folds[f.onto]; open {
			return true
		}
	}
	if f.under < 0 {
		return false
	}
	at, open := c.o.folds[f.under]
	chain := c.v.fold(f.under)
	if !open || chain == nil {
		return open && c.v.base.spreads(c.v.fans[f.under])
	}
	if chain.kind != FoldPeel {
		return false
	}
	hop := c.v.hopOf(c.v.base.links[c.v.ins[leaf][0]].from)
	return hop >= at && hop < at+windowHops
}

func (s *sum) count(l *leaf, rank int32) {
	s.leaves++
	if l.own {
		s.txs++
	}
	if s.kind != l.kind {
		s.kind = leafMixed
	}
	s.first, s.last, s.rank = min(s.first, l.tx), max(s.last, l.last), min(s.rank, rank)
	s.from, s.to, s.hops = min(s.from, l.from), max(s.to, l.to), min(s.hops, l.hops)
}

// start counts in what the trace starts from.
func (c *cut) start() {
	for i := range c.v.base.starts {
		at := &c.v.base.starts[i]
		n := &c.nodes[c.of[at.leaf]]
		if n.started == nil {
			n.started = make([]ledger.Amount, c.v.base.policies)
		}
		c.addAll(n.started, at.amounts)
		c.addAll(n.amounts, at.amounts)
		c.add(&n.value, at.value)
	}
}

// join makes one edge of all links between two nodes.
func (c *cut) join() {
	known := map[[2]int32]int32{}
	for i := range c.v.base.links {
		l := &c.v.base.links[i]
		ends := [2]int32{c.of[l.from], c.of[l.to]}
		if ends[0] == ends[1] {
			continue
		}
		at, met := known[ends]
		if !met {
			at = int32(len(c.edges))
			known[ends] = at
			c.edges = append(c.edges, sumEdge{from: ends[0], to: ends[1], first: l.time, last: l.time, amounts: make([]ledger.Amount, c.v.base.policies)})
		}
		e, n := &c.edges[at], &c.nodes[ends[1]]
		e.count++
		e.rule = e.rule || l.rule
		e.first, e.last = min(e.first, l.time), max(e.last, l.time)
		c.add(&e.value, l.value)
		c.add(&n.value, l.value)
		c.addAll(e.amounts, l.amounts)
		c.addAll(n.amounts, l.amounts)
	}
	slices.SortFunc(c.edges, func(a, b sumEdge) int {
		return cmp.Or(cmp.Compare(c.nodes[a.from].rank, c.nodes[b.from].rank), cmp.Compare(c.nodes[a.to].rank, c.nodes[b.to].rank),
			cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
}

// end counts in what went no further.
func (c *cut) end() {
	for i := range c.v.base.endings {
		e := &c.v.base.endings[i]
		n := &c.nodes[c.of[e.leaf]]
		ended := n.ended[e.kind]
		if ended == nil {
			ended = &Ended{Kind: e.kind, Amounts: make([]ledger.Amount, c.v.base.policies)}
			n.ended[e.kind] = ended
		}
		ended.Count++
		c.addAll(ended.Amounts, e.amounts)
	}
}
