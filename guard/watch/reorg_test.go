package watch_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/guard/watch"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

const theftBlock = 10 // of peelText, from the first

// peelText is a theft of which a part is peeled off in each block. From a block
// on, names and amounts are those of a branch.
func peelText(blocks, fork int, branch string) string {
	var b strings.Builder
	b.WriteString("first 100\n")
	have, held := 1_000_000, "none"
	for i := range blocks {
		name := fmt.Sprintf("t%d", i)
		if i >= fork {
			name += branch
		}
		switch {
		case i == theftBlock:
			fmt.Fprintf(&b, "%s old:1000000 -> thief:1000000\n", name)
			held = name
		case i > theftBlock:
			peel := 100 + i
			if i >= fork {
				peel += len(branch)
			}
			have -= peel + 1
			to := []string{"exchange", "tumbler", "someone" + name}[i%3]
			fmt.Fprintf(&b, "%s %s:0 -> hop%s:%d %s:%d\n", name, held, name, have, to, peel)
			held = name
		default:
			fmt.Fprintf(&b, "%s clean%s:5 -> other:5\n", name, name)
		}
		b.WriteString("block\n")
	}
	return b.String()
}

// twoBranches is a chain of two branches that part at a block.
func twoBranches(t testing.TB, blocks, fork int) (*chain, *question) {
	t.Helper()
	c := &chain{}
	var theft ledger.TxID
	for i, branch := range []string{"a", "bb"} {
		w, err := launder.Parse(peelText(blocks+i, fork, branch))
		if err != nil {
			t.Fatal(err)
		}
		m, err := w.Truth(w.Tip().Hash)
		if err != nil {
			t.Fatal(err)
		}
		c.branches = append(c.branches, m)
		id, ok := w.TxID(fmt.Sprintf("t%d", theftBlock))
		if branch := fork <= theftBlock; branch {
			id, ok = w.TxID(fmt.Sprintf("t%d%s", theftBlock, []string{"a", "bb"}[i]))
		}
		if !ok {
			t.Fatal("no theft")
		}
		if i == 0 {
			theft = id
		} else if id != theft && fork > theftBlock {
			t.Fatal("the branches do not begin alike")
		}
	}
	c.now = c.branches[0]
	c.head, _ = c.now.Tip()
	names := trace.Names{
		string(launder.AccountOf("exchange")): {Stop: trace.KindService, Entity: "Some Exchange", Category: "exchange", Source: "a list"},
		string(launder.AccountOf("tumbler")):  {Stop: trace.KindMixer, Entity: "A Tumbler", Category: "mixer", Source: "a list"},
	}
	return c, &question{params: trace.Params{Policies: lot.Policies(), Names: names}, starts: []ledger.Outpoint{{TxID: theft}}}
}

// TestReorganised changes the branch at all depths, watched from the theft on
// and from the tip on, and back.
func TestReorganised(t *testing.T) {
	const blocks = 80
	for _, depth := range []int{1, 5, 50, blocks - theftBlock + 3, blocks} {
		for _, replay := range []bool{true, false} {
			c, q := twoBranches(t, blocks, blocks-depth)
			fs := vfs.NewCrashable(1)
			b := &inbox{}
			opt := options(c, q, b, fs)
			opt.Replay = replay
			w := watch.New(opt)
			tip, _ := c.now.Tip()
			c.head = tip - 2
			err := errors.Join(w.Open(), w.Settle(t.Context()))
			c.head = tip
			if err = errors.Join(err, w.Settle(t.Context())); err != nil {
				t.Fatal(err)
			}
			for _, i := range []int{1, 0, 1} {
				c.now = c.branches[i]
				c.head, _ = c.now.Tip()
				if err := w.Settle(t.Context()); err != nil {
					t.Fatalf("depth %d: %v", depth, err)
				}
				if err := same(t, c, q, w, b); err != nil {
					t.Errorf("depth %d, replay %v, to branch %d: %v", depth, replay, i, err)
				}
			}
			ids := map[string]bool{}
			for _, c := range b.all {
				if ids[c.ID] && c.Kind != watch.Watching {
					t.Errorf("depth %d: the id of %s at block %d stands twice", depth, c.Kind, c.Block.Height)
				}
				ids[c.ID] = true
			}
			fs.Free()
		}
	}
}

func kinds(b *inbox) (n map[watch.Kind]int, whys []string) {
	n = map[watch.Kind]int{}
	for _, c := range b.all {
		if n[c.Kind]++; c.Kind == watch.Watching {
			whys = append(whys, c.Why)
		}
	}
	return n, whys
}

