package page

import (
	"encoding/binary"
	"slices"

	"clew.example/clew/ledger"
)

const (
	// nodesMax is how many nodes are drawn at most: more are not read, they
	// are looked at.
	nodesMax = 120
	// nodesAim is what folding aims at before it hides small values.
	nodesAim = 40
	edgesAim = 70
	// trunkAim is where steps that lose little on the way become one.
	trunkAim = 24
	// alikeLeast is how many branches that go the same way become one.
	alikeLeast = 3
)

// fold makes a flow small enough to read. It keeps every sum.
func (f *flow) fold() {
	f.foldRuns()
	f.foldAlike()
	if len(f.nodes) > nodesAim {
		f.foldThrough()
		f.foldAlike()
	}
	if len(f.nodes) > trunkAim {
		f.foldTrunk(f.whole / 1000)
	}
	// A thousandth of the theft is small; what is small rises until the rest
	// can be read.
	for least := f.whole / 1000; least <= f.whole && least < ^ledger.Amount(0)/2; least += least/2 + 1 {
		if crowded := len(f.nodes) > nodesAim || len(f.edges) > edgesAim; !crowded || least > f.whole/10 && len(f.nodes) <= nodesMax {
			break
		}
		f.foldSmall(least)
	}
}

// foldRuns makes one node of steps that lead to one another and nowhere else.
func (f *flow) foldRuns() {
	into := identity(len(f.nodes))
	for i := range f.nodes {
		n := &f.nodes[i]
		from := f.sole(i)
		if n.shape != shapeStep || from < 0 || f.nodes[from].shape != shapeStep || len(f.nodes[from].out) != 1 || len(f.nodes[from].in) != 1 {
			continue
		}
		into[i] = from
		n.deepest += f.nodes[from].deepest // nodes come in the order of time
	}
	f.contract(into)
}

// foldTrunk makes one node of steps one after the other that lose no more than
// small values on the way, all to places where it ended.
func (f *flow) foldTrunk(small ledger.Amount) {
	into := identity(len(f.nodes))
	for i := range f.nodes {
		n, from := &f.nodes[i], f.sole(i)
		if n.shape != shapeStep || from < 0 || f.nodes[from].shape != shapeStep {
			continue
		}
		lossy := slices.ContainsFunc(f.nodes[from].out, func(e int) bool {
			to := f.edges[e].to
			return to != i && (len(f.nodes[to].out) > 0 || f.edges[e].amount >= small)
		})
		if !lossy && n.amount > f.whole/10 {
			into[i] = from
			n.deepest += f.nodes[from].deepest
		}
	}
	f.contract(into)
}

// foldThrough lets steps go that only hand on: one way in, one way out. What
// they hand on comes from the node before them.
func (f *flow) foldThrough() {
	into := identity(len(f.nodes))
	for i := range f.nodes {
		n := &f.nodes[i]
		if (n.shape == shapeStep || n.shape == shapeAlike) && len(n.in) == 1 && len(n.out) == 1 {
			into[i] = f.edges[n.out[0]].to
		}
	}
	f.contract(into)
}

// alike finds branches of one parent that go the same way.
type alike struct {
	f     *flow
	into  []int
	gone  []bool
	forms map[string]int
	form  []int
}

// foldAlike makes one branch of three or more that go the same way: to the same
// places, or to places of the same kind that nobody else goes to. A branch with
// a tenth of the whole stands alone.
func (f *flow) foldAlike() {
	a := &alike{f: f, into: identity(len(f.nodes)), gone: make([]bool, len(f.nodes)), forms: map[string]int{}, form: make([]int, len(f.nodes))}
	for i := len(f.nodes) - 1; i >= 0; i-- { // ends come after what leads to them only within a moment
		if f.isEnd(i) {
			a.name(i)
		}
	}
	for i := len(f.nodes) - 1; i >= 0; i-- {
		if !f.isEnd(i) {
			a.join(i)
			a.name(i)
		}
	}
	f.contract(a.into)
}

