package flow

import (
	"slices"

	"clew.example/clew/ledger"
)

const (
	// fanLeast is how many equal outputs or inputs make a fan.
	fanLeast = 8
	// fanSpread is by how many basis points the largest of them may be above the
	// least.
	fanSpread = 300
)

// The ways of a fan.
const (
	fanOut = "out"
	fanIn  = "in"
)

// fans finds by leaf the transactions that spread or bring together equal parts.
// One that does both is a fan out.
func (b *base) fans() map[int32]*Fan {
	found := map[int32]*Fan{}
	var values []ledger.Amount
	for i := range b.g.Txs {
		t := &b.g.Txs[i]
		values = values[:0]
		for v := range t.Outs {
			if some(t.Outs[v].Taint) {
				values = append(values, t.Outs[v].Value)
			}
		}
		f := fanOf(fanOut, values)
		if values = values[:0]; f == nil {
			for k := range t.Ins {
				if in := &t.Ins[k]; in.Tx >= 0 && some(b.g.Txs[in.Tx].Outs[in.Prev.Vout].Taint) {
					values = append(values, in.Value)
				}
			}
			f = fanOf(fanIn, values)
		}
		if f != nil {
			found[b.of[i]] = f
		}
	}
	return found
}

// fanOf finds the most values that are close to each other, of equally many the
// least values; nil if there are too few.
func fanOf(way string, values []ledger.Amount) *Fan {
	if len(values) < fanLeast {
		return nil
	}
	slices.Sort(values)
	best := &Fan{Way: way}
	first := 0
	for i, most := range values {
		for spread(values[first], most) > fanSpread {
			first++
		}
		if n := i - first + 1; n > best.Count && values[first] > 0 {
			best.Count, best.Least, best.Most = n, values[first], most
		}
	}
	if best.Count < fanLeast {
		return nil
	}
	best.Spread = spread(best.Least, best.Most)
	return best
}

// spreads reports whether taint is spread by a fan, which backward is one that
// brings value together.
func (b *base) spreads(f *Fan) bool { return f != nil && (f.Way == fanOut) != b.g.Backward }
