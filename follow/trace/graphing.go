package trace

import (
	"context"
	"slices"
	"sort"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// grapher makes the graph of a trace. What every node needs a little of is cut
// from slabs: a graph can have millions.
type grapher struct {
	t      *Trace
	g      *Graph
	src    UTXO
	makers makers

	ins     slab[InNode]
	outs    slab[OutNode]
	visited slab[bool]
	amounts slab[ledger.Amount]
	kinds   slab[Kind]
	bytes   slab[byte]
}

// slab hands out pieces of slices, each twice as large as the one before, up
// to a limit: the graph of a block is small, that of a trace can be large.
type slab[T any] struct {
	free []T
	size int
}

const (
	slabSizeMin = 1 << 4
	slabSizeMax = 1 << 12
)

func (s *slab[T]) take(n int) []T {
	if len(s.free) < n {
		s.size = min(max(2*s.size, slabSizeMin), slabSizeMax)
		s.free = make([]T, max(n, s.size))
	}
	piece := s.free[:n:n]
	s.free = s.free[n:]
	return piece
}

func newGrapher(t *Trace, src UTXO, txs int) *grapher {
	g := &Graph{Policies: t.params.Policies, Txs: make([]TxNode, 0, txs)}
	return &grapher{t: t, src: src, g: g, makers: makers{g: g}}
}

// Graph gathers everything that was visited, with ids, times and accounts. The
// source is pinned where the trace stands; address writes accounts as people
// do, "" for those without an address.
func (t *Trace) Graph(ctx context.Context, src UTXO, address func(ledger.Account) string) (*Graph, error) {
	refs := t.visited()
	gr := newGrapher(t, src, len(refs))
	if err := gr.load(ctx, refs); err != nil {
		return nil, err
	}
	for p, r := range t.runs {
		gr.overlay(p, r, mark{})
	}
	if err := gr.account(ctx, address); err != nil {
		return nil, err
	}
	gr.assume()
	gr.g.Path = gr.path
	return gr.g, nil
}

// visited merges the visits of all runs, in ledger order.
func (t *Trace) visited() (refs []ledger.TxRef) {
	next := make([]int, len(t.runs))
	for {
		var first *visit
		for i, r := range t.runs {
			if next[i] < r.visits.len() {
				if v := r.visits.at(next[i]); first == nil || v.pos < first.pos {
					first = v
				}
			}
		}
		if first == nil {
			return refs
		}
		refs = append(refs, first.ref)
		for i, r := range t.runs {
			if next[i] < r.visits.len() && r.visits.at(next[i]).pos == first.pos {
				next[i]++
			}
		}
	}
}

// graphBatch is how many transactions, or outputs, are asked for at a time.
const graphBatch = 1024

func (gr *grapher) load(ctx context.Context, refs []ledger.TxRef) (err error) {
	var views []ledger.TxView
	for batch := range slices.Chunk(refs, graphBatch) {
		if views, err = gr.src.AppendTxs(ctx, views[:0], batch); err != nil {
			return err
		}
		for i := range views {
			gr.add(&views[i])
		}
	}
	return nil
}

// add appends a transaction and ties its inputs to those before it.
func (gr *grapher) add(v *ledger.TxView) {
	i := len(gr.g.Txs)
	n := TxNode{ID: v.ID, Pos: v.Pos, Time: v.Time, Hop: ^uint32(0), Coinbase: v.Coinbase, FeeKnown: !v.Coinbase,
		Visited: gr.visited.take(len(gr.g.Policies)), Ins: gr.ins.take(len(v.Ins)), Outs: gr.outs.take(len(v.Outs))}
	var in, out ledger.Amount
	for k := range v.Ins {
		from := &v.Ins[k]
		n.Ins[k] = InNode{Prev: from.Prev, Tx: -1, Known: from.Known, Value: from.Value}
		n.FeeKnown = n.FeeKnown && from.Known
		in += from.Value
		if at, ok := gr.makers.find(from.Ref); ok {
			n.Ins[k].Tx = at.tx
			gr.g.Txs[at.tx].Outs[at.vout].Tx = i
		}
	}
	for k := range v.Outs {
		n.Outs[k] = OutNode{Value: v.Outs[k].Value, Tx: -1}
		out += v.Outs[k].Value
	}
	if in > out && !v.Coinbase {
		n.Fee = in - out
	}
	gr.makers.add(v.Outs)
	gr.g.Txs = append(gr.g.Txs, n)
}

// txAt returns the transaction of a position, which must be there.
func (g *Graph) txAt(pos ledger.Pos) int {
	return sort.Search(len(g.Txs), func(i int) bool { return g.Txs[i].Pos >= pos })
}

// overlay lays what a run found since a mark over the graph.
func (gr *grapher) overlay(p int, r *run, since mark) {
	policies, tx := len(gr.g.Policies), 0
	for i := since.visits; i < r.visits.len(); i++ {
		v := r.visits.at(i)
		for gr.g.Txs[tx].Pos != v.pos {
			tx++
		}
		n := &gr.g.Txs[tx]
		n.Visited[p], n.Hop = true, min(n.Hop, v.hop)
		if v.fee > 0 {
			if n.FeeTaint == nil {
				n.FeeTaint = gr.amounts.take(policies)
			}
			n.FeeTaint[p] = v.fee
		}
		for row := int(v.outs); row < r.endOuts(i); row++ {
			o := r.outs.at(row)
			gr.taint(&n.Outs[gr.makers.vout(tx, o.ref)], p, o)
		}
	}
	for _, o := range r.overlaps[since.overlaps:] {
		at, _ := gr.makers.find(r.outs.at(int(o.out)).ref)
		out := &gr.g.Txs[at.tx].Outs[at.vout]
		if out.Overlap == nil {
			out.Overlap = gr.amounts.take(policies)
		}
		out.Overlap[p] = o.amount
	}
	for _, s := range gr.t.starts[since.next:r.next] {
		n := &gr.g.Txs[gr.g.txAt(s.Pos)]
		n.Start, n.Outs[s.Vout].Started = true, true
	}
}

// endOuts returns where the tainted outputs of a visit end.
func (r *run) endOuts(visit int) int {
	if visit+1 < r.visits.len() {
		return int(r.visits.at(visit + 1).outs)
	}
	return r.outs.len()
}

// taint lays an output's record over its node.
func (gr *grapher) taint(o *OutNode, p int, t *tainted) {
	if o.Taint == nil {
		o.Taint, o.Ends = gr.amounts.take(len(gr.g.Policies)), gr.kinds.take(len(gr.g.Policies))
	}
	o.Taint[p], o.Ends[p] = t.taint, t.fate.kind()
	if t.reason != ReasonNone {
		if o.Reasons == nil {
			o.Reasons = make([]Reason, len(gr.g.Policies))
		}
		o.Reasons[p] = t.reason
	}
}

// account finds who the tainted outputs pay, whether they are spent, and which
// of those that rest are burnt.
func (gr *grapher) account(ctx context.Context, address func(ledger.Account) string) error {
	refs, outs := make([]ledger.OutRef, 0, graphBatch), make([]*OutNode, 0, graphBatch)
	for i := range gr.g.Txs {
		for k := range gr.g.Txs[i].Outs {
			if o := &gr.g.Txs[i].Outs[k]; o.Taint != nil {
				refs, outs = append(refs, gr.makers.ref(i, k)), append(outs, o)
			}
		}
		if len(refs) >= graphBatch || i == len(gr.g.Txs)-1 {
			if err := gr.accounts(ctx, refs, outs, address); err != nil {
				return err
			}
			refs, outs = refs[:0], outs[:0]
		}
	}
	return nil
}

func (gr *grapher) accounts(ctx context.Context, refs []ledger.OutRef, outs []*OutNode, address func(ledger.Account) string) error {
	accounts, err := gr.src.AppendAccounts(ctx, nil, refs)
	if err != nil {
		return err
	}
	spends, err := gr.src.AppendSpenders(ctx, nil, refs)
	if err != nil {
		return err
	}
	for i, o := range outs {
		o.Account = gr.bytes.take(len(accounts[i]))
		copy(o.Account, accounts[i])
		o.Address, o.Name = address(o.Account), gr.t.params.Names[string(o.Account)]
		o.Spent = uint64(spends[i].Tx) != ledger.NoRef
		if bitcoin.KindOf(o.Account) == bitcoin.KindOpReturn {
			o.burn()
		}
	}
	return nil
}

// burn says of an output that rests that it rests for ever.
func (o *OutNode) burn() {
	for p := range o.Ends {
		if o.Ends[p] == KindUnspent {
			o.Ends[p] = KindBurn
		}
	}
}

// assume counts where something was assumed, and fills in the fees.
func (gr *grapher) assume() {
	for i := range gr.g.Txs {
		n := &gr.g.Txs[i]
		if !n.FeeKnown && !n.Coinbase && len(n.Ins) > 0 {
			gr.g.Assumed.Fee++
		}
		for k := range n.Ins {
			if n.Ins[k].Tx >= 0 && slices.Contains(gr.g.from(n, k).Ends, KindUnknownInput) {
				gr.g.Assumed.Order++
				break
			}
		}
	}
}

// from returns the output that an input of the graph spends.
func (g *Graph) from(n *TxNode, k int) *OutNode {
	return &g.Txs[n.Ins[k].Tx].Outs[n.Ins[k].Prev.Vout]
}
