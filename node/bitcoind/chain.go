package bitcoind

import (
	"encoding/binary"
	"sort"
	"sync"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Ref names a block.
type Ref struct {
	Height ledger.Height
	Hash   ledger.Hash
}

// Held is the chain that the caller holds. It is read once, when following
// begins. A nil Held, or one without a tip, holds nothing.
type Held interface {
	Tip() (ledger.Tip, bool)
	HashAt(h ledger.Height) (ledger.Hash, bool)
	HeaderAt(h ledger.Height) ([ledger.HeaderSize]byte, bool)
}

// chain is what the caller holds, as he was told: hashes by height, and the
// targets in runs, since neighbours mostly state the same. Blocks are counted
// from its first; n blocks of it are its root.
type chain struct {
	mu     sync.RWMutex // guards all below; only Follow's own goroutine writes
	first  ledger.Height
	hashes []ledger.Hash
	runs   []run
}

// run says that blocks from one on state the same target.
type run struct {
	from int
	bits uint32
	work bitcoin.Uint256 // of each
}

func newChain(held Held, first ledger.Height) *chain {
	c := &chain{first: first}
	if held == nil {
		return c
	}
	tip, ok := held.Tip()
	if !ok {
		return c
	}
	c.first = tip.FirstHeight
	c.hashes = make([]ledger.Hash, 0, int(tip.Height-tip.FirstHeight)+1)
	for h := tip.FirstHeight; h <= tip.Height; h++ {
		hash, _ := held.HashAt(h)
		header, _ := held.HeaderAt(h)
		c.push(hash, bitsOf(&header))
	}
	return c
}

func bitsOf(header *[ledger.HeaderSize]byte) uint32 { return binary.LittleEndian.Uint32(header[72:]) }

func (c *chain) push(hash ledger.Hash, bits uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.runs); n == 0 || c.runs[n-1].bits != bits {
		c.runs = append(c.runs, run{len(c.hashes), bits, bitcoin.Work(bits)})
	}
	c.hashes = append(c.hashes, hash)
}

// cut keeps the oldest n blocks.
func (c *chain) cut(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hashes = c.hashes[:n]
	for len(c.runs) > 0 && c.runs[len(c.runs)-1].from >= n {
		c.runs = c.runs[:len(c.runs)-1]
	}
}

// size returns how many blocks there are.
func (c *chain) size() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.hashes)
}

// end returns the block that n blocks end with, false for none.
func (c *chain) end(n int) (Ref, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if n < 1 || n > len(c.hashes) {
		return Ref{}, false
	}
	return Ref{c.first + ledger.Height(n-1), c.hashes[n-1]}, true
}

// has reports whether a block is one of the chain's.
func (c *chain) has(r Ref) bool {
	if r.Height < c.first {
		return false
	}
	at, ok := c.end(int(r.Height-c.first) + 1)
	return ok && at == r
}

// bits returns the target of the block that n blocks end with, 0 for none.
func (c *chain) bits(n int) uint32 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	i := sort.Search(len(c.runs), func(i int) bool { return c.runs[i].from >= n })
	if i == 0 {
		return 0
	}
	return c.runs[i-1].bits
}

// work returns the sum over the blocks from one on and before another.
func (c *chain) work(from, to int) (sum bitcoin.Uint256) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	to = min(to, len(c.hashes))
	for i, r := range c.runs {
		end := to
		if i+1 < len(c.runs) {
			end = min(end, c.runs[i+1].from)
		}
		if n := end - max(from, r.from); n > 0 {
			sum = sum.Add(times(r.work, uint32(n)))
		}
	}
	return sum
}

// times multiplies by doubling.
func times(a bitcoin.Uint256, n uint32) (sum bitcoin.Uint256) {
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			sum = sum.Add(a)
		}
		a = a.Add(a)
	}
	return sum
}
