package page

import "slices"

// twin says the flow as a tree of rows: for who hears the page, and for phones,
// where it is the picture. A trunk runs down by its largest way on; what leaves
// it stands further in.
func (p *picture) twin() string {
	t := &trunk{p: p}
	t.k.raw(`<ul class="twin" role="tree" aria-label="Flow as a list">`)
	for i := range p.f.nodes {
		if p.l.boxes[i].tree < 0 {
			t.run(i, 0)
		}
	}
	t.k.raw("</ul>")
	return t.k.String()
}

// Lengths of a row, in pixels.
const (
	rowHeight  = 58.0
	trunkX     = 20.0
	branchX    = 52.0
	indent     = 18.0
	indentMost = 4
	trunkMost  = 26.0 // of a body that carries the whole theft
)

type trunk struct {
	p    *picture
	k    ink
	left float64             // width of the trunk where the pen is
	down [indentMost + 1]int // by depth: the edge that runs on past the rows below it, plus one
}

func (t *trunk) bodyOf(e int) float64 {
	return max(bodyLeast, trunkMost*fraction(t.p.f.edges[e].amount, t.p.f.whole))
}

// ways are what hangs under a node: the largest, and the others by amount.
func (t *trunk) ways(i int) (main int, side []int) {
	children := slices.Clone(t.p.l.boxes[i].children)
	slices.SortStableFunc(children, func(a, b int) int {
		x, y := t.p.f.edges[t.p.l.boxes[a].tree].amount, t.p.f.edges[t.p.l.boxes[b].tree].amount
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return a - b
	})
	if len(children) == 0 {
		return -1, nil
	}
	return children[0], children[1:]
}

// run writes a node, what leaves it, and then what it goes on with.
func (t *trunk) run(from, depth int) {
	for i := from; i >= 0; {
		main, side := t.ways(i)
		t.k.raw(`<li role="treeitem" aria-level="`, digits(depth+1), `">`)
		above := t.left
		if t.p.l.boxes[i].tree < 0 {
			above = 0
		}
		if depth == 0 {
			t.left = 0
			for _, c := range append(slices.Clone(side), main) {
				if c >= 0 {
					t.left += t.bodyOf(t.p.l.boxes[c].tree)
				}
			}
		}
		first := depth == 0 || t.p.l.boxes[i].tree < 0 || i == from
		t.row(i, depth, above, first, main)
		if depth > 0 && depth <= indentMost && main >= 0 {
			t.down[depth] = t.p.l.boxes[main].tree + 1
		}
		if len(side) > 0 {
			t.k.raw(`<ul role="group">`)
			for _, c := range side {
				if depth == 0 {
					t.left -= t.bodyOf(t.p.l.boxes[c].tree)
				}
				t.run(c, depth+1)
			}
			t.k.raw("</ul>")
		}
		t.k.raw("</li>")
		if depth <= indentMost {
			t.down[depth] = 0
		}
		i = main
	}
}

func branchAt(depth int) float64 { return branchX + indent*float64(min(depth, indentMost)-1) }

// row writes a node with its piece of the trunk. The first of a branch comes
// from the side, the others from above.
func (t *trunk) row(i, depth int, above float64, first bool, main int) {
	n, k, x := &t.p.f.nodes[i], &t.k, trunkX
	if depth > 0 {
		x = branchAt(depth)
	}
	k.raw(`<div class="row"><svg width="`, num(x+22), `" height="`, num(rowHeight), `" aria-hidden="true">`)
	if depth == 0 {
		k.piece(above, 0, rowHeight/2)
		k.piece(t.left, rowHeight/2, rowHeight/2)
	} else {
		k.piece(t.left, 0, rowHeight)
	}
	for d := 1; d < min(depth, indentMost+1); d++ {
		if e := t.down[d] - 1; e >= 0 {
			t.stroke(e, "M"+num(branchAt(d))+" 0V"+num(rowHeight))
		}
	}
	if tree := t.p.l.boxes[i].tree; tree >= 0 && depth > 0 {
		if first {
			t.branch(tree, x, depth)
		} else {
			t.stroke(tree, "M"+num(x)+" 0V"+num(rowHeight/2))
		}
		if main >= 0 {
			t.stroke(t.p.l.boxes[main].tree, "M"+num(x)+" "+num(rowHeight/2)+"V"+num(rowHeight))
		}
	}
	k.use(glyphOf(n), x, rowHeight/2)
	k.raw(`</svg><span class="t"><b>`)
	k.text(t.name(i))
	k.raw(`</b><small>`)
	k.text(t.facts(i))
	k.raw(`</small></span><span class="a"><b>`)
	k.text(t.p.v.coin.cut(n.said(), drawn))
	k.raw(`</b><small>`)
	k.text(percent(n.said(), t.p.v.result.Theft))
	k.raw(`</small></span></div>`)
}

func (k *ink) piece(width, y, height float64) {
	if width > 0 {
		k.raw(`<rect class="p t5" x="`, num(trunkX-width/2), `" y="`, num(y), `" width="`, num(width), `" height="`, num(height), `"/>`)
	}
}

// branch draws the curve by which a row leaves the trunk, or the row above it.
func (t *trunk) branch(e int, x float64, depth int) {
	from := trunkX
	if depth > 1 {
		from = branchAt(depth - 1)
	}
	t.stroke(e, "M"+num(from)+" 0C"+num(from)+" 20 "+num(x-14)+" 29 "+num(x)+" 29")
}

// stroke draws an edge along a line.
func (t *trunk) stroke(e int, d string) {
	g := t.p.f.edges[e]
	class := "c"
	if t.bodyOf(e) < thinBody {
		class = "c n"
	}
	if g.mixed {
		class += " i"
	}
	t.k.raw(`<path class="b `, taintClass(g), `" stroke-width="`, num(t.bodyOf(e)), `" d="`, d, `"/><path class="`, class, `" d="`, d, `"/>`)
}

func (t *trunk) name(i int) string {
	n := &t.p.f.nodes[i]
	switch {
	case n.shape == shapeChain:
		return "Peel chain, " + many(len(n.chain.peels), "hop", "hops")
	case n.shape == shapeEnd && n.name != "":
		return n.name
	case n.shape == shapeEnd:
		return lookOf(n.kind).name
	case n.shape == shapeStep && n.txs == 1:
		return "Transaction " + shorten(n.id)
	}
	return t.p.labels[i].name.text
}

func (t *trunk) facts(i int) string {
	n := &t.p.f.nodes[i]
	s := unix(n.to, minuteForm)
	switch {
	case n.shape == shapeChain:
		return lasting(n.from, n.to) + ", " + t.p.v.coin.with(n.chain.peeled, drawn) + " peeled off"
	case n.shape == shapeFan:
		return s + ", " + t.p.v.coin.cut(n.fan.least, drawn) + " to " + t.p.v.coin.with(n.fan.most, drawn)
	case n.shape == shapeEnd && n.outs > 1:
		s = many(n.outs, "output", "outputs") + ", to " + unix(n.to, shortForm)
	case n.shape == shapeEnd && n.id != "":
		s = shorten(n.id) + ", " + unix(n.to, shortForm)
	case n.txs > 1:
		s = many(n.txs, "transaction", "transactions") + ", to " + unix(n.to, shortForm)
	}
	if len(n.in) > 1 {
		s += ", from " + many(len(n.in), "place", "places")
	}
	return s
}
