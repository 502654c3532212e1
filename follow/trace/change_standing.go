package trace

import (
	"context"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/lot"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// Standing says where the theft lies now, as a result of the trace would, but
// without its graph. The source is pinned where the trace stands.
func (t *Trace) Standing(ctx context.Context, src UTXO) (map[lot.Policy]PolicyResult, error) {
	all := map[lot.Policy]PolicyResult{}
	for _, r := range t.runs {
		tally, err := r.tally(ctx, src)
		if err != nil {
			return nil, err
		}
		sum, absorbers := ledger.Amount(0), []Absorber{}
		for k, a := range tally {
			if sum += a.Amount; a.Count > 0 {
				absorbers = append(absorbers, Absorber{Kind: Kind(k), Amount: a.Amount, Count: a.Count})
			}
		}
		if r.policy == lot.Poison {
			txs := r.visits.len()
			all[r.policy] = PolicyResult{ReachTxs: &txs, ReachValue: &sum}
			continue
		}
		invariant.Check(sum == r.theft(), "standing by %s: %d of %d are accounted for", r.policy, sum, r.theft())
		all[r.policy] = PolicyResult{Absorbers: absorbers, Sum: &sum}
	}
	return all, nil
}

// tally sums what ended in each kind.
func (r *run) tally(ctx context.Context, src UTXO) (tally [kindCount]Absorber, err error) {
	end := func(kind Kind, amount ledger.Amount) {
		if kind != KindNone && amount > 0 {
			tally[kind].Amount += amount
			tally[kind].Count++
		}
	}
	for i := range r.visits.len() {
		end(KindFee, r.visits.at(i).fee)
	}
	for i := range r.outs.len() {
		if o := r.outs.at(i); o.fate != fateRests {
			end(o.fate.kind(), o.taint)
		}
	}
	for _, o := range r.overlaps {
		end(KindOverlap, o.amount)
	}
	refs, rows := r.resting()
	accounts, err := src.AppendAccounts(ctx, nil, refs)
	if err != nil {
		return tally, err
	}
	for i, account := range accounts {
		kind := KindUnspent
		if bitcoin.KindOf(account) == bitcoin.KindOpReturn {
			kind = KindBurn
		}
		end(kind, r.outs.at(int(rows[i])).taint)
	}
	return tally, nil
}
