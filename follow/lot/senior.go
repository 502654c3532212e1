package lot

import (
	"cmp"
	"slices"

	"clew.example/clew/ledger"
)

// senior apportions under the policies in which all tainted value leaves before
// all clean value, or after it: only the sums decide how much of an output is
// tainted, and tainted lots keep their order of arrival.
func (m *Moved) senior(p Policy, in []Lot, outs []ledger.Amount) {
	clean, tainted := m.part(in)
	m.parts = append(m.parts[:0], outs...)
	switch p {
	case LIBR:
		for i := range m.parts {
			first := min(clean, m.parts[i])
			m.parts[i] -= first
			clean -= first
		}
		m.fill(m.in, m.parts, nil)
	case DirtyFirst:
		m.fillTainted(tainted, nil)
	case TIHO:
		m.byValue(outs)
		m.fillTainted(tainted, m.order)
	}
}

// part takes the tainted lots apart from the clean value.
func (m *Moved) part(in []Lot) (clean, tainted ledger.Amount) {
	m.in = m.in[:0]
	for _, l := range in {
		if l.Source == Clean {
			clean += l.Qty
			continue
		}
		m.in = append(m.in, l)
		tainted += l.Qty
	}
	return clean, tainted
}

// fillTainted fills the outputs with tainted lots in the given order, as far
// as they go.
func (m *Moved) fillTainted(tainted ledger.Amount, order []int) {
	for k := range m.parts {
		i := at(order, k)
		m.parts[i] = min(m.parts[i], tainted)
		tainted -= m.parts[i]
	}
	m.fill(m.in, m.parts, order)
}

// byValue orders the outputs by value, the highest first, equal ones as they
// stand, the fee last.
func (m *Moved) byValue(outs []ledger.Amount) {
	m.order = m.order[:0]
	for i := range outs {
		m.order = append(m.order, i)
	}
	slices.SortStableFunc(m.order[:len(outs)-1], func(a, b int) int { return cmp.Compare(outs[b], outs[a]) })
}
