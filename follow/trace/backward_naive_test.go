package trace_test

import (
	"fmt"
	"math/big"
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// rewound interprets one policy backward, the plainest way that is complete: it
// walks all transactions from the newest to the oldest and keeps everything in
// maps. It is written from the definition and shares no code with the engine.
type rewound struct {
	scenario
	policy lot.Policy

	// Of outputs, by row. An output that nothing is asked of is in none of them.
	asked   map[int]*big.Int
	exact   map[int]*big.Rat // what is asked in fractions, ended where units ended
	ends    map[int]trace.Kind
	reasons map[int]trace.Reason
	overlap map[int]*big.Int

	// Of transactions that were come to, by row.
	hops  map[int]uint32
	lacks map[int]map[int]*big.Int // what inputs whose output is not held gave, by place among the inputs

	distance *big.Rat // the farthest that units are from fractions
}

func rewind(s scenario, policy lot.Policy) *rewound {
	w := &rewound{
		scenario: s, policy: policy,
		asked: map[int]*big.Int{}, exact: map[int]*big.Rat{}, ends: map[int]trace.Kind{},
		reasons: map[int]trace.Reason{}, overlap: map[int]*big.Int{},
		hops: map[int]uint32{}, lacks: map[int]map[int]*big.Int{}, distance: new(big.Rat),
	}
	for _, row := range s.starts {
		out := s.model.Out(row, s.asOf)
		w.hops[out.Tx] = 0
		if out.Value > 0 {
			w.asked[row] = whole(uint64(out.Value))
			w.exact[row] = new(big.Rat).SetInt(w.asked[row])
		}
	}
	for row := s.model.Counts(s.asOf).Txs - 1; row >= 0; row-- {
		if _, ok := w.hops[row]; ok {
			w.transaction(s.model.Row(row))
		}
	}
	return w
}

// transaction judges what its outputs are asked for, and asks its inputs for
// what is not ended. All who ask for its outputs are newer.
func (w *rewound) transaction(tx launder.Tx) {
	want, exact := new(big.Int), new(big.Rat)
	for row := tx.FirstOut; row < tx.EndOut; row++ {
		if w.asked[row] == nil {
			continue
		}
		w.judge(tx, row)
		if w.ends[row] == trace.KindNone {
			want.Add(want, w.asked[row])
			exact.Add(exact, w.exact[row])
		}
	}
	if want.Sign() > 0 {
		w.give(tx, want, exact)
	}
}

// judge says where what is asked of an output ends.
func (w *rewound) judge(tx launder.Tx, row int) {
	out, p := w.model.Out(row, w.asOf), w.params
	started := slices.Contains(w.starts, row)
	stop := p.Names[string(out.Script)].Stop
	switch {
	case !started && stop != trace.KindNone:
		w.ends[row] = stop
	case !started && w.asked[row].Cmp(whole(uint64(p.MinValue))) < 0:
		w.ends[row], w.reasons[row] = trace.KindCutoff, trace.ReasonMinValue
	case !started && p.MaxHops != nil && w.hops[tx.Row] > *p.MaxHops:
		w.ends[row], w.reasons[row] = trace.KindCutoff, trace.ReasonMaxHops
	case tx.Coinbase:
		w.ends[row] = trace.KindCoinbase
	}
}

// part is what an input has of what a transaction takes.
type part struct {
	place int // among the inputs
	out   int // the output that it spends, launder.None where the ledger does not hold it
	value *big.Int
}

// parts lists the inputs with what they hold. What those of unknown value share
// is with the first of them.
func (w *rewound) parts(tx launder.Tx) (list []part, total *big.Int) {
	paid, known, lacking := new(big.Int), new(big.Int), -1
	for row := tx.FirstOut; row < tx.EndOut; row++ {
		paid.Add(paid, whole(uint64(w.model.Out(row, w.asOf).Value)))
	}
	for i := tx.FirstIn; i < tx.EndIn; i++ {
		in := w.model.In(i)
		if !in.Known && lacking < 0 {
			lacking = i - tx.FirstIn
		}
		list = append(list, part{i - tx.FirstIn, in.Out, whole(uint64(in.Value))})
		known.Add(known, whole(uint64(in.Value)))
	}
	if paid.Cmp(known) < 0 {
		paid = known
	}
	if lacking >= 0 {
		list[lacking].value = new(big.Int).Sub(paid, known)
	}
	return list, paid
}

// give asks the inputs: for all that they hold under poison, for a part by
// value under haircut, each to the nearest unit of what is left, half up.
func (w *rewound) give(tx launder.Tx, want *big.Int, exact *big.Rat) {
	list, total := w.parts(tx)
	left, share := new(big.Int).Set(total), new(big.Rat).Quo(exact, new(big.Rat).SetInt(total))
	for _, p := range list {
		amount, fraction := p.value, new(big.Rat).SetInt(p.value)
		if w.policy == lot.Haircut {
			amount = nearest(new(big.Int).Mul(want, p.value), left)
			want, left = new(big.Int).Sub(want, amount), new(big.Int).Sub(left, p.value)
			fraction.Mul(fraction, share)
		}
		w.ask(tx, p, amount, fraction)
	}
}

// nearest is n/d to the nearest whole number, half up; 0 of nothing.
func nearest(n, d *big.Int) *big.Int {
	if d.Sign() == 0 {
		return new(big.Int)
	}
	twice := new(big.Int).Lsh(n, 1)
	return new(big.Int).Div(twice.Add(twice, d), new(big.Int).Lsh(d, 1))
}

func (w *rewound) ask(tx launder.Tx, p part, amount *big.Int, fraction *big.Rat) {
	apart := new(big.Rat).Sub(fraction, new(big.Rat).SetInt(amount))
	if apart.Abs(apart).Cmp(w.distance) > 0 {
		w.distance = apart
	}
	if amount.Sign() == 0 {
		return // and fractions below a unit end here too
	}
	if p.out == launder.None {
		if w.lacks[tx.Row] == nil {
			w.lacks[tx.Row] = map[int]*big.Int{}
		}
		w.lacks[tx.Row][p.place] = amount
		return
	}
	maker := w.model.Out(p.out, w.asOf).Tx
	if hop, ok := w.hops[maker]; !ok || w.hops[tx.Row]+1 < hop {
		w.hops[maker] = w.hops[tx.Row] + 1
	}
	if slices.Contains(w.starts, p.out) {
		w.overlap[p.out] = amount // its own already
		return
	}
	w.asked[p.out], w.exact[p.out] = amount, fraction
}

// sums adds up where it all ended.
func (w *rewound) sums() map[trace.Kind]*big.Int {
	sums := map[trace.Kind]*big.Int{}
	add := func(kind trace.Kind, amount *big.Int) {
		if sums[kind] == nil {
			sums[kind] = new(big.Int)
		}
		sums[kind].Add(sums[kind], amount)
	}
	for row, kind := range w.ends {
		if kind != trace.KindNone {
			add(kind, w.asked[row])
		}
	}
	for _, amount := range w.overlap {
		add(trace.KindOverlap, amount)
	}
	for _, lacks := range w.lacks {
		for _, amount := range lacks {
			add(trace.KindUnknownInput, amount)
		}
	}
	return sums
}

// conserves checks that all that was started from ended somewhere.
func (w *rewound) conserves() error {
	sum := new(big.Int)
	for _, amount := range w.sums() {
		sum.Add(sum, amount)
	}
	if theft := whole(w.theft()); w.policy == lot.Haircut && sum.Cmp(theft) != 0 {
		return fmt.Errorf("parts sum to %v of %v", sum, theft)
	}
	return nil
}

// reach returns all that a poison without limits can have come from, by depth
// first from the starts: transactions by row.
func reach(s scenario) map[int]bool {
	seen := map[int]bool{}
	var from func(tx int)
	from = func(tx int) {
		if seen[tx] {
			return
		}
		seen[tx] = true
		row := s.model.Row(tx)
		for i := row.FirstIn; i < row.EndIn; i++ {
			in := s.model.In(i)
			if in.Out == launder.None || in.Value == 0 {
				continue
			}
			from(s.model.Out(in.Out, s.asOf).Tx)
		}
	}
	for _, out := range s.starts {
		if s.model.Out(out, s.asOf).Value > 0 {
			from(s.model.Out(out, s.asOf).Tx)
		}
	}
	for _, out := range s.starts {
		seen[s.model.Out(out, s.asOf).Tx] = true
	}
	return seen
}

func amountOf(n *big.Int) ledger.Amount {
	if n == nil {
		return 0
	}
	return ledger.Amount(n.Uint64())
}
