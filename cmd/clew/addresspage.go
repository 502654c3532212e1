package main

import "fmt"

// printAddress writes an address for people.
func printAddress(p *page, a *addressAnswer) error {
	p.linef("address %s  (%s, bitcoin %s)", a.Account.name(), a.Account.Kind, a.Network)
	if a.AsOf == nil {
		p.linef("  the ledger is empty")
		return p.err
	}
	p.linef("  as of block %s, %s; seen on the chain", count(int64(a.AsOf.Height)), textOf(a.AsOf.Time))
	if !a.Complete {
		p.linef("  the ledger begins at block %s: what was paid to it before is not known", count(int64(a.FirstHeight)))
	}
	if a.OutputsReceived == 0 {
		p.linef("  never paid%s", a.since())
		return p.err
	}
	p.linef("")
	t := table{right: map[int]bool{1: true, 2: true}}
	t.add("received"+a.since(), coins(a.Received)+" BTC", plural(a.OutputsReceived, "output"))
	t.add("spent of it", coins(a.Spent)+" BTC", plural(a.OutputsSpent, "output"))
	t.add("balance", coins(a.Balance)+" BTC", plural(a.OutputsReceived-a.OutputsSpent, "output"))
	t.write(p, "  ")
	p.linef("  paid first in block %s, %s; last in block %s, %s", count(int64(a.First.Height)), textOf(a.First.Time),
		count(int64(a.Last.Height)), textOf(a.Last.Time))
	a.printCredits(p)
	return p.err
}

// since says from where on the answer counts, where that is not the beginning.
func (a *addressAnswer) since() string {
	if a.Complete {
		return ""
	}
	return fmt.Sprintf(" since block %s", count(int64(a.FirstHeight)))
}

func (a *addressAnswer) printCredits(p *page) {
	p.linef("")
	p.linef("outputs, the newest first")
	t := table{right: map[int]bool{0: true, 2: true}}
	for i := range a.Outputs {
		o := &a.Outputs[i]
		t.add("block "+count(int64(o.Height)), textOf(o.Time), coins(o.Value)+" BTC", o.Outpoint, o.SpentBy.String())
	}
	t.write(p, "  ")
	if a.LeftOut > 0 {
		p.linef("  left out: %s, the oldest (--limit)", plural(a.LeftOut, "output"))
	}
}
