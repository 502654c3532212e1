package trace

import (
	"slices"
	"sort"

	"clew.example/clew/follow/lot"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// path is Graph.Path.
func (gr *grapher) path(p, tx, vout int) []int {
	r := gr.t.runs[p]
	if vout >= 0 && r.keepsLots() && r.policy != lot.Haircut {
		return gr.lotPath(r, tx, gr.makers.ref(tx, vout))
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
func (gr *grapher) lotPath(r *run, tx int, ref ledger.OutRef) []int {
	row, ok := r.rowOf(gr.g.Txs[tx].Pos, ref)
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
		path = append(path, gr.g.txAt(r.visits.at(r.visitOf(r.outOf(at))).pos))
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

// rowOf returns the row of an output's record, false if nothing came to it.
func (r *run) rowOf(pos ledger.Pos, ref ledger.OutRef) (uint32, bool) {
	v := sort.Search(r.visits.len(), func(i int) bool { return r.visits.at(i).pos >= pos })
	if v == r.visits.len() || r.visits.at(v).pos != pos {
		return 0, false
	}
	for row := int(r.visits.at(v).outs); row < r.endOuts(v); row++ {
		if r.outs.at(row).ref == ref {
			return uint32(row), true
		}
	}
	return 0, false
}
