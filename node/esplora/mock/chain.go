package mock

import (
	"crypto/sha256"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Block is a block of the chain that is served.
type Block struct {
	Height ledger.Height
	Raw    []byte
}

// chain is what a server knows: an index of blocks from the first on.
type chain struct {
	blocks  []*block
	byHash  map[ledger.Hash]*block
	txs     map[ledger.TxID]*tx
	spends  map[ledger.Outpoint]input
	history map[[32]byte][]*tx // by SHA-256 of a script, oldest first
}

type block struct {
	height ledger.Height
	hash   ledger.Hash
	header bitcoin.Header
	raw    []byte
	txs    []*tx
	levels [][]ledger.Hash // of the merkle tree, the leaves first, made when first asked for
}

type tx struct {
	bitcoin.RawTx
	id    ledger.TxID
	block *block
	pos   int
}

type input struct {
	by  *tx
	vin int
}

// newChain makes the index. Blocks follow each other.
func newChain(blocks []Block) (*chain, error) {
	c := &chain{
		byHash: map[ledger.Hash]*block{}, txs: map[ledger.TxID]*tx{},
		spends: map[ledger.Outpoint]input{}, history: map[[32]byte][]*tx{},
	}
	for _, b := range blocks {
		header, txs, err := parseBlock(b.Raw)
		if err != nil {
			return nil, fmt.Errorf("mock: block %d: %w", b.Height, err)
		}
		bl := &block{height: b.Height, hash: bitcoin.HashHeader(b.Raw), header: header, raw: b.Raw}
		if n := len(c.blocks); n > 0 && (c.blocks[n-1].hash != header.Prev || c.blocks[n-1].height+1 != b.Height) {
			return nil, fmt.Errorf("mock: block %d does not follow", b.Height)
		}
		c.blocks, c.byHash[bl.hash] = append(c.blocks, bl), bl
		for i := range txs {
			c.add(&tx{txs[i], txs[i].TxID(), bl, i})
		}
	}
	if len(c.blocks) == 0 {
		return nil, fmt.Errorf("mock: no blocks")
	}
	return c, nil
}

func (c *chain) add(t *tx) {
	scripts := map[[32]byte]bool{}
	for i, in := range t.Ins {
		if made := c.txs[in.Prev.TxID]; made != nil && int(in.Prev.Vout) < len(made.Outs) {
			scripts[sha256.Sum256(made.Outs[in.Prev.Vout].Script)] = true
		}
		c.spends[in.Prev] = input{t, i}
	}
	for i, out := range t.Outs {
		scripts[sha256.Sum256(out.Script)] = true
		delete(c.spends, ledger.Outpoint{TxID: t.id, Vout: uint32(i)}) // of an older one of the same id
	}
	for s := range scripts {
		c.history[s] = append(c.history[s], t)
	}
	c.txs[t.id] = t
	t.block.txs = append(t.block.txs, t)
}

func (c *chain) tip() *block { return c.blocks[len(c.blocks)-1] }

// at returns the block of a height, nil if there is none.
func (c *chain) at(h uint64) *block {
	first := uint64(c.blocks[0].height)
	if h < first || h-first >= uint64(len(c.blocks)) {
		return nil
	}
	return c.blocks[h-first]
}

// branch returns the siblings from a leaf up.
func (b *block) branch(at int) []string {
	if b.levels == nil {
		b.grow()
	}
	siblings := []string{}
	for _, level := range b.levels[:len(b.levels)-1] {
		siblings = append(siblings, level[at^1].String())
		at /= 2
	}
	return siblings
}

// grow makes the levels of the merkle tree.
func (b *block) grow() {
	level := make([]ledger.Hash, len(b.txs))
	for i, t := range b.txs {
		level[i] = t.id
	}
	for len(level) > 1 {
		if len(level)%2 == 1 {
			level = append(level, level[len(level)-1])
		}
		b.levels = append(b.levels, level)
		var next []ledger.Hash
		for i := 0; i < len(level); i += 2 {
			next = append(next, bitcoin.DoubleHash(append(append([]byte{}, level[i][:]...), level[i+1][:]...)))
		}
		level = next
	}
	b.levels = append(b.levels, level)
}
