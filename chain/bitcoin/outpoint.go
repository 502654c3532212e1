package bitcoin

import (
	"cmp"
	"encoding/binary"
	"slices"

	"clew.example/clew/ledger"
)

// fewInputs is up to how many inputs are compared each with each.
const fewInputs = 12

// checkDuplicates refuses an outpoint spent twice by one transaction, which
// would create money (CVE-2018-17144), and notes BIP 69 order. Cost is bounded
// by n log n: a block can hold a transaction of 97,000 inputs.
func (d *Decoder) checkDuplicates(ins []ledger.In, at int) error {
	ascending := true // strictly, so that none are equal
	for i := 1; i < len(ins) && ascending; i++ {
		ascending = compareOutpoints(ins[i-1].Prev, ins[i].Prev) < 0
	}
	if ascending {
		d.tx.traits |= ledger.TraitInputsSorted
		return nil
	}
	if len(ins) <= fewInputs {
		return findTwiceFew(ins, at)
	}
	return d.findTwice(ins, at)
}

func findTwiceFew(ins []ledger.In, at int) error {
	for i := range ins {
		for j := range i {
			if ins[i] == ins[j] {
				return errorAt(at, "inputs %d and %d spend the same output", j, i)
			}
		}
	}
	return nil
}

func (d *Decoder) findTwice(ins []ledger.In, at int) error {
	d.sorted = d.sorted[:0]
	for i := range ins {
		d.sorted = append(d.sorted, ins[i].Prev)
	}
	slices.SortFunc(d.sorted, compareOutpoints)
	for i := 1; i < len(d.sorted); i++ {
		if d.sorted[i] == d.sorted[i-1] {
			return errorAt(at, "two inputs spend %s", d.sorted[i])
		}
	}
	return nil
}

// compareOutpoints orders as BIP 69 does: by the txid as it is written, which
// is its bytes from last to first, then by output number.
func compareOutpoints(a, b ledger.Outpoint) int {
	for at := ledger.HashSize - 8; at >= 0; at -= 8 {
		x, y := binary.LittleEndian.Uint64(a.TxID[at:]), binary.LittleEndian.Uint64(b.TxID[at:])
		if x != y {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(a.Vout, b.Vout)
}
