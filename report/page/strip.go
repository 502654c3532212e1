package page

import (
	"slices"
	"sort"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// strip is where the value lay over time, on the axis of the flow: what ended,
// stacked by kind, and above it what was moving.
type strip struct {
	p      *picture
	knots  []knot
	levels [][]ledger.Amount // by kind, and last what was moving; by bin
	bins   int
}

// knot ties a time to a place.
type knot struct {
	time uint32
	x    float64
}

const (
	stripBin  = 3.0
	stripTall = 58.0
)

// newStrip replays the trace transaction by transaction.
func newStrip(p *picture) *strip {
	s := &strip{p: p, bins: int((p.l.width-marginRight-marginLeft)/stripBin) + 1}
	s.tie()
	moves := make([][]int64, len(kindsOverTime)+1) // what each bin adds; an int64 holds every coin there is
	for i := range moves {
		moves[i] = make([]int64, s.bins)
	}
	moving := len(kindsOverTime)
	for i := range p.v.doc.Graph.Txs {
		tx := &p.v.doc.Graph.Txs[i]
		at := s.bin(tx.Time)
		for _, end := range endsOf(tx, p.index) {
			if k := slices.Index(kindsOverTime, end.kind); k >= 0 {
				moves[k][at] += int64(end.amount)
				moves[moving][at] -= int64(end.amount)
			}
		}
		for v := range tx.Outs {
			if o := &tx.Outs[v]; o.Started {
				moves[moving][at] += int64(o.Value)
			}
		}
	}
	s.levels = make([][]ledger.Amount, len(moves))
	for k := range moves {
		s.levels[k] = make([]ledger.Amount, s.bins)
		var sum int64
		for i, m := range moves[k] {
			sum += m
			s.levels[k][i] = ledger.Amount(max(sum, 0))
		}
	}
	return s
}

type endOf struct {
	kind   trace.Kind
	amount ledger.Amount
}

// endsOf lists what ended at a transaction under a policy.
func endsOf(tx *trace.TxNode, p int) (ends []endOf) {
	if tx.FeeTaint != nil && tx.FeeTaint[p] > 0 {
		ends = append(ends, endOf{trace.KindFee, tx.FeeTaint[p]})
	}
	for v := range tx.Outs {
		o := &tx.Outs[v]
		if o.Ends != nil && o.Taint != nil && o.Ends[p] != trace.KindNone {
			ends = append(ends, endOf{o.Ends[p], o.Taint[p]})
		}
		if o.Overlap != nil && o.Overlap[p] > 0 {
			ends = append(ends, endOf{trace.KindOverlap, o.Overlap[p]})
		}
	}
	return ends
}

// tie finds the times at places of the flow, and lets what comes after the last
// place end a little before now.
func (s *strip) tie() {
	add := func(time uint32, x float64) {
		if n := len(s.knots); n > 0 {
			if x <= s.knots[n-1].x {
				return
			}
			time = max(time, s.knots[n-1].time)
		}
		s.knots = append(s.knots, knot{time, x})
	}
	for c := range s.p.l.columns {
		add(s.p.l.columns[c].time, s.p.l.columns[c].x)
		for i := range s.p.l.boxes {
			if b := &s.p.l.boxes[i]; b.column == c && b.w > 0 {
				add(s.p.f.nodes[i].to, b.right())
				break
			}
		}
	}
	var last uint32
	for i := range s.p.f.nodes {
		last = max(last, s.p.f.nodes[i].to)
	}
	add(last, (s.knots[len(s.knots)-1].x+s.p.l.width-marginRight)/2)
}

// bin is the place of a time.
func (s *strip) bin(time uint32) int {
	i := sort.Search(len(s.knots), func(i int) bool { return s.knots[i].time >= time })
	x := s.knots[len(s.knots)-1].x
	switch {
	case i == 0:
		x = s.knots[0].x
	case i < len(s.knots):
		a, b := s.knots[i-1], s.knots[i]
		x = a.x + (b.x-a.x)*float64(time-a.time)/float64(max(b.time-a.time, 1))
	}
	return min(max(int((x-marginLeft)/stripBin), 0), s.bins-1)
}

// draw stacks the kinds from the bottom, steps where something happened.
func (s *strip) draw(k *ink, top float64) {
	base, whole := top+10+stripTall, s.p.v.result.Theft
	floor := make([]float64, s.bins)
	for i := range floor {
		floor[i] = base
	}
	type named struct {
		text string
		y    float64
	}
	var names []named
	for n, level := range s.levels {
		class, name := "f-moving", "moving"
		if n < len(kindsOverTime) {
			class, name = lookOf(kindsOverTime[n]).class, lookOf(kindsOverTime[n]).key
		}
		roof := make([]float64, s.bins)
		for i := range roof {
			roof[i] = floor[i] - stripTall*fraction(level[i], whole)
		}
		if slices.Max(level) > 0 {
			k.raw(`<path class="`, class, ` st" d="`, s.area(roof, floor), `"/>`)
		}
		if n < len(kindsOverTime) && floor[s.bins-1]-roof[s.bins-1] > 14 {
			names = append(names, named{name, (floor[s.bins-1]+roof[s.bins-1])/2 + 4})
		}
		floor = roof
	}
	k.raw(`<path class="hl" d="`, s.steps(floor), `"/>`)
	right := s.p.l.width - marginRight
	k.line("r2", marginLeft, base, right, base)
	k.label("l a", "end", marginLeft-8, base+2, "", "0")
	k.label("l a", "end", marginLeft-8, base-stripTall+6, "", s.p.v.coin.cut(whole, drawn))
	for _, n := range names {
		k.label("l a on", "end", right-8, n.y, "", n.text)
	}
	if i := s.bins / 12; s.levels[len(kindsOverTime)][i] > whole/3 {
		k.label("l a h", "start", marginLeft+stripBin*float64(i), base-stripTall+20, "", "moving")
	}
}

func (s *strip) xOf(bin int) float64 { return marginLeft + stripBin*float64(bin) }

// steps is a line that turns only where it changes.
func (s *strip) steps(y []float64) string {
	d := "M" + num(s.xOf(0)) + " " + num(y[0])
	for i := 1; i < len(y); i++ {
		if y[i] != y[i-1] {
			d += "H" + num(s.xOf(i)) + "V" + num(y[i])
		}
	}
	return d + "H" + num(s.p.l.width-marginRight)
}

// area lies between two lines of steps.
func (s *strip) area(roof, floor []float64) string {
	d := s.steps(roof) + "V" + num(floor[s.bins-1])
	for i := len(floor) - 1; i > 0; i-- {
		if floor[i] != floor[i-1] {
			d += "H" + num(s.xOf(i)) + "V" + num(floor[i-1])
		}
	}
	return d + "H" + num(s.xOf(0)) + "Z"
}
