package main

import (
	"fmt"

	"clew.example/clew/report/file"
	"clew.example/clew/report/lookup"
)

// printAddress writes an address for people.
func printAddress(p *file.Page, a *lookup.Address) error {
	p.Linef("address %s  (%s, bitcoin %s)", a.Account.Shown(), a.Account.Kind, a.Network)
	if a.AsOf == nil {
		p.Linef("  the ledger is empty")
		return p.Err()
	}
	p.Linef("  as of block %s, %s; seen on the chain", file.Count(int64(a.AsOf.Height)), textOf(a.AsOf.Time))
	if !a.Complete {
		p.Linef("  the ledger begins at block %s: what was paid to it before is not known", file.Count(int64(a.FirstHeight)))
	}
	if a.OutputsReceived == 0 {
		p.Linef("  never paid%s", since(a))
		return p.Err()
	}
	p.Linef("")
	t := file.Columns{Right: map[int]bool{1: true, 2: true}}
	t.Add("received"+since(a), file.Coins(a.Received)+" BTC", file.Plural(a.OutputsReceived, "output"))
	t.Add("spent of it", file.Coins(a.Spent)+" BTC", file.Plural(a.OutputsSpent, "output"))
	t.Add("balance", file.Coins(a.Balance)+" BTC", file.Plural(a.OutputsReceived-a.OutputsSpent, "output"))
	t.Write(p, "  ")
	p.Linef("  paid first in block %s, %s; last in block %s, %s", file.Count(int64(a.First.Height)), textOf(a.First.Time),
		file.Count(int64(a.Last.Height)), textOf(a.Last.Time))
	printCredits(p, a)
	return p.Err()
}

// since says from where on the answer counts, where that is not the beginning.
func since(a *lookup.Address) string {
	if a.Complete {
		return ""
	}
	return fmt.Sprintf(" since block %s", file.Count(int64(a.FirstHeight)))
}

func printCredits(p *file.Page, a *lookup.Address) {
	p.Linef("")
	p.Linef("outputs, the newest first")
	t := file.Columns{Right: map[int]bool{0: true, 2: true}}
	for i := range a.Outputs {
		o := &a.Outputs[i]
		t.Add("block "+file.Count(int64(o.Height)), textOf(o.Time), file.Coins(o.Value)+" BTC", o.Outpoint, fateOf(o.SpentBy))
	}
	t.Write(p, "  ")
	if a.LeftOut > 0 {
		p.Linef("  left out: %s, the oldest (--limit)", file.Plural(a.LeftOut, "output"))
	}
}
