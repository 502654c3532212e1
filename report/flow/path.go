package flow

import (
	"fmt"
	"slices"
	"strings"

	"clew.example/clew/ledger"
)

// Path is the way from a start to what an id names, under the policy at an
// index of the graph's, as it goes through what is shown while some folds are
// open. An id is that of a node, of a fold, or what a note or a link points to:
// out:TXID:VOUT and account:HEX. Of a fold it is the way to what got most in it.
// Nodes is empty where nothing came under that policy. The error is ErrQuery
// where the id names nothing of the trace.
func (v *View) Path(policy int, id string, open []string) (*Path, error) {
	if policy < 0 || policy >= v.base.policies {
		return nil, fmt.Errorf("%w: there are %d policies", ErrQuery, v.base.policies)
	}
	o, err := v.open(open)
	if err != nil {
		return nil, err
	}
	leaves := v.find(id)
	if len(leaves) == 0 {
		return nil, fmt.Errorf("%w: %.80q is not in this trace", ErrQuery, id)
	}
	c := v.cut(o)
	if shown := slices.DeleteFunc(slices.Clone(leaves), func(leaf int32) bool { return c.idOf(leaf) != id }); len(shown) > 0 {
		leaves = shown // the rest of the fold stands open beside it
	}
	to := v.greatest(leaves, policy)
	p := &Path{Policy: v.base.g.Policies[policy], Node: c.idOf(to), Nodes: []string{}, Edges: []string{}, Times: []uint32{}}
	way := v.way(policy, to)
	for _, leaf := range way {
		if v.base.leaves[leaf].own {
			p.Hops++
		}
	}
	p.Hops = max(p.Hops-1, 0)
	c.follow(p, way)
	return p, nil
}

// find lists the leaves that an id names and that are shown.
func (v *View) find(id string) (leaves []int32) {
	if len(id) > idMax {
		return nil
	}
	name, side, _ := strings.Cut(id, "~")
	if unit, known := v.units[name]; known && (side == "" || side == "before" || side == "after") {
		return v.within(nil, unit)
	}
	if text, ok := strings.CutPrefix(id, "out:"); ok {
		return v.findOut(text)
	}
	if text, ok := strings.CutPrefix(id, "account:"); ok {
		return v.findAccount(text)
	}
	return nil
}

// within appends the leaves of a unit.
func (v *View) within(to []int32, unit int32) []int32 {
	if f := v.fold(unit); f != nil {
		for _, m := range f.members {
			to = v.within(to, m)
		}
		return to
	}
	if v.shown(unit) {
		to = append(to, unit)
	}
	return to
}

// findOut finds where an output ended, and else who spends it.
func (v *View) findOut(text string) (leaves []int32) {
	out, err := ledger.ParseOutpoint(text)
	if err != nil {
		return nil
	}
	for i := range v.base.links {
		l := &v.base.links[i]
		t := &v.base.g.Txs[l.tx]
		if l.vout >= 0 && uint32(l.vout) == out.Vout && t.ID == out.TxID && !slices.Contains(leaves, l.to) {
			leaves = append(leaves, l.to)
		}
	}
	return leaves
}

// findAccount finds where what was paid to an account ended, or went.
func (v *View) findAccount(text string) (leaves []int32) {
	met := map[int32]bool{}
	for i := range v.base.links {
		l := &v.base.links[i]
		if l.vout < 0 || met[l.to] {
			continue
		}
		if a := v.base.g.Txs[l.tx].Outs[l.vout].Account; 2*len(a) == len(text) && fmt.Sprintf("%x", []byte(a)) == text {
			met[l.to] = true
			leaves = append(leaves, l.to)
		}
	}
	return leaves
}

// greatest is the leaf to which most came under a policy; of equals the first.
func (v *View) greatest(leaves []int32, policy int) int32 {
	best, most := leaves[0], ledger.Amount(0)
	for _, leaf := range leaves {
		if l := v.mainLink(leaf, policy); l != nil && l.amounts[policy] > most {
			best, most = leaf, l.amounts[policy]
		}
	}
	return best
}

// mainLink is the link by which most came to a leaf under a policy; nil: nothing
// did.
func (v *View) mainLink(leaf int32, policy int) (main *link) {
	for _, i := range v.ins[leaf] {
		if l := &v.base.links[i]; l.amounts[policy] > 0 && (main == nil || l.amounts[policy] > main.amounts[policy]) {
			main = l
		}
	}
	return main
}

// way lists the leaves from a start to one, both included; nil if nothing came
// to it.
func (v *View) way(policy int, to int32) (way []int32) {
	b := v.base
	main := v.mainLink(to, policy)
	if main == nil || main.vout == noVout { // a start, or its transaction
		for i := range b.starts {
			switch at := &b.starts[i]; {
			case at.amounts[policy] == 0:
			case at.leaf == to:
				return []int32{to}
			case main != nil && at.leaf == main.from:
				return []int32{main.from, to}
			}
		}
		return nil
	}
	txs := b.g.Path(policy, int(main.tx), max(int(main.vout), noVout))
	if at, apart := b.theft[first(txs)]; apart {
		way = append(way, at)
	}
	if b.g.Backward && main.vout >= 0 && to != b.of[main.tx] {
		txs = txs[:max(len(txs)-1, 0)] // who made it was not come to by this way
	}
	for _, tx := range txs {
		way = append(way, b.of[tx])
	}
	if n := len(way); n > 0 && way[n-1] != to {
		way = append(way, to)
	}
	return way
}

// first is the transaction that a path begins with; -1: there is none.
func first(txs []int) int32 {
	if len(txs) == 0 {
		return -1
	}
	return int32(txs[0])
}

// idOf is the id of the node that shows a leaf.
func (c *cut) idOf(leaf int32) string { return c.unitID(c.units[c.of[leaf]]) }

// follow writes a way down through what is shown.
func (c *cut) follow(p *Path, way []int32) {
	last := int32(-1)
	for _, leaf := range way {
		at := c.of[leaf]
		if at == last {
			continue
		}
		id := c.idOf(leaf)
		if last >= 0 {
			from, to := p.Nodes[len(p.Nodes)-1], id
			if c.v.base.g.Backward {
				from, to = to, from
			}
			p.Edges = append(p.Edges, edgeID(from, to))
		}
		p.Nodes, p.Times = append(p.Nodes, id), append(p.Times, c.v.base.leaves[leaf].from)
		last = at
	}
}
