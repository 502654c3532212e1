package page

import (
	"encoding/hex"
	"strconv"

	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/plain"
	"clew.example/clew/ledger"
)

// raw builds the flow of a trace under a policy: a node for each transaction
// and peel chain, and one for each place where taint ended, siblings together.
type raw struct {
	g       *trace.Graph
	p       int // policy
	f       *flow
	of      []int // node by transaction, -1: not visited
	chained []int // chain by transaction, -1: none
	thefts  map[int]int
	ends    map[string]int
	fans    map[ledger.TxID]*trace.FanOut
}

// rawFlow returns nil where there is nothing to draw.
func rawFlow(g *trace.Graph, r *trace.Result, p int) *flow {
	b := &raw{g: g, p: p, f: &flow{backward: r.Input.Params.Backward, whole: r.Theft}, of: make([]int, len(g.Txs)),
		chained: make([]int, len(g.Txs)), thefts: map[int]int{}, ends: map[string]int{}, fans: map[ledger.TxID]*trace.FanOut{}}
	for i := range b.of {
		b.of[i], b.chained[i] = -1, -1
	}
	for i := range r.FanOuts {
		if id, err := ledger.ParseHash(r.FanOuts[i].TxID); err == nil && r.FanOuts[i].Equal {
			b.fans[id] = &r.FanOuts[i]
		}
	}
	b.chains(r)
	for i := range g.Txs {
		if g.Txs[i].Visited != nil && g.Txs[i].Visited[p] {
			b.addTx(i)
		}
	}
	for i := range g.Txs {
		if b.of[i] >= 0 {
			b.addOuts(i)
			b.addIns(i)
		}
	}
	b.finish()
	if len(b.f.nodes) == 0 {
		return nil
	}
	b.f.count()
	return b.f
}

// count says how many transactions and outpoints there are before folding.
func (f *flow) count() {
	for i := range f.nodes {
		f.items += f.nodes[i].txs + f.nodes[i].outs
	}
}

// finish gives edges the direction in which they are drawn and folded.
func (b *raw) finish() {
	if b.f.backward {
		for i := range b.f.edges {
			e := &b.f.edges[i]
			e.from, e.to = e.to, e.from
		}
		for i := range b.f.nodes {
			b.f.nodes[i].key = -b.f.nodes[i].key
		}
	}
	b.dropLoose()
	b.f.edges = mergeEdges(b.f.edges)
	b.f.sort()
	b.f.link()
	for _, e := range b.f.edges {
		b.f.whole = max(b.f.whole, e.amount)
	}
}

// dropLoose leaves out transactions that nothing leads to: backward, those of
// which every output that counts is an end itself.
func (b *raw) dropLoose() {
	tied := make([]bool, len(b.f.nodes))
	for _, e := range b.f.edges {
		tied[e.from], tied[e.to] = true, true
	}
	place, kept := make([]int, len(b.f.nodes)), b.f.nodes[:0]
	for i := range b.f.nodes {
		if n := b.f.nodes[i]; tied[i] || n.start > 0 {
			place[i] = len(kept)
			kept = append(kept, n)
		}
	}
	b.f.nodes = kept
	for i := range b.f.edges {
		b.f.edges[i].from, b.f.edges[i].to = place[b.f.edges[i].from], place[b.f.edges[i].to]
	}
}

func (b *raw) taint(o *trace.OutNode) ledger.Amount {
	if o.Taint == nil {
		return 0
	}
	return o.Taint[b.p]
}

func (b *raw) newNode(n node) int {
	b.f.nodes = append(b.f.nodes, n)
	return len(b.f.nodes) - 1
}

// addTx makes the node of a transaction, or adds it to its chain's. The theft
// itself stands before a chain that begins with it.
func (b *raw) addTx(i int) {
	tx := &b.g.Txs[i]
	n := node{shape: shapeStep, id: tx.ID.String(), txs: 1, deepest: 1, branches: 1, from: tx.Time, to: tx.Time, key: int64(tx.Pos)}
	if fan := b.fans[tx.ID]; fan != nil && fan.Outputs >= fanLeast {
		n.shape, n.fan = shapeFan, &fanPill{fan.Outputs, fan.Least, fan.Most}
	}
	start := b.started(tx)
	first := b.chained[i]
	switch {
	case first >= 0 && first != i:
		b.of[i] = b.of[first]
		at := &b.f.nodes[b.of[i]]
		at.absorb(&n)
		at.deepest++
		at.chain.add(tx, i)
	case first == i:
		n.shape, n.chain = shapeChain, &peelCard{}
		n.chain.add(tx, i)
		b.of[i] = b.newNode(n)
	default:
		b.of[i] = b.newNode(n)
	}
	if start == 0 {
		return
	}
	theft := node{shape: shapeTheft, id: n.id, start: start, branches: 1, from: tx.Time, to: tx.Time, key: int64(tx.Pos)}
	switch {
	case first < 0 && !b.f.backward:
		at := &b.f.nodes[b.of[i]]
		at.shape, at.start = shapeTheft, start
	case b.f.backward:
		theft.key = int64(tx.Pos) + 1
		b.thefts[i] = b.newNode(theft)
	default:
		at := b.newNode(theft)
		b.f.edges = append(b.f.edges, edge{from: at, to: b.of[i], amount: start, value: start, outs: 1})
	}
}

