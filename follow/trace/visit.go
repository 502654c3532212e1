package trace

import (
	"context"
	"fmt"
	"math/bits"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// moment is the transaction being visited. It is scratch, reused for the next.
type moment struct {
	tx       ledger.RowTx
	ins      []ledger.RowIn
	outs     []ledger.RowOut
	firstOut uint32 // of outs, in the rows

	found []uint32      // rows of outs for the inputs of the rows, looked up ahead; nil: none was
	since ledger.OutRef // outputs from here on may have been made since

	from     []uint32 // for each input the row of outs that it spends, or noRow
	hop      uint32
	taint    ledger.Amount // that comes in
	value    ledger.Amount // what comes in: known, or assumed
	known    ledger.Amount // the part of it that is known
	unknown  int           // inputs of unknown value
	first    int           // the first and the last of these
	last     int
	reached  bool            // an input carries taint
	amounts  []ledger.Amount // what goes out, the fee last
	given    []ledger.Amount // the taint of each of them
	in       []lot.Lot
	moved    lot.Moved
	followed []followed      // whose spenders come next
	refs     []ledger.OutRef // the tainted outputs
	accounts []ledger.Account
}

// followed is an output that is followed on: its number in the rows, and its row
// of outs.
type followed struct{ out, row uint32 }

const noRow = ^uint32(0)

// visit takes the next transaction in ledger order: what comes in tainted goes
// out by the policy, starts begin, and each tainted output is judged.
func (r *run) visit(ctx context.Context, src UTXO, rows *ledger.Rows, i int) error {
	m := &r.now
	m.load(rows, i)
	starts := r.startsHere()
	if err := r.arrive(); err != nil {
		return err
	}
	if until := r.t.params.Until; m.reached && until != nil && m.tx.Pos.Height() > *until {
		r.cutOff()
	}
	if !m.reached && starts == 0 {
		return nil
	}
	if starts > 0 {
		m.hop = 0
	}
	m.given = m.given[:0]
	for range m.amounts {
		m.given = append(m.given, 0)
	}
	if m.reached {
		r.pass()
	}
	return r.settle(ctx, src, starts)
}

// load points the moment at a transaction of rows.
func (m *moment) load(rows *ledger.Rows, i int) {
	m.tx = rows.Txs[i]
	endIn, endOut := uint32(len(rows.Ins)), uint32(len(rows.Outs))
	if i+1 < len(rows.Txs) {
		endIn, endOut = rows.Txs[i+1].FirstIn, rows.Txs[i+1].FirstOut
	}
	m.ins, m.outs, m.firstOut = rows.Ins[m.tx.FirstIn:endIn], rows.Outs[m.tx.FirstOut:endOut], m.tx.FirstOut
	m.followed = m.followed[:0]
}

// startsHere returns how many starts are outputs of the transaction. They are
// in ledger order, as visits are.
func (r *run) startsHere() (n int) {
	for _, s := range r.t.starts[r.next:] {
		if s.Tx != r.now.tx.Ref {
			break
		}
		n++
	}
	return n
}

// arrive finds the taint of the inputs, and what the transaction takes and
// pays. An input of unknown value holds what is missing to the outputs; what
// the known ones hold beyond them is the fee (algorithms 1.1).
func (r *run) arrive() error {
	m := &r.now
	m.from, m.amounts = m.from[:0], m.amounts[:0]
	m.hop, m.taint, m.known, m.unknown, m.reached = ^uint32(0), 0, 0, 0, false
	var in, out, over uint64
	for i := range m.ins {
		v := &m.ins[i]
		row := r.spend(i)
		m.from = append(m.from, row)
		if !v.Known {
			if m.unknown == 0 {
				m.first = i
			}
			m.unknown, m.last = m.unknown+1, i
			continue
		}
		sum, carry := bits.Add64(in, uint64(v.Value), 0)
		in, over = sum, over+carry
	}
	for i := range m.outs {
		sum, carry := bits.Add64(out, uint64(m.outs[i].Value), 0)
		out, over = sum, over+carry
		m.amounts = append(m.amounts, m.outs[i].Value)
	}
	m.known, m.value = ledger.Amount(in), ledger.Amount(max(in, out))
	m.amounts = append(m.amounts, m.value-ledger.Amount(out))
	if over > 0 {
		return fmt.Errorf("transaction %d of block %d: %w: its values sum to more than 2^64", m.tx.Pos.Index(), m.tx.Pos.Height(), ErrInvalid)
	}
	if in < out && m.unknown == 0 && m.reached {
		return fmt.Errorf("transaction %d of block %d: %w: it spends %d and pays %d", m.tx.Pos.Index(), m.tx.Pos.Height(), ErrInvalid, in, out)
	}
	return nil
}

// spend returns the row of the tainted output that an input spends and that may
// be followed, or noRow.
func (r *run) spend(i int) uint32 {
	m := &r.now
	row := noRow
	if m.found != nil {
		row = m.found[int(m.tx.FirstIn)+i]
	}
	if ref := m.ins[i].Ref; row == noRow && (m.found == nil || ref >= m.since) {
		row, _ = r.at.get(ref)
	}
	if row == noRow {
		return noRow
	}
	o := r.outs.at(int(row))
	if o.fate != fateRests {
		return noRow
	}
	o.fate = fateMoved
	if r.noting {
		r.notes = append(r.notes, note{m.tx.Ref, m.tx.Pos, uint32(i), row})
	}
	m.reached = true
	m.taint += o.taint
	m.hop = min(m.hop, o.hop+1)
	return row
}

// cutOff ends everything that comes in.
func (r *run) cutOff() {
	for _, row := range r.now.from {
		if row != noRow {
			o := r.outs.at(int(row))
			o.fate, o.reason = fateCutoff, ReasonUntil
		}
	}
	r.now.reached = false
}

// pass gives what came in to outputs and fee.
func (r *run) pass() {
	m := &r.now
	switch {
	case r.policy == lot.Poison:
		copy(m.given, m.amounts)
	case r.single():
		left, total := m.taint, m.value
		for k, amount := range m.amounts {
			m.given[k] = lot.Share(amount, left, total)
			left -= m.given[k]
			total -= amount
		}
	case r.policy == lot.Pure && m.unknown > 0:
		// What is not known is not known to be stolen, be it nothing at all.
		r.end(fateDiluted, 0, len(m.from))
		m.reached = false
	default:
		r.line()
		lot.Move(&m.moved, r.policy, m.in, m.amounts)
		if m.moved.Diluted {
			r.end(fateDiluted, 0, len(m.from))
		}
		for k := range m.given {
			m.given[k] = lot.Tainted(m.moved.Of(k))
		}
	}
}

// line puts the lots of the inputs one behind the other. Where several inputs
// are of unknown value, FIFO and LIFO know the place only of those before the
// first and behind the last: what lies between ends, and the whole region is
// clean.
func (r *run) line() {
	m := &r.now
	m.in = m.in[:0]
	rest := m.value - m.known
	first, last := m.first, m.last
	if m.unknown == 0 || m.unknown > 1 && !r.ordered() {
		first, last = len(m.ins), len(m.ins)-1
	}
	for i := 0; i < first; i++ {
		r.lineUp(i)
	}
	if m.unknown > 0 {
		region := rest
		for i := first; i <= last; i++ {
			if m.ins[i].Known {
				region += m.ins[i].Value
			}
		}
		m.in = appendClean(m.in, region)
		if m.unknown > 1 && r.ordered() {
			r.end(fateUnknown, first, last+1)
		}
	}
	for i := last + 1; i < len(m.ins); i++ {
		r.lineUp(i)
	}
}

// ordered reports whether the place of a lot among the inputs matters.
func (r *run) ordered() bool { return r.policy == lot.FIFO || r.policy == lot.LIFO }

// lineUp appends the lots of an input, and what it holds besides.
func (r *run) lineUp(i int) {
	m := &r.now
	if !m.ins[i].Known {
		return
	}
	clean := m.ins[i].Value
	if row := m.from[i]; row != noRow {
		first := r.outs.at(int(row)).lots
		for k, l := range r.lotsOf(row) {
			l.Parent = first + uint32(k)
			clean -= l.Qty
			m.in = append(m.in, l)
		}
	}
	m.in = appendClean(m.in, clean)
}

func appendClean(in []lot.Lot, qty ledger.Amount) []lot.Lot {
	if qty == 0 {
		return in
	}
	return append(in, lot.Lot{Qty: qty})
}

// end seals the fate of the tainted inputs in a range.
func (r *run) end(f fate, from, to int) {
	for _, row := range r.now.from[from:to] {
		if row != noRow {
			r.outs.at(int(row)).fate = f
		}
	}
}
