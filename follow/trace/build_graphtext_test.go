package trace_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// graphText reads a graph that is written by hand:
//
//	tx NAME HEIGHT INDEX TIME [coinbase]
//	in NAME:VOUT | in outside VALUE | in ? [POLICY=TAINT]...
//	out VALUE [start] [spent] [POLICY=TAINT[:KIND[:REASON]]]... [overlap=POLICY:N] [acct=A] [addr=A] [entity=E] [category=C]
//	fee VALUE [POLICY=TAINT]...
//	peels NAME N IN VALUE PEEL TIME STEP
//
// The last is N transactions NAME1 to NAMEn of one input and two outputs: the
// first takes IN, each pays PEEL and keeps the rest, and their times begin
// with TIME. Of an auto graph poison is the only policy and taints everything.
type graphText struct {
	g      *trace.Graph
	txs    map[string]int
	auto   bool
	height ledger.Height
}

func readGraph(t *testing.T, d *datadriven.TestData) *trace.Graph {
	t.Helper()
	r := &graphText{g: &trace.Graph{}, txs: map[string]int{}, auto: d.HasArg("auto")}
	policies := []string{"poison"}
	for _, arg := range d.CmdArgs {
		if arg.Key == "policies" {
			policies = arg.Vals
		}
	}
	for _, name := range policies {
		p, err := lot.ParsePolicy(name)
		if err != nil {
			t.Fatal(err)
		}
		r.g.Policies = append(r.g.Policies, p)
	}
	r.g.Backward = d.HasArg("backward")
	for _, line := range strings.Split(d.Input, "\n") {
		if line, _, _ = strings.Cut(line, "#"); strings.TrimSpace(line) == "" {
			continue
		}
		if err := r.line(strings.Fields(line)); err != nil {
			t.Fatalf("%s: %q: %v", d.Pos, line, err)
		}
	}
	r.finish()
	return r.g
}

// idOf makes an id of a name.
func idOf(name string) ledger.TxID {
	var id ledger.TxID = sha256.Sum256([]byte(name))
	return id
}

func (r *graphText) line(f []string) error {
	switch f[0] {
	case "tx":
		n := numbers(f[2:5])
		r.open(f[1], ledger.MakePos(ledger.Height(n[0]), uint32(n[1])), uint32(n[2]))
		r.tx().Coinbase = slices.Contains(f[5:], "coinbase")
		return nil
	case "in":
		return r.in(f[1:])
	case "out":
		return r.out(f[1:])
	case "fee":
		tx := r.tx()
		tx.FeeKnown, tx.Fee, tx.FeeTaint = true, ledger.Amount(numbers(f[1:2])[0]), make([]ledger.Amount, len(r.g.Policies))
		for _, word := range f[2:] {
			p, amount, _, _ := r.taint(word)
			tx.FeeTaint[p] = amount
		}
		return nil
	case "peels":
		return r.peels(f[1], f[3], append(numbers(f[2:3]), numbers(f[4:])...))
	}
	return fmt.Errorf("not a line of a graph")
}

func numbers(words []string) (n []int64) {
	for _, w := range words {
		v, err := strconv.ParseInt(w, 10, 64)
		if err != nil {
			panic(err)
		}
		n = append(n, v)
	}
	return n
}

func (r *graphText) tx() *trace.TxNode { return &r.g.Txs[len(r.g.Txs)-1] }

func (r *graphText) open(name string, pos ledger.Pos, time uint32) {
	r.txs[name] = len(r.g.Txs)
	r.height = pos.Height()
	r.g.Txs = append(r.g.Txs, trace.TxNode{ID: idOf(name), Pos: pos, Time: time, Visited: make([]bool, len(r.g.Policies))})
}

func (r *graphText) in(f []string) error {
	tx := r.tx()
	if f[0] == "?" || f[0] == "outside" {
		in := trace.InNode{Tx: -1, Prev: ledger.Outpoint{TxID: idOf("outside"), Vout: uint32(len(tx.Ins))}}
		if f[0] == "outside" {
			in.Known, in.Value = true, ledger.Amount(numbers(f[1:2])[0])
			f = f[1:]
		}
		for _, word := range f[1:] {
			p, amount, _, _ := r.taint(word)
			in.Taint = grown(in.Taint, len(r.g.Policies))
			in.Taint[p] = amount
		}
		tx.Ins = append(tx.Ins, in)
		return nil
	}
	name, vout, _ := strings.Cut(f[0], ":")
	from, ok := r.txs[name]
	if !ok {
		return fmt.Errorf("no transaction %s", name)
	}
	n := numbers([]string{vout})[0]
	o := &r.g.Txs[from].Outs[n]
	o.Spent, o.Tx = true, len(r.g.Txs)-1
	tx.Ins = append(tx.Ins, trace.InNode{Prev: ledger.Outpoint{TxID: idOf(name), Vout: uint32(n)}, Tx: from, Known: true, Value: o.Value})
	return nil
}

