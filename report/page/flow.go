package page

import (
	"cmp"
	"slices"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// shape is what a node of the flow is drawn as.
type shape uint8

const (
	shapeTheft shape = iota
	shapeStep        // one transaction, or a run of them one after the other
	shapeChain       // a peel chain
	shapeFan         // a transaction with many equal outputs
	shapeAlike       // branches of one parent that go the same way
	shapeSmall       // what is too small to be drawn, of one parent
	shapeEnd         // a place where taint ended
)

// node is something drawn. Folding makes fewer of them and keeps every sum.
type node struct {
	shape    shape
	kind     trace.Kind // of an end
	name     string     // who an end is said to be; empty: nobody says
	id       string     // of the first transaction, or the address of an end; plain
	start    ledger.Amount
	txs      int    // transactions in it
	outs     int    // outpoints that ended in it
	branches int    // of one parent that were folded into it
	deepest  int    // transactions one after the other
	from, to uint32 // header times
	key      int64  // the order of time; of an end, that of the last that came
	chain    *peelCard
	fan      *fanPill

	ended   ledger.Amount // of an end, and of what was folded with one
	amount  ledger.Amount // all that came in, or started here
	in, out []int         // edges
}

// said is the amount that a node is labelled with: of an end, what ended there
// to the unit, though steps before it that are not drawn had fees.
func (n *node) said() ledger.Amount {
	if n.shape == shapeEnd {
		return n.ended
	}
	return n.amount
}

// edge is what goes from one node to another.
type edge struct {
	from, to      int
	amount, value ledger.Amount // the taint, and the whole of the outputs that carry it
	outs          int
	mixed         bool // at a place where other coins were, so the policy chose
}

// flow is what is drawn of a trace under one policy. Nodes are in the order of
// time, edges by their ends. Backward, edges lead from what was traced to where
// it came from, and time runs down.
type flow struct {
	backward bool
	whole    ledger.Amount // what an edge of full width carries
	nodes    []node
	edges    []edge
	items    int // transactions and outpoints before anything was folded
}

func (f *flow) isEnd(i int) bool { return f.nodes[i].shape == shapeEnd }

// sole is the one node from which a node gets everything, or -1.
func (f *flow) sole(i int) int {
	if n := &f.nodes[i]; len(n.in) == 1 && n.shape != shapeTheft {
		return f.edges[n.in[0]].from
	}
	return -1
}

// link finds the edges of each node and sums what came to it.
func (f *flow) link() {
	for i := range f.nodes {
		n := &f.nodes[i]
		n.in, n.out, n.amount = nil, nil, n.start
	}
	for i, e := range f.edges {
		f.nodes[e.from].out = append(f.nodes[e.from].out, i)
		f.nodes[e.to].in = append(f.nodes[e.to].in, i)
		f.nodes[e.to].amount = add(f.nodes[e.to].amount, e.amount)
	}
}

// contract makes one node of all that lead to the same one. into[i] is i itself
// or leads on to what i becomes part of.
func (f *flow) contract(into []int) {
	root := func(i int) int {
		for into[i] != i {
			into[i] = into[into[i]]
			i = into[i]
		}
		return i
	}
	for i := range f.nodes {
		if r := root(i); r != i {
			f.nodes[r].absorb(&f.nodes[i])
		}
	}
	place, kept := make([]int, len(f.nodes)), f.nodes[:0:0]
	for i := range f.nodes {
		if into[i] == i {
			place[i] = len(kept)
			kept = append(kept, f.nodes[i])
		}
	}
	edges := make([]edge, 0, len(f.edges))
	for _, e := range f.edges {
		e.from, e.to = place[root(e.from)], place[root(e.to)]
		if e.from != e.to {
			edges = append(edges, e)
		}
	}
	f.nodes, f.edges = kept, mergeEdges(edges)
	f.sort()
	f.link()
}

func (n *node) absorb(o *node) {
	n.start, n.ended, n.txs, n.outs = add(n.start, o.start), add(n.ended, o.ended), n.txs+o.txs, n.outs+o.outs
	n.from, n.to = min(n.from, o.from), max(n.to, o.to)
	n.deepest = max(n.deepest, o.deepest)
	if n.shape == shapeEnd {
		n.key = max(n.key, o.key)
	} else {
		n.key = min(n.key, o.key)
	}
}

// mergeEdges makes one edge of all between the same two nodes.
func mergeEdges(edges []edge) []edge {
	slices.SortStableFunc(edges, func(a, b edge) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	merged := edges[:0]
	for _, e := range edges {
		if n := len(merged); n > 0 && merged[n-1].from == e.from && merged[n-1].to == e.to {
			m := &merged[n-1]
			m.amount, m.value, m.outs = add(m.amount, e.amount), add(m.value, e.value), m.outs+e.outs
			m.mixed = m.mixed || e.mixed
			continue
		}
		merged = append(merged, e)
	}
	return merged
}

// sort puts nodes in the order of time, ends after what leads to them.
func (f *flow) sort() {
	order := make([]int, len(f.nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(f.nodes[a].key, f.nodes[b].key), cmp.Compare(f.nodes[a].shape, f.nodes[b].shape))
	})
	nodes, place := make([]node, len(order)), make([]int, len(order))
	for at, i := range order {
		nodes[at], place[i] = f.nodes[i], at
	}
	f.nodes = nodes
	for i := range f.edges {
		f.edges[i].from, f.edges[i].to = place[f.edges[i].from], place[f.edges[i].to]
	}
	slices.SortStableFunc(f.edges, func(a, b edge) int { return cmp.Or(a.from-b.from, a.to-b.to) })
}

// identity leads every node to itself.
func identity(n int) []int {
	into := make([]int, n)
	for i := range into {
		into[i] = i
	}
	return into
}
