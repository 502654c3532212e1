package page

import (
	"cmp"
	"math"
	"slices"

	"clew.example/clew/follow/lot"
)

// picture is the flow of a trace under one policy, in its places.
type picture struct {
	v      *viewer
	policy lot.Policy
	index  int // of the policy in the graph
	f      *flow
	l      *layout
	labels []label
	ports  [][2]float64 // by edge: how far from the middle it leaves and comes
	spots  []spot       // by node
	folded int
	strip  *strip
}

// picture makes the picture of a policy, or nil where nothing can be drawn.
func (v *viewer) picture(i int) *picture {
	at := v.graphIndex(v.policies[i])
	if at < 0 {
		return nil
	}
	f := rawFlow(v.doc.Graph, v.result, at)
	if f == nil {
		return nil
	}
	f.fold()
	p := &picture{v: v, policy: v.policies[i], index: at, f: f, labels: make([]label, len(f.nodes))}
	for n := range f.nodes {
		p.labels[n] = v.label(f, n)
	}
	p.l = place(f, func(n int) label { return p.labels[n] })
	p.folded = max(f.items-len(f.nodes), 0)
	p.toPorts()
	p.toSpots()
	if apportions(p.policy) && !f.backward {
		p.strip = newStrip(p)
	}
	return p
}

// toPorts stacks the edges at each side of a node in the order of where they go
// and where they come from, so that those of one node do not cross.
func (p *picture) toPorts() {
	p.ports = make([][2]float64, len(p.f.edges))
	for i := range p.f.nodes {
		n := &p.f.nodes[i]
		p.stackPorts(n.out, 0, func(e int) int { return p.f.edges[e].to })
		p.stackPorts(n.in, 1, func(e int) int { return p.f.edges[e].from })
	}
}

func (p *picture) stackPorts(edges []int, side int, other func(e int) int) {
	order := slices.Clone(edges)
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(p.l.boxes[other(a)].y, p.l.boxes[other(b)].y)
	})
	sum := 0.0
	for _, e := range order {
		sum += p.l.bodyOf(e)
	}
	at := -sum / 2
	for _, e := range order {
		w := p.l.bodyOf(e)
		p.ports[e][side] = at + w/2
		at += w
	}
}

// x turns a place around where time runs down.
func (p *picture) x(x float64) float64 {
	if p.f.backward {
		return p.l.width - x
	}
	return x
}

// path is the middle line of an edge: a curve beside the node that it leaves,
// then straight on in the lane of the node that it goes to.
func (p *picture) path(e int) string {
	g := p.f.edges[e]
	a, b := &p.l.boxes[g.from], &p.l.boxes[g.to]
	x0, y0, x1, y1 := a.right(), a.y+p.ports[e][0], b.x, b.y+p.ports[e][1]
	if x1 <= x0 { // two that were folded lead to one another
		x0 = a.x
	}
	bend := min(x1-x0, p.bendOf(g.from))
	if math.Abs(y1-y0) < 0.5 {
		return "M" + num(p.x(x0)) + " " + num(y0) + "L" + num(p.x(x1)) + " " + num(y1)
	}
	mid := x0 + bend/2
	d := "M" + num(p.x(x0)) + " " + num(y0) + "C" + num(p.x(mid)) + " " + num(y0) + " " + num(p.x(mid)) + " " + num(y1) + " " + num(p.x(x0+bend)) + " " + num(y1)
	if x1-x0-bend > 0.5 {
		d += "H" + num(p.x(x1))
	}
	return d
}

// bendOf is how far beside a node its edges have come to their lanes: as far as
// the first that they lead to.
func (p *picture) bendOf(i int) float64 {
	b := &p.l.boxes[i]
	bend := 180.0
	for _, e := range p.f.nodes[i].out {
		if d := p.l.boxes[p.f.edges[e].to].x - b.right(); d > 0 {
			bend = min(bend, d)
		}
	}
	return bend
}

// taintClass is the fifth in which the stolen share of an edge lies: t1 to a
// fifth, t5 above four.
func taintClass(e edge) string {
	if e.amount >= e.value {
		return "t5"
	}
	return "t" + digits(1+int(scale(e.amount, 5, e.value)))
}
