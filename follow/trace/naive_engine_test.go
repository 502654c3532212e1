package trace_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/sim/launder"
)

// TestPoliciesEqualTheNaiveInterpreter compares the engine with the naive
// interpreter, outpoint by outpoint, on random ledgers: swept, and walked in
// the order in which a source far away lets them be found.
func TestPoliciesEqualTheNaiveInterpreter(t *testing.T) {
	eachWorld(t, worldsUsual, func(r *rand.Rand, _ *launder.Model, s scenario) error {
		return compareForms(t.Context(), s, r.Uint64())
	})
}

func compareForms(ctx context.Context, s scenario, seed uint64) error {
	for _, f := range forms(seed) {
		g, err := graphOf(ctx, s, f.at(s.model, s.asOf), f.ref)
		if err == nil {
			err = compareGraph(s, g)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// TestManyWait traces wide fan-outs, so that thousands of transactions wait
// for their turn at once: more than 1,024, where a sweep keeps them otherwise.
func TestManyWait(t *testing.T) {
	most := 0
	for seed := range uint64(2) {
		s := wideScenario(t, seed)
		if err := compareForms(t.Context(), s, seed); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		most = max(most, interpret(s, lot.Poison).waiting())
	}
	if t.Logf("%d transactions waited at once", most); most <= 1024 {
		t.Errorf("no more than %d transactions waited at once", most)
	}
}

// wideScenario starts from all outputs of the first blocks of a ledger of many
// fan-outs.
func wideScenario(t *testing.T, seed uint64) scenario {
	t.Helper()
	c := launder.Default(seed)
	c.Blocks, c.TxPerBlock, c.Prior, c.Forks, c.OutsMax = 60, 80, 20, 0, 600
	c.Rates[launder.ManyOuts], c.Rates[launder.ManyIns], c.Rates[launder.SameBlock] = 60, 0, 20
	c.Kinds[launder.Huge], c.Kinds[launder.Long] = 0, 0
	w, err := launder.New(c)
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	s := scenario{model: m, asOf: w.Tip().Height, params: trace.Params{Policies: []lot.Policy{lot.FIFO, lot.Pure, lot.Poison}}}
	for row := range m.Counts(c.First + 4).Outputs {
		s.starts = append(s.starts, row)
	}
	return s
}

// waiting returns how many transactions wait for their turn at most: spenders
// of what was followed so far that come later.
func (n *naive) waiting() int {
	most, due := 0, map[int]bool{}
	for row := range n.model.Counts(n.asOf).Txs {
		delete(due, row)
		tx := n.model.Row(row)
		for out := tx.FirstOut; out < tx.EndOut; out++ {
			if n.taint[out] > 0 && n.ends[out] == trace.KindNone {
				due[n.model.Out(out, n.asOf).Spender] = true
			}
		}
		most = max(most, len(due))
	}
	return most
}

// TestAsOf traces as of random heights and compares with a ledger that ends
// there.
func TestAsOf(t *testing.T) {
	eachWorld(t, 300, func(r *rand.Rand, m *launder.Model, s scenario) error {
		for s.starts[len(s.starts)-1] >= m.Counts(s.asOf).Outputs {
			if s.starts = s.starts[:len(s.starts)-1]; len(s.starts) == 0 {
				return nil
			}
		}
		have, all := map[string][]byte{}, forms(r.Uint64())
		for _, cut := range []bool{false, true} {
			if cut {
				m.UndoTo(s.asOf)
			}
			for _, f := range all {
				v := traveller{f, t.Context(), s}
				there, err := v.fresh(m, s.asOf)
				if err != nil {
					return err
				}
				file, err := v.saved(there, m, s.asOf)
				if err != nil {
					return err
				}
				if cut && !bytes.Equal(file, have[f.name]) {
					return fmt.Errorf("%s, as of %d: a ledger that ends there gives another trace", f.name, s.asOf)
				}
				have[f.name] = file
			}
		}
		return nil
	})
}
