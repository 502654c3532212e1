package trace

import (
	"math/bits"

	"clew.example/clew/ledger"
)

// fanLeast is how many outputs or inputs with taint make a fan.
const fanLeast = 8

// fan recognises a transaction that spreads taint or brings it together.
func (b *builder) fan(tx *TxNode) {
	if len(tx.Outs) >= fanLeast {
		b.fanOut(tx)
	}
	if len(tx.Ins) >= fanLeast {
		b.consolidation(tx)
	}
}

func (b *builder) fanOut(tx *TxNode) {
	f := FanOut{Least: ^ledger.Amount(0)}
	for i := range tx.Outs {
		if o := &tx.Outs[i]; o.tainted() {
			f.Outputs++
			f.Least, f.Most = min(f.Least, o.Value), max(f.Most, o.Value)
		}
	}
	if f.Outputs >= fanLeast {
		f.TxID, f.Equal = tx.ID.String(), alike(f.Least, f.Most)
		b.out.FanOuts = append(b.out.FanOuts, f)
	}
}

// alike reports whether most is at most three in a hundred above least.
func alike(least, most ledger.Amount) bool {
	lowHigh, lowLow := bits.Mul64(uint64(least), 103)
	high, low := bits.Mul64(uint64(most), 100)
	return high < lowHigh || high == lowHigh && low <= lowLow
}

func (b *builder) consolidation(tx *TxNode) {
	var c Consolidation
	for i := range tx.Ins {
		in := &tx.Ins[i]
		if in.Tx < 0 {
			continue
		}
		if o := &b.g.Txs[in.Tx].Outs[in.Prev.Vout]; b.g.carries(o) {
			c.Inputs++
			b.add(&c.Value, o.Value)
		}
	}
	if c.Inputs >= fanLeast {
		c.TxID = tx.ID.String()
		b.out.Consolidations = append(b.out.Consolidations, c)
	}
}
