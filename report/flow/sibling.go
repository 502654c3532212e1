package flow

import (
	"encoding/binary"
	"slices"
	"strconv"

	"clew.example/clew/follow/trace"
)

// siblings finds what hangs on one parent and goes the same way, or ends in the
// same way. A parent is a leaf, a fold, or a class: what may become a fold.
// Classes of transactions hang on fans, on peel chains and on one another.
type siblings struct {
	v       *View
	forms   map[string]int32 // of what transactions lead to
	form    []int32          // by leaf
	classes []class
	known   map[classKey]int32
	beyond  int32   // units there were before; tokens from here on are classes
	token   []int32 // what stands for a leaf as a parent: itself, a peel chain, or a class
}

type classKey struct{ under, form int32 }

type class struct {
	under   int32 // token
	members []int32
}

// foldSiblings folds branches of transactions, then what ended.
func (v *View) foldSiblings() {
	s := &siblings{v: v, forms: map[string]int32{}, form: make([]int32, len(v.base.leaves)), known: map[classKey]int32{}, token: make([]int32, len(v.base.leaves))}
	s.beyond = int32(len(v.parent))
	for i := range s.token {
		s.token[i] = v.top(int32(i))
	}
	order := s.order()
	for i := len(order) - 1; i >= 0; i-- {
		s.toForm(order[i])
	}
	for _, leaf := range order {
		s.toClass(leaf)
	}
	s.foldClasses()
	s.foldEnds()
}

// order lists the leaves of transactions in the direction of taint.
func (s *siblings) order() []int32 {
	order := slices.Clone(s.v.base.of)
	if s.v.base.g.Backward {
		slices.Reverse(order)
	}
	return order
}

// sole reports whether a leaf gets everything from one.
func (s *siblings) sole(leaf, from int32) bool {
	for _, l := range s.v.ins[leaf] {
		if s.v.base.links[l].from != from {
			return false
		}
	}
	return true
}

// branch reports whether a leaf may be one of several alike: not a start, a
// fan or a hop of a peel chain.
func (s *siblings) branch(leaf int32) bool {
	return s.v.base.leaves[leaf].kind == leafTx && s.v.fans[leaf] == nil && s.v.parent[leaf] < 0
}

// toForm gives leaves an equal number that lead to the same places, or to
// places of equal form that nothing else leads to.
func (s *siblings) toForm(leaf int32) {
	parts := make([]int32, 0, len(s.v.outs[leaf]))
	for _, l := range s.v.outs[leaf] {
		parts = append(parts, s.part(s.v.base.links[l].to, leaf))
	}
	slices.Sort(parts)
	key := make([]byte, 0, 4*len(parts))
	for _, p := range parts {
		key = binary.LittleEndian.AppendUint32(key, uint32(p))
	}
	s.form[leaf] = s.number(string(key))
}

func (s *siblings) part(to, from int32) int32 {
	switch l := &s.v.base.leaves[to]; {
	case l.account:
		name := s.v.base.g.Txs[l.tx].Outs[l.vout].Name.Entity
		if name == "" {
			name = l.id
		}
		return s.number("account " + l.kind.String() + " " + name)
	case l.kind >= leafEnd:
		return s.number("end " + l.kind.String())
	case s.branch(to) && s.sole(to, from):
		return s.form[to]
	}
	return s.number("to " + strconv.Itoa(int(to)))
}

func (s *siblings) number(form string) int32 {
	n, known := s.forms[form]
	if !known {
		n = int32(len(s.forms))
		s.forms[form] = n
	}
	return n
}

// classToken stands for a class as a parent.
func (s *siblings) classToken(class int32) int32 { return s.beyond + class }

// classOf is the class that a token stands for; false: a unit.
func (s *siblings) classOf(token int32) (class int32, ok bool) {
	class = token - s.beyond
	return class, class >= 0
}

