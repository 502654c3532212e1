package flow

import (
	"fmt"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// back makes the links of what a transaction's outputs were asked for: from who
// asked, a later transaction or a start, to this one or to where the asking
// ended.
func (b *base) back(i int) error {
	t := &b.g.Txs[i]
	for v := range t.Outs {
		if o := &t.Outs[v]; o.Taint != nil {
			if err := b.backOut(i, v, o); err != nil {
				return err
			}
		}
	}
	for k := range t.Ins {
		in := &t.Ins[k]
		if in.Taint == nil {
			continue
		}
		id := fmt.Sprintf("%s:%s", trace.KindUnknownInput, in.Prev)
		to := b.placed(leaf{id: id, kind: endKind(trace.KindUnknownInput), tx: int32(i), vout: lackVout(k)})
		b.links = append(b.links, link{from: b.of[i], to: to, tx: int32(i), vout: lackVout(k), time: t.Time, rule: len(t.Ins) > 1 || !b.sure[i],
			value: max(in.Value, greatest(in.Taint)), amounts: in.Taint})
		b.end(to, i, trace.KindUnknownInput, in.Taint)
	}
	return nil
}

func greatest(amounts []ledger.Amount) (most ledger.Amount) {
	for _, a := range amounts {
		most = max(most, a)
	}
	return most
}

func (b *base) backOut(i, v int, o *trace.OutNode) error {
	l := link{tx: int32(i), vout: int32(v), time: b.g.Txs[i].Time, value: o.Value}
	switch {
	case o.Started:
		l.from = b.theft[int32(i)]
	case o.Tx >= 0:
		asks := &b.g.Txs[o.Tx]
		l.from, l.time, l.rule = b.of[o.Tx], asks.Time, len(asks.Ins) > 1 || !b.sure[o.Tx]
	default:
		return fmt.Errorf("output %d is asked for by nobody: %w", v, errGraph)
	}
	if o.Overlap != nil && o.Tx >= 0 { // it is asked for by a start and by another
		b.end(b.of[o.Tx], o.Tx, trace.KindOverlap, b.overlap(o))
	}
	for k := trace.KindNone; k <= trace.KindCoinbase; k++ {
		l.amounts = b.amounts(o, func(end trace.Kind) bool { return end == k })
		switch {
		case l.amounts == nil:
			continue
		case k == trace.KindNone:
			l.to = b.of[i]
		default:
			l.to = b.place(i, v, k)
			b.end(l.to, i, k, l.amounts)
		}
		b.links = append(b.links, l)
	}
	return nil
}

// sureBack finds, the latest first, the transactions through which value came
// in one way only.
func (b *base) sureBack() {
	for i := len(b.g.Txs) - 1; i >= 0; i-- {
		b.sure[i] = true
		for v := range b.g.Txs[i].Outs {
			o := &b.g.Txs[i].Outs[v]
			if o.Taint == nil || o.Started {
				continue
			}
			if o.Tx < 0 || !b.sure[o.Tx] || len(b.g.Txs[o.Tx].Ins) > 1 {
				b.sure[i] = false
			}
		}
	}
}
