package page

import "math"

// Lengths of the picture, in pixels.
const (
	pictureWidth = 1232.0 // what fits a page of 1280; a deep trace is wider and scrolls
	marginLeft   = 76.0
	marginRight  = 24.0
	axisHeight   = 34.0  // above the flow: the times
	stepLeast    = 108.0 // between two columns
	stepMost     = 200.0
	cardWidth    = 190.0
	labelRoom    = 190.0 // right of the last column
	bodyMost     = 38.0  // of an edge that carries the whole theft
	bodyLeast    = 1.6
)

// box is a node in its place. x is where it begins, y its middle.
type box struct {
	x, w, y  float64
	column   int // of what stands in time; -1: an end, beside what leads to it
	tree     int // the edge by which it hangs in the tree, -1: a root
	above    float64
	below    float64
	from, to float64 // what its label and line take, across
	children []int   // nodes, from top to bottom
	left     bool    // its label ends at it, so that edges may rise behind it
}

func (b *box) right() float64 { return b.x + b.w }

// layout puts a flow in places. Same flow, same places.
type layout struct {
	f       *flow
	boxes   []box
	columns []column
	width   float64
	bottom  float64
	names   func(i int) label
}

type column struct {
	x, w float64
	time uint32 // of the first in it
}

// bodyOf is the width of an edge, linear in what it carries.
func (l *layout) bodyOf(e int) float64 {
	return max(bodyLeast, bodyMost*fraction(l.f.edges[e].amount, l.f.whole))
}

// place makes a layout: columns by time, then lanes.
func place(f *flow, names func(i int) label) *layout {
	l := &layout{f: f, boxes: make([]box, len(f.nodes)), names: names}
	l.toColumns()
	l.spread(0)
	if over := l.beyond(); over > 0 { // names reach out of the picture
		l.spread(over)
		l.width += max(0, l.beyond())
	}
	l.hang()
	l.toLanes()
	return l
}

// leaf reports whether a node stands beside what leads to it rather than in a
// column of its own: nothing comes after it.
func (l *layout) leaf(i int) bool {
	n := &l.f.nodes[i]
	return n.shape == shapeEnd || n.shape == shapeSmall && len(n.out) == 0 && len(n.in) > 0
}

// toColumns keeps the order of time: a node stands in the last column yet, or
// in a new one if what leads to it stands there.
func (l *layout) toColumns() {
	for i := range l.boxes {
		b, n := &l.boxes[i], &l.f.nodes[i]
		if b.column = -1; l.leaf(i) {
			continue
		}
		need := len(l.columns) - 1
		for _, e := range n.in {
			if from := l.f.edges[e].from; from < i {
				need = max(need, l.boxes[from].column+1)
			}
		}
		if need = max(need, 0); need == len(l.columns) {
			l.columns = append(l.columns, column{time: n.from})
		}
		c := &l.columns[need]
		c.time = min(c.time, n.from)
		if b.column, b.w = need, 0; n.shape == shapeChain {
			b.w = cardWidth
		}
		c.w = max(c.w, b.w)
	}
	for i := 1; i < len(l.columns); i++ { // header times may run back, columns may not
		l.columns[i].time = max(l.columns[i].time, l.columns[i-1].time)
	}
	if l.f.backward {
		l.columns[0].time = l.f.nodes[0].to
		for i := 1; i < len(l.columns); i++ {
			l.columns[i].time = 0
		}
	}
}

// spread gives the columns the width that there is, less what names need over
// and above it.
func (l *layout) spread(over float64) {
	used := marginLeft + labelRoom + marginRight
	for _, c := range l.columns {
		used += c.w
	}
	step := stepMost
	if n := float64(len(l.columns)); n > 0 {
		step = max(stepLeast, min(stepMost, (pictureWidth-used)/max(1, n-1))-over/max(1, n-1))
	}
	x := marginLeft
	for i := range l.columns {
		l.columns[i].x = x
		x += l.columns[i].w + step
	}
	l.width = max(pictureWidth, x-step+labelRoom+marginRight)
	for i := range l.boxes {
		if c := l.boxes[i].column; c >= 0 {
			l.boxes[i].x = l.columns[c].x
		}
	}
	for i := range l.boxes { // after all that leads to them
		b := &l.boxes[i]
		if b.column >= 0 {
			continue
		}
		b.x = 0
		for _, e := range l.f.nodes[i].in {
			b.x = max(b.x, l.boxes[l.f.edges[e].from].right())
		}
		b.x += min(max(step*0.62, 62), 110)
	}
}

// beyond is how far names at the right reach out of the picture; below 0: not
// at all.
func (l *layout) beyond() float64 {
	far := math.Inf(-1)
	for i := range l.boxes {
		if b := &l.boxes[i]; b.column < 0 {
			far = max(far, b.x+24+l.names(i).width()-l.width)
		}
	}
	return far
}

// hang makes a tree: each node under that from which it gets most.
func (l *layout) hang() {
	for i := range l.boxes {
		b := &l.boxes[i]
		b.tree = -1
		for _, e := range l.f.nodes[i].in {
			from := l.f.edges[e].from
			if l.boxes[from].right() < b.x && from != i && (b.tree < 0 || l.f.edges[e].amount > l.f.edges[b.tree].amount) {
				b.tree = e
			}
		}
		if b.tree >= 0 {
			p := l.f.edges[b.tree].from
			l.boxes[p].children = append(l.boxes[p].children, i)
		}
		l.measure(i)
	}
}

// measure says how much room a node, its label and its line to now take.
func (l *layout) measure(i int) {
	b, n := &l.boxes[i], &l.f.nodes[i]
	half := l.half(i)
	text := l.names(i)
	b.above, b.below, b.from, b.to = max(half, 12)+3, max(half, 12)+3, b.x-14, b.right()+14
	switch {
	case n.shape == shapeTheft:
		b.below, b.from, b.to = half+42, b.x-marginLeft+6, b.x+marginLeft-6
	case n.shape == shapeChain:
		b.above, b.below, b.from, b.to = half+cardHead+6, half+48, b.x-8, b.right()+8
	case n.shape == shapeEnd && l.rests(i):
		b.above, b.to = max(half, 22)+2, l.width
	case l.leaf(i):
		b.to = b.x + 20 + text.width()
	default:
		room := max(text.name.width, text.value.width)/2 + 6
		b.above, b.from, b.to = max(half, 12)+36, b.x-room, b.x+room
		if n.shape == shapeFan {
			b.above = max(half, 22) + 36
			b.below = max(half, 22) + 4
		}
	}
}

const cardHead = 66.0

// half is half the width of what goes through a node, which its ports share.
func (l *layout) half(i int) float64 {
	var in, out float64
	for _, e := range l.f.nodes[i].in {
		in += l.bodyOf(e)
	}
	for _, e := range l.f.nodes[i].out {
		out += l.bodyOf(e)
	}
	return max(in, out) / 2
}

// rests reports whether a node has a line to now: what lies there still.
func (l *layout) rests(i int) bool { return isRest(&l.f.nodes[i]) && !l.f.backward }
