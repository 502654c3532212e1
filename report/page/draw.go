package page

import (
	"slices"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// thinBody is the width below which a body has a thinner centre line, or it
// would be all line.
const thinBody = 3.0

// stripHeight is that of the value over time, with its own axis.
const stripHeight = 92.0

// height is that of the whole picture.
func (p *picture) height() float64 {
	if p.strip == nil {
		return p.l.bottom + 6
	}
	return p.l.bottom + stripHeight
}

// draw returns the picture as an element of a page, whose style and symbols it
// uses.
func (p *picture) draw() string {
	k := &ink{}
	k.raw(`<svg width="`, num(p.l.width), `" height="`, num(p.height()), `" viewBox="0 0 `, num(p.l.width), " ", num(p.height()), `" aria-hidden="true">`)
	p.drawInto(k)
	k.raw("</svg>")
	return k.String()
}

// drawInto draws from the back to the front: times, bodies, centre lines,
// nodes, names.
func (p *picture) drawInto(k *ink) {
	p.drawAxis(k)
	for i := range p.f.nodes {
		p.drawRest(k, i)
	}
	order := identity(len(p.f.edges))
	slices.SortStableFunc(order, func(a, b int) int { return int(1000 * (p.l.bodyOf(b) - p.l.bodyOf(a))) })
	for _, e := range order {
		k.raw(`<path class="b `, taintClass(p.f.edges[e]), `" stroke-width="`, num(p.l.bodyOf(e)), `" d="`, p.path(e), `"/>`)
	}
	for _, e := range order {
		class := "c"
		if p.l.bodyOf(e) < thinBody {
			class = "c n"
		}
		if p.f.edges[e].mixed {
			class += " i"
		}
		k.raw(`<path class="`, class, `" d="`, p.path(e), `"/>`)
	}
	for i := range p.f.nodes { // cards hide what only passes behind them
		if p.f.nodes[i].shape == shapeChain {
			p.drawCardBody(k, i)
		}
	}
	for i := range p.f.nodes {
		p.drawNode(k, i)
	}
	if p.strip != nil {
		p.strip.draw(k, p.l.bottom)
	}
}

// drawAxis writes the time of each column, as many as have room, and now.
func (p *picture) drawAxis(k *ink) {
	bottom := p.height() - 18
	right := p.l.width - marginRight
	now := "block " + count(int(p.v.result.Input.Tip.Height))
	end := right
	if !p.f.backward {
		k.line("x", right, axisHeight-8, right, bottom)
		k.label("l a", "end", right+marginRight-6, 18, "", now)
		end = right - measure(now, false).width
	}
	last, day := mark{x: -1000}, ""
	for c := range p.l.columns {
		col := &p.l.columns[c]
		if p.f.backward && c > 0 {
			break
		}
		p.tick(k, col.x, col.time, &last, &day, end, bottom)
		for i := range p.l.boxes {
			if b := &p.l.boxes[i]; b.column == c && b.w > 0 {
				p.tick(k, b.right(), p.f.nodes[i].to, &last, &day, end, bottom)
				break
			}
		}
	}
}

// mark is where the last time on the axis ends, and what it was.
type mark struct {
	x    float64
	time uint32
}

// tick marks a time, with its day where the day is new.
func (p *picture) tick(k *ink, x float64, time uint32, last *mark, day *string, end, bottom float64) {
	k.line("x", p.x(x), axisHeight-8, p.x(x), bottom)
	d, text := unix(time, "2 Jan"), unix(time, "15:04")
	if last.x < 0 {
		d = unix(time, "2 Jan 2006")
	}
	name := ""
	if unix(time, "2 Jan") != *day {
		name = d
	}
	half := (measure(name, true).width + measure(text, false).width + 4) / 2
	if x-half < last.x+10 || x+half > end-6 || time < last.time {
		return
	}
	*last, *day = mark{x + half, time}, unix(time, "2 Jan")
	k.label("l a", "middle", p.x(x), 18, name, text)
}

// drawRest draws the line from what still lies there to now.
func (p *picture) drawRest(k *ink, i int) {
	if !p.l.rests(i) {
		return
	}
	b := &p.l.boxes[i]
	right := p.l.width - marginRight
	k.line("r", b.x, b.y, right, b.y)
	k.line("r", right, b.y-4, right, b.y+4)
}

func (p *picture) drawNode(k *ink, i int) {
	n, b, t := &p.f.nodes[i], &p.l.boxes[i], p.labels[i]
	half := p.l.half(i)
	k.raw("<g>")
	k.title(p.describe(i))
	x, anchor, beside := p.x(b.x), "start", 17.0
	if p.f.backward {
		anchor, beside = "end", -17
	}
	switch {
	case n.shape == shapeChain:
		p.drawCard(k, i)
	case n.shape == shapeTheft:
		k.use("theft", x, b.y)
		k.label("l", "middle", x, b.y+max(half, 12)+16, t.name.text, "")
		k.label("l", "middle", x, b.y+max(half, 12)+31, "", t.value.text)
	case p.l.rests(i):
		k.use("rest", x, b.y)
		k.label("l", "start", b.x+15, b.y-max(6, min(half, 16)+2), t.name.text, t.value.text)
	case p.l.leaf(i):
		k.use(glyphOf(n), x, b.y)
		k.label("l", anchor, x+beside, b.y+4, t.name.text, t.value.text)
	default:
		p.drawStep(k, i)
	}
	k.raw("</g>")
}

// drawStep draws what stands in time, with its name where there is room.
func (p *picture) drawStep(k *ink, i int) {
	n, b, t, s := &p.f.nodes[i], &p.l.boxes[i], p.labels[i], p.spots[i]
	x := p.x(b.x)
	if n.shape == shapeFan {
		up := p.up(i)
		k.rect("pill", x-7, b.y-up, 14, 2*up, 5)
		for y := -12.0; y <= 12; y += 6 {
			k.line("g-lines", x-3, b.y+y, x+3, b.y+y)
		}
	} else {
		k.use(glyphOf(n), x, b.y)
	}
	if !s.shown {
		return
	}
	if p.f.backward && s.anchor != "middle" {
		s.anchor = map[string]string{"start": "end", "end": "start"}[s.anchor]
	}
	k.label("l", s.anchor, p.x(s.x), s.y, t.name.text, "")
	k.label("l", s.anchor, p.x(s.x), s.y+14, "", t.value.text)
}

// describe says all about a node, in words.
func (p *picture) describe(i int) string {
	n := &p.f.nodes[i]
	s := p.v.role(n)
	if n.name != "" {
		s += ", " + n.name
	}
	if n.id != "" {
		s += ", " + n.id
	}
	s += ": " + p.v.coin.with(n.said(), p.v.coin.decimals) + ", " + percent(n.said(), p.v.result.Theft) + " of " + p.whole()
	if n.txs > 1 {
		s += ", " + many(n.txs, "transaction", "transactions")
	}
	if n.outs > 1 {
		s += ", " + many(n.outs, "output", "outputs")
	}
	return s + ", " + p.span(n) + " UTC"
}

func (p *picture) whole() string {
	if p.f.backward {
		return "what was traced"
	}
	return "the theft"
}

func (p *picture) span(n *node) string {
	if n.to > n.from {
		return unix(n.from, minuteForm) + " to " + unix(n.to, minuteForm)
	}
	return unix(n.from, minuteForm)
}

// drawCardBody draws what runs through a peel chain: it tapers as it is peeled.
func (p *picture) drawCardBody(k *ink, i int) {
	b, n := &p.l.boxes[i], &p.f.nodes[i]
	var in, out float64
	for _, e := range n.in {
		in += p.l.bodyOf(e)
	}
	for _, e := range n.out {
		out += p.l.bodyOf(e)
	}
	k.rect("card", p.x(b.x), b.y-p.l.half(i)-cardHead, b.w, 2*p.l.half(i)+cardHead+10, 8)
	k.raw(`<path class="p t5" d="M`, num(b.x), " ", num(b.y-in/2), "L", num(b.right()), " ", num(b.y-out/2), "L", num(b.right()), " ", num(b.y+out/2), "L", num(b.x), " ", num(b.y+in/2), `Z"/>`)
	k.line("c", b.x, b.y, b.right(), b.y)
}

// drawCard writes on a peel chain: its hops, a bar for each peel, and what it
// came to.
func (p *picture) drawCard(k *ink, i int) {
	b, n, t := &p.l.boxes[i], &p.f.nodes[i], p.labels[i]
	top := b.y - p.l.half(i) - cardHead
	k.label("l on", "start", b.x+12, top+18, t.name.text, t.value.text)
	const room, tall = cardWidth - 24, 34.0
	bars := barcode(n.chain.peels, int(room/2))
	most := slices.Max(bars)
	step := room / float64(len(bars))
	base := top + cardHead - 8
	k.raw(`<path class="peel" fill="none" stroke-width="`, num(max(1, min(step*0.7, 6))), `" d="`)
	for j, v := range bars {
		k.raw("M", num(b.x+12+step*(float64(j)+0.5)), " ", num(base), "v", num(-max(1, tall*fraction(v, most))))
	}
	k.raw(`"/>`)
	below := b.y + p.l.half(i) + 10
	every := ""
	if h := int64(len(n.chain.peels)) - 1; h > 0 && n.to > n.from {
		every = ", one every " + span(max(1, int64(n.to-n.from)/h))
	}
	k.label("l", "start", b.x+4, below+16, "", lasting(n.from, n.to)+every)
	k.label("l", "start", b.x+4, below+31, "", p.v.coin.with(n.chain.peeled, drawn)+" peeled off")
}

// barcode is a bar for each value, or for the greatest of some where there are
// more than have room.
func barcode(values []ledger.Amount, most int) []ledger.Amount {
	if len(values) <= most {
		return append([]ledger.Amount{}, values...)
	}
	bars := make([]ledger.Amount, most)
	for i, v := range values {
		at := i * most / len(values)
		bars[at] = max(bars[at], v)
	}
	return bars
}

// kindsOverTime is the order of the strip, from the bottom.
var kindsOverTime = []trace.Kind{trace.KindService, trace.KindListed, trace.KindUnspent, trace.KindMixer, trace.KindUndecoded, trace.KindUnknownInput,
	trace.KindBurn, trace.KindCutoff, trace.KindDiluted, trace.KindOverlap, trace.KindFee}
