package trace

import (
	"cmp"
	"context"
	"slices"
	"sort"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/lot"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// grapher makes the graph of a trace.
type grapher struct {
	t    *Trace
	g    *Graph
	src  UTXO
	refs []ledger.TxRef           // of g.Txs, in ledger order
	at   map[ledger.TxRef]int     // where they stand
	outs [][]ledger.OutRef        // of g.Txs
	made map[ledger.OutRef]int    // the transaction of each output; an id may have several (BIP 30)
	rows map[ledger.OutRef][2]int // tainted outputs: transaction and number
}

// Graph gathers everything that was visited, with ids, times and accounts. The
// source is pinned where the trace stands; address writes accounts as people
// do, "" for those without an address.
func (t *Trace) Graph(ctx context.Context, src UTXO, address func(ledger.Account) string) (*Graph, error) {
	gr := &grapher{t: t, src: src, g: &Graph{Policies: t.params.Policies},
		at: map[ledger.TxRef]int{}, made: map[ledger.OutRef]int{}, rows: map[ledger.OutRef][2]int{}}
	if err := gr.load(ctx); err != nil {
		return nil, err
	}
	for p, r := range t.runs {
		gr.overlay(p, r)
	}
	if err := gr.account(ctx, address); err != nil {
		return nil, err
	}
	gr.assume()
	gr.g.Path = gr.path
	return gr.g, nil
}

// loadBatch is how many transactions are read at a time.
const loadBatch = 1024

// load reads every transaction that a run visited.
func (gr *grapher) load(ctx context.Context) error {
	for _, r := range gr.t.runs {
		for i := range r.visits.len() {
			if ref := r.visits.at(i).ref; !has(gr.at, ref) {
				gr.at[ref] = 0
				gr.refs = append(gr.refs, ref)
			}
		}
	}
	pos := map[ledger.TxRef]ledger.Pos{}
	for _, r := range gr.t.runs {
		for i := range r.visits.len() {
			pos[r.visits.at(i).ref] = r.visits.at(i).pos
		}
	}
	slices.SortFunc(gr.refs, func(a, b ledger.TxRef) int { return cmp.Compare(pos[a], pos[b]) })
	gr.g.Txs = make([]TxNode, 0, len(gr.refs))
	var views []ledger.TxView
	var err error
	for from := 0; from < len(gr.refs); from += loadBatch {
		if views, err = gr.src.AppendTxs(ctx, views[:0], gr.refs[from:min(from+loadBatch, len(gr.refs))]); err != nil {
			return err
		}
		for i := range views {
			gr.add(&views[i])
		}
	}
	return nil
}

func has[K comparable, V any](m map[K]V, k K) bool {
	_, ok := m[k]
	return ok
}

// add appends a transaction and ties its inputs to those before it.
func (gr *grapher) add(v *ledger.TxView) {
	i := len(gr.g.Txs)
	n := TxNode{ID: v.ID, Pos: v.Pos, Time: v.Time, Hop: ^uint32(0), Coinbase: v.Coinbase, FeeKnown: !v.Coinbase,
		Visited: make([]bool, len(gr.g.Policies)), Ins: make([]InNode, len(v.Ins)), Outs: make([]OutNode, len(v.Outs))}
	var in, out ledger.Amount
	for k := range v.Ins {
		from := &v.Ins[k]
		n.Ins[k] = InNode{Prev: from.Prev, Tx: -1, Known: from.Known, Value: from.Value}
		n.FeeKnown = n.FeeKnown && from.Known
		in += from.Value
		if tx, ok := gr.made[from.Ref]; ok {
			n.Ins[k].Tx = tx
			gr.g.Txs[tx].Outs[from.Prev.Vout].Tx = i
		}
	}
	refs := make([]ledger.OutRef, len(v.Outs))
	for k := range v.Outs {
		n.Outs[k] = OutNode{Value: v.Outs[k].Value, Tx: -1}
		refs[k] = v.Outs[k].Ref
		gr.made[refs[k]] = i
		out += v.Outs[k].Value
	}
	if in > out && !v.Coinbase {
		n.Fee = in - out
	}
	gr.at[gr.refs[i]] = i
	gr.g.Txs, gr.outs = append(gr.g.Txs, n), append(gr.outs, refs)
}

// overlay lays what a run found over the graph.
func (gr *grapher) overlay(p int, r *run) {
	policies := len(gr.g.Policies)
	for i := range r.visits.len() {
		v := r.visits.at(i)
		tx := gr.at[v.ref]
		n := &gr.g.Txs[tx]
		n.Visited[p], n.Hop = true, min(n.Hop, v.hop)
		if v.fee > 0 {
			if n.FeeTaint == nil {
				n.FeeTaint = make([]ledger.Amount, policies)
			}
			n.FeeTaint[p] = v.fee
		}
		vout := 0
		for row := int(v.outs); row < r.endOuts(i); row++ {
			for gr.outs[tx][vout] != r.outs.at(int(row)).ref {
				vout++
			}
			gr.rows[r.outs.at(int(row)).ref] = [2]int{tx, vout}
			n.Outs[vout].overlay(p, policies, r.outs.at(int(row)))
		}
	}
	for _, o := range r.overlaps {
		at := gr.rows[r.outs.at(int(o.out)).ref]
		out := &gr.g.Txs[at[0]].Outs[at[1]]
		if out.Overlap == nil {
			out.Overlap = make([]ledger.Amount, policies)
		}
		out.Overlap[p] = o.amount
	}
	for _, s := range gr.t.starts[:r.next] {
		n := &gr.g.Txs[gr.at[s.Tx]]
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

func (o *OutNode) overlay(p, policies int, t *tainted) {
	if o.Taint == nil {
		o.Taint, o.Ends = make([]ledger.Amount, policies), make([]Kind, policies)
	}
	o.Taint[p], o.Ends[p] = t.taint, t.fate.kind()
	if t.reason != ReasonNone {
		if o.Reasons == nil {
			o.Reasons = make([]Reason, policies)
		}
		o.Reasons[p] = t.reason
	}
}

// account finds who the tainted outputs pay, whether they are spent, and which
// of those that rest are burnt.
func (gr *grapher) account(ctx context.Context, address func(ledger.Account) string) error {
	var refs []ledger.OutRef
	var outs []*OutNode
	for i := range gr.g.Txs {
		for k := range gr.g.Txs[i].Outs {
			if o := &gr.g.Txs[i].Outs[k]; o.Taint != nil {
				refs, outs = append(refs, gr.outs[i][k]), append(outs, o)
			}
		}
	}
	accounts, err := gr.src.AppendAccounts(ctx, nil, refs)
	if err != nil {
		return err
	}
	spends, err := gr.src.AppendSpenders(ctx, nil, refs)
	if err != nil {
		return err
	}
	for i, o := range outs {
		o.Account = slices.Clone(accounts[i])
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

// path is Graph.Path.
func (gr *grapher) path(p, tx, vout int) []int {
	r := gr.t.runs[p]
	if vout >= 0 && r.keepsLots() && r.policy != lot.Haircut {
		return gr.lotPath(r, gr.outs[tx][vout])
	}
	if vout < 0 && (gr.g.Txs[tx].FeeTaint == nil || gr.g.Txs[tx].FeeTaint[p] == 0) {
		return nil
	}
	if vout >= 0 && (gr.g.Txs[tx].Outs[vout].Taint == nil || gr.g.Txs[tx].Outs[vout].Taint[p] == 0) {
		return nil
	}
	return gr.g.mainPath(p, tx, vout)
}

// mainPath goes back from an output (-1: the fee) by the input that brings the
// most taint, the first of equals, until it comes to an output where the trace
// starts.
func (g *Graph) mainPath(p, tx, vout int) []int {
	path := []int{tx}
	for vout < 0 || !g.Txs[tx].Outs[vout].Started {
		n, most, best := &g.Txs[tx], ledger.Amount(0), -1
		for k := range n.Ins {
			if n.Ins[k].Tx < 0 {
				continue
			}
			if o := g.from(n, k); o.Taint != nil && o.Ends[p] == KindNone && o.Taint[p] > most {
				most, best = o.Taint[p], k
			}
		}
		if best < 0 {
			break
		}
		tx, vout = n.Ins[best].Tx, int(n.Ins[best].Prev.Vout)
		path = append(path, tx)
	}
	slices.Reverse(path)
	return path
}

// lotPath goes back by the parents of the largest lot of an output.
func (gr *grapher) lotPath(r *run, ref ledger.OutRef) []int {
	row, ok := r.rowOf(gr, ref)
	if !ok {
		return nil
	}
	best := -1
	lots := r.lotsOf(row)
	for i := range lots {
		if lots[i].Source != lot.Clean && (best < 0 || lots[i].Qty > lots[best].Qty) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	var path []int
	for at := r.outs.at(int(row)).lots + uint32(best); ; at = r.lots[at].Parent {
		path = append(path, gr.at[r.visits.at(r.visitOf(r.outOf(at))).ref])
		if r.lots[at].Parent == noParent {
			break
		}
		invariant.Check(r.lots[at].Parent < at, "a lot comes from a later one")
	}
	slices.Reverse(path)
	return path
}

// outOf returns the row of the output that holds a lot.
func (r *run) outOf(at uint32) int {
	return sort.Search(r.outs.len(), func(i int) bool { return r.outs.at(i).lots > at }) - 1
}

// visitOf returns the visit that made an output.
func (r *run) visitOf(out int) int {
	return sort.Search(r.visits.len(), func(i int) bool { return int(r.visits.at(i).outs) > out }) - 1
}

// rowOf returns the row of an output's record.
func (r *run) rowOf(gr *grapher, ref ledger.OutRef) (uint32, bool) {
	tx, ok := gr.rows[ref]
	if !ok {
		return 0, false
	}
	pos := gr.g.Txs[tx[0]].Pos
	v := sort.Search(r.visits.len(), func(i int) bool { return r.visits.at(i).pos >= pos })
	if v == r.visits.len() || r.visits.at(v).pos != pos {
		return 0, false
	}
	for row := int(r.visits.at(v).outs); row < r.endOuts(v); row++ {
		if r.outs.at(int(row)).ref == ref {
			return uint32(row), true
		}
	}
	return 0, false
}
