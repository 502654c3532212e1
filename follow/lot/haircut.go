package lot

import (
	"cmp"
	"math/bits"
	"slices"

	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// share is what a source has left while haircut goes from output to output.
type share struct {
	source uint32
	left   ledger.Amount
	rem    ledger.Amount // of the output being filled
	part   ledger.Amount
	given  ledger.Amount // so far: the offset of the next part
}

// haircut gives each output of each source, the clean value being one, in
// proportion to what each has left: whole units by floor, the rest to the
// largest remainders, equal ones to the source of the smallest number, clean
// last. So both margins are exact: each output is full and each source is
// spent. A source's parts are not runs of it, so offsets say only how much of
// what came in went before.
func (m *Moved) haircut(in []Lot, outs []ledger.Amount) {
	total := m.gather(in)
	for k, out := range outs {
		invariant.Check(k < len(outs)-1 || out == total, "the last output takes %d of %d", out, total)
		if out == 0 {
			continue
		}
		m.apportion(out, total)
		total -= out
		m.give(k)
	}
}

// give lists the parts that were set as the lots of an output.
func (m *Moved) give(k int) {
	start := len(m.lots)
	for i := range m.shares {
		s := &m.shares[i]
		if s.source != Clean {
			m.lots = appendLot(m.lots, start, Lot{Qty: s.part, Source: s.source, Offset: s.given})
		}
		s.given += s.part
		s.left -= s.part
	}
	m.spans[k] = span{start, len(m.lots)}
}

// gather sums the lots of each source, smallest number first, clean last, and
// returns what all of them hold.
func (m *Moved) gather(in []Lot) (total ledger.Amount) {
	m.shares = m.shares[:0]
	for _, l := range in {
		m.shares = append(m.shares, share{source: l.Source, left: l.Qty})
		total += l.Qty
	}
	// Clean is number 0, and 0-1 wraps to the end.
	slices.SortFunc(m.shares, func(a, b share) int { return cmp.Compare(a.source-1, b.source-1) })
	n := 0
	for _, s := range m.shares {
		if n > 0 && m.shares[n-1].source == s.source {
			m.shares[n-1].left += s.left
			continue
		}
		m.shares[n] = s
		n++
	}
	m.shares = m.shares[:n]
	return total
}

// apportion sets the part of every source in an output: out of total, which is
// what all have left.
func (m *Moved) apportion(out, total ledger.Amount) {
	short := out
	for i := range m.shares {
		s := &m.shares[i]
		hi, lo := bits.Mul64(uint64(out), uint64(s.left))
		q, r := bits.Div64(hi, lo, uint64(total)) // s.left <= total, so q <= out
		s.part, s.rem = ledger.Amount(q), ledger.Amount(r)
		short -= s.part
	}
	if short > 0 {
		m.topUp(int(short))
	}
}

// topUp gives a unit more to the sources with the largest remainders: fewer
// units are short than sources have one.
func (m *Moved) topUp(short int) {
	m.order = m.order[:0]
	for i := range m.shares {
		m.order = append(m.order, i)
	}
	slices.SortStableFunc(m.order, func(a, b int) int { return cmp.Compare(m.shares[b].rem, m.shares[a].rem) })
	for _, i := range m.order[:short] {
		m.shares[i].part++
	}
}

// Share returns what haircut gives of a single source to an output: out of
// total, of which the source has left. It is Move for the common case of one
// theft, where a unit that both want goes to the source.
func Share(out, left, total ledger.Amount) ledger.Amount {
	if left == 0 || out == 0 {
		return 0
	}
	if left == total {
		return out
	}
	hi, lo := bits.Mul64(uint64(out), uint64(left))
	q, r := bits.Div64(hi, lo, uint64(total))
	if r >= uint64(total)-r && r > 0 { // the two remainders sum to total
		q++
	}
	return ledger.Amount(q)
}
