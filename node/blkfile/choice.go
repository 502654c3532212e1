package blkfile

import (
	"slices"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// Held is the chain that a ledger holds already.
type Held struct {
	// Height returns the height of a block, if it is one of the chain.
	Height func(ledger.Hash) (ledger.Height, bool)
	// Work returns the work of the chain's blocks up to and including a
	// height, summed from any fixed block at or below the chain's first.
	Work func(ledger.Height) bitcoin.Uint256
	// Tip and TipHeight name the chain's newest block.
	Tip       ledger.Hash
	TipHeight ledger.Height
}

// Fate is what Best found a block to be.
type Fate uint8

// The fates of blocks.
const (
	Unconnected Fate = iota // builds on nothing that is on the chosen tree
	OnBranch                // to be added
	Known                   // held by the ledger, and stays
	Stale                   // connected, but on a branch with less work; or held and now replaced
	Below                   // older than the first block of the ledger
	Forbidden               // by Forbid
	OnForbidden             // builds on a forbidden block
)

// Choice is the answer of Graph.Best.
type Choice struct {
	Branch     []int         // the blocks to add, by number, each building on the one before
	Genesis    bool          // Branch starts with the genesis block of the network
	OnLedger   bool          // Branch builds on a block that the ledger holds:
	Fork       ledger.Hash   // this one,
	ForkHeight ledger.Height // at this height
	Fates      []Fate        // by block number
}

// Best chooses the chain with the most work. Without a ledger (nil) it starts
// at the root of the first of Components. With one, it goes on from any block
// of the ledger, and Branch is empty if the ledger's own chain is the best;
// where it is not, everything above Fork is to be undone first. Ties go to the
// smaller hash of the tip, the ledger's included.
func (g *Graph) Best(held *Held) Choice {
	g.prepare()
	c := chooser{g: g, held: held, fates: make([]Fate, len(g.nodes)), total: make([]bitcoin.Uint256, len(g.nodes)), best: none}
	if held == nil {
		c.chooseRoot()
	} else {
		c.bestWork, c.bestHash = held.Work(held.TipHeight), held.Tip
	}
	for _, i := range g.order {
		c.fates[i] = c.visit(i)
	}
	return c.finish()
}

// chooser is one run of Best. While it runs, Stale means connected, whether or
// not on the branch.
type chooser struct {
	g     *Graph
	held  *Held
	root  ledger.Hash // without a ledger: where the chain starts,
	any   bool        // if there is a block at all
	fates []Fate
	total []bitcoin.Uint256 // by block: work up to it, for Known and Stale

	best     int32 // none: the ledger's tip
	bestWork bitcoin.Uint256
	bestHash ledger.Hash
}

func (c *chooser) chooseRoot() {
	if cs := c.g.Components(); len(cs) > 0 {
		c.root, c.any = cs[0].Root, true
	}
}

// visit finds the fate of a block whose parent has been visited.
func (c *chooser) visit(i int32) Fate {
	n := &c.g.nodes[i]
	if h, ok := c.heldHeight(n.hash); ok {
		c.total[i] = c.held.Work(h)
		return Known
	}
	if n.forbidden {
		return Forbidden
	}
	if n.parent == none {
		return c.visitRoot(i)
	}
	switch f := c.fates[n.parent]; f {
	case Known, Stale:
		c.connect(i, c.total[n.parent])
		return Stale
	case Forbidden:
		return OnForbidden
	default:
		return f
	}
}

func (c *chooser) visitRoot(i int32) Fate {
	n := &c.g.nodes[i]
	if h, ok := c.heldHeight(n.prev); ok {
		c.connect(i, c.held.Work(h))
		return Stale
	}
	if c.any && n.hash == c.root {
		c.connect(i, bitcoin.Uint256{})
		return Stale
	}
	return Unconnected
}

// connect sums the work up to a block and makes it the best tip if it is.
func (c *chooser) connect(i int32, before bitcoin.Uint256) {
	n := &c.g.nodes[i]
	c.total[i] = before.Add(c.g.work[i])
	if c.held == nil && c.best == none || better(c.total[i], n.hash, c.bestWork, c.bestHash) {
		c.best, c.bestWork, c.bestHash = i, c.total[i], n.hash
	}
}

func (c *chooser) heldHeight(h ledger.Hash) (ledger.Height, bool) {
	if c.held == nil {
		return 0, false
	}
	return c.held.Height(h)
}

// finish walks from the best tip down to where its branch starts.
func (c *chooser) finish() Choice {
	r := Choice{Fates: c.fates}
	first := int32(none)
	for i := c.best; i != none && c.fates[i] == Stale; i = c.g.nodes[i].parent {
		c.fates[i] = OnBranch
		r.Branch = append(r.Branch, int(i))
		first = i
	}
	slices.Reverse(r.Branch)
	if first != none {
		n := &c.g.nodes[first]
		r.Genesis = n.hash == c.g.genesis
		r.ForkHeight, r.OnLedger = c.heldHeight(n.prev)
		invariant.Check(r.OnLedger == (c.held != nil), "branch of block %v starts nowhere", n.hash)
	}
	if r.OnLedger {
		r.Fork = c.g.nodes[first].prev
		c.replace(r.ForkHeight)
	}
	c.sinkBelow()
	return r
}

// replace makes stale what the ledger holds above the fork.
func (c *chooser) replace(fork ledger.Height) {
	for i, f := range c.fates {
		if f != Known {
			continue
		}
		if h, _ := c.heldHeight(c.g.nodes[i].hash); h > fork {
			c.fates[i] = Stale
		}
	}
}

// sinkBelow marks the ancestors of held blocks that are themselves not held:
// they would lie below the ledger's first block.
func (c *chooser) sinkBelow() {
	if c.held == nil {
		return
	}
	for _, i := range slices.Backward(c.g.order) {
		p := c.g.nodes[i].parent
		if p == none || c.fates[p] != Unconnected {
			continue
		}
		_, known := c.heldHeight(c.g.nodes[i].hash)
		if known || c.fates[i] == Below {
			c.fates[p] = Below
		}
	}
}
