package blkfile

import (
	"bytes"
	"slices"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Graph is the tree of the block headers of a folder: who builds on whom, and
// how much work that is. It knows no files and no heights. Blocks are numbered
// in the order they were added; no answer depends on that order, since ties are
// broken by hash.
//
// Methods that ask prepare the tree first and so change the Graph: it is for
// one goroutine at a time.
type Graph struct {
	genesis ledger.Hash
	nodes   []node
	byHash  map[ledger.Hash]int32
	order   []int32           // blocks that hang on a root, parents first; nil: to be made
	work    []bitcoin.Uint256 // by block: its own, not summed
}

// node is a header in the tree. Links are node numbers, none being -1.
type node struct {
	hash, prev ledger.Hash
	bits       uint32
	forbidden  bool
	parent     int32
	child      int32 // the youngest child; the others follow by sibling
	sibling    int32
}

const none = -1

// NewGraph returns an empty Graph of the chain that starts at genesis.
func NewGraph(genesis ledger.Hash) *Graph {
	return &Graph{genesis: genesis, byHash: make(map[ledger.Hash]int32)}
}

// Add adds the header of a block and returns the block's number. A block that
// is there already is not added again.
func (g *Graph) Add(hash, prev ledger.Hash, bits uint32) (number int, added bool) {
	if i, ok := g.byHash[hash]; ok {
		return int(i), false
	}
	i := int32(len(g.nodes))
	g.nodes = append(g.nodes, node{hash: hash, prev: prev, bits: bits, parent: none, child: none, sibling: none})
	g.byHash[hash] = i
	g.order = nil
	return int(i), true
}

// Len returns the number of blocks.
func (g *Graph) Len() int { return len(g.nodes) }

// Hash returns the hash of a block.
func (g *Graph) Hash(number int) ledger.Hash { return g.nodes[number].hash }

// Prev returns the hash of the block that a block builds on.
func (g *Graph) Prev(number int) ledger.Hash { return g.nodes[number].prev }

// Number returns the number of the block with a hash.
func (g *Graph) Number(hash ledger.Hash) (int, bool) {
	i, ok := g.byHash[hash]
	return int(i), ok
}

// Forbid keeps a block, and with it every block that builds on it, out of the
// answers of Best from now on.
func (g *Graph) Forbid(hash ledger.Hash) {
	if i, ok := g.byHash[hash]; ok {
		g.nodes[i].forbidden = true
	}
}

// prepare links the blocks and orders them parents first. Blocks on a cycle,
// which no hash function allows but a test may build, hang on no root and are
// left out.
func (g *Graph) prepare() {
	if g.order != nil {
		return
	}
	g.link()
	g.order = make([]int32, 0, len(g.nodes))
	for i := range g.nodes {
		if g.nodes[i].parent == none {
			g.order = append(g.order, int32(i))
		}
	}
	for at := 0; at < len(g.order); at++ {
		for c := g.nodes[g.order[at]].child; c != none; c = g.nodes[c].sibling {
			g.order = append(g.order, c)
		}
	}
	g.weigh()
}

func (g *Graph) link() {
	for i := range g.nodes {
		g.nodes[i].child = none
	}
	for i := range g.nodes {
		n := &g.nodes[i]
		n.parent, n.sibling = none, none
		if p, ok := g.byHash[n.prev]; ok {
			n.parent, n.sibling = p, g.nodes[p].child
			g.nodes[p].child = int32(i)
		}
	}
}

// weigh computes the work of each block. Neighbours mostly state the same
// target, so the 256-bit division is done where the target changes.
func (g *Graph) weigh() {
	g.work = slices.Grow(g.work[:0], len(g.nodes))
	for i := range g.nodes {
		if i > 0 && g.nodes[i].bits == g.nodes[i-1].bits {
			g.work = append(g.work, g.work[i-1])
			continue
		}
		g.work = append(g.work, bitcoin.Work(g.nodes[i].bits))
	}
}

// Component is a tree of blocks whose oldest builds on nothing in the Graph.
type Component struct {
	Root    ledger.Hash
	Genesis bool            // Root is the genesis block of the network
	Blocks  int             // forbidden ones and what builds on them left out
	Tip     ledger.Hash     // of the chain with the most work; ties: the smaller hash
	Work    bitcoin.Uint256 // of the blocks from Root to Tip
}

// Components returns the trees of the Graph: the one of the genesis block
// first, then by falling work, ties by root hash. Without a ledger to go on
// from, Best chooses the first.
func (g *Graph) Components() []Component {
	g.prepare()
	of := make([]int32, len(g.nodes)) // block -> component
	total := make([]bitcoin.Uint256, len(g.nodes))
	var cs []Component
	for _, i := range g.order {
		n := &g.nodes[i]
		of[i] = none
		if n.forbidden || n.parent != none && of[n.parent] == none {
			continue
		}
		total[i] = g.work[i]
		if n.parent == none {
			of[i] = int32(len(cs))
			cs = append(cs, Component{Root: n.hash, Genesis: n.hash == g.genesis})
		} else {
			of[i] = of[n.parent]
			total[i] = total[n.parent].Add(g.work[i])
		}
		c := &cs[of[i]]
		c.Blocks++
		if c.Blocks == 1 || better(total[i], n.hash, c.Work, c.Tip) {
			c.Tip, c.Work = n.hash, total[i]
		}
	}
	slices.SortFunc(cs, compareComponents)
	return cs
}

func compareComponents(a, b Component) int {
	if a.Genesis != b.Genesis {
		if a.Genesis {
			return -1
		}
		return 1
	}
	if c := b.Work.Cmp(a.Work); c != 0 {
		return c
	}
	return compareHashes(a.Root, b.Root)
}

// better reports whether a chain of work w ending in block h is preferred to
// the one of work v ending in k. Bitcoin Core prefers the one it saw first; a
// folder has no first, and the same blocks must give the same chain, so the
// smaller hash decides.
func better(w bitcoin.Uint256, h ledger.Hash, v bitcoin.Uint256, k ledger.Hash) bool {
	if c := w.Cmp(v); c != 0 {
		return c > 0
	}
	return compareHashes(h, k) < 0
}

// compareHashes orders hashes as the numbers that proof of work compares.
func compareHashes(a, b ledger.Hash) int {
	slices.Reverse(a[:])
	slices.Reverse(b[:])
	return bytes.Compare(a[:], b[:])
}
