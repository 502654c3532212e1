package trace_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/sim/launder"
)

// worldsUsual is how many random ledgers the tests of the policies take.
const worldsUsual = 1000

// worldsWanted returns how many random ledgers to try: a number that takes
// seconds, or the same part of CLEW_WORLDS. So the dear tests take less of them.
func worldsWanted(t *testing.T, usual int) int {
	t.Helper()
	text := os.Getenv("CLEW_WORLDS")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("CLEW_WORLDS: %v", err)
	}
	return max(1, n*usual/worldsUsual)
}

// eachWorld runs a check on as many random ledgers as wanted, with the seed
// that makes each again: CLEW_SEED tries that one only.
func eachWorld(t *testing.T, usual int, check func(r *rand.Rand, m *launder.Model, s scenario) error) {
	t.Helper()
	first, n := uint64(0), worldsWanted(t, usual)
	if text := os.Getenv("CLEW_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("CLEW_SEED: %v", err)
		}
		first, n = seed, 1
	}
	failed := 0
	for seed := first; seed < first+uint64(n) && failed < 5; seed++ {
		r := rand.New(rand.NewPCG(seed, 0))
		w, err := randomWorld(r)
		if err != nil {
			t.Fatalf("CLEW_SEED=%d: %v", seed, err)
		}
		m, err := w.Truth(w.Tip().Hash)
		if err != nil {
			t.Fatalf("CLEW_SEED=%d: %v", seed, err)
		}
		if err := check(r, m, randomScenario(r, m)); err != nil {
			t.Errorf("CLEW_SEED=%d: %v", seed, err)
			failed++
		}
	}
}

// TestLawsOfPolicies checks the laws that tie the policies to the theft and to
// each other on the interpreter that the engine is compared with.
func TestLawsOfPolicies(t *testing.T) {
	most, outputs, sum, met := new(big.Rat), 0, [lot.Poison + 1]int{}, map[string]int{}
	eachWorld(t, worldsUsual, func(_ *rand.Rand, _ *launder.Model, s scenario) error {
		var all [lot.Poison + 1]*naive
		for _, p := range lot.Policies() {
			all[p] = interpret(s, p)
			sum[p] += len(all[p].taint)
			all[p].count(met)
		}
		outputs += s.model.Counts(s.asOf).Outputs
		if d := exactDistance(all[lot.Haircut]); d.Cmp(most) > 0 {
			most = d
		}
		return laws(s, all[:])
	})
	t.Logf("%d outputs, tainted by policy %v; the haircut in whole units is at most %s from the exact one", outputs, sum, most.FloatString(3))
	t.Logf("ended: %v", met)
	if os.Getenv("CLEW_SEED") != "" {
		return
	}
	for _, end := range []string{
		"fifo unknown_input", "lifo unknown_input", "pure diluted", "fifo overlap", "haircut overlap", "pure overlap", "libr fee",
		"tiho service", "dirty_first mixer", "libr listed", "poison burn", "fifo min_value", "haircut max_hops", "libr until",
	} {
		if met[end] == 0 {
			t.Errorf("no random ledger has %s: the worlds are too tame", end)
		}
	}
}

// count adds where taint ended to what was met.
func (n *naive) count(met map[string]int) {
	for kind, count := range n.counts {
		met[n.policy.String()+" "+kind.String()] += count
	}
	for _, reason := range n.reasons {
		met[n.policy.String()+" "+reason.String()]++
	}
}

func laws(s scenario, all []*naive) error {
	for _, n := range all[:lot.Poison] {
		var sum uint64
		for _, amount := range n.sums {
			sum += amount
		}
		if sum != s.theft() {
			return fmt.Errorf("%v: absorbers sum to %d of %d: %v", n.policy, sum, s.theft(), n.sums)
		}
	}
	for row := range s.model.Counts(s.asOf).Outputs {
		for _, n := range all[:lot.Pure] {
			if all[lot.Pure].taint[row] > n.taint[row] || n.taint[row] > all[lot.Poison].taint[row] {
				return fmt.Errorf("output %d: pure %d, %v %d, poison %d", row, all[lot.Pure].taint[row], n.policy, n.taint[row], all[lot.Poison].taint[row])
			}
		}
	}
	return nil
}
