package page

import (
	"cmp"
	"slices"
)

// spot is where the name of a node stands: beside x, its first line on y.
type spot struct {
	x, y   float64
	anchor string
	shown  bool
}

type area struct{ x0, y0, x1, y1 float64 }

func (a area) meets(b area) bool { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 }

// toSpots finds a place for the names of nodes that stand in time, the largest
// first. What has no room goes without: its title still says all.
func (p *picture) toSpots() {
	p.spots = make([]spot, len(p.f.nodes))
	var taken []area
	var order []int
	for i := range p.f.nodes {
		b := &p.l.boxes[i]
		taken = append(taken, area{b.x - 11, b.y - 11, b.right() + 11, b.y + 11})
		if p.named(i) {
			order = append(order, i)
			continue
		}
		taken = append(taken, area{b.from, b.y - b.above, min(b.to, b.x+20+p.labels[i].width()), b.y + b.below})
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p.f.nodes[b].amount, p.f.nodes[a].amount) })
	for _, i := range order {
		for _, s := range p.places(i) {
			a := p.areaOf(i, s)
			if !slices.ContainsFunc(taken, a.meets) {
				s.shown = true
				p.spots[i] = s
				taken = append(taken, a)
				break
			}
		}
	}
}

// named reports whether the name of a node stands above it.
func (p *picture) named(i int) bool {
	shape := p.f.nodes[i].shape
	return !p.l.leaf(i) && shape != shapeTheft && shape != shapeChain
}

// places are where a name may stand, the best first.
func (p *picture) places(i int) []spot {
	b := &p.l.boxes[i]
	up := p.up(i)
	over, under := b.y-up-20, b.y+up+15
	all := []spot{{b.x, over, "middle", false}, {b.x + 9, over, "end", false}, {b.x - 9, over, "start", false},
		{b.x, under, "middle", false}, {b.x + 9, under, "end", false}}
	if b.left {
		all[0], all[1] = all[1], all[0]
	}
	return all
}

// up is how far a node reaches from its middle.
func (p *picture) up(i int) float64 {
	if p.f.nodes[i].shape == shapeFan {
		return max(p.l.half(i), 22)
	}
	return max(p.l.half(i), 12)
}

func (p *picture) areaOf(i int, s spot) area {
	w := max(p.labels[i].name.width, p.labels[i].value.width)
	from := s.x
	switch s.anchor {
	case "middle":
		from -= w / 2
	case "end":
		from -= w
	}
	return area{from, s.y - 12, from + w, s.y + 16}
}
