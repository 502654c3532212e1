package lot

import (
	"slices"

	"clew.example/clew/ledger"
)

// Queue is what an account holds of one asset, in order of arrival: the account
// form of a policy, with one Move for each debit. The zero value is empty.
type Queue struct {
	lots     []Lot
	poisoned bool
	moved    Moved
}

// Credit adds a lot behind the others.
func (q *Queue) Credit(l Lot) {
	if l.Qty == 0 {
		return
	}
	q.lots = append(q.lots, l)
	q.poisoned = q.poisoned || l.Source != Clean
}

// Balance returns how much the account holds.
func (q *Queue) Balance() ledger.Amount { return Sum(q.lots) }

// Tainted returns how much of the balance is tainted; under poison all of it
// from the first tainted credit on, until nothing is left.
func (q *Queue) Tainted(p Policy) ledger.Amount {
	if p == Poison && q.poisoned {
		return q.Balance()
	}
	return Tainted(q.lots)
}

// Debit takes a quantity out, at most the balance, and returns how much of it
// is tainted, and how much taint is diluted: pure gives out all or nothing. On
// an account the output of the highest value is the debit itself, so TIHO is
// dirty first.
func (q *Queue) Debit(p Policy, qty ledger.Amount) (tainted, diluted ledger.Amount) {
	rest := q.Balance() - qty
	switch p {
	case Poison:
		return q.debitPoison(qty, rest), 0
	case TIHO:
		p = DirtyFirst
	}
	Move(&q.moved, p, q.lots, []ledger.Amount{qty, rest})
	if q.moved.Diluted {
		diluted = Tainted(q.lots)
		q.lots = append(q.lots[:0], Lot{Qty: rest})
		return 0, diluted
	}
	tainted = Tainted(q.moved.Of(0))
	q.lots = append(q.lots[:0], q.moved.Of(1)...)
	q.lots = appendLot(q.lots, 0, Lot{Qty: rest - Sum(q.lots)})
	if p == LIFO {
		slices.Reverse(q.lots)
	}
	return tainted, 0
}

func (q *Queue) debitPoison(qty, rest ledger.Amount) (tainted ledger.Amount) {
	source := uint32(Clean)
	if q.poisoned {
		tainted, source = qty, 1
	}
	q.poisoned = q.poisoned && rest > 0
	q.lots = appendLot(q.lots[:0], 0, Lot{Qty: rest, Source: source})
	return tainted
}