// TestDeeperThanHistory changes the branch below all that the watch remembers:
// it takes back what it knows, says that it begins anew, and is right from there.
func TestDeeperThanHistory(t *testing.T) {
	c, q := twoBranches(t, 60, 30)
	fs := vfs.NewCrashable(1)
	defer fs.Free()
	b := &inbox{}
	opt := options(c, q, b, fs)
	opt.Replay = true
	w := watch.New(opt)
	w.Remember(8)
	if err := errors.Join(w.Open(), w.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	before := len(b.all)
	c.now = c.branches[1]
	c.head, _ = c.now.Tip()
	if err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	n, whys := kinds(b)
	if n[watch.Undone] == 0 || !slices.Equal(whys, []string{watch.First, watch.Reorganised}) {
		t.Errorf("%v, watching for %v", n, whys)
	}
	tip, _ := c.branches[0].Tip()
	last := &inbox{}
	for _, change := range b.all[before:] {
		last.take(change)
	}
	_, want := fresh(t, c, q)
	if have := words(last.live, 0); !slices.Equal(have, words(want.live, tip-7)) || w.Base() != tip-7 {
		t.Errorf("%d changes told from block %d on, which are not those of blocks %d on", len(have), w.Base(), tip-7)
	}
	a, err := saved(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	if once, err := straight(t.Context(), c, q); err != nil || !bytes.Equal(a, once) {
		t.Errorf("another trace than one that went there at once: %v", err)
	}
}

// TestTotals holds the changes to the totals: what rested and was not moved is
// unspent, and so on for every absorber, under every policy.
func TestTotals(t *testing.T) {
	for _, seed := range seeds(t, 40) {
		c, q := randomChain(t, rand64(seed))
		c.again = nil
		c.head, _ = c.now.Tip()
		w, b := fresh(t, c, q)
		have := tally(q, b.live)
		err := w.Read(t.Context(), func(tr *trace.Trace, src trace.Source) error {
			g, err := tr.Graph(t.Context(), src, addressOf)
			if err != nil {
				return err
			}
			r, err := g.Result(input(q, g), nil)
			if err != nil {
				return err
			}
			standing, err := tr.Standing(t.Context(), src)
			if a, b := canonical(standing), canonical(r.Policies); a != b || err != nil {
				t.Errorf("CLEW_SEED=%d: standing\n%s, result\n%s: %v", seed, a, b, err)
			}
			for policy, p := range r.Policies {
				for _, a := range p.Absorbers {
					if have[policy][a.Kind] != a.Amount {
						t.Errorf("CLEW_SEED=%d: %s: changes make %d of %s, the result says %d", seed, policy, have[policy][a.Kind], a.Kind, a.Amount)
					}
					delete(have[policy], a.Kind)
				}
				for kind, amount := range have[policy] {
					if amount != 0 && policy != lot.Poison {
						t.Errorf("CLEW_SEED=%d: %s: changes make %d of %s, the result has none", seed, policy, amount, kind)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("CLEW_SEED=%d: %v", seed, err)
		}
	}
}

// input is what a result needs to know of a question.
func input(q *question, g *trace.Graph) (in trace.Input) {
	in.Params.Policies = q.params.Policies
	for _, tx := range g.Txs {
		for vout, o := range tx.Outs {
			if o.Started {
				in.Starts = append(in.Starts, trace.InputStart{Outpoint: fmt.Sprint(tx.ID, ":", vout), Amount: o.Value})
			}
		}
	}
	return in
}

func canonical(v any) string {
	text, err := trace.Canonical(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// tally sums changes by policy and absorber.
func tally(q *question, changes []watch.Change) map[lot.Policy]map[trace.Kind]ledger.Amount {
	sums := map[lot.Policy]map[trace.Kind]ledger.Amount{}
	for _, p := range q.params.Policies {
		sums[p] = map[trace.Kind]ledger.Amount{}
	}
	add := func(kind trace.Kind, amounts watch.Amounts) {
		for p, a := range amounts {
			sums[p][kind] += a
		}
	}
	rests := map[string]watch.Amounts{}
	leaves := func(at watch.Place) {
		for p := range at.Amounts {
			if rested := rests[at.Outpoint]; rested != nil {
				delete(rested, p)
			}
		}
	}
	for _, c := range changes {
		switch c.Kind {
		case watch.Appeared:
			add(trace.KindOverlap, c.Overlap)
		case watch.Rested:
			rests[c.Output.Outpoint] = c.Output.Amounts
		case watch.Moved:
			add(trace.KindFee, c.Fee)
			for _, at := range c.From {
				leaves(at)
			}
		case watch.Reached, watch.Ended:
			add(c.End, c.Output.Amounts)
			leaves(*c.Output)
		case watch.Cut:
			add(trace.KindCutoff, c.Output.Amounts)
			leaves(*c.Output)
		}
	}
	for _, amounts := range rests {
		add(trace.KindUnspent, amounts)
	}
	return sums
}
