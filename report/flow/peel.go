package flow

import "clew.example/clew/ledger"

const (
	// chainLeast is how many hops make a peel chain.
	chainLeast = 5
	// windowHops is how many hops of an open peel chain are shown at a time.
	windowHops = 12
	// binsMax is how many bars the card of a peel chain has at most.
	binsMax = 240
)

// hopOuts returns the outputs of a hop of a peel chain: what goes on, the
// larger, of equals the first, and what was peeled off. False: it is no hop.
func (b *base) hopOuts(i int) (on, peel int, ok bool) {
	t := &b.g.Txs[i]
	if t.Coinbase || len(t.Ins) != 1 || len(t.Outs) != 2 {
		return 0, 0, false
	}
	if t.Outs[0].Value < t.Outs[1].Value {
		return 1, 0, true
	}
	return 0, 1, true
}

// findChains gathers the hops that follow one another into chains, as
// PeelChains of a result has them.
func (b *base) findChains() {
	b.hop = make([]int32, len(b.g.Txs))
	comes := make([]bool, len(b.g.Txs)) // after another hop
	next := func(i int) int {
		on, _, ok := b.hopOuts(i)
		if !ok || b.g.Txs[i].Outs[on].Tx < 0 {
			return -1
		}
		to := b.g.Txs[i].Outs[on].Tx
		if _, _, ok := b.hopOuts(to); !ok {
			return -1
		}
		return to
	}
	for i := range b.g.Txs {
		if to := next(i); to >= 0 {
			comes[to] = true
		}
	}
	for i := range b.g.Txs {
		if _, _, ok := b.hopOuts(i); !ok || comes[i] {
			continue
		}
		var chain []int32
		for at := i; at >= 0; at = next(at) {
			chain = append(chain, int32(at))
		}
		if len(chain) < chainLeast {
			continue
		}
		b.chains = append(b.chains, chain)
		for _, at := range chain {
			b.hop[at] = int32(len(b.chains))
		}
	}
}

// peels describes the hops of a chain from one to before another.
func (v *View) peels(total *sums, f *fold, from, to int) *Peels {
	hops := v.base.chains[f.chain]
	p := &Peels{Chain: f.id, Offset: from, Hops: len(hops)}
	n := to - from
	p.Bins = make([]ledger.Amount, min(n, binsMax))
	for k, tx := range hops[from:to] {
		t := &v.base.g.Txs[tx]
		on, peel, _ := v.base.hopOuts(int(tx))
		value := t.Outs[peel].Value
		bin := &p.Bins[k*len(p.Bins)/n]
		*bin, p.Most = max(*bin, value), max(p.Most, value)
		total.add(&p.Peeled, value)
		if k == 0 {
			p.StartValue = t.Outs[on].Value
		}
		p.EndValue = t.Outs[on].Value
		if k == 0 || t.Pos.Height() != v.base.g.Txs[hops[from+k-1]].Pos.Height() {
			p.Blocks++
		}
	}
	return p
}
