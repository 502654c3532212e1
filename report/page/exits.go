package page

import (
	"strconv"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// exitsMax is the number of exits listed one by one. A trace may have a
// million; the rest is summed, and the other formats list all.
const exitsMax = 200

type exitTable struct {
	Rows       []exitRow
	More       string // how many are not listed, and their sum
	Sums       []exitCell
	Money      string // head of the money column; empty: no prices
	SeveralSay bool   // more than one policy was asked for
}

type exitRow struct {
	Glyph, Name, Note string
	Address, Outpoint id
	Cells             []exitCell // one for each policy
	Least, Most       string
	X, W              string // of the range, in percent
	Dots              []dot
	Last              string
	Hops              string
	Mark, Known       string
	Money             string
	MoneyMissing      bool
}

type exitCell struct{ ID, Amount, Share string }

type dot struct {
	ID, X string
}

// The range begins and ends a little inside its box, so that its dots are whole.
const (
	rangeFrom  = 4.0
	rangeWidth = 92.0
)

func (v *viewer) exitTable() exitTable {
	t := exitTable{SeveralSay: len(v.policies) > 1}
	if m := v.result.Money; m != nil {
		t.Money = "Worth then"
	}
	exits := v.result.Exits
	for i := range exits[:min(len(exits), exitsMax)] {
		for _, p := range v.policies {
			v.widest = max(v.widest, min(exits[i].Amounts[p], v.result.Theft))
		}
	}
	for i := range exits[:min(len(exits), exitsMax)] {
		t.Rows = append(t.Rows, v.exitRow(&exits[i]))
	}
	for i, p := range v.policies {
		var more, all ledger.Amount
		for j := range exits {
			all = add(all, exits[j].Amounts[p])
			if j >= exitsMax {
				more = add(more, exits[j].Amounts[p])
			}
		}
		t.Sums = append(t.Sums, exitCell{policyID(i), v.coin.cut(all, listed), percent(all, v.result.Theft)})
		if len(exits) > exitsMax && i == 0 {
			t.More = count(len(exits)-exitsMax) + " more, " + v.coin.with(more, listed) + " under " + policyNames[p] + ": --format csv lists all"
		}
	}
	return t
}

func (v *viewer) exitRow(e *trace.Exit) exitRow {
	l := lookOf(e.Kind)
	row := exitRow{Glyph: l.glyph, Name: text(e.Entity), Note: text(e.Category), Last: when(e.LastTime), Hops: hops(e.Hops)}
	if row.Name == "" {
		row.Name = l.name
	}
	if e.Count > 1 {
		row.Note = joinNote(row.Note, many(e.Count, "output", "outputs"))
		if e.Kind == trace.KindFee {
			row.Note = many(e.Count, "transaction", "transactions")
		}
	}
	if e.Address != nil {
		row.Address = identify(*e.Address)
	} else if e.Account != nil {
		row.Address = identify("script:" + *e.Account)
	}
	if e.Outpoint != nil {
		row.Outpoint = identify(*e.Outpoint)
	}
	row.Mark, row.Known = v.howKnown(e)
	v.exitAmounts(&row, e)
	if v.result.Money != nil {
		row.Money, row.MoneyMissing = moneyText(e.Money)
	}
	return row
}

func (v *viewer) exitAmounts(row *exitRow, e *trace.Exit) {
	least, most := ^ledger.Amount(0), ledger.Amount(0)
	for i, p := range v.policies {
		a := e.Amounts[p]
		least, most = min(least, a), max(most, a)
		row.Cells = append(row.Cells, exitCell{policyID(i), v.coin.cut(a, listed), percent(a, v.result.Theft)})
		row.Dots = append(row.Dots, dot{policyID(i), num(rangeFrom + rangeWidth*fraction(a, v.widest))})
	}
	row.Least, row.Most = v.coin.cut(least, listed), v.coin.cut(most, listed)
	from, to := fraction(least, v.widest), fraction(most, v.widest)
	row.X, row.W = num(rangeFrom+rangeWidth*from), num(rangeWidth*(to-from))
}

// howKnown says by what right a row names its end: the chain shows it, somebody
// states it, or a rule infers it.
func (v *viewer) howKnown(e *trace.Exit) (mark, words string) {
	switch e.Kind {
	case trace.KindService, trace.KindMixer:
		if by := v.sources[text(e.Account)]; by != "" {
			return "stated", "stated by " + clip(by, 40)
		}
		return "stated", "label"
	case trace.KindListed:
		return "stated", "list to stop at"
	case trace.KindUnspent, trace.KindFee, trace.KindBurn, trace.KindCoinbase:
		return "chain", "on chain"
	case trace.KindUndecoded, trace.KindUnknownInput:
		return "missing", "not known"
	}
	return "rule", "rule"
}

// hops writes the length of a path that is known.
func hops(n *uint32) string {
	if n == nil {
		return "–"
	}
	return count(int(*n))
}

// joinNote sets a comma between two that are there.
func joinNote(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// moneyText writes what an amount was worth at the theft.
func moneyText(m *trace.Valued) (words string, missing bool) {
	switch {
	case m != nil && m.Then.USD != nil:
		return money(*m.Then.USD) + " USD", false
	case m != nil && m.Then.KRW != nil:
		return money(*m.Then.KRW) + " KRW", false
	}
	return "no price", true
}

// money sets the commas of a decimal.
func money(decimal string) string {
	for i, r := range decimal {
		if (r < '0' || r > '9') && r != '.' {
			return strconv.QuoteToASCII(decimal)
		}
		if r == '.' {
			return thousands(decimal[:i]) + decimal[i:]
		}
	}
	return thousands(decimal)
}

func policyID(i int) string { return "p" + strconv.Itoa(i) }

// policiesOf are the policies that a page shows: in the order asked for.
func policiesOf(r *trace.Result) (policies []lot.Policy) {
	for _, p := range r.Input.Params.Policies {
		if _, has := r.Policies[p]; has {
			policies = append(policies, p)
		}
	}
	return policies
}
