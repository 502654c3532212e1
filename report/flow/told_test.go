package flow_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/flow"
	"clew.example/clew/sim/launder"
)

// told is a ledger in launder's language, with four words more for what takes
// many lines:
//
//	peels NAME N INPUT VALUE PEEL ACCOUNT  NAME1 to NAMEn: each pays PEEL to an account of its own and keeps the rest
//	fan NAME INPUT N VALUE ACCOUNT         NAME pays VALUE to n accounts
//	each NAME FROM N VALUE ACCOUNT         NAME1 to NAMEn pass an output of FROM on, all to one account
//	join NAME FROM N VALUE ACCOUNT         NAME spends the first outputs of FROM1 to FROMn
func told(text string) string {
	var b strings.Builder
	for _, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		switch f[0] {
		case "peels":
			tellPeels(&b, f[1], number(f[2]), f[3], number(f[4]), number(f[5]), f[6])
		case "fan":
			fmt.Fprintf(&b, "%s %s ->", f[1], f[2])
			for i := range number(f[3]) {
				fmt.Fprintf(&b, " %s.%d:%s", f[5], i, f[4])
			}
			b.WriteString("\n")
		case "each":
			for i := range number(f[3]) {
				fmt.Fprintf(&b, "%s%d %s:%d -> %s:%s\n", f[1], i+1, f[2], i, f[5], f[4])
			}
		case "join":
			fmt.Fprintf(&b, "%s", f[1])
			for i := range number(f[3]) {
				fmt.Fprintf(&b, " %s%d:0", f[2], i+1)
			}
			fmt.Fprintf(&b, " -> %s:%d\n", f[5], number(f[3])*number(f[4]))
		default:
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func tellPeels(b *strings.Builder, name string, n int, in string, value, peel int, account string) {
	for i := range n {
		value -= peel
		fmt.Fprintf(b, "%s%d %s -> %s.%s%d:%d on.%s:%d\n", name, i+1, in, account, name, i, peel, name, value)
		in = fmt.Sprintf("%s%d:1", name, i+1)
		if i%3 == 2 {
			b.WriteString("block\n")
		}
	}
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// tell traces in a told ledger. Starts are tx:vout, stops account:kind:entity.
func tell(t testing.TB, text string, policies []lot.Policy, backward bool, starts, stops []string) (*launder.World, *scene) {
	t.Helper()
	w, err := launder.Parse(told(text))
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	tip, _ := m.Tip()
	q := ask{params: trace.Params{Policies: policies, Names: trace.Names{}}, backward: backward}
	for _, s := range stops {
		f := strings.Split(s, ":")
		var kind trace.Kind
		if err := kind.UnmarshalText([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
		q.params.Names[string(launder.AccountOf(f[0]))] = trace.Name{Stop: kind, Entity: f[2], Category: "exchange", Source: "a list"}
	}
	for _, s := range starts {
		name, vout, _ := strings.Cut(s, ":")
		id, ok := w.TxID(name)
		row, known := m.Tx(id, tip)
		if !ok || !known {
			t.Fatalf("no transaction %s", name)
		}
		q.starts = append(q.starts, trace.Start{Tx: ledger.TxRef(row.Row), Vout: uint32(number(vout)), Pos: row.Pos})
	}
	return w, follow(t, m.Source(tip), q)
}

// TestCases are small ledgers and what is drawn of them.
func TestCases(t *testing.T) {
	datadriven.Walk(t, "testdata/cases", func(t *testing.T, path string) {
		var p *printer
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "trace":
				w, s := tell(t, d.Input, policiesOf(t, d), d.HasArg("backward"), listed(d, "start"), listed(d, "stop"))
				p = &printer{w: w, s: s, labels: map[string]string{}, ids: map[string]string{}, seen: map[string]int{}}
				fallthrough
			case "flow":
				return p.flow(d)
			case "path":
				return p.path(t, d)
			}
			return "no such command"
		})
	})
}

func listed(d *datadriven.TestData, key string) []string {
	for _, a := range d.CmdArgs {
		if a.Key == key {
			return a.Vals
		}
	}
	return nil
}

func policiesOf(t *testing.T, d *datadriven.TestData) (all []lot.Policy) {
	for _, name := range listed(d, "policy") {
		p, err := lot.ParsePolicy(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if all == nil {
		return []lot.Policy{lot.Haircut}
	}
	return all
}

// printer writes flows with the names of the ledger in place of ids; folds are
// numbered as they are met.
type printer struct {
	w           *launder.World
	s           *scene
	labels, ids map[string]string
	seen        map[string]int
}

var hexRun = regexp.MustCompile(`[0-9a-f]{20,}`)

func (p *printer) label(id string) string {
	if l, known := p.labels[id]; known {
		return l
	}
	name, side, pieced := strings.Cut(id, "~")
	if pieced {
		return p.label(name) + "~" + side
	}
	l := hexRun.ReplaceAllStringFunc(id, func(hex string) string {
		h, err := ledger.ParseHash(hex)
		if err == nil && p.w.TxName(h) != "" {
			return p.w.TxName(h)
		}
		kind, _, _ := strings.Cut(id, ":")
		p.seen[kind]++
		return strconv.Itoa(p.seen[kind])
	})
	p.labels[id], p.ids[l] = l, id
	return l
}

// id is what a label stands for; what is no label stands for itself.
func (p *printer) id(label string) string {
	name, after, windowed := strings.Cut(label, "~")
	if id, known := p.ids[name]; known && windowed {
		return id + "~" + after
	} else if known {
		return id
	}
	return label
}

func (p *printer) query(d *datadriven.TestData) (q flow.Query) {
	for _, label := range listed(d, "open") {
		q.Open = append(q.Open, p.id(label))
	}
	if limit := listed(d, "limit"); limit != nil {
		q.Limit = number(limit[0])
	}
	return q
}

func (p *printer) flow(d *datadriven.TestData) string {
	f, err := p.s.view.Flow(p.query(d))
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for i := range f.Nodes {
		p.node(&b, &f.Nodes[i])
	}
	for i := range f.Edges {
		e := &f.Edges[i]
		fmt.Fprintf(&b, "%s -> %s  %v of %s in %d, %s\n", p.label(e.From), p.label(e.To), e.Amounts, e.Value, e.Count, e.Certainty)
	}
	fmt.Fprintf(&b, "folded %+v, left out %+v", f.Folded, f.LeftOut)
	if f.SmallBelow > 0 {
		fmt.Fprintf(&b, ", small below %s", f.SmallBelow)
	}
	return b.String() + "\n"
}

func (p *printer) node(b *strings.Builder, n *flow.Node) {
	fmt.Fprintf(b, "%s  %s %v", p.label(n.ID), n.Kind, n.Amounts)
	if n.Claim != nil {
		fmt.Fprintf(b, " said to be %s", n.Claim.Name)
	}
	for _, e := range n.Ended {
		fmt.Fprintf(b, ", %d %s %v", e.Count, e.Kind, e.Amounts)
	}
	if f := n.Fold; f != nil {
		fmt.Fprintf(b, "; %s of %d with %d txs, opens to %d", f.Kind, f.Count, f.Txs, f.OpensTo)
		if c := f.Peels; c != nil {
			fmt.Fprintf(b, "; hops %d to %d of %d from %s to %s in %d blocks, peeled %s", c.Offset, c.Offset+f.Count, c.Hops, c.StartValue, c.EndValue, c.Blocks, c.Peeled)
		}
	}
	if f := n.Fan; f != nil {
		fmt.Fprintf(b, "; fan %s of %d, %s to %s, %d bp, opens to %d", f.Way, f.Count, f.Least, f.Most, f.Spread, f.OpensTo)
	}
	b.WriteString("\n")
}

func (p *printer) path(t *testing.T, d *datadriven.TestData) string {
	var to string
	d.ScanArgs(t, "to", &to)
	way, err := p.s.view.Path(0, p.id(to), p.query(d).Open)
	if err != nil {
		return err.Error() + "\n"
	}
	for i, id := range way.Nodes {
		way.Nodes[i] = p.label(id)
	}
	return fmt.Sprintf("%d hops: %s\n", way.Hops, strings.Join(way.Nodes, ", "))
}
