package trace_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"clew.example/clew/sim/launder"
)

// TestPoliciesEqualTheNaiveInterpreter compares the engine with the naive
// interpreter, outpoint by outpoint, on random ledgers: swept, and walked in
// the order in which a source far away lets them be found.
func TestPoliciesEqualTheNaiveInterpreter(t *testing.T) {
	eachWorld(t, 1000, func(r *rand.Rand, m *launder.Model, s scenario) error {
		dense := m.Source(s.asOf)
		g, err := graphOf(t.Context(), s, dense, denseRef)
		if err == nil {
			err = compareGraph(s, g)
		}
		if err != nil {
			return fmt.Errorf("swept: %w", err)
		}
		sparse := dense.Sparse(r.Uint64())
		if g, err = graphOf(t.Context(), s, sparse, sparse.TxRef); err == nil {
			err = compareGraph(s, g)
		}
		if err != nil {
			return fmt.Errorf("walked: %w", err)
		}
		return nil
	})
}