func (b *raw) started(tx *trace.TxNode) (sum ledger.Amount) {
	for v := range tx.Outs {
		if o := &tx.Outs[v]; o.Started {
			sum = add(sum, b.taint(o))
		}
	}
	return sum
}

// addOuts makes an edge of each tainted output of a transaction: to its
// spender, or to where it ended.
func (b *raw) addOuts(i int) {
	tx := &b.g.Txs[i]
	pure := b.pure(tx)
	for v := range tx.Outs {
		o := &tx.Outs[v]
		amount := b.taint(o)
		if o.Overlap != nil && o.Overlap[b.p] > 0 && !b.f.backward {
			b.edge(b.of[i], b.end(i, v, trace.KindOverlap, o.Overlap[b.p]), o.Overlap[b.p], o.Value, false)
		}
		if amount == 0 {
			continue
		}
		ended, mixed := trace.KindNone, !pure && !o.Started
		if o.Ends != nil {
			ended = o.Ends[b.p]
		}
		switch {
		case b.f.backward:
			b.backwardOut(i, v, ended, amount)
		case ended != trace.KindNone:
			b.edge(b.of[i], b.end(i, v, ended, amount), amount, o.Value, mixed)
		case o.Tx >= 0 && b.of[o.Tx] >= 0:
			b.edge(b.of[i], b.of[o.Tx], amount, o.Value, mixed)
		}
	}
}

// backwardOut makes the edge of an output that value came by.
func (b *raw) backwardOut(i, v int, ended trace.Kind, amount ledger.Amount) {
	o := &b.g.Txs[i].Outs[v]
	to, started := b.thefts[i]
	if !started || !o.Started {
		if o.Tx < 0 || b.of[o.Tx] < 0 {
			return
		}
		to = b.of[o.Tx]
	}
	from := b.of[i]
	if ended != trace.KindNone {
		from = b.end(i, v, ended, amount)
	}
	b.edge(from, to, amount, o.Value, len(b.g.Txs[i].Ins) > 1)
}

// addIns makes, backward, the edges of inputs whose outputs are not known.
func (b *raw) addIns(i int) {
	tx := &b.g.Txs[i]
	for k := range tx.Ins {
		if in := &tx.Ins[k]; b.f.backward && in.Taint != nil && in.Taint[b.p] > 0 {
			b.edge(b.end(i, k, trace.KindUnknownInput, in.Taint[b.p]), b.of[i], in.Taint[b.p], max(in.Value, in.Taint[b.p]), true)
		}
	}
}

func (b *raw) edge(from, to int, amount, value ledger.Amount, mixed bool) {
	if from != to {
		b.f.edges = append(b.f.edges, edge{from, to, amount, value, 1, mixed})
	}
}

// pure reports whether a transaction spends stolen coins and nothing else: then
// there was nothing for a policy to choose.
func (b *raw) pure(tx *trace.TxNode) bool {
	for i := range tx.Ins {
		in := &tx.Ins[i]
		if in.Tx < 0 || int(in.Prev.Vout) >= len(b.g.Txs[in.Tx].Outs) {
			return false
		}
		if o := &b.g.Txs[in.Tx].Outs[in.Prev.Vout]; b.taint(o) != o.Value {
			return false
		}
	}
	return len(tx.Ins) > 0
}

// end is the node where an output ended: one for all that a service is known
// by, else one for each parent and kind. The end of a peel chain is no peel.
func (b *raw) end(i, v int, kind trace.Kind, amount ledger.Amount) int {
	tx := &b.g.Txs[i]
	n := node{shape: shapeEnd, kind: kind, branches: 1, from: tx.Time, to: tx.Time, key: int64(tx.Pos), outs: 1, ended: amount}
	key := kind.String() + " " + strconv.Itoa(b.of[i])
	if b.chained[i] >= 0 && b.f.nodes[b.of[i]].chain.end == i && v == larger(tx) {
		key += " end"
	}
	if kind != trace.KindUnknownInput || !b.f.backward {
		o := &tx.Outs[v]
		n.id = plain.Text(o.Address)
		switch kind {
		case trace.KindService, trace.KindListed, trace.KindMixer:
			n.name = plain.Text(o.Name.Entity)
			if key = kind.String() + " account " + hex.EncodeToString(o.Account); n.name != "" {
				key = kind.String() + " name " + o.Name.Entity
			}
		}
	}
	at, has := b.ends[key]
	if !has {
		at = b.newNode(n)
		b.ends[key] = at
		return at
	}
	old := b.f.nodes[at].id
	b.f.nodes[at].absorb(&n)
	if old != n.id {
		b.f.nodes[at].id = ""
	}
	return at
}
