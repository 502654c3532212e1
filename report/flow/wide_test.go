package flow_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/flow"
)

// wide makes a graph of so many transactions: value that is split and brought
// together at random, nothing of it clean, so that each policy but pure would
// say the same of it.
func wide(txs int, policies ...lot.Policy) *trace.Graph {
	r := rand.New(rand.NewPCG(7, 7))
	w := &widening{g: &trace.Graph{Policies: policies}}
	w.g.Path = func(_, tx, _ int) []int { return []int{0, tx} }
	w.add(nil, []ledger.Amount{1 << 50})
	w.g.Txs[0].Start, w.g.Txs[0].Outs[0].Started = true, true
	for len(w.g.Txs) < txs {
		var ins []ledger.Outpoint
		var sum ledger.Amount
		for range 1 + r.IntN(min(3, len(w.coins))) {
			i := r.IntN(len(w.coins))
			ins, sum = append(ins, w.coins[i]), sum+w.value(w.coins[i])
			w.coins[i] = w.coins[len(w.coins)-1]
			w.coins = w.coins[:len(w.coins)-1]
		}
		var outs []ledger.Amount
		for range 2 + r.IntN(5) {
			part := ledger.Amount(r.Uint64N(uint64(sum)/2 + 1))
			outs, sum = append(outs, part), sum-part
		}
		w.add(ins, append(outs, sum))
	}
	for _, c := range w.coins {
		o := w.out(c)
		for p := range policies {
			o.Ends[p] = trace.KindUnspent
		}
	}
	return w.g
}

type widening struct {
	g     *trace.Graph
	coins []ledger.Outpoint // by the number of the transaction
}

func number32(id ledger.TxID) int { return int(binary.LittleEndian.Uint32(id[:])) }

func (w *widening) out(at ledger.Outpoint) *trace.OutNode {
	return &w.g.Txs[number32(at.TxID)].Outs[at.Vout]
}

func (w *widening) value(at ledger.Outpoint) ledger.Amount { return w.out(at).Value }

func (w *widening) add(ins []ledger.Outpoint, outs []ledger.Amount) {
	n := len(w.g.Txs)
	t := trace.TxNode{Pos: ledger.MakePos(ledger.Height(n/100), uint32(n%100)), Time: 1_600_000_000 + uint32(n), Hop: uint32(n), Visited: make([]bool, len(w.g.Policies))}
	binary.LittleEndian.PutUint32(t.ID[:], uint32(n))
	for p := range t.Visited {
		t.Visited[p] = true
	}
	for _, in := range ins {
		o := w.out(in)
		o.Tx, o.Spent = n, true
		t.Ins = append(t.Ins, trace.InNode{Prev: in, Tx: number32(in.TxID), Known: true, Value: o.Value})
	}
	for v, value := range outs {
		o := trace.OutNode{Value: value, Tx: -1, Taint: make([]ledger.Amount, len(t.Visited)), Ends: make([]trace.Kind, len(t.Visited)), Account: ledger.Account{0, byte(n), byte(n >> 8), byte(v), 1, 2}}
		for p := range o.Taint {
			o.Taint[p] = value
		}
		t.Outs = append(t.Outs, o)
		w.coins = append(w.coins, ledger.Outpoint{TxID: t.ID, Vout: uint32(v)})
	}
	w.g.Txs = append(w.g.Txs, t)
}

// TestWide: a trace of tens of thousands of nodes is folded to what can be
// read, and unfolded to what can be drawn, with no unit lost.
func TestWide(t *testing.T) {
	s := sceneOf(t, wide(12_000, lot.FIFO, lot.Haircut), ledger.Tip{Height: 1000})
	first := s.flow(t, flow.Query{Strip: true})
	s.sums(t, first)
	s.strip(t, first)
	if n := len(first.Nodes); n > 120 || n < 20 || len(first.Strip.Steps) > 240 {
		t.Errorf("%d nodes and %d steps are shown", n, len(first.Strip.Steps))
	}
	all := s.flow(t, flow.Query{Open: []string{flow.OpenAll}})
	if len(all.Nodes) != flow.NodesMax || all.LeftOut.Total < 40_000 || all.LeftOut.Nodes != all.LeftOut.Total-flow.NodesMax || all.Next == nil {
		t.Errorf("%d nodes, %+v", len(all.Nodes), all.LeftOut)
	}
	var ended ledger.Amount
	for _, n := range all.Nodes {
		for _, e := range n.Ended {
			ended += e.Amounts[0]
		}
	}
	if ended+all.LeftOut.Amounts[0] != all.Theft {
		t.Errorf("%d ended, %d is left out of %d", ended, all.LeftOut.Amounts[0], all.Theft)
	}
}

// TestLongChain: of more hops than bars each bar is the greatest of its hops,
// and windows side by side have all of them.
func TestLongChain(t *testing.T) {
	const hops = 300
	var text strings.Builder
	text.WriteString("t0 old:10000 -> a:10000\n")
	in, left := "t0:0", 10_000
	for i := range hops {
		peel := 1 + (i*7)%13
		left -= peel
		fmt.Fprintf(&text, "p%d %s -> x.%d:%d on:%d\n", i, in, i, peel, left)
		in = fmt.Sprintf("p%d:1", i)
	}
	_, s := tell(t, text.String(), []lot.Policy{lot.FIFO}, false, []string{"t0:0"}, nil)
	f := s.flow(t, flow.Query{})
	s.chains(t, f)
	p := f.Nodes[1].Fold.Peels
	for i, bin := range p.Bins {
		var most ledger.Amount
		for hop := range hops {
			if hop*240/hops == i {
				most = max(most, ledger.Amount(1+(hop*7)%13))
			}
		}
		if bin != most {
			t.Errorf("bar %d is %d, want %d", i, bin, most)
		}
	}
	seen := map[string]bool{}
	for at := 0; at < hops; at += 12 {
		for _, n := range s.flow(t, flow.Query{Open: []string{windowOf(f, strconv.Itoa(at))}}).Nodes {
			if n.Kind == flow.KindTx && n.Fold == nil {
				seen[n.ID] = true
			}
		}
	}
	if len(seen) != hops {
		t.Errorf("windows show %d hops of %d", len(seen), hops)
	}
}

// TestManyStarts: of starts that are all as small the first stays.
func TestManyStarts(t *testing.T) {
	var text strings.Builder
	var starts []string
	for i := range 200 {
		fmt.Fprintf(&text, "t%d old%d:5 -> a%d:5\n", i, i, i)
		starts = append(starts, fmt.Sprintf("t%d:0", i))
	}
	_, s := tell(t, text.String(), []lot.Policy{lot.FIFO}, false, starts, nil)
	f := s.flow(t, flow.Query{})
	s.sums(t, f)
	if len(f.Nodes) != 3 || f.Nodes[0].Kind != flow.KindTheft || f.SmallBelow != 6 || f.Nodes[2].Fold.Count != 398 {
		t.Errorf("%d nodes, small below %d: %+v", len(f.Nodes), f.SmallBelow, f.Nodes)
	}
}

// BenchmarkFold measures making a view of a trace of 12,000 transactions and
// 43,000 places under all policies, and the first flow of it.
func BenchmarkFold(b *testing.B) {
	s := sceneOf(b, wide(12_000, lot.FIFO, lot.LIFO, lot.Haircut, lot.TIHO, lot.DirtyFirst, lot.LIBR), ledger.Tip{Height: 1000})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := flow.New(s.graph, s.result); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, q := range map[string]flow.Query{"first": {}, "all": {Open: []string{flow.OpenAll}}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.flow(b, q)
			}
		})
	}
}