func (r *graphText) out(f []string) error {
	tx := r.tx()
	o := trace.OutNode{Value: ledger.Amount(numbers(f[:1])[0]), Tx: -1, Account: ledger.Account{byte(len(r.g.Txs)), byte(len(tx.Outs))}}
	for _, word := range f[1:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "start":
			o.Started, tx.Start = true, true
		case "spent":
			o.Spent = true
		case "acct":
			o.Account = ledger.Account(value)
		case "addr":
			o.Address = value
		case "entity":
			o.Name.Entity = value
		case "category":
			o.Name.Category = value
		case "overlap":
			p, amount, _, _ := r.taint(strings.Replace(value, ":", "=", 1))
			o.Overlap = grown(o.Overlap, len(r.g.Policies))
			o.Overlap[p] = amount
		default:
			p, amount, kind, why := r.taint(word)
			if p < 0 {
				return fmt.Errorf("%q: no such policy", word)
			}
			n := len(r.g.Policies)
			o.Taint, o.Ends, o.Reasons = grown(o.Taint, n), grown(o.Ends, n), grown(o.Reasons, n)
			o.Taint[p], o.Ends[p], o.Reasons[p] = amount, kind, why
		}
	}
	tx.Outs = append(tx.Outs, o)
	return nil
}

// taint reads POLICY=TAINT[:KIND[:REASON]].
func (r *graphText) taint(word string) (p int, amount ledger.Amount, kind trace.Kind, why trace.Reason) {
	name, value, _ := strings.Cut(word, "=")
	policy, err := lot.ParsePolicy(name)
	parts := strings.Split(value+"::", ":")
	if err == nil {
		amount = ledger.Amount(numbers(parts[:1])[0])
		err = kind.UnmarshalText([]byte(parts[1]))
	}
	if err == nil {
		err = why.UnmarshalText([]byte(parts[2]))
	}
	if err != nil {
		panic(err)
	}
	return slices.Index(r.g.Policies, policy), amount, kind, why
}

func grown[T any](s []T, n int) []T {
	if s == nil {
		return make([]T, n)
	}
	return s
}

func (r *graphText) peels(name, in string, n []int64) error {
	value := n[1]
	for i := range n[0] {
		value -= n[2]
		r.open(name+strconv.FormatInt(i+1, 10), ledger.MakePos(r.height+1, 0), uint32(n[3]+i*n[4]))
		if err := r.in(strings.Split(in, ",")); err != nil {
			return err
		}
		if err := r.out([]string{strconv.FormatInt(n[2], 10)}); err != nil {
			return err
		}
		if err := r.out([]string{strconv.FormatInt(value, 10)}); err != nil {
			return err
		}
		in = name + strconv.FormatInt(i+1, 10) + ":1"
	}
	return nil
}

// finish fills in what follows from the lines.
func (r *graphText) finish() {
	g := r.g
	for i := range g.Txs {
		tx := &g.Txs[i]
		for j := range tx.Outs {
			o := &tx.Outs[j]
			if r.auto && o.Taint == nil {
				o.Taint, o.Ends = []ledger.Amount{o.Value}, []trace.Kind{trace.KindNone}
				if o.Tx < 0 {
					o.Ends[0] = trace.KindUnspent
				}
			}
			for p, taint := range o.Taint {
				tx.Visited[p] = tx.Visited[p] || taint > 0
			}
		}
		for p, taint := range tx.FeeTaint {
			tx.Visited[p] = tx.Visited[p] || taint > 0
		}
	}
	g.Path = func(policy, tx, vout int) []int { return wayTo(g, policy, tx) }
}

// wayTo goes back by the input with the most taint, the first of equals.
func wayTo(g *trace.Graph, policy, tx int) []int {
	way := []int{tx}
	for {
		best, most := -1, ledger.Amount(0)
		for _, in := range g.Txs[tx].Ins {
			if in.Tx < 0 || g.Txs[in.Tx].Outs[in.Prev.Vout].Taint == nil {
				continue
			}
			if o := g.Txs[in.Tx].Outs[in.Prev.Vout]; o.Taint[policy] > most && o.Ends[policy] == trace.KindNone {
				best, most = in.Tx, o.Taint[policy]
			}
		}
		if best < 0 {
			slices.Reverse(way)
			return way
		}
		way, tx = append(way, best), best
	}
}
