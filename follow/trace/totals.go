package trace

import "clew.example/clew/ledger"

// Totals are the size of a trace under one policy, and where its value lies.
type Totals struct {
	Txs     int
	Edges   int // tainted outputs that transactions of the trace spend
	Outputs int // tainted
	Lots    int // 0 where an output's taint is one number: poison, and haircut of one start

	Theft   ledger.Amount // of the starts come to
	Rests   ledger.Amount // in outputs not spent
	Fees    ledger.Amount
	Ended   ledger.Amount // everywhere else
	Overlap ledger.Amount
}

// Sum is everything that was apportioned: the theft, under every policy but
// poison.
func (t *Totals) Sum() ledger.Amount { return t.Rests + t.Fees + t.Ended + t.Overlap }

// Totals counts what a trace found under the policy at an index of Params.
func (t *Trace) Totals(policy int) Totals { return t.runs[policy].totals() }

func (r *run) totals() Totals {
	n := Totals{Txs: r.visits.len(), Outputs: r.outs.len(), Lots: len(r.lots)}
	for i := range r.visits.len() {
		n.Fees += r.visits.at(i).fee
	}
	for i := range r.outs.len() {
		switch o := r.outs.at(i); o.fate {
		case fateMoved:
			n.Edges++
		case fateRests:
			n.Rests += o.taint
		case fateUnknown, fateDiluted:
			n.Edges++
			n.Ended += o.taint
		default:
			n.Ended += o.taint
		}
	}
	for _, o := range r.overlaps {
		n.Overlap += o.amount
	}
	n.Theft = r.theft()
	return n
}

// theft sums the starts that were come to: all of a start is its own, but for
// what overlaps.
func (r *run) theft() (sum ledger.Amount) {
	for _, s := range r.t.starts[:r.next] {
		sum += s.value
	}
	return sum
}
