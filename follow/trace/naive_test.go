package trace_test

import (
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// The made-up ledger is a source in both forms.
var (
	_ trace.UTXO   = (*launder.Source)(nil)
	_ trace.Finder = (*launder.Source)(nil)
	_ trace.Dense  = (*launder.Source)(nil)
	_ trace.UTXO   = (*launder.Sparse)(nil)
	_ trace.Finder = (*launder.Sparse)(nil)
)

// scenario is what is traced: outputs of a made-up ledger, as of a height.
type scenario struct {
	model  *launder.Model
	asOf   ledger.Height
	params trace.Params
	starts []int // rows of outputs, ascending: so in ledger order
}

// piece is a stretch of the value of an output. Source 0 is clean, source i
// the i-th start.
type piece struct {
	source int
	value  uint64
}

// naive interprets one policy, the plainest way that is complete: it walks all
// transactions in the order of the ledger and keeps everything in maps. It is
// written from the definitions of the policies alone and shares no code with
// the engine that it is compared with.
type naive struct {
	scenario
	policy lot.Policy
	ids    map[int]int // of the starts, 1 to their number, by row

	// Of outputs, by row. An output without taint is in none of them.
	pieces  map[int][]piece // the whole value, what is clean in it too
	taint   map[int]uint64
	ends    map[int]trace.Kind // KindNone: followed into the spender
	reasons map[int]trace.Reason
	overlap map[int]uint64

	// Of visited transactions, by row.
	hops map[int]uint32
	fees map[int]uint64 // those with taint

	sums   map[trace.Kind]uint64
	counts map[trace.Kind]int
}

// interpret traces a scenario under one policy.
func interpret(s scenario, policy lot.Policy) *naive {
	n := &naive{
		scenario: s, policy: policy, ids: map[int]int{},
		pieces: map[int][]piece{}, taint: map[int]uint64{}, ends: map[int]trace.Kind{},
		reasons: map[int]trace.Reason{}, overlap: map[int]uint64{},
		hops: map[int]uint32{}, fees: map[int]uint64{},
		sums: map[trace.Kind]uint64{}, counts: map[trace.Kind]int{},
	}
	for i, row := range s.starts {
		n.ids[row] = i + 1
	}
	for row := range s.model.Counts(s.asOf).Txs {
		n.transaction(s.model.Row(row))
	}
	return n
}

// input is what a transaction spends.
type input struct {
	row     int // of the output; launder.None where the ledger does not hold it
	known   bool
	value   uint64 // if known
	tainted bool   // taint was followed here
	pieces  []piece
}

// inputs returns what a transaction spends. An output whose taint ended at it
// comes as clean.
func (n *naive) inputs(tx launder.Tx) []input {
	var list []input
	for i := tx.FirstIn; i < tx.EndIn; i++ {
		in := n.model.In(i)
		if in.Coinbase {
			continue
		}
		v := input{row: in.Out, known: in.Known, value: uint64(in.Value)}
		if in.Known {
			v.pieces = []piece{{0, v.value}}
		}
		if n.taint[in.Out] > 0 && n.ends[in.Out] == trace.KindNone {
			v.tainted, v.pieces = true, n.pieces[in.Out]
		}
		list = append(list, v)
	}
	return list
}

// transaction takes one transaction: what comes in moves to the outputs and
// the fee, thefts begin, and each output is judged.
func (n *naive) transaction(tx launder.Tx) {
	ins, outs := n.inputs(tx), n.outs(tx)
	moved := make([][]piece, len(outs)+1) // the fee is the last
	arrived := false
	for _, in := range ins {
		if in.tainted {
			hop := 1 + n.hops[n.model.Out(in.row, n.asOf).Tx]
			if !arrived || hop < n.hops[tx.Row] {
				n.hops[tx.Row] = hop
			}
			arrived = true
		}
	}
	if arrived {
		moved = n.move(ins, outs)
	}
	for vout := range outs {
		if id := n.startOf(tx.FirstOut + vout); id > 0 {
			n.hops[tx.Row] = 0
			moved[vout] = n.steal(tx.FirstOut+vout, id, moved[vout], outs[vout])
		}
	}
	for vout := range outs {
		n.settle(tx, tx.FirstOut+vout, moved[vout])
	}
	if fee := taintOf(moved[len(outs)]); fee > 0 {
		n.fees[tx.Row] = fee
		n.end(trace.KindFee, fee)
	}
}

func (n *naive) outs(tx launder.Tx) []uint64 {
	var values []uint64
	for row := tx.FirstOut; row < tx.EndOut; row++ {
		values = append(values, uint64(n.model.Out(row, n.asOf).Value))
	}
	return values
}

// startOf returns the number of the start at an output, 0 if there is none.
func (n *naive) startOf(row int) int { return n.ids[row] }

// steal makes what is clean in an output the start's. What it carries of an
// earlier start stays with that one, and as much of this start overlaps.
func (n *naive) steal(row, id int, carried []piece, value uint64) []piece {
	if carried == nil {
		carried = []piece{{0, value}}
	}
	if n.policy == lot.Poison {
		return []piece{{id, value}}
	}
	if overlap := taintOf(carried); overlap > 0 {
		n.overlap[row] = overlap
		n.end(trace.KindOverlap, overlap)
	}
	var stolen []piece
	for _, p := range carried {
		if p.source == 0 {
			p.source = id
		}
		stolen = append(stolen, p)
	}
	return stolen
}

func taintOf(pieces []piece) uint64 {
	var sum uint64
	for _, p := range pieces {
		if p.source != 0 {
			sum += p.value
		}
	}
	return sum
}

// settle keeps what came to an output and says what becomes of it.
func (n *naive) settle(tx launder.Tx, row int, pieces []piece) {
	taint := taintOf(pieces)
	if taint == 0 {
		return
	}
	n.pieces[row], n.taint[row] = pieces, taint
	kind, reason := n.judge(row, taint, n.hops[tx.Row])
	n.ends[row] = kind
	if reason != trace.ReasonNone {
		n.reasons[row] = reason
	}
	if kind != trace.KindNone {
		n.end(kind, taint)
	}
}

func (n *naive) end(kind trace.Kind, amount uint64) {
	n.sums[kind] += amount
	n.counts[kind]++
}

// judge says where the taint of an output ends; KindNone: it is followed.
func (n *naive) judge(row int, taint uint64, hop uint32) (trace.Kind, trace.Reason) {
	out, p := n.model.Out(row, n.asOf), n.params
	if stop := p.Names[string(out.Script)].Stop; stop != trace.KindNone {
		return stop, trace.ReasonNone
	}
	if taint < uint64(p.MinValue) {
		return trace.KindCutoff, trace.ReasonMinValue
	}
	if p.MaxHops != nil && hop > *p.MaxHops {
		return trace.KindCutoff, trace.ReasonMaxHops
	}
	if out.Spender != launder.None {
		if p.Until != nil && n.model.Row(out.Spender).Pos.Height() > *p.Until {
			return trace.KindCutoff, trace.ReasonUntil
		}
		return trace.KindNone, trace.ReasonNone
	}
	if bitcoin.KindOf(out.Script) == bitcoin.KindOpReturn {
		return trace.KindBurn, trace.ReasonNone
	}
	return trace.KindUnspent, trace.ReasonNone
}

// endInput ends the taint of an output that was followed into its spender and
// cannot be carried on there.
func (n *naive) endInput(in input, kind trace.Kind) {
	n.ends[in.row] = kind
	n.end(kind, n.taint[in.row])
}

// theft returns the sum of the starts that the ledger holds.
func (s scenario) theft() uint64 {
	var sum uint64
	for _, row := range s.starts {
		if row < s.model.Counts(s.asOf).Outputs {
			sum += uint64(s.model.Out(row, s.asOf).Value)
		}
	}
	return sum
}
