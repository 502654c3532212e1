package flow

import (
	"cmp"
	"fmt"
	"slices"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// nodesFirst is how many nodes are shown at most when nothing is open.
const nodesFirst = 120

// View is a trace made ready to be drawn. What is folded into what is decided
// once, so that opening a fold changes nothing else. It is read only and may be
// used by many at a time.
type View struct {
	base   *base
	result *trace.Result
	judged []int            // policies by which it is told what is small
	fans   map[int32]*Fan   // by leaf
	folds  []fold           // a fold after those in it
	parent []int32          // fold of a unit, leaves first and then folds; -1: none
	rank   []int32          // of a unit: its place in the order of time
	small  ledger.Amount    // what carries less is folded; 0: nothing is
	outs   [][]int32        // links by the leaf that they leave
	ins    [][]int32        // links by the leaf that they come to
	units  map[string]int32 // by id
	sums
}

// fold is several units shown as one. A unit is a leaf, or a fold by the number
// of leaves and its own.
type fold struct {
	kind    FoldKind
	id      string
	members []int32
	under   int32 // unit that its members hang on, -1: none; if that is a fan out, to open the fan opens it
	onto    int32 // leaf of the fan in that all its members lead to; -1: none
	chain   int   // of a peel chain
}

// New makes a trace ready. The graph must hold what the result was made from.
// An error is ErrLarge, or says that amounts cannot be summed, or that the graph
// leads to what it does not hold.
func New(g *trace.Graph, r *trace.Result) (*View, error) {
	b, err := newBase(g)
	if err != nil {
		return nil, fmt.Errorf("flow: %w", err)
	}
	v := &View{base: b, result: r, judged: apportioning(g.Policies), fans: b.fans()}
	v.index()
	v.parent = make([]int32, len(b.leaves))
	for i := range v.parent {
		v.parent[i] = -1
	}
	v.foldChains()
	v.foldSiblings()
	v.foldServices()
	v.toRanks()
	v.foldSmall()
	v.name()
	if err := v.err(); err != nil {
		return nil, fmt.Errorf("flow: %w", err)
	}
	return v, nil
}

// index finds the links of each leaf. Links to what stands alone are all there
// is: a transaction that nothing leads to is not shown.
func (v *View) index() {
	n := len(v.base.leaves)
	v.outs, v.ins = make([][]int32, n), make([][]int32, n)
	for i := range v.base.links {
		l := &v.base.links[i]
		v.outs[l.from] = append(v.outs[l.from], int32(i))
		v.ins[l.to] = append(v.ins[l.to], int32(i))
	}
}

// leafCount is where the units that are folds begin.
func (v *View) leafCount() int32 { return int32(len(v.base.leaves)) }

// fold returns the fold that a unit is; nil: it is a leaf, or a piece of a fold.
func (v *View) fold(unit int32) *fold {
	if unit < v.leafCount() || int(unit) >= len(v.parent) {
		return nil
	}
	return &v.folds[unit-v.leafCount()]
}

func (v *View) id(unit int32) string {
	if f := v.fold(unit); f != nil {
		return f.id
	}
	return v.base.leaves[unit].id
}

// addFold makes a fold of units that are in none.
func (v *View) addFold(f fold) int32 {
	unit := v.leafCount() + int32(len(v.folds))
	v.folds, v.parent = append(v.folds, f), append(v.parent, -1)
	for _, m := range f.members {
		v.parent[m] = unit
	}
	return unit
}

// top is the outermost fold that a unit is in, or itself.
func (v *View) top(unit int32) int32 {
	for v.parent[unit] >= 0 {
		unit = v.parent[unit]
	}
	return unit
}

func (v *View) foldChains() {
	for c, hops := range v.base.chains {
		f := fold{kind: FoldPeel, under: -1, onto: -1, chain: c}
		for _, tx := range hops {
			f.members = append(f.members, v.base.of[tx])
		}
		f.id = foldID("peel", v.id(f.members[0]))
		v.addFold(f)
	}
}

// foldServices makes one of the accounts of one name and kind.
func (v *View) foldServices() {
	type key struct {
		kind trace.Kind
		name string
	}
	order, named := []key(nil), map[key][]int32{}
	for i := range v.base.leaves {
		l := &v.base.leaves[i]
		if !l.account {
			continue
		}
		k := key{l.kind.end(), v.base.g.Txs[l.tx].Outs[l.vout].Name.Entity}
		if k.name == "" {
			continue
		}
		if named[k] == nil {
			order = append(order, k)
		}
		named[k] = append(named[k], int32(i))
	}
	for _, k := range order {
		if len(named[k]) > 1 {
			id := foldID("service_name", k.kind.String()+"\n"+k.name)
			v.addFold(fold{kind: FoldService, id: id, members: named[k], under: -1, onto: -1})
		}
	}
}

// toRanks puts units in the order of time: transactions in ledger order, what
// ended beside the transaction that paid it first.
func (v *View) toRanks() {
	order := make([]int32, len(v.base.leaves))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := &v.base.leaves[a], &v.base.leaves[b]
		return cmp.Or(cmp.Compare(x.tx, y.tx), v.stage(x)-v.stage(y), cmp.Compare(x.vout, y.vout), cmp.Compare(x.kind, y.kind))
	})
	v.rank = make([]int32, len(v.parent))
	for place, unit := range order {
		v.rank[unit] = int32(place)
	}
	for i := range v.folds {
		v.rank[v.leafCount()+int32(i)] = v.foldRank(&v.folds[i])
	}
}

// stage puts a start before its transaction and ends behind it; backward, where
// value came from stands first.
func (v *View) stage(l *leaf) int {
	stage := int(min(l.kind, leafEnd))
	if v.base.g.Backward {
		return -stage
	}
	return stage
}

// foldRank is the rank of the first in a fold.
func (v *View) foldRank(f *fold) int32 {
	first := v.rank[f.members[0]]
	for _, m := range f.members {
		first = min(first, v.rank[m])
	}
	return first
}

// name finds units by their ids.
func (v *View) name() {
	v.units = make(map[string]int32, len(v.parent))
	for unit := range v.parent {
		v.units[v.id(int32(unit))] = int32(unit)
	}
}
