package page

import (
	"fmt"
	"strings"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// Layout writes where everything of a picture stands: what is drawn, as text.
func Layout(d *Doc, policy int) string {
	v, err := newViewer(d)
	if err != nil {
		return err.Error()
	}
	p := v.picture(policy)
	if p == nil {
		return "nothing\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s wide %s high %s folded %d\n", p.policy, num(p.l.width), num(p.height()), p.folded)
	for i := range p.f.nodes {
		n, x := &p.f.nodes[i], &p.l.boxes[i]
		fmt.Fprintf(&b, "%d %s %q %q x %s y %s column %d\n", i, glyphOf(n), p.labels[i].name.text, p.labels[i].value.text, num(x.x), num(x.y), x.column)
	}
	for i, e := range p.f.edges {
		fmt.Fprintf(&b, "%d>%d %s of %s, %d, width %s mixed %v: %s\n", e.from, e.to, e.amount, e.value, e.outs, num(p.l.bodyOf(i)), e.mixed, p.path(i))
	}
	return b.String()
}

// Drawn sums what a picture shows as ended, by kind before folding, and in all
// after it.
func Drawn(d *Doc, policy int) (byKind map[trace.Kind]ledger.Amount, all ledger.Amount, nodes int) {
	v, err := newViewer(d)
	if err != nil {
		panic(err)
	}
	f := rawFlow(d.Graph, d.Result, v.graphIndex(v.policies[policy]))
	byKind = map[trace.Kind]ledger.Amount{}
	for i := range f.nodes {
		byKind[f.nodes[i].kind] += f.nodes[i].ended
	}
	f.fold()
	for i := range f.nodes {
		all += f.nodes[i].ended
	}
	return byKind, all, len(f.nodes)
}

// Cut writes an amount as pictures do.
func Cut(a ledger.Amount, decimals, places int) string { return coin{decimals, ""}.cut(a, places) }

// Shares writes parts of a whole.
func Shares(of ledger.Amount, parts ...ledger.Amount) []string { return shares(parts, of) }

// Style is the style of a page.
func Style() string { return tokenStyle() + flowStyle + pageStyle }
