package watch

import (
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// teller puts into words what a block changed.
type teller struct {
	name     string // of the case
	policies []lot.Policy
	block    *Block
	changes  []Change
}

// tell lists what a block did in ledger order: for each transaction the taint
// that ended at it, what it moved, which starts appeared, and what became of
// each of its outputs as of the block's end.
func (w *teller) tell(d *trace.Delta) []Change {
	spent := d.Spent
	for i := range d.Txs {
		n := 0
		for n < len(spent) && spent[n].Tx == i {
			n++
		}
		w.transaction(&d.Txs[i], spent[:n])
		spent = spent[n:]
	}
	return w.changes
}

func (w *teller) add(kind Kind, tx *trace.TxNode) *Change {
	w.block.Time = timeText(tx.Time)
	c := Change{Schema: Schema, Kind: kind, Class: classRule, Case: w.name, Block: w.block, TxID: tx.ID.String()}
	w.changes = append(w.changes, c)
	return &w.changes[len(w.changes)-1]
}

func (w *teller) transaction(tx *trace.TxNode, spent []trace.Spent) {
	for i := range spent {
		w.lost(tx, &spent[i])
	}
	w.moved(tx, spent)
	for vout := range tx.Outs {
		if tx.Outs[vout].Started {
			w.appeared(tx, vout)
		}
	}
	for vout := range tx.Outs {
		w.came(tx, vout)
	}
}

// from is the place that an input spends, without amounts.
func from(tx *trace.TxNode, s *trace.Spent) Place {
	in := &tx.Ins[s.In]
	return place(in.Prev.String(), s.Account, s.Address, in.Value)
}

// to is an output of a transaction, without amounts.
func to(tx *trace.TxNode, vout int) Place {
	o := &tx.Outs[vout]
	outpoint := ledger.Outpoint{TxID: tx.ID, Vout: uint32(vout)}
	return place(outpoint.String(), o.Account, o.Address, o.Value)
}

// where lists amounts under the policies for which a test holds.
func (w *teller) where(amounts []ledger.Amount, holds func(p int) bool) (list Amounts) {
	for p, amount := range amounts {
		if amount > 0 && holds(p) {
			if list == nil {
				list = Amounts{}
			}
			list[w.policies[p]] = amount
		}
	}
	return list
}

func always(int) bool { return true }

// spentEnds are the kinds in which taint ends at the transaction that spends
// it.
var spentEnds = []trace.Kind{trace.KindCutoff, trace.KindUnknownInput, trace.KindDiluted}

// lost tells the taint that ended when an output was spent.
func (w *teller) lost(tx *trace.TxNode, s *trace.Spent) {
	for _, end := range spentEnds {
		amounts := w.where(s.Taint, func(p int) bool { return s.Ends[p] == end })
		if amounts == nil {
			continue
		}
		at := from(tx, s)
		at.Amounts = amounts
		if end == trace.KindCutoff {
			c := w.add(Cut, tx)
			c.Output, c.Reason = &at, trace.ReasonUntil
			continue
		}
		c := w.add(Ended, tx)
		c.Output, c.End = &at, end
	}
}

// moved tells what a transaction passed on, if anything.
func (w *teller) moved(tx *trace.TxNode, spent []trace.Spent) {
	var list []Place
	for i := range spent {
		s := &spent[i]
		if amounts := w.where(s.Taint, func(p int) bool { return s.Ends[p] == trace.KindNone }); amounts != nil {
			at := from(tx, s)
			at.Amounts = amounts
			list = append(list, at)
		}
	}
	if list == nil {
		return
	}
	c := w.add(Moved, tx)
	c.From, c.Fee = list, w.where(tx.FeeTaint, always)
	for vout := range tx.Outs {
		if amounts := w.where(tx.Outs[vout].Taint, always); amounts != nil {
			at := to(tx, vout)
			at.Amounts = amounts
			c.To = append(c.To, at)
		}
	}
}

// appeared tells that a start was mined.
func (w *teller) appeared(tx *trace.TxNode, vout int) {
	at := to(tx, vout)
	c := w.add(Appeared, tx)
	c.Class, c.Output = classChain, &at
	c.Overlap = w.where(tx.Outs[vout].Overlap, always)
	if c.Overlap != nil {
		c.Class = classRule
	}
}

// came tells what became of the taint of an output by the end of the block.
// What the block itself spends was told by its spender.
func (w *teller) came(tx *trace.TxNode, vout int) {
	o := &tx.Outs[vout]
	done := w.ends(tx, vout, trace.KindUnspent, trace.ReasonNone, Rested)
	for _, end := range []trace.Kind{trace.KindService, trace.KindListed, trace.KindMixer} {
		done += w.ends(tx, vout, end, trace.ReasonNone, Reached)
	}
	done += w.ends(tx, vout, trace.KindCutoff, trace.ReasonMinValue, Cut)
	done += w.ends(tx, vout, trace.KindCutoff, trace.ReasonMaxHops, Cut)
	done += w.ends(tx, vout, trace.KindBurn, trace.ReasonNone, Ended)
	for p, end := range o.Ends {
		if end == trace.KindNone || slices.Contains(spentEnds, end) && reason(o, p) != trace.ReasonMinValue && reason(o, p) != trace.ReasonMaxHops {
			done++ // nothing came, or its spender told
		}
	}
	invariant.Check(done == len(o.Ends), "output %d of %s: %d of %d ends were told", vout, tx.ID, done, len(o.Ends))
}

func reason(o *trace.OutNode, p int) trace.Reason {
	if o.Reasons == nil {
		return trace.ReasonNone
	}
	return o.Reasons[p]
}

// ends tells the taint of an output that has come to an end, and returns under
// how many policies it has.
func (w *teller) ends(tx *trace.TxNode, vout int, end trace.Kind, why trace.Reason, kind Kind) (n int) {
	o := &tx.Outs[vout]
	is := func(p int) bool { return o.Ends[p] == end && reason(o, p) == why }
	for p := range o.Ends {
		if is(p) {
			n++
		}
	}
	amounts := w.where(o.Taint, is)
	if amounts == nil {
		return n
	}
	at := to(tx, vout)
	at.Amounts = amounts
	c := w.add(kind, tx)
	c.Output, c.Reason = &at, why
	if kind == Reached || kind == Ended {
		c.End = end
	}
	if kind == Reached || kind == Rested {
		c.Entity, c.Category, c.StatedBy = o.Name.Entity, o.Name.Category, o.Name.Source
	}
	return n
}
