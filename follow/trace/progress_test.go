package trace_test

import (
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// TestProgress checks that a large trace says how far it is, forward only, and
// never more than it visited.
func TestProgress(t *testing.T) {
	s := wideScenario(t, 0)
	src := s.model.Source(s.asOf)
	var told []trace.Progress
	p := trace.Params{Policies: []lot.Policy{lot.Poison}, Progress: func(at trace.Progress) { told = append(told, at) }}
	tr := trace.New(p, s.refs(func(row int) ledger.TxRef { return ledger.TxRef(row) }))
	if err := tr.Advance(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(told); i++ {
		if told[i].Txs <= told[i-1].Txs || told[i].Height < told[i-1].Height {
			t.Errorf("%+v after %+v", told[i], told[i-1])
		}
	}
	if n := tr.Totals(0).Txs; len(told) == 0 || told[len(told)-1].Txs > n {
		t.Errorf("told %d times, at last %+v, visited %d", len(told), told[len(told)-1:], n)
	}
}
