package trace_test

import (
	"math/big"

	"clew.example/clew/follow/trace"
	"clew.example/clew/sim/launder"
)

// exactDistance propagates the haircut in fractions beside an interpretation in
// whole units, ended where that ended, and returns how far the two are apart
// at most, in base units.
func exactDistance(n *naive) *big.Rat {
	exact, most := map[int]*big.Rat{}, new(big.Rat)
	for row := range n.model.Counts(n.asOf).Txs {
		tx := n.model.Row(row)
		n.exactTransaction(exact, tx)
		for out := tx.FirstOut; out < tx.EndOut; out++ {
			distance := new(big.Rat).SetInt(whole(n.taint[out]))
			if exact[out] != nil {
				distance.Sub(distance, exact[out])
			}
			if distance.Abs(distance).Cmp(most) > 0 {
				most = distance
			}
		}
	}
	return most
}

func (n *naive) exactTransaction(exact map[int]*big.Rat, tx launder.Tx) {
	ins, outs := n.inputs(tx), n.outs(tx)
	taint := new(big.Rat)
	for _, in := range ins {
		if exact[in.row] != nil && n.exactFollowed(in.row) {
			taint.Add(taint, exact[in.row])
		}
	}
	if taint.Sign() > 0 {
		share := taint.Quo(taint, new(big.Rat).SetInt(whole(sumsOf(ins, outs).in)))
		for vout, v := range outs {
			exact[tx.FirstOut+vout] = new(big.Rat).Mul(share, new(big.Rat).SetInt(whole(v)))
		}
	}
	for vout, v := range outs {
		if n.startOf(tx.FirstOut+vout) > 0 {
			exact[tx.FirstOut+vout] = new(big.Rat).SetInt(whole(v))
		}
	}
}

// exactFollowed reports whether fractions go on from an output: as units do,
// and, where there are less than one, unless it is a stop.
func (n *naive) exactFollowed(row int) bool {
	script := string(n.model.Out(row, n.asOf).Script)
	return n.ends[row] == trace.KindNone && n.params.Names[script].Stop == trace.KindNone
}
