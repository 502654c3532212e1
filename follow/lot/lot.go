package lot

import (
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// Clean is the source of value that was not stolen, or of which nothing is
// known.
const Clean = 0

// Lot is a run of value with one origin.
type Lot struct {
	Qty    ledger.Amount
	Offset ledger.Amount // of its first unit in the value that was stolen
	Source uint32        // number of the start, from 1; Clean
	Parent uint32        // the lot that it is a part of, as the caller numbers lots
}

// Sum returns how much lots hold.
func Sum(lots []Lot) (sum ledger.Amount) {
	for i := range lots {
		sum += lots[i].Qty
	}
	return sum
}

// Tainted returns how much of lots was stolen.
func Tainted(lots []Lot) (sum ledger.Amount) {
	for i := range lots {
		if lots[i].Source != Clean {
			sum += lots[i].Qty
		}
	}
	return sum
}

// cut takes the first qty units off a lot.
func (l *Lot) cut(qty ledger.Amount) Lot {
	head := *l
	head.Qty = qty
	l.Qty -= qty
	l.Offset += qty
	return head
}

// appendLot appends a lot to a list that began at start, and joins it to the
// last one if it goes on with it: clean value always does.
func appendLot(list []Lot, start int, l Lot) []Lot {
	if n := len(list); n > start && l.Qty != 0 {
		last := &list[n-1]
		if last.Source == l.Source && (l.Source == Clean || last.Parent == l.Parent && last.Offset+last.Qty == l.Offset) {
			last.Qty += l.Qty
			return list
		}
	}
	if l.Qty == 0 {
		return list
	}
	return append(list, l)
}

// Moved is what Move gives out. It is reused from one move to the next.
type Moved struct {
	// Diluted is set where pure gives out nothing of what came in tainted.
	Diluted bool

	lots  []Lot
	spans []span // of each output, in lots

	in     []Lot           // scratch: the lots in the order in which they leave
	parts  []ledger.Amount // scratch: what each output gets of them
	order  []int           // scratch: outputs by value, or shares by remainder
	shares []share         // scratch of haircut
}

type span struct{ from, to int }

// Of returns the lots of an output. Under FIFO and LIFO their order is that of
// the value in the output, clean lots between them included and none behind
// the last; under the others the order in which they leave again, without
// clean ones.
func (m *Moved) Of(i int) []Lot { return m.lots[m.spans[i].from:m.spans[i].to] }

// reset makes room for n outputs, all of them without lots.
func (m *Moved) reset(n int) {
	m.lots, m.spans, m.Diluted = m.lots[:0], m.spans[:0], false
	for range n {
		m.spans = append(m.spans, span{})
	}
}

// Move apportions what comes in to what goes out: in are the lots in order of
// arrival, clean ones included; outs the outputs in their order, the fee being
// the last. Both sum to the same. Under pure, lots that meet others are not
// given out: m.Diluted. Poison apportions nothing and must not ask.
//
// The rules are those of algorithms 1.1: Clayton's case (FIFO), pro rata,
// taint-in highest-out, the lowest intermediate balance rule (LIBR).
func Move(m *Moved, p Policy, in []Lot, outs []ledger.Amount) {
	m.reset(len(outs))
	switch p {
	case FIFO:
		m.fill(in, outs, nil)
	case LIFO:
		m.in = m.in[:0]
		for i := len(in) - 1; i >= 0; i-- {
			m.in = append(m.in, in[i])
		}
		m.fill(m.in, outs, nil)
	case Haircut:
		m.haircut(in, outs)
	case TIHO, DirtyFirst, LIBR:
		m.senior(p, in, outs)
	case Pure:
		if m.Diluted = Tainted(in) != Sum(in); !m.Diluted {
			m.fill(in, outs, nil)
		}
	default:
		invariant.Check(false, "policy %d apportions nothing", p)
	}
}

// fill gives value out in the order of in, to the outputs in their order, or in
// the given one. Clean value at the end of an output is not listed.
func (m *Moved) fill(in []Lot, outs []ledger.Amount, order []int) {
	rest, i := Lot{}, 0
	for k := range outs {
		to := at(order, k)
		start := len(m.lots)
		for left := outs[to]; left > 0; {
			if rest.Qty == 0 {
				invariant.Check(i < len(in), "outputs take more than came in")
				rest, i = in[i], i+1
				continue
			}
			head := rest.cut(min(left, rest.Qty))
			m.lots = appendLot(m.lots, start, head)
			left -= head.Qty
		}
		if n := len(m.lots); n > start && m.lots[n-1].Source == Clean {
			m.lots = m.lots[:n-1]
		}
		m.spans[to] = span{start, len(m.lots)}
	}
}

// at returns element k of an order; nil is the order as things stand.
func at(order []int, k int) int {
	if order == nil {
		return k
	}
	return order[k]
}