// children are the nodes that get everything from one.
func (a *alike) children(i int) (own []int) {
	for _, e := range a.f.nodes[i].out {
		if to := a.f.edges[e].to; !a.gone[to] && a.f.sole(to) == i {
			own = append(own, to)
		}
	}
	return own
}

// name gives equal forms an equal number.
func (a *alike) name(i int) {
	n := &a.f.nodes[i]
	var parts []int
	for _, e := range n.out {
		to := a.f.edges[e].to
		switch {
		case a.gone[to]:
		case a.f.sole(to) == i:
			parts = append(parts, a.form[to])
		default:
			parts = append(parts, -1-to)
		}
	}
	slices.Sort(parts)
	form := []byte{byte(n.shape), byte(n.kind)}
	if n.shape == shapeAlike {
		form[0] = byte(shapeStep)
	}
	if n.name != "" || n.shape != shapeEnd && n.shape != shapeStep && n.shape != shapeAlike {
		form = binary.AppendVarint(form, int64(1+i)) // like itself alone
	}
	for _, p := range parts {
		form = binary.AppendVarint(form, int64(p))
	}
	number, ok := a.forms[string(form)]
	if !ok {
		number = len(a.forms)
		a.forms[string(form)] = number
	}
	a.form[i] = number
}

func (a *alike) join(parent int) {
	groups, order := map[int][]int{}, []int(nil)
	for _, c := range a.children(parent) {
		n := &a.f.nodes[c]
		if n.shape != shapeStep && n.shape != shapeAlike || n.amount >= a.f.whole/10 {
			continue
		}
		if groups[a.form[c]] == nil {
			order = append(order, a.form[c])
		}
		groups[a.form[c]] = append(groups[a.form[c]], c)
	}
	for _, form := range order {
		if g := groups[form]; len(g) >= alikeLeast {
			for _, c := range g[1:] {
				a.merge(g[0], c)
				a.f.nodes[g[0]].branches += a.f.nodes[c].branches
			}
			a.f.nodes[g[0]].shape = shapeAlike
		}
	}
}

// merge makes one of two branches of one form.
func (a *alike) merge(keep, gone int) {
	kept, going := a.children(keep), a.children(gone)
	byForm := func(x, y int) int { return a.form[x] - a.form[y] }
	slices.SortStableFunc(kept, byForm)
	slices.SortStableFunc(going, byForm)
	for i := range min(len(kept), len(going)) {
		a.merge(kept[i], going[i])
	}
	a.into[gone], a.gone[gone] = keep, true
	if a.f.nodes[keep].shape == shapeStep {
		a.f.nodes[keep].shape = shapeAlike
	}
}

// foldSmall puts what is smaller than least into one node for each parent that
// stays, if there are two.
func (f *flow) foldSmall(least ledger.Amount) {
	into := identity(len(f.nodes))
	keeper := make([]int, len(f.nodes)) // of what is not kept: who stays above it
	small := map[int]int{}              // by keeper
	largest := 0
	for i := range f.nodes {
		if f.nodes[i].start > f.nodes[largest].start {
			largest = i
		}
	}
	for i := range f.nodes {
		n := &f.nodes[i]
		if keeper[i] = i; n.amount >= least || i == largest {
			continue
		}
		above := -1 // the last from which it gets something; -1: it is a start
		for _, e := range n.in {
			if from := f.edges[e].from; from < i && from > above {
				above = from
			}
		}
		if above >= 0 {
			above = keeper[above]
		}
		keeper[i] = above
		if above < 0 {
			keeper[i] = largest
		}
		first, has := small[above]
		if !has {
			small[above] = i
			continue
		}
		into[i] = first
		n, s := &f.nodes[i], &f.nodes[first]
		if s.shape != shapeSmall {
			s.shape, s.chain, s.fan, s.name = shapeSmall, nil, nil, ""
		}
		s.branches += n.branches
	}
	f.contract(into)
}
