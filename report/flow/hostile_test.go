package flow_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/flow"
)

// TestHostileNames: what a list says is made plain before it is shown.
func TestHostileNames(t *testing.T) {
	g := wide(30, lot.FIFO)
	const evil = "\x1b]0;owned\a\u202e<script>"
	for i := range g.Txs {
		for v := range g.Txs[i].Outs {
			if o := &g.Txs[i].Outs[v]; o.Ends[0] == trace.KindUnspent {
				o.Ends[0], o.Address = trace.KindService, evil
				o.Name = trace.Name{Stop: trace.KindService, Entity: evil, Category: evil, Source: evil}
			}
		}
	}
	s := sceneOf(t, g, ledger.Tip{})
	f := s.flow(t, flow.Query{Open: []string{flow.OpenAll}})
	named := 0
	for _, n := range f.Nodes {
		if n.Claim == nil {
			continue
		}
		named++
		for _, said := range []string{n.Claim.Name, n.Claim.Category, n.Claim.Source, *n.Address} {
			if strings.ContainsAny(said, "\x1b\a\u202e") || !strings.Contains(said, "owned") {
				t.Errorf("%s is said to be %q", n.ID, said)
			}
		}
	}
	if named == 0 {
		t.Error("nobody is named")
	}
	if first := s.flow(t, flow.Query{}); !slices.ContainsFunc(first.Nodes, func(n flow.Node) bool { return n.Fold != nil && n.Fold.Kind == flow.FoldService }) {
		t.Error("the accounts of one name are not one")
	}
}

// TestLies: amounts that no chain can have, and a graph that leads to nowhere,
// are errors.
func TestLies(t *testing.T) {
	lies := wide(30, lot.Poison)
	for i := range lies.Txs {
		for v := range lies.Txs[i].Outs {
			lies.Txs[i].Outs[v].Value = 1 << 63
		}
	}
	if view, err := flow.New(lies, &trace.Result{}); err == nil {
		if _, err = view.Flow(flow.Query{}); err == nil {
			t.Error("sums of more than 2^64 are no error")
		}
	}
	lost := wide(30, lot.FIFO)
	for v := range lost.Txs[29].Outs {
		lost.Txs[29].Outs[v].Ends[0] = trace.KindNone
	}
	if _, err := flow.New(lost, &trace.Result{}); err == nil {
		t.Error("taint that leads to nowhere is no error")
	}
	many := &trace.Graph{Policies: []lot.Policy{lot.FIFO}, Txs: make([]trace.TxNode, 1_000_001)}
	if _, err := flow.New(many, &trace.Result{}); !errors.Is(err, flow.ErrLarge) {
		t.Errorf("a trace of a million transactions and one: %v", err)
	}
}

// TestEmpty: a trace that visited nothing is a flow of nothing.
func TestEmpty(t *testing.T) {
	view, err := flow.New(&trace.Graph{Policies: []lot.Policy{lot.FIFO}}, &trace.Result{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := view.Flow(flow.Query{Strip: true})
	if err != nil || len(f.Nodes) != 0 || f.Nodes == nil || f.Edges == nil || f.Strip.Steps == nil {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestQueries(t *testing.T) {
	s := peelCase(t)
	first := s.flow(t, flow.Query{Limit: 10})
	for name, q := range map[string]flow.Query{
		"limit below":      {Limit: -1},
		"limit above":      {Limit: flow.NodesMax + 1},
		"no id":            {Open: []string{"a b"}},
		"long id":          {Open: []string{strings.Repeat("a", 200)}},
		"no window":        {Open: []string{windowOf(first, "-1")}},
		"cursor":           {Cursor: "n1"},
		"cursor backwards": {Cursor: "n-1-00"},
		"cursor of others": {Cursor: *first.Next, Open: []string{flow.OpenAll}},
		"too many":         {Open: make([]string, flow.OpenMax+1)},
	} {
		if _, err := s.view.Flow(q); !errors.Is(err, flow.ErrQuery) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.view.Path(99, "theft:"+peelStart, nil); !errors.Is(err, flow.ErrQuery) {
		t.Errorf("a policy that is none: %v", err)
	}
	if f := s.flow(t, flow.Query{Open: []string{"tx:gone", windowOf(first, "4000000"), windowOf(first, "2")}}); len(f.Open) != 1 {
		t.Errorf("open are %v", f.Open)
	}
}

// windowOf asks for a window of the chain that is shown.
func windowOf(f *flow.Flow, hop string) string {
	for _, n := range f.Nodes {
		if n.Fold != nil && n.Fold.Kind == flow.FoldPeel {
			return n.ID + "~" + hop
		}
	}
	return ""
}

// FuzzOpen reads what a link opens and where a page begins. The strategy: words
// with commas, some of them ids of a small scene. The law: what is refused is
// refused as a question, what is read is read the same again, and no unit is
// lost whatever is open.
func FuzzOpen(f *testing.F) {
	s := sceneOf(f, wide(400, lot.FIFO), ledger.Tip{})
	first := s.flow(f, flow.Query{})
	var ids []string
	for _, n := range first.Nodes {
		ids = append(ids, n.ID)
	}
	f.Add(strings.Join(ids, ","), "", 0)
	f.Add("all,,~", "n0-", 3)
	f.Add(ids[1]+"~12,"+ids[2], "n5-0000000000000000", 10_001)
	for i := range 8 {
		r := rand.New(rand.NewPCG(uint64(i), 0))
		f.Add(ids[r.IntN(len(ids))]+"~"+strconv.Itoa(r.IntN(30))+","+ids[r.IntN(len(ids))], "", r.IntN(100))
	}
	f.Fuzz(func(t *testing.T, open, cursor string, limit int) {
		ids, err := flow.ParseOpen(open)
		if err != nil {
			if !errors.Is(err, flow.ErrQuery) {
				t.Fatal(err)
			}
			return
		}
		if again, err := flow.ParseOpen(strings.Join(ids, ",")); err != nil || !slices.Equal(again, ids) {
			t.Fatalf("%q read again is %v, %v", ids, again, err)
		}
		answer, err := s.view.Flow(flow.Query{Open: ids, Cursor: cursor, Limit: limit})
		if err != nil {
			if !errors.Is(err, flow.ErrQuery) {
				t.Fatal(err)
			}
			return
		}
		if answer.LeftOut.Nodes == 0 && cursor == "" {
			s.sums(t, answer)
		}
	})
}
