package main

import (
	"strconv"
	"strings"

	"clew.example/clew/report/file"
	"clew.example/clew/report/lookup"
)

// printTx writes a transaction for people. Ids are written in full, since they
// are what is copied next.
func printTx(p *file.Page, a *lookup.Tx) error {
	p.Linef("transaction %s", a.TxID)
	p.Linef("  bitcoin %s block %s, transaction %d of it, %s", a.Network, file.Count(int64(a.Block.Height)), a.Block.Index, textOf(a.Block.Time))
	p.Linef("  %s confirmations as of block %s; seen on the chain", file.Count(a.Confirmations), file.Count(int64(a.Tip.Height)))
	p.Linef("")
	printInputs(p, a)
	p.Linef("")
	printOutputs(p, a)
	p.Linef("")
	switch {
	case a.Fee != nil:
		p.Linef("fee %s BTC, weight %s", file.Coins(*a.Fee), file.Count(int64(a.Weight)))
	case a.Coinbase:
		p.Linef("weight %s", file.Count(int64(a.Weight)))
	default:
		p.Linef("fee not known: %s of %s inputs spend outputs from before the ledger; weight %s",
			file.Count(a.InputsUnknown), file.Count(len(a.Inputs)), file.Count(int64(a.Weight)))
	}
	p.Linef("made by software that shows: %s", a.Traits.String())
	return p.Err()
}

// textOf turns the time of an answer into the form for people.
func textOf(rfc3339 string) string {
	return strings.NewReplacer("T", " ", "Z", " UTC").Replace(rfc3339)
}

func printInputs(p *file.Page, a *lookup.Tx) {
	if a.Coinbase {
		p.Linef("spends nothing: a coinbase, whose coins are new")
		return
	}
	p.Linef("spends")
	t := file.Columns{Right: map[int]bool{0: true, 1: true}}
	for i := range a.Inputs {
		in := &a.Inputs[i]
		value, name, kind := "not known", "account not known", ""
		if in.Value != nil {
			value = file.Coins(*in.Value) + " BTC"
		}
		if in.Account != nil {
			name, kind = in.Account.Shown(), in.Account.Kind
		}
		t.Add(strconv.Itoa(i), value, name, kind, "of "+in.Outpoint)
	}
	t.Write(p, "  ")
}

func printOutputs(p *file.Page, a *lookup.Tx) {
	p.Linef("pays %s BTC", file.Coins(a.Paid))
	t := file.Columns{Right: map[int]bool{0: true, 1: true}}
	for i := range a.Outputs {
		o := &a.Outputs[i]
		fate := fateOf(o.SpentBy)
		if o.Account.Unspendable() {
			fate = "can not be spent"
		}
		t.Add(strconv.Itoa(int(o.N)), file.Coins(o.Value)+" BTC", o.Account.Shown(), o.Account.Kind, fate)
	}
	t.Write(p, "  ")
}

// fateOf is "unspent", or by whom.
func fateOf(s *lookup.Spender) string {
	if s == nil {
		return "unspent"
	}
	return "spent by " + s.TxID + " in block " + file.Count(int64(s.Height))
}
