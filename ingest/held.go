package ingest

import (
	"cmp"
	"encoding/binary"
	"slices"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// held describes the ledger's chain to the source; nil if it holds no block.
func (r *run) held() *blkfile.Held {
	if r.sink == nil {
		return nil
	}
	tip, ok := r.sink.Tip()
	if !ok {
		return nil
	}
	c := newChainIndex(r.sink, tip)
	return &blkfile.Held{Height: c.height, Work: c.workAt, Tip: tip.Hash, TipHeight: tip.Height}
}

// chainIndex finds blocks of a ledger by hash, and sums their work. It is made
// for one choice of a chain and then dropped: 48 bytes a block.
type chainIndex struct {
	held   Held
	first  ledger.Height
	blocks []blockKey        // sorted by key
	work   []bitcoin.Uint256 // by block: up to and including it
}

// blockKey is the front of a block's hash, which the proof of work leaves
// random. Equal keys are told apart by the ledger.
type blockKey struct {
	key    uint64
	height ledger.Height
}

func keyOf(h *ledger.Hash) uint64 { return binary.LittleEndian.Uint64(h[:]) }

func newChainIndex(held Held, tip ledger.Tip) *chainIndex {
	n := int(tip.Height-tip.FirstHeight) + 1
	c := &chainIndex{held: held, first: tip.FirstHeight, blocks: make([]blockKey, 0, n), work: make([]bitcoin.Uint256, 0, n)}
	var sum, own bitcoin.Uint256
	var bits uint32
	for i := range n {
		h := tip.FirstHeight + ledger.Height(i)
		hash, _ := held.HashAt(h)
		header, _ := held.HeaderAt(h)
		// Neighbours mostly state the same target: the division is done where it
		// changes.
		if b := bitsOf(&header); i == 0 || b != bits {
			bits, own = b, bitcoin.Work(b)
		}
		sum = sum.Add(own)
		c.work = append(c.work, sum)
		c.blocks = append(c.blocks, blockKey{keyOf(&hash), h})
	}
	slices.SortFunc(c.blocks, func(a, b blockKey) int { return cmp.Compare(a.key, b.key) })
	return c
}

func bitsOf(header *[ledger.HeaderSize]byte) uint32 { return binary.LittleEndian.Uint32(header[72:]) }

func (c *chainIndex) height(hash ledger.Hash) (ledger.Height, bool) {
	key := keyOf(&hash)
	i, _ := slices.BinarySearchFunc(c.blocks, key, func(b blockKey, k uint64) int { return cmp.Compare(b.key, k) })
	for ; i < len(c.blocks) && c.blocks[i].key == key; i++ {
		if at, _ := c.held.HashAt(c.blocks[i].height); at == hash {
			return c.blocks[i].height, true
		}
	}
	return 0, false
}

func (c *chainIndex) workAt(h ledger.Height) bitcoin.Uint256 { return c.work[h-c.first] }
