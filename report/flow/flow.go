package flow

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// Flow answers a question. Nodes are taken by what they carry, the greatest
// first, so that what a page leaves out is the least.
func (v *View) Flow(q Query) (*Flow, error) {
	if q.Limit < 0 || q.Limit > NodesMax {
		return nil, fmt.Errorf("%w: %d nodes: want at most %d", ErrQuery, q.Limit, NodesMax)
	}
	if q.Limit == 0 {
		q.Limit = NodesMax
	}
	o, err := v.open(q.Open)
	if err != nil {
		return nil, err
	}
	digest := v.digest(o)
	from, err := parseCursor(q.Cursor, digest)
	if err != nil {
		return nil, err
	}
	c := v.cut(o)
	p := c.page(from, q.Limit)
	f := p.flow(q)
	if len(c.nodes) > p.end {
		next := cursor(p.end, digest)
		f.Next = &next
	}
	if q.Strip && !v.base.g.Backward {
		f.Strip = v.strip(&c.sums)
	}
	if err := c.err(); err != nil {
		return nil, fmt.Errorf("flow: %w", err)
	}
	return f, nil
}

// digest stands for a trace and what is open of it.
func (v *View) digest(o *opened) string {
	sum := sha256.Sum256([]byte(v.result.ResultDigest + "\n" + strings.Join(o.listed, "\n")))
	return hex.EncodeToString(sum[:8])
}

// page is a part of what is shown.
type page struct {
	*cut
	from, end int
	place     []int // by node: its place by what it carries
}

func (c *cut) page(from, limit int) *page {
	p := &page{cut: c, from: min(from, len(c.nodes)), place: make([]int, len(c.nodes))}
	p.end = min(p.from+limit, len(c.nodes))
	order := make([]int, len(c.nodes))
	heavy := make([]ledger.Amount, len(c.nodes))
	for i := range order {
		order[i], heavy[i] = i, weight(c.nodes[i].amounts, c.v.judged)
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(heavy[b], heavy[a]), cmp.Compare(c.nodes[a].rank, c.nodes[b].rank), cmp.Compare(a, b))
	})
	for place, i := range order {
		p.place[i] = place
	}
	return p
}

func (p *page) flow(q Query) *Flow {
	v, r := p.v, p.v.result
	f := &Flow{
		Schema: Schema, Class: trace.Class, Chain: r.Input.Chain, ResultDigest: r.ResultDigest, Backward: v.base.g.Backward,
		Policies: append([]lot.Policy{}, v.base.g.Policies...), Theft: r.Theft,
		Tip:  Tip{Height: r.Input.Tip.Height, Hash: r.Input.Tip.Hash, Time: q.TipTime},
		Open: p.o.listed, SmallBelow: v.small, Nodes: []Node{}, Edges: []Edge{},
		LeftOut: LeftOut{Amounts: make([]ledger.Amount, v.base.policies), Total: len(p.nodes)},
	}
	for i := range p.nodes {
		n := &p.nodes[i]
		if f.TimeTo = max(f.TimeTo, n.to); i == 0 || n.from < f.TimeFrom {
			f.TimeFrom = n.from
		}
		if n.leaves > 1 {
			f.Folded.Nodes += n.leaves
			f.Folded.Txs += n.txs
		}
	}
	p.toNodes(f)
	p.toEdges(f)
	return f
}

// toNodes writes the nodes of the page in the order of time, and counts those
// of the pages behind it.
func (p *page) toNodes(f *Flow) {
	var on []int
	for i := range p.nodes {
		switch place := p.place[i]; {
		case place >= p.end:
			f.LeftOut.Nodes++
			for _, e := range p.nodes[i].ended {
				p.addAll(f.LeftOut.Amounts, e.Amounts)
			}
		case place >= p.from:
			on = append(on, i)
		}
	}
	slices.SortFunc(on, func(a, b int) int { return cmp.Compare(p.nodes[a].rank, p.nodes[b].rank) })
	opens := p.opensTo()
	for _, i := range on {
		f.Nodes = append(f.Nodes, p.node(i, opens))
	}
}

// toEdges writes the edges whose second end is on this page.
func (p *page) toEdges(f *Flow) {
	for i := range p.edges {
		e := &p.edges[i]
		later := max(p.place[e.from], p.place[e.to])
		switch {
		case later >= p.end:
			f.LeftOut.Edges++
		case later >= p.from:
			f.Edges = append(f.Edges, p.edge(e))
		}
	}
}

func (p *page) edge(s *sumEdge) Edge {
	from, to := p.unitID(p.units[s.from]), p.unitID(p.units[s.to])
	if p.v.base.g.Backward {
		from, to = to, from
	}
	e := Edge{ID: edgeID(from, to), From: from, To: to, Amounts: s.amounts, Value: s.value, Count: s.count, FirstTime: s.first, LastTime: s.last, Certainty: CertainChain}
	if s.rule {
		e.Certainty = CertainRule
	}
	return e
}

// unitID is the id of what is shown, pieces of peel chains included.
func (c *cut) unitID(unit int32) string {
	switch chain, after := c.v.pieceOf(unit); {
	case chain < 0:
		return c.v.id(unit)
	case after:
		return c.v.id(chain) + "~after"
	default:
		return c.v.id(chain) + "~before"
	}
}
