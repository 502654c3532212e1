package trace

import (
	"cmp"
	"context"
	"slices"

	"clew.example/clew/ledger"
)

// graph makes the graph of a walk back.
func (b *backward) graph(ctx context.Context, address func(ledger.Account) string) (*Graph, error) {
	gr := newGrapher(b.t, b.src, len(b.txs))
	gr.g.Backward = true
	var list []*origin
	for _, o := range b.txs {
		if slices.Contains(o.visited, true) {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(x, y *origin) int { return cmp.Compare(x.view.Pos, y.view.Pos) })
	for i, o := range list {
		gr.add(&o.view)
		n := &gr.g.Txs[i]
		n.Hop, n.Visited = o.least, o.visited
		for k, taint := range o.lacking {
			n.Ins[k].Taint = taint
		}
		b.overlay(n, o)
	}
	for _, s := range b.t.starts {
		n := &gr.g.Txs[gr.g.txAt(s.Pos)]
		n.Start, n.Outs[s.Vout].Started = true, true
	}
	if err := gr.account(ctx, address); err != nil {
		return nil, err
	}
	for i := range gr.g.Txs {
		if n := &gr.g.Txs[i]; !n.FeeKnown && !n.Coinbase {
			gr.g.Assumed.Fee++
		}
	}
	gr.g.Path = gr.g.pathBack
	return gr.g, nil
}

// overlay writes down what the outputs of a transaction were asked for.
func (b *backward) overlay(n *TxNode, o *origin) {
	for k := range n.Outs {
		claims := b.outs[o.view.Outs[k].Ref]
		for p, c := range claims {
			if c.amount == 0 {
				continue
			}
			out := &n.Outs[k]
			if out.Taint == nil {
				out.Taint, out.Ends = make([]ledger.Amount, len(claims)), make([]Kind, len(claims))
			}
			out.Taint[p], out.Ends[p] = c.amount, c.fate
			if c.reason != ReasonNone {
				if out.Reasons == nil {
					out.Reasons = make([]Reason, len(claims))
				}
				out.Reasons[p] = c.reason
			}
			if c.overlap > 0 {
				if out.Overlap == nil {
					out.Overlap = make([]ledger.Amount, len(claims))
				}
				out.Overlap[p] = c.overlap
			}
		}
	}
}

// pathBack goes from an output (-1: what the transaction's inputs lack) to the
// start that asks for it, by the output that asks for most, and lists the
// start's transaction first. Nil if nothing is asked for there.
func (g *Graph) pathBack(p, tx, vout int) []int {
	n := &g.Txs[tx]
	if vout < 0 {
		if !n.lacks(p) {
			return nil
		}
		vout = g.asks(p, tx)
	} else if n.Outs[vout].Taint == nil || n.Outs[vout].Taint[p] == 0 {
		return nil
	}
	path := []int{tx}
	for vout >= 0 && !g.Txs[tx].Outs[vout].Started {
		next := g.Txs[tx].Outs[vout].Tx
		if next < 0 {
			break
		}
		tx, vout = next, g.asks(p, next)
		path = append(path, tx)
	}
	slices.Reverse(path)
	return path
}

// lacks reports whether something came by an input that the source does not
// hold the output of.
func (n *TxNode) lacks(p int) bool {
	return slices.ContainsFunc(n.Ins, func(in InNode) bool { return in.Taint != nil && in.Taint[p] > 0 })
}

// asks returns the output of a transaction that is asked for most, a start's
// before all others; -1 if none is.
func (g *Graph) asks(p, tx int) int {
	best := -1
	for k := range g.Txs[tx].Outs {
		o := &g.Txs[tx].Outs[k]
		if o.Taint == nil || o.Taint[p] == 0 || o.Ends[p] != KindNone {
			continue
		}
		if o.Started {
			return k
		}
		if best < 0 || o.Taint[p] > g.Txs[tx].Outs[best].Taint[p] {
			best = k
		}
	}
	return best
}