// toClass puts a transaction with those that hang on the same parent and have
// its form.
func (s *siblings) toClass(leaf int32) {
	if !s.branch(leaf) || len(s.v.ins[leaf]) == 0 {
		return
	}
	under := s.token[s.v.base.links[s.v.ins[leaf][0]].from]
	for _, l := range s.v.ins[leaf] {
		if s.token[s.v.base.links[l].from] != under {
			return
		}
	}
	if !s.parts(under) {
		return
	}
	key := classKey{under, s.form[leaf]}
	c, known := s.known[key]
	if !known {
		c = int32(len(s.classes))
		s.known[key] = c
		s.classes = append(s.classes, class{under: under})
	}
	s.classes[c].members = append(s.classes[c].members, leaf)
	s.token[leaf] = s.classToken(c)
}

// parts reports whether branches of a parent are looked at: a fan, a peel chain
// or branches themselves.
func (s *siblings) parts(token int32) bool {
	if _, ok := s.classOf(token); ok {
		return true
	}
	if f := s.v.fold(token); f != nil {
		return f.kind == FoldPeel
	}
	return s.v.base.spreads(s.v.fans[token])
}

// foldClasses makes folds of the classes that have two members or more, and a
// parent that is one. The others are leaves again.
func (s *siblings) foldClasses() {
	unit := make([]int32, len(s.classes))
	for i := range s.classes {
		c := &s.classes[i]
		under := c.under
		if parent, ok := s.classOf(under); ok {
			under = unit[parent]
		}
		unit[i] = -1
		if under >= 0 && len(c.members) > 1 {
			id := foldID("branches", s.v.id(under)+"\n"+s.v.id(c.members[0]))
			unit[i] = s.v.addFold(fold{kind: FoldBranches, id: id, members: c.members, under: under, onto: s.onto(c.members)})
		}
	}
	for i := range s.token {
		s.token[i] = s.v.top(int32(i))
	}
}

// onto is the fan that all members lead to and to nothing else; -1: none.
func (s *siblings) onto(members []int32) int32 {
	to := int32(-1)
	for _, m := range members {
		for _, l := range s.v.outs[m] {
			if next := s.v.base.links[l].to; to < 0 {
				to = next
			} else if next != to {
				return -1
			}
		}
	}
	if to < 0 || s.v.fans[to] == nil || s.v.base.spreads(s.v.fans[to]) {
		return -1
	}
	return to
}

// foldEnds makes one of outpoints that ended in one kind and hang on one parent.
// What a peel chain ends with is none of its peels.
func (s *siblings) foldEnds() {
	var order []classKey
	named := map[classKey][]int32{}
	for i := range s.v.base.leaves {
		l := &s.v.base.leaves[i]
		if l.kind < leafEnd || l.account || len(s.v.ins[i]) == 0 || s.chainEnd(l) {
			continue
		}
		key := classKey{s.token[s.v.base.links[s.v.ins[i][0]].from], int32(l.kind)}
		if named[key] == nil {
			order = append(order, key)
		}
		named[key] = append(named[key], int32(i))
	}
	for _, key := range order {
		if len(named[key]) < 2 {
			continue
		}
		kind, of := FoldBranches, s.v.id(key.under)+"\n"+leafKind(key.form).String()
		if leafKind(key.form).end() == trace.KindUnspent {
			kind = FoldRest
		}
		s.v.addFold(fold{kind: kind, id: foldID(string(kind), of), members: named[key], under: key.under, onto: -1})
	}
}

// chainEnd reports whether a leaf is the larger output of a peel chain's last.
func (s *siblings) chainEnd(l *leaf) bool {
	b := s.v.base
	if l.vout < 0 || b.hop[l.tx] == 0 {
		return false
	}
	hops := b.chains[b.hop[l.tx]-1]
	on, _, _ := b.hopOuts(int(l.tx))
	return hops[len(hops)-1] == l.tx && int(l.vout) == on
}
