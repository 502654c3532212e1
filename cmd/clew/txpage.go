package main

import (
	"strconv"
	"strings"
)

// printTx writes a transaction for people. Ids are written in full, since they
// are what is copied next.
func printTx(p *page, a *txAnswer) error {
	p.linef("transaction %s", a.TxID)
	p.linef("  bitcoin %s block %s, transaction %d of it, %s", a.Network, count(int64(a.Block.Height)), a.Block.Index, textOf(a.Block.Time))
	p.linef("  %s confirmations as of block %s; seen on the chain", count(a.Confirmations), count(int64(a.Tip.Height)))
	p.linef("")
	a.printInputs(p)
	p.linef("")
	a.printOutputs(p)
	p.linef("")
	switch {
	case a.Fee != nil:
		p.linef("fee %s BTC, weight %s", coins(*a.Fee), count(int64(a.Weight)))
	case a.Coinbase:
		p.linef("weight %s", count(int64(a.Weight)))
	default:
		p.linef("fee not known: %s of %s inputs spend outputs from before the ledger; weight %s",
			count(a.InputsUnknown), count(len(a.Inputs)), count(int64(a.Weight)))
	}
	p.linef("made by software that shows: %s", a.Traits.String())
	return p.err
}

// textOf turns the time of an answer into the form for people.
func textOf(rfc3339 string) string {
	return strings.NewReplacer("T", " ", "Z", " UTC").Replace(rfc3339)
}

func (a *txAnswer) printInputs(p *page) {
	if a.Coinbase {
		p.linef("spends nothing: a coinbase, whose coins are new")
		return
	}
	p.linef("spends")
	t := table{right: map[int]bool{0: true, 1: true}}
	for i := range a.Inputs {
		in := &a.Inputs[i]
		value, name, kind := "not known", "account not known", ""
		if in.Value != nil {
			value = coins(*in.Value) + " BTC"
		}
		if in.Account != nil {
			name, kind = in.Account.name(), in.Account.Kind
		}
		t.add(strconv.Itoa(i), value, name, kind, "of "+in.Outpoint)
	}
	t.write(p, "  ")
}

func (a *txAnswer) printOutputs(p *page) {
	p.linef("pays %s BTC", coins(a.Paid))
	t := table{right: map[int]bool{0: true, 1: true}}
	for i := range a.Outputs {
		o := &a.Outputs[i]
		fate := o.SpentBy.String()
		if o.Account.unspendable() {
			fate = "can not be spent"
		}
		t.add(strconv.Itoa(int(o.N)), coins(o.Value)+" BTC", o.Account.name(), o.Account.Kind, fate)
	}
	t.write(p, "  ")
}

// String is "unspent", or by whom.
func (s *spentAnswer) String() string {
	if s == nil {
		return "unspent"
	}
	return "spent by " + s.TxID + " in block " + count(int64(s.Height))
}
