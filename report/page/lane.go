package page

import (
	"math"
	"slices"

	"clew.example/clew/follow/trace"
)

const (
	binWidth = 8.0 // across, in which room is counted
	laneGap  = 5.0
)

func isRest(n *node) bool { return n.shape == shapeEnd && n.kind == trace.KindUnspent }

// skyline is what a part of the tree takes, from top to bottom, in each bin
// across; top above bottom where it takes nothing.
type skyline struct{ top, bottom []float64 }

func (l *layout) newSkyline() skyline {
	n := int(l.width/binWidth) + 2
	s := skyline{make([]float64, n), make([]float64, n)}
	for i := range s.top {
		s.top[i], s.bottom[i] = math.Inf(1), math.Inf(-1)
	}
	return s
}

func (s skyline) cover(x0, x1, top, bottom float64) {
	from, to := max(0, int(x0/binWidth)), min(len(s.top)-1, int(x1/binWidth))
	for i := from; i <= to; i++ {
		s.top[i], s.bottom[i] = min(s.top[i], top), max(s.bottom[i], bottom)
	}
}

func (s skyline) join(o skyline, dy float64) {
	for i := range s.top {
		s.top[i], s.bottom[i] = min(s.top[i], o.top[i]+dy), max(s.bottom[i], o.bottom[i]+dy)
	}
}

// under is how far down o must go to lie below s; over, how far up.
func (s skyline) under(o skyline) float64 {
	dy := math.Inf(-1)
	for i := range s.top {
		dy = max(dy, s.bottom[i]-o.top[i])
	}
	return dy + laneGap
}

func (s skyline) over(o skyline) float64 {
	dy := math.Inf(1)
	for i := range s.top {
		dy = min(dy, s.top[i]-o.bottom[i])
	}
	return dy - laneGap
}

// toLanes gives every node its height: the tree is packed from its ends, so
// that no part of it crosses another.
func (l *layout) toLanes() {
	all := l.newSkyline()
	first := true
	for i := range l.boxes {
		if l.boxes[i].tree >= 0 {
			continue
		}
		s := l.stack(i)
		dy := 0.0
		if !first {
			dy = all.under(s)
		}
		first = false
		all.join(s, dy)
		l.shift(i, dy)
	}
	top, bottom := math.Inf(1), math.Inf(-1)
	for i := range all.top {
		top, bottom = min(top, all.top[i]), max(bottom, all.bottom[i])
	}
	for i := range l.boxes {
		l.boxes[i].y += axisHeight - top
	}
	l.bottom = axisHeight + bottom - top + 8
}

func (l *layout) shift(i int, dy float64) {
	l.boxes[i].y += dy
	for _, c := range l.boxes[i].children {
		l.shift(c, dy)
	}
}

// stack packs what hangs under a node around its largest way on, which runs
// straight, and says what room all of it takes around the node at height 0.
func (l *layout) stack(i int) skyline {
	b := &l.boxes[i]
	above, main, below := l.arrange(i)
	if shape := l.f.nodes[i].shape; len(above) > 0 && shape != shapeTheft && shape != shapeChain { // its name makes room for them
		b.left = true
		b.from, b.to = b.x-(b.to-b.from)+14, b.x+14
	}
	all := l.newSkyline()
	all.cover(b.from, b.to, -b.above, b.below)
	b.children = b.children[:0]
	put := func(c int, way func(skyline) float64) {
		s := l.stack(c)
		tree := l.bodyOf(l.boxes[c].tree)/2 + 3
		s.cover(b.right()+24, l.boxes[c].x, -tree, tree)
		dy := way(s)
		all.join(s, dy)
		l.shift(c, dy)
	}
	if main >= 0 {
		put(main, func(skyline) float64 { return l.port(i, above, main, below) })
	}
	for _, c := range above {
		put(c, all.over)
	}
	for _, c := range below {
		put(c, all.under)
	}
	slices.Reverse(above)
	if b.children = append(b.children, above...); main >= 0 {
		b.children = append(b.children, main)
	}
	b.children = append(b.children, below...)
	return all
}

// arrange says what stands above the largest way on and what below, nearest
// first: what goes on is nearer than what ends, since it goes further.
func (l *layout) arrange(i int) (above []int, main int, below []int) {
	order := slices.Clone(l.boxes[i].children)
	slices.SortStableFunc(order, func(x, y int) int {
		lx, ly := l.leaf(x), l.leaf(y)
		switch ax, ay := l.f.edges[l.boxes[x].tree].amount, l.f.edges[l.boxes[y].tree].amount; {
		case lx != ly && ly, lx == ly && ax > ay:
			return -1
		case lx != ly || ax < ay:
			return 1
		}
		return x - y
	})
	main = l.mainOf(order)
	order = slices.DeleteFunc(order, func(c int) bool { return c == main })
	for k, c := range order {
		n := &l.f.nodes[c]
		up := k%2 == 1
		if n.shape == shapeEnd { // what can be asked stands above, what waits below
			up = n.kind == trace.KindService || n.kind == trace.KindListed
		}
		if up {
			above = append(above, c)
		} else {
			below = append(below, c)
		}
	}
	return above, main, below
}

// port is where the largest way on leaves a node, beside the other ways.
func (l *layout) port(i int, above []int, main int, below []int) float64 {
	up, down := 0.0, 0.0
	for _, c := range above {
		up += l.bodyOf(l.boxes[c].tree)
	}
	for _, c := range below {
		down += l.bodyOf(l.boxes[c].tree)
	}
	return (up - down) / 2
}

// mainOf is what runs straight on: what carries half of all or more, else the
// largest that goes on, else nothing unless it is alone.
func (l *layout) mainOf(order []int) int {
	var sum float64
	for _, c := range order {
		sum += l.bodyOf(l.boxes[c].tree)
	}
	for _, c := range order {
		if 2*l.bodyOf(l.boxes[c].tree) >= sum {
			return c
		}
	}
	if len(order) > 0 && !l.leaf(order[0]) {
		return order[0]
	}
	return -1
}
