package page

import (
	"slices"
	"strings"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// ended is what ended in one kind under a policy.
type ended struct {
	look
	amount ledger.Amount
	count  int // outpoints; of fees, transactions
	places int // exits
}

// endedUnder sums a result by kind under a policy, in the order of the bar.
// Poison has no absorbers: its exits are summed, and what they hold may be far
// more than the theft.
func endedUnder(r *trace.Result, p lot.Policy) (all []ended) {
	byKind := map[trace.Kind]*ended{}
	at := func(k trace.Kind) *ended {
		if byKind[k] == nil {
			byKind[k] = &ended{look: lookOf(k)}
		}
		return byKind[k]
	}
	for _, e := range r.Exits {
		if a := e.Amounts[p]; a > 0 {
			k := at(e.Kind)
			k.amount, k.places, k.count = add(k.amount, a), k.places+1, k.count+e.Count
		}
	}
	for _, a := range r.Policies[p].Absorbers {
		k := at(a.Kind)
		k.amount, k.count = a.Amount, a.Count
	}
	for _, l := range looks {
		if k := byKind[l.kind]; k != nil && k.amount > 0 {
			all = append(all, *k)
		}
	}
	return all
}

func amountOf(all []ended, kinds ...trace.Kind) (sum ledger.Amount, count, places int) {
	for _, e := range all {
		if slices.Contains(kinds, e.kind) {
			sum, count, places = add(sum, e.amount), count+e.count, places+e.places
		}
	}
	return sum, count, places
}

// answer says in one sentence what reached whom, what rests, and what cannot
// be followed. Nothing is said of what is not there.
func (v *viewer) answer(p lot.Policy) string {
	all := endedUnder(v.result, p)
	backward := v.result.Input.Params.Backward
	var parts []string
	say := func(words func(amount string, count, places int) string, kinds ...trace.Kind) {
		if sum, n, places := amountOf(all, kinds...); sum > 0 {
			parts = append(parts, words(v.coin.with(sum, listed), n, places))
		}
	}
	reached, rests := "reached", "rests at"
	if backward {
		reached, rests = "came from", "was found at"
	}
	if sum, n, _ := amountOf(all, trace.KindUnspent); !backward && sum == v.result.Theft && sum > 0 && p != lot.Poison {
		return "No exits yet. All " + v.coin.with(sum, listed) + " rest at " + many(n, "output", "outputs") + "."
	}
	say(func(a string, _, n int) string { return a + " " + reached + " " + v.services(p, n) }, trace.KindService)
	say(func(a string, _, n int) string {
		return a + " " + reached + " " + many(n, "listed address", "listed addresses")
	}, trace.KindListed)
	say(func(a string, n, _ int) string { return a + " " + rests + " " + many(n, "output", "outputs") }, trace.KindUnspent)
	say(func(a string, _, n int) string {
		return a + " " + reached + " " + many(n, "mixer", "mixers") + " and cannot be followed"
	}, trace.KindMixer)
	lost := " cannot be followed"
	if backward {
		lost = " came by inputs whose outputs the source does not hold"
	}
	say(func(a string, _, _ int) string { return a + lost }, trace.KindUndecoded, trace.KindUnknownInput)
	say(func(a string, _, _ int) string { return a + " was mixed with other money" }, trace.KindDiluted)
	say(func(a string, _, _ int) string { return a + " is newly made coin" }, trace.KindCoinbase)
	say(func(a string, _, _ int) string { return a + " was left out by the limits set" }, trace.KindCutoff)
	if len(parts) == 0 {
		return "Nothing moved."
	}
	return strings.Join(parts, "; ") + "."
}

// services names the one service, or counts them by name: one service may have
// many accounts.
func (v *viewer) services(p lot.Policy, accounts int) string {
	names := map[string]bool{}
	for _, e := range v.result.Exits {
		if e.Kind == trace.KindService && e.Amounts[p] > 0 {
			names[text(e.Entity)] = true
		}
	}
	delete(names, "")
	switch {
	case len(names) == 1:
		for name := range names {
			return clip(name, 40)
		}
	case len(names) > 1:
		return many(len(names), "named service", "named services")
	}
	return many(accounts, "account", "accounts") + " of services"
}

// segment is a part of the bar and its entry in the key.
type segment struct {
	Class, Amount, Words, Share string
	X, W                        string // in percent of the bar
}

// barWidth and barLeast are in percent: the whole bar, and a part that is
// there but too small to see.
const (
	barWidth = 100.0
	barLeast = 0.5
)

// bar lays all that ended side by side. A part that is there is at least a
// line wide; the widest gives up the room.
func (v *viewer) bar(p lot.Policy) []segment {
	all := endedUnder(v.result, p)
	amounts, widths := make([]ledger.Amount, len(all)), make([]float64, len(all))
	var whole ledger.Amount
	for i, e := range all {
		amounts[i] = e.amount
		whole = add(whole, e.amount)
	}
	var sum float64
	for i, a := range amounts {
		widths[i] = max(barLeast, barWidth*fraction(a, whole))
		sum += widths[i]
	}
	if len(all) > 0 {
		widths[slices.Index(widths, slices.Max(widths))] += barWidth - sum
	}
	texts := shares(amounts, whole)
	segments, x := make([]segment, len(all)), 0.0
	for i, e := range all {
		segments[i] = segment{e.class, v.coin.cut(e.amount, listed), e.key, texts[i], num(x), num(max(widths[i]-0.2, barLeast/2))}
		x += widths[i]
	}
	return segments
}
