package page

import (
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

var policyNames = map[lot.Policy]string{
	lot.FIFO: "FIFO", lot.LIFO: "LIFO", lot.Haircut: "Haircut", lot.TIHO: "TIHO", lot.DirtyFirst: "Dirty first",
	lot.LIBR: "LIBR", lot.Pure: "Pure", lot.Poison: "Poison",
}

var policyMeanings = map[lot.Policy]string{
	lot.FIFO:       "what came in first goes out first",
	lot.LIFO:       "what came in last goes out first",
	lot.Haircut:    "every output carries its share of what came in",
	lot.TIHO:       "stolen value goes into the largest outputs",
	lot.DirtyFirst: "stolen value goes out before other value",
	lot.LIBR:       "other value goes out before stolen value",
	lot.Pure:       "only what was never mixed with anything counts",
	lot.Poison:     "whatever touches stolen value counts wholly; it apportions nothing",
}

// bracket compares the policies asked for by one number.
type bracket struct {
	Question    string
	Least, Most string
	Cells       []bracketCell // the least first
}

type bracketCell struct {
	ID, Name, Meaning, Amount string
	At                        string // on the ruler, in percent
	index                     int
	amount                    ledger.Amount
}

// The ruler begins and ends a little inside its box, so that its dots are whole.
const (
	rulerFrom  = 2.0
	rulerWidth = 96.0
)

// bracketOf asks each policy what reached named services or, where none says
// that anything did, what still rests.
func (v *viewer) bracketOf() *bracket {
	b := &bracket{Question: v.coin.asset + " in named services, by tracing policy"}
	if v.result.Input.Params.Backward {
		b.Question = v.coin.asset + " from named services, by tracing policy"
	}
	kinds := []trace.Kind{trace.KindService, trace.KindListed}
	switch {
	case v.anyUnder(kinds):
	case v.result.Input.Params.Backward && v.anyUnder([]trace.Kind{trace.KindCoinbase}):
		b.Question, kinds = v.coin.asset+" newly made, by tracing policy", []trace.Kind{trace.KindCoinbase}
	case v.result.Input.Params.Backward:
		b.Question, kinds = v.coin.asset+" of unknown origin, by tracing policy", []trace.Kind{trace.KindUnknownInput}
	default:
		b.Question, kinds = v.coin.asset+" still at rest, by tracing policy", []trace.Kind{trace.KindUnspent}
	}
	for i, p := range v.policies {
		sum, _, _ := amountOf(endedUnder(v.result, p), kinds...)
		b.Cells = append(b.Cells, bracketCell{ID: policyID(i), Name: policyNames[p], Meaning: policyMeanings[p],
			Amount: v.coin.cut(sum, drawn), index: i, amount: sum})
	}
	slices.SortStableFunc(b.Cells, func(x, y bracketCell) int {
		switch {
		case x.amount != y.amount && x.amount < y.amount:
			return -1
		case x.amount != y.amount:
			return 1
		}
		return rankOf(v.policies[x.index]) - rankOf(v.policies[y.index])
	})
	least, most := b.Cells[0].amount, b.Cells[len(b.Cells)-1].amount
	for i := range b.Cells {
		b.Cells[i].At = num(rulerFrom + rulerWidth*fraction(b.Cells[i].amount-least, max(most-least, 1)))
	}
	b.Least, b.Most = v.coin.cut(least, drawn), v.coin.cut(most, drawn)
	return b
}

// rankOf puts pure before and poison after equals: they are the ends.
func rankOf(p lot.Policy) int {
	if p == lot.Pure {
		return -1
	}
	return int(p)
}

func (v *viewer) anyUnder(kinds []trace.Kind) bool {
	return slices.ContainsFunc(v.policies, func(p lot.Policy) bool {
		sum, _, _ := amountOf(endedUnder(v.result, p), kinds...)
		return sum > 0
	})
}
