package launder

import (
	"fmt"
	"slices"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// BlockRef names a block of a world.
type BlockRef struct {
	Height ledger.Height
	Hash   ledger.Hash
}

// Fork is a branch beside the main one. It ends below the main branch's tip,
// so the main branch has the most work. A fork may leave another fork.
type Fork struct {
	Leaves BlockRef // the last block shared with the branch it leaves
	Blocks []BlockRef
}

// Tip returns the newest block of a fork.
func (f Fork) Tip() BlockRef { return f.Blocks[len(f.Blocks)-1] }

// World is a tree of blocks. It does not change once made, and may be read
// from several goroutines.
type World struct {
	Forks []Fork

	config Config
	main   []BlockRef
	order  []BlockRef // as they were made: a block comes after the one it is on
	blocks map[ledger.Hash]*block
	stats  Stats
	names  map[string]ledger.TxID
}

type block struct {
	ref   BlockRef
	prev  ledger.Hash
	raw   []byte
	spent []ledger.SpentOut
}

// Stats counts what a world holds, forks included.
type Stats struct {
	Features [featureCount]int
	Kinds    [kindCount]int // outputs, by kind of script
}

// New makes the world of a config. The same config makes the same bytes on
// every machine. A fork changes nothing on the main branch: with Forks at 0
// the main branch is the same.
func New(config Config) (*World, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("made-up world: %w", err)
	}
	w := newWorld(config)
	g := &grower{w: w, owners: map[string]*owner{}}
	b := g.root()
	w.main = g.grow(b, config.Blocks, g.planForks())
	return w, nil
}

func newWorld(config Config) *World {
	return &World{config: config, blocks: map[ledger.Hash]*block{}, names: map[string]ledger.TxID{}}
}

// Config returns what the world was made from.
func (w *World) Config() Config { return w.config }

// Stats returns what the world holds.
func (w *World) Stats() Stats { return w.stats }

// Chain returns the main branch, lowest first.
func (w *World) Chain() []BlockRef { return slices.Clone(w.main) }

// Tip returns the newest block of the main branch.
func (w *World) Tip() BlockRef { return w.main[len(w.main)-1] }

// Blocks returns the blocks of all branches, each after the one it is on.
func (w *World) Blocks() []BlockRef { return slices.Clone(w.order) }

// Path returns the blocks from the world's first to the given one.
func (w *World) Path(tip ledger.Hash) []BlockRef {
	var path []BlockRef
	for b := w.blocks[tip]; b != nil; b = w.blocks[b.prev] {
		path = append(path, b.ref)
	}
	slices.Reverse(path)
	return path
}

// Raw returns a block as it stands in a file or comes from a node, nil for a
// block that the world does not hold. It must not be written to.
func (w *World) Raw(id ledger.Hash) []byte {
	if b := w.blocks[id]; b != nil {
		return b.raw
	}
	return nil
}

// Header returns the header of a block, false for a block that the world does
// not hold.
func (w *World) Header(id ledger.Hash) (bitcoin.Header, bool) {
	h, err := bitcoin.ParseHeader(w.Raw(id))
	return h, err == nil
}

// Raws returns the bytes of several blocks.
func (w *World) Raws(refs []BlockRef) [][]byte {
	raws := make([][]byte, len(refs))
	for i, ref := range refs {
		raws[i] = w.Raw(ref.Hash)
	}
	return raws
}

// Spent returns what each input of a block spends, as a source beside the
// ledger would state it: nil, or one entry per input.
func (w *World) Spent(id ledger.Hash) []ledger.SpentOut {
	if b := w.blocks[id]; b != nil {
		return b.spent
	}
	return nil
}

// Block decodes a block, with its height and what is known of its inputs.
func (w *World) Block(id ledger.Hash) (*ledger.Block, error) {
	b := w.blocks[id]
	if b == nil {
		return nil, fmt.Errorf("block %v is not of this world", id)
	}
	var d bitcoin.Decoder
	var decoded ledger.Block
	if err := d.Decode(&decoded, b.raw); err != nil {
		return nil, fmt.Errorf("decode made-up block %d %v: %w", b.ref.Height, id, err)
	}
	decoded.Height, decoded.Spent = b.ref.Height, b.spent
	return &decoded, nil
}

// Truth returns the model of the branch that ends at tip.
func (w *World) Truth(tip ledger.Hash) (*Model, error) {
	path := w.Path(tip)
	if path == nil {
		return nil, fmt.Errorf("block %v is not of this world", tip)
	}
	m := NewModel()
	for _, ref := range path {
		b, err := w.Block(ref.Hash)
		if err != nil {
			return nil, err
		}
		if err := m.Apply(b); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// seal puts transactions into a block on prev and keeps it. The proof of work
// is real, but of the regression test's difficulty: two tries a block.
func (w *World) seal(h bitcoin.Header, height ledger.Height, txs []bitcoin.RawTx, spent []ledger.SpentOut) BlockRef {
	h.Bits = regtestBits
	raw := bitcoin.AppendBlock(nil, h, txs)
	id := bitcoin.HashHeader(raw[:ledger.HeaderSize])
	for id[ledger.HashSize-1] >= 0x7f {
		raw[nonceAt]++
		id = bitcoin.HashHeader(raw[:ledger.HeaderSize])
	}
	ref := BlockRef{height, id}
	invariant.Check(w.blocks[id] == nil, "made the block %v twice", id)
	w.blocks[id] = &block{ref, h.Prev, raw, spent}
	w.order = append(w.order, ref)
	return ref
}

// Bits of the easiest target, 0x7fffff at the top, and where the nonce lies
// in a header.
const (
	regtestBits = 0x207fffff
	nonceAt     = 76
)
