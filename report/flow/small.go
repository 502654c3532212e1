package flow

import (
	"cmp"
	"slices"

	"clew.example/clew/ledger"
)

// smalls folds what carries little into one node for each parent that stays.
type smalls struct {
	v      *View
	units  []int32         // outermost, in the order of taint
	weight []ledger.Amount // by place in units
	parent []int           // place of the one that brings most; -1: a start
	keep   int             // the largest start, which stays
	keeper []int
}

// foldSmall raises what counts as small until few enough nodes are left.
func (v *View) foldSmall() {
	s := &smalls{v: v}
	s.gather()
	if len(s.units) <= nodesFirst {
		return
	}
	for v.small = 1; s.left(v.small) > nodesFirst; v.small += v.small/4 + 1 {
		if v.small > 1<<62 { // no chain has that much: only lies of a source get here
			break
		}
	}
	s.fold()
}

// gather lists the units that are shown when nothing is open, with what comes
// to each and from where most of it does.
func (s *smalls) gather() {
	v := s.v
	for unit := range v.parent {
		if v.parent[unit] < 0 && v.shown(int32(unit)) {
			s.units = append(s.units, int32(unit))
		}
	}
	slices.SortFunc(s.units, func(a, b int32) int { return cmp.Compare(v.rank[a], v.rank[b]) })
	if v.base.g.Backward {
		slices.Reverse(s.units)
	}
	place := make([]int, len(v.parent))
	for i, unit := range s.units {
		place[unit] = i
	}
	s.weight, s.parent, s.keeper = make([]ledger.Amount, len(s.units)), make([]int, len(s.units)), make([]int, len(s.units))
	in := make([]ledger.Amount, len(s.units)*v.base.policies)
	of := func(i int) []ledger.Amount { return in[i*v.base.policies:][:v.base.policies] }
	s.starts(place, of)
	best := make([]ledger.Amount, len(s.units))
	for i := range v.base.links {
		l := &v.base.links[i]
		from, to := place[v.top(l.from)], place[v.top(l.to)]
		if from == to {
			continue
		}
		v.addAll(of(to), l.amounts)
		if w := weight(l.amounts, v.judged); from < to && (s.parent[to] < 0 || w > best[to]) {
			s.parent[to], best[to] = from, w
		}
	}
	for i := range s.units {
		s.weight[i] = weight(of(i), v.judged)
	}
}

// starts counts in what starts in each unit, and finds the largest.
func (s *smalls) starts(place []int, of func(int) []ledger.Amount) {
	for i := range s.parent {
		s.parent[i] = -1
	}
	most := ledger.Amount(0)
	for i := range s.v.base.starts {
		at := &s.v.base.starts[i]
		unit := place[s.v.top(at.leaf)]
		s.v.addAll(of(unit), at.amounts)
		if i == 0 || at.value > most {
			s.keep, most = unit, at.value
		}
	}
}

// shown reports whether anything leads to or from a unit. Backward, who made an
// output where the way ended stands for nothing.
func (v *View) shown(unit int32) bool {
	if f := v.fold(unit); f != nil {
		return slices.ContainsFunc(f.members, v.shown)
	}
	return len(v.ins[unit])+len(v.outs[unit]) > 0 || v.base.leaves[unit].kind == leafTheft
}

// left counts the nodes that are left if less than least is small.
func (s *smalls) left(least ledger.Amount) int {
	n := 0
	met := make(map[int]bool)
	for i := range s.units {
		if s.keeper[i] = i; s.weight[i] >= least || i == s.keep {
			n++
			continue
		}
		s.keeper[i] = -1
		if p := s.parent[i]; p >= 0 {
			s.keeper[i] = s.keeper[p]
		}
		if !met[s.keeper[i]] {
			met[s.keeper[i]] = true
			n++
		}
	}
	return n
}

// fold folds by the keepers that left found.
func (s *smalls) fold() {
	of := map[int][]int32{}
	for i, unit := range s.units {
		if s.keeper[i] != i {
			of[s.keeper[i]] = append(of[s.keeper[i]], unit)
		}
	}
	for keeper := -1; keeper < len(s.units); keeper++ {
		if len(of[keeper]) < 2 {
			continue
		}
		id, under := "start", int32(-1)
		if keeper >= 0 {
			under = s.units[keeper]
			id = s.v.id(under)
		}
		f := fold{kind: FoldSmall, id: foldID("small", id), members: of[keeper], under: under, onto: -1}
		s.v.addFold(f)
		s.v.rank = append(s.v.rank, s.v.foldRank(&f))
	}
}
