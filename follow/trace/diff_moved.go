package trace

import (
	"slices"
	"strings"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// MovedLots are outputs of one transaction that were unspent in A and are not
// in B. Which of them led to which place a result does not say, so they stand
// together.
type MovedLots struct {
	TxID string     `json:"txid"`
	Lots []MovedLot `json:"lots"` // in the order of A
	To   []MovedTo  `json:"to"`   // in the order of B; empty: B's paths do not say
}

// MovedLot is an output that was unspent in A.
type MovedLot struct {
	Outpoint string                       `json:"outpoint"`
	Address  *string                      `json:"address"`
	Amounts  map[lot.Policy]ledger.Amount `json:"amounts"` // in A
}

// MovedTo is an exit of B whose path leads through the transaction of moved
// lots into one that no path of A follows on it, or a moved lot that ended
// otherwise. Its amounts may have come from elsewhere too.
type MovedTo struct {
	Place
	Amounts map[lot.Policy]ledger.Amount `json:"amounts"` // in B
}

// moves finds what was unspent in A and is not in B. An outpoint can also go
// from a result because less was asked, or because what led to it now ends at
// a label. So where inputs differ in more than how far the chain had grown,
// lots count as moved only if B shows where to.
func (d *differ) moves() {
	d.moved = map[int]bool{}
	if d.b.Input.Tip.Height < d.a.Input.Tip.Height || d.a.Input.Chain != d.b.Input.Chain || d.a.Input.Params.Backward || d.b.Input.Params.Backward {
		return
	}
	groups, at := []movedGroup{}, map[string]int{}
	rest := d.resting()
	for _, p := range inOrder(d.inA) {
		e := &d.a.Exits[p.exit]
		if e.Kind != KindUnspent || e.Outpoint == nil || !d.counts(e) || rest.still(e) {
			continue
		}
		id, _, _ := strings.Cut(*e.Outpoint, ":")
		if _, ok := at[id]; !ok {
			at[id] = len(groups)
			groups = append(groups, movedGroup{MovedLots: MovedLots{TxID: id, To: []MovedTo{}}})
		}
		g := &groups[at[id]]
		g.exits = append(g.exits, p.exit)
		g.Lots = append(g.Lots, MovedLot{*e.Outpoint, e.Address, e.Amounts})
	}
	d.destinations(groups, at)
	grown := d.onlyGrown()
	for _, g := range groups {
		if len(g.To) == 0 && !grown {
			continue
		}
		for _, i := range g.exits {
			d.moved[i] = true
		}
		d.said.Moved = append(d.said.Moved, g.MovedLots)
	}
}

// movedGroup is MovedLots in the making.
type movedGroup struct {
	MovedLots
	exits []int // of A
}

// resting is what lies in B where it lay in A.
type resting struct {
	outpoints map[string]bool // unspent
	accounts  map[string]bool // at which the trace now ends
}

func (d *differ) resting() resting {
	r := resting{map[string]bool{}, map[string]bool{}}
	for i := range d.b.Exits {
		switch e := &d.b.Exits[i]; {
		case e.Kind == KindUnspent && e.Outpoint != nil:
			r.outpoints[*e.Outpoint] = true
		case (e.Kind == KindService || e.Kind == KindListed || e.Kind == KindMixer) && e.Account != nil:
			r.accounts[*e.Account] = true
		}
	}
	return r
}

func (r resting) still(e *Exit) bool {
	return r.outpoints[*e.Outpoint] || e.Account != nil && r.accounts[*e.Account]
}

// onlyGrown reports whether B is what A asked, of a chain that grew.
func (d *differ) onlyGrown() bool {
	return !slices.ContainsFunc(d.said.Input, func(c InputChange) bool {
		return c.Field != "tip" && c.Field != "source" && c.Field != "params.prices"
	})
}

// step is a transaction and the one after it on a path.
type step struct{ from, to string }

// destinations finds the exits of B to which moved lots lead.
func (d *differ) destinations(groups []movedGroup, at map[string]int) {
	known := map[step]bool{}
	for i := range d.a.Exits {
		path := d.a.Exits[i].Path
		for k := 1; k < len(path); k++ {
			if _, ok := at[path[k-1]]; ok {
				known[step{path[k-1], path[k]}] = true
			}
		}
	}
	lots := map[string]bool{}
	for i := range groups {
		for _, l := range groups[i].Lots {
			lots[l.Outpoint] = true
		}
	}
	for _, p := range inOrder(d.inB) {
		e := &d.b.Exits[p.exit]
		if !d.counts(e) {
			continue
		}
		if e.Outpoint != nil && lots[*e.Outpoint] {
			id, _, _ := strings.Cut(*e.Outpoint, ":")
			groups[at[id]].lead(e)
			continue
		}
		for k := 1; k < len(e.Path); k++ {
			if i, ok := at[e.Path[k-1]]; ok && !known[step{e.Path[k-1], e.Path[k]}] {
				groups[i].lead(e)
			}
		}
	}
}

func (g *movedGroup) lead(to *Exit) { g.To = append(g.To, MovedTo{placeOf(to), to.Amounts}) }
