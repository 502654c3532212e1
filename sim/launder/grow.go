package launder

import (
	"maps"
	"slices"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// grower makes the branches of a world, the main one first.
type grower struct {
	w      *World
	owners map[string]*owner // by script
	hot    []*owner
	forks  uint64 // made so far; each draws from a stream of its own
}

// hotKinds are the accounts that HotAccount pays to, hotWeights how often.
var (
	hotKinds   = []Kind{P2PKH, P2WPKH, P2SH, P2TR}
	hotWeights = []int{70, 20, 8, 2}
)

// Streams of the seed that no fork draws from.
const (
	streamMain  = 0
	streamForks = 1 << 32
)

// plan says that a fork leaves a branch after that many of its blocks.
type plan struct {
	after, depth int
	sub          []plan
}

// branch is the growing end of a branch.
type branch struct {
	dice
	g      *grower
	tip    BlockRef // of no height yet in an empty branch: see next
	next   ledger.Height
	time   uint32
	pool   pool
	owners []*owner

	// Coinbases that may come again, and the transactions that spent nothing
	// but one of them. Their bytes would be valid again after it came again.
	bare     []bitcoin.RawTx
	children map[ledger.TxID][]bitcoin.RawTx
	again    []bitcoin.RawTx

	log    [][]bitcoin.RawTx // transactions of each block grown here, coinbases left out
	rivals []bitcoin.RawTx   // what the other side of a fork holds
	wanted []ledger.Outpoint // what the other side spends

	fresh  []ledger.Outpoint // made in the block at work
	size   int               // its bytes so far
	legacy bool              // it has no witness
}

// root returns the empty main branch, with the outputs from before it.
func (g *grower) root() *branch {
	c := g.w.config
	b := &branch{
		dice: newDice(c.Seed, streamMain), g: g, next: c.First, pool: newPool(),
		time: 1_231_006_505 + uint32(c.First)*600, children: map[ledger.TxID][]bitcoin.RawTx{},
	}
	if c.First > 0 {
		b.tip.Hash = ledger.Hash(b.bytes(ledger.HashSize))
	}
	for _, k := range hotKinds {
		g.hot = append(g.hot, b.adopt(newOwner(b.dice, k)))
	}
	for len(b.pool.coins) < c.Prior {
		id := ledger.TxID(b.bytes(ledger.HashSize))
		for range b.between(1, 3) {
			at := ledger.Outpoint{TxID: id, Vout: uint32(b.rare(0, 40))}
			b.pool.add(coin{at, b.amount(100_0000_0000), b.payee()})
		}
	}
	return b
}

// clone returns the branch as it is now, for a fork to leave from here.
func (b *branch) clone() *branch {
	c := *b
	c.pool = b.pool.clone()
	c.owners, c.bare, c.again = slices.Clone(b.owners), slices.Clone(b.bare), slices.Clone(b.again)
	c.children = maps.Clone(b.children)
	c.log, c.fresh = nil, nil
	return &c
}

// planForks draws where forks leave the main branch. No fork ends as high as
// the branch that it leaves, or a nested one higher.
func (g *grower) planForks() []plan {
	c, d := g.w.config, newDice(g.w.config.Seed, streamForks)
	if c.Blocks < 3 || c.ForkDepthMax < 1 {
		return nil
	}
	var plans []plan
	for i := range c.Forks {
		depth := d.rare(1, min(c.ForkDepthMax, c.Blocks-2))
		p := plan{after: d.between(1, c.Blocks-1-depth), depth: depth}
		if i > 0 && d.perMille(250) { // three branches from one block
			p.after = plans[i-1].after
			p.depth = min(depth, c.Blocks-1-p.after)
		}
		if p.depth >= 2 && d.perMille(c.Rates[NestedFork]) {
			after := d.between(1, p.depth-1)
			p.sub = []plan{{after: after, depth: d.between(1, p.depth-after)}}
			g.did(NestedFork)
		}
		plans = append(plans, p)
	}
	return plans
}

// grow adds n blocks to a branch, then grows the forks that leave it.
func (g *grower) grow(b *branch, n int, plans []plan) []BlockRef {
	buds := make([]*branch, len(plans))
	var refs []BlockRef
	for done := 1; done <= n; done++ {
		b.block()
		refs = append(refs, b.tip)
		for i, p := range plans {
			if p.after == done {
				buds[i] = b.clone()
			}
		}
	}
	for i, p := range plans {
		g.forks++
		bud := buds[i]
		bud.dice = newDice(g.w.config.Seed, g.forks)
		bud.contest(b.log[p.after:min(p.after+p.depth, len(b.log))])
		leaves, at := bud.tip, len(g.w.Forks)
		g.w.Forks = append(g.w.Forks, Fork{})
		g.w.Forks[at] = Fork{leaves, g.grow(bud, p.depth, p.sub)}
	}
	return refs
}

// contest tells a fork what the other side did since it left.
func (b *branch) contest(blocks [][]bitcoin.RawTx) {
	b.rivals, b.wanted = nil, nil
	for _, txs := range blocks {
		for _, tx := range txs {
			b.rivals = append(b.rivals, tx)
			for _, in := range tx.Ins {
				b.wanted = append(b.wanted, in.Prev)
			}
		}
	}
}

func (g *grower) did(f Feature) { g.w.stats.Features[f]++ }

// roll draws whether to try a feature.
func (b *branch) roll(f Feature) bool { return b.perMille(b.g.w.config.Rates[f]) }

// block grows the branch by one block. A coinbase without height is made
// first, so that the block's own payments can spend it, or what it makes
// lost; any other is made last, when the fees are known.
func (b *branch) block() {
	txs, spent := []bitcoin.RawTx{{}}, []ledger.SpentOut{{}}
	early := b.heightless()
	b.fresh, b.size, b.legacy = b.fresh[:0], 0, early != nil
	if early != nil {
		txs[0] = *early
		b.receive(early)
	}
	var fees ledger.Amount
	for range b.payments() {
		tx, coins, ok := b.transaction()
		if !ok {
			break
		}
		txs = append(txs, tx)
		for _, c := range coins {
			spent = append(spent, ledger.SpentOut{Known: true, Value: c.value, Script: c.owner.script})
			fees += c.value
		}
		fees -= worth(tx.Outs)
	}
	if early == nil {
		txs[0] = b.coinbase(fees)
		b.commit(txs)
		b.receive(&txs[0])
	}
	b.log = append(b.log, txs[1:])
	b.seal(txs, b.stated(spent))
}

// payments draws how many transactions a block tries to hold.
func (b *branch) payments() int {
	if b.roll(EmptyBlock) {
		b.g.did(EmptyBlock)
		return 0
	}
	return b.below(2*b.g.w.config.TxPerBlock + 1)
}

// stated draws how much of what the inputs spend a source tells.
func (b *branch) stated(spent []ledger.SpentOut) []ledger.SpentOut {
	switch {
	case b.roll(SpentKnown):
		b.g.did(SpentKnown)
		return spent
	case b.roll(SpentPartly):
		b.g.did(SpentPartly)
		for i := range spent {
			if b.perMille(500) {
				spent[i] = ledger.SpentOut{}
			}
		}
		return spent
	}
	return nil
}

// seal makes the block. One without height in its coinbase is of version 1,
// where BIP 34 does not ask for it.
func (b *branch) seal(txs []bitcoin.RawTx, spent []ledger.SpentOut) {
	version := pick(b.dice, int32(2), 3, 4, 0x20000000, 0x20000002, 0x3fffe000)
	if b.legacy {
		version = 1
	}
	if b.time += uint32(b.between(1, 1200)); b.roll(TimeBack) {
		b.time -= uint32(b.between(1201, 3000))
		b.g.did(TimeBack)
	}
	h := bitcoin.Header{Version: version, Prev: b.tip.Hash, Time: b.time, Nonce: uint32(b.below(1<<31 - 1))}
	b.tip = b.g.w.seal(h, b.next, txs, spent)
	b.next++
}
