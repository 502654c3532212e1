package trace

import (
	"context"
	"errors"
	"fmt"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// ErrInvalid says that a source gave a transaction that cannot be.
var ErrInvalid = errors.New("it cannot be valid")

// progressEvery is how many visits lie between two words of progress.
const progressEvery = 1 << 10

// settle records the visit: its starts begin, and each tainted output is kept
// and judged.
func (r *run) settle(ctx context.Context, src UTXO, starts int) error {
	m := &r.now
	here := r.t.starts[r.next : r.next+starts]
	r.next += starts
	r.visits.push(visit{m.tx.Ref, m.tx.Pos, m.given[len(m.outs)], m.hop, uint32(r.outs.len())})
	if r.visits.len()%progressEvery == 0 {
		r.tell(m.tx.Pos.Height())
	}
	if n := len(here); n > 0 && int(here[n-1].Vout) >= len(m.outs) {
		return fmt.Errorf("start %d: the transaction has %d outputs", here[n-1].Vout, len(m.outs))
	}
	first := r.outs.len()
	for k := range m.outs {
		began := len(here) > 0 && int(here[0].Vout) == k
		if began {
			here = here[1:]
		}
		r.keep(k, began, r.next-len(here))
	}
	return r.judge(ctx, src, first)
}

// keep records the taint of an output. Where a start begins, it has everything
// that is not an earlier start's; number is the start's own.
func (r *run) keep(k int, began bool, number int) {
	m := &r.now
	value, carried := m.outs[k].Value, m.given[k]
	taint := carried
	if began {
		taint = value
		r.t.starts[number-1].value = value
	}
	if taint == 0 {
		return
	}
	row := uint32(r.outs.len())
	r.outs.push(tainted{ref: m.outs[k].Ref, taint: taint, lots: uint32(len(r.lots)), hop: m.hop})
	if began && carried > 0 && r.policy != lot.Poison {
		r.overlaps = append(r.overlaps, overlap{row, carried})
	}
	if r.keepsLots() {
		r.keepLots(k, began, uint32(number))
	}
}

// noParent is the parent of a lot that a start made, or that was merged.
const noParent = ^uint32(0)

// keepLots records the lots of an output. Under FIFO and LIFO what is clean of
// an output that is started from becomes the start's where it lies; under the
// others it comes behind the earlier lots.
func (r *run) keepLots(k int, began bool, number uint32) {
	m := &r.now
	var had []lot.Lot
	if m.reached && !m.moved.Diluted {
		had = m.moved.Of(k)
	}
	if !began {
		r.lots = append(r.lots, had...)
		return
	}
	offset := ledger.Amount(0)
	for _, l := range had {
		if l.Source == lot.Clean {
			l = lot.Lot{Qty: l.Qty, Offset: offset, Source: number, Parent: noParent}
		}
		offset += l.Qty
		r.lots = append(r.lots, l)
	}
	if rest := m.outs[k].Value - offset; rest > 0 {
		r.lots = append(r.lots, lot.Lot{Qty: rest, Offset: offset, Source: number, Parent: noParent})
	}
}

// judge says of each output kept since first whether it is followed: stops come
// first, then the limits.
func (r *run) judge(ctx context.Context, src UTXO, first int) error {
	m, p := &r.now, &r.t.params
	if len(p.Names) > 0 && r.outs.len() > first {
		if err := r.stop(ctx, src, first); err != nil {
			return err
		}
	}
	k := 0
	for i := first; i < r.outs.len(); i++ {
		o := r.outs.at(i)
		for m.outs[k].Ref != o.ref {
			k++
		}
		switch {
		case o.fate != fateRests:
		case o.taint < p.MinValue:
			o.fate, o.reason = fateCutoff, ReasonMinValue
		case p.MaxHops != nil && m.hop > *p.MaxHops:
			o.fate, o.reason = fateCutoff, ReasonMaxHops
		default:
			m.followed = append(m.followed, followed{m.firstOut + uint32(k), uint32(i)})
		}
	}
	return nil
}

// stop ends what pays an account at which traces stop.
func (r *run) stop(ctx context.Context, src UTXO, first int) (err error) {
	m := &r.now
	m.refs = m.refs[:0]
	for i := first; i < r.outs.len(); i++ {
		m.refs = append(m.refs, r.outs.at(i).ref)
	}
	if m.accounts, err = src.AppendAccounts(ctx, m.accounts[:0], m.refs); err != nil {
		return err
	}
	for i, account := range m.accounts {
		if name := r.t.params.Names[string(account)]; name.Stop != KindNone {
			r.outs.at(first + i).fate = fateOfStop[name.Stop]
		}
	}
	return nil
}

// tell says how far the trace is.
func (r *run) tell(h ledger.Height) {
	if p := r.t.params.Progress; p != nil {
		p(Progress{r.policy, h, r.visits.len()})
	}
}
