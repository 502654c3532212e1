package flow

import (
	"errors"
	"fmt"
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// base is the whole graph before folding: leaves, what goes between them and
// what ends in them. Links lead in the direction of taint, so backward against
// time.
type base struct {
	g        *trace.Graph
	policies int
	leaves   []leaf
	links    []link
	starts   []start
	endings  []ending

	of     []int32          // leaf of a transaction
	theft  map[int32]int32  // leaf of a start, by transaction, where it stands alone
	places map[string]int32 // leaves of ends by id
	names  txNames
	sure   []bool    // by transaction: no rule had to choose
	chains [][]int32 // transactions of each peel chain
	hop    []int32   // chain of a transaction plus one; 0: none
	slab   []ledger.Amount
	sums
}

// placesMax bounds the transactions and tainted outputs of a trace that is made
// ready to be drawn: some 600 bytes each are kept, and 8 for each policy.
const placesMax = 1_000_000

// ErrLarge says that a trace is too large to be drawn. Its result, its exits and
// its files do without.
var ErrLarge = errors.New("the trace is too large to be drawn")

// fits refuses a graph that would fill the memory.
func fits(g *trace.Graph) error {
	n := len(g.Txs)
	for i := range g.Txs {
		for v := range g.Txs[i].Outs {
			if g.Txs[i].Outs[v].Taint != nil {
				n++
			}
		}
	}
	if n > placesMax {
		return fmt.Errorf("%w: %d transactions and outputs, at most %d", ErrLarge, n, placesMax)
	}
	return nil
}

func newBase(g *trace.Graph) (*base, error) {
	if err := fits(g); err != nil {
		return nil, err
	}
	b := &base{g: g, policies: len(g.Policies), of: make([]int32, len(g.Txs)), theft: map[int32]int32{}, places: map[string]int32{},
		names: txNames{g: g, seen: map[ledger.TxID]int{}}, sure: make([]bool, len(g.Txs))}
	b.findChains()
	for i := range g.Txs {
		b.addTx(i)
	}
	if g.Backward {
		b.sureBack()
	}
	for i := range g.Txs {
		var err error
		if g.Backward {
			err = b.back(i)
		} else {
			b.sure[i] = b.pure(i)
			err = b.forth(i)
		}
		if err != nil {
			return nil, fmt.Errorf("transaction %s: %w", g.Txs[i].ID, err)
		}
	}
	return b, b.err()
}

// take returns amounts of 0, one for each policy.
func (b *base) take() []ledger.Amount {
	const slabSize = 1 << 13
	if len(b.slab) < b.policies {
		b.slab = make([]ledger.Amount, max(slabSize, b.policies))
	}
	piece := b.slab[:b.policies:b.policies]
	b.slab = b.slab[b.policies:]
	return piece
}

func (b *base) newLeaf(l leaf) int32 {
	t := &b.g.Txs[l.tx]
	l.last, l.hops, l.from, l.to = l.tx, t.Hop, t.Time, t.Time
	b.leaves = append(b.leaves, l)
	return int32(len(b.leaves) - 1)
}

// addTx makes the leaf of a transaction. Where a start is one of a peel chain,
// or taint goes back from it, it stands apart from its transaction.
func (b *base) addTx(i int) {
	t, name := &b.g.Txs[i], b.names.of(i)
	starts := slices.ContainsFunc(t.Outs, func(o trace.OutNode) bool { return o.Started })
	apart := b.g.Backward || b.hop[i] > 0
	l := leaf{id: "tx:" + name, kind: leafTx, tx: int32(i), vout: noVout, own: true}
	if starts && !apart {
		l.id, l.kind = "theft:"+name, leafTheft
	}
	b.of[i] = b.newLeaf(l)
	if !starts {
		return
	}
	at := b.of[i]
	if apart {
		at = b.newLeaf(leaf{id: "theft:" + name, kind: leafTheft, tx: int32(i), vout: noVout})
		b.theft[int32(i)] = at
	}
	s := start{leaf: at, tx: int32(i), amounts: b.take()}
	n := 0
	for v := range t.Outs {
		if o := &t.Outs[v]; o.Started {
			n++
			b.add(&s.value, o.Value)
			b.addAll(s.amounts, b.amounts(o, func(trace.Kind) bool { return true }))
		}
	}
	b.starts = append(b.starts, s)
	if apart && !b.g.Backward {
		b.links = append(b.links, link{from: at, to: b.of[i], tx: int32(i), vout: noVout, time: t.Time, value: s.value, amounts: s.amounts})
	}
}

// amounts are what an output carries under the policies under which it ended in
// a kind that is asked for; nil if that is nothing. Poison reaches the whole of
// it.
func (b *base) amounts(o *trace.OutNode, in func(trace.Kind) bool) []ledger.Amount {
	var taken []ledger.Amount
	for p, a := range o.Taint {
		if a == 0 || !in(o.Ends[p]) {
			continue
		}
		if taken == nil {
			taken = b.take()
		}
		if taken[p] = a; b.g.Policies[p] == lot.Poison {
			taken[p] = o.Value
		}
	}
	return taken
}

// onward reports whether taint that ended so gets as far as the transaction
// that spends it: it is there that what is diluted meets other coins.
func onward(o *trace.OutNode) func(trace.Kind) bool {
	return func(k trace.Kind) bool { return k == trace.KindNone || k == trace.KindDiluted && o.Tx >= 0 }
}

// forth makes the links of a transaction's outputs and states its fee.
func (b *base) forth(i int) error {
	t := &b.g.Txs[i]
	for v := range t.Outs {
		o := &t.Outs[v]
		if err := b.forthOut(i, v, o); err != nil {
			return err
		}
	}
	if t.FeeTaint == nil {
		return nil
	}
	fee := b.take()
	for p, a := range t.FeeTaint {
		if fee[p] = a; a > 0 && b.g.Policies[p] == lot.Poison {
			fee[p] = t.Fee
		}
	}
	b.end(b.of[i], i, trace.KindFee, fee)
	return nil
}

func (b *base) forthOut(i, v int, o *trace.OutNode) error {
	if o.Overlap != nil {
		b.end(b.of[i], i, trace.KindOverlap, b.overlap(o))
	}
	l := link{from: b.of[i], tx: int32(i), vout: int32(v), rule: !o.Started && !b.sure[i], value: o.Value}
	if l.amounts = b.amounts(o, onward(o)); l.amounts != nil {
		if o.Tx < 0 {
			return fmt.Errorf("output %d is followed to nowhere: %w", v, errGraph)
		}
		l.to, l.time = b.of[o.Tx], b.g.Txs[o.Tx].Time
		b.links = append(b.links, l)
		b.end(l.to, o.Tx, trace.KindDiluted, b.amounts(o, func(k trace.Kind) bool { return k == trace.KindDiluted }))
	}
	for k := trace.KindService; k <= trace.KindCoinbase; k++ {
		if onward(o)(k) {
			continue
		}
		l.amounts = b.amounts(o, func(end trace.Kind) bool { return end == k })
		if l.amounts == nil {
			continue
		}
		if k == trace.KindDiluted { // it is not known in which transaction
			b.end(b.of[i], i, k, l.amounts)
			continue
		}
		l.to, l.time = b.place(i, v, k), b.g.Txs[i].Time
		b.links = append(b.links, l)
		b.end(l.to, i, k, l.amounts)
	}
	return nil
}

// overlap is what of a start belongs to an earlier one.
func (b *base) overlap(o *trace.OutNode) []ledger.Amount {
	amounts := b.take()
	for p, a := range o.Overlap {
		if b.g.Policies[p] != lot.Poison {
			amounts[p] = a
		}
	}
	return amounts
}

func (b *base) end(at int32, tx int, kind trace.Kind, amounts []ledger.Amount) {
	if some(amounts) {
		b.endings = append(b.endings, ending{at, int32(tx), kind, amounts})
	}
}

// place is the leaf where an output ended: one for each account of a service,
// list or mixer, else one for each outpoint.
func (b *base) place(i, v int, kind trace.Kind) int32 {
	l := leaf{kind: endKind(kind), tx: int32(i), vout: int32(v)}
	switch kind {
	case trace.KindService, trace.KindListed, trace.KindMixer:
		l.account = true
		l.id = kind.String() + ":" + scriptID(b.g.Txs[i].Outs[v].Account)
	default:
		l.id = fmt.Sprintf("%s:%s:%d", kind, b.names.of(i), v)
	}
	return b.placed(l)
}

func (b *base) placed(l leaf) int32 {
	at, known := b.places[l.id]
	if !known {
		at = b.newLeaf(l)
		b.places[l.id] = at
		return at
	}
	t, old := &b.g.Txs[l.tx], &b.leaves[at]
	invariant.Check(old.kind == l.kind, "two kinds of end are both %s", l.id)
	old.last, old.hops = max(old.last, l.tx), min(old.hops, t.Hop)
	old.from, old.to = min(old.from, t.Time), max(old.to, t.Time)
	return at
}

// pure reports whether a transaction spends coins of the starts and nothing
// else, and so did all before it: then no rule had to choose.
func (b *base) pure(i int) bool {
	t := &b.g.Txs[i]
	for k := range t.Ins {
		in := &t.Ins[k]
		if in.Tx < 0 || !b.sure[in.Tx] && !b.g.Txs[in.Tx].Outs[in.Prev.Vout].Started {
			return false
		}
	}
	return len(t.Ins) > 0
}
