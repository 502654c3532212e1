package lot

import (
	"math/bits"

	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// Leg is what one side of a change of asset becomes: a quantity of another
// asset, for a part of what is given.
type Leg struct {
	Qty    ledger.Amount // of the new asset
	Weight uint64        // its part of what is given, in any unit
}

// Convert appends to dst what lots become when they are changed into legs, and
// returns where in dst the lots of each leg end. Lots keep their order. What
// is given is split among the legs by weight, and within a leg the boundary
// between two lots at b of x units maps to floor(b*y/x), so that parts sum
// exactly (algorithms 1.2).
func Convert(dst []Lot, in []Lot, legs []Leg) (_ []Lot, ends []int) {
	total, weights := Sum(in), uint64(0)
	for _, leg := range legs {
		sum, carry := bits.Add64(weights, leg.Weight, 0)
		invariant.Check(carry == 0, "weights beyond 2^64")
		weights = sum
	}
	invariant.Check(weights > 0, "legs without weight")
	rest, i, seen, given := Lot{}, 0, uint64(0), ledger.Amount(0)
	for _, leg := range legs {
		seen += leg.Weight
		x := scale(total, ledger.Amount(seen), ledger.Amount(weights)) - given
		given += x
		start := len(dst)
		for done, before := ledger.Amount(0), ledger.Amount(0); done < x; {
			if rest.Qty == 0 {
				rest, i = in[i], i+1
				continue
			}
			head := rest.cut(min(x-done, rest.Qty))
			done += head.Qty
			after := scale(done, leg.Qty, x)
			head.Qty, before = after-before, after
			if head.Source == Clean {
				dst = appendLot(dst, start, head)
			} else if head.Qty > 0 { // its offset counts the old asset: nothing joins it
				dst = append(dst, head)
			}
		}
		ends = append(ends, len(dst))
	}
	return dst, ends
}

// scale returns floor(b*y/x) for b <= x; 0 for x = 0.
func scale(b, y, x ledger.Amount) ledger.Amount {
	if b == x {
		return y
	}
	hi, lo := bits.Mul64(uint64(b), uint64(y))
	q, _ := bits.Div64(hi, lo, uint64(x))
	return ledger.Amount(q)
}
