package lot_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// TestCases runs what testdata holds: moves, accounts and conversions as text.
func TestCases(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "move":
				return moveCase(t, d)
			case "account":
				return accountCase(t, d)
			case "convert":
				return convertCase(t, d)
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}

// parseLots reads words such as 1:3 (three units of start 1) and 7 (clean).
func parseLots(t *testing.T, words []string) (lots []lot.Lot) {
	offsets := map[uint32]ledger.Amount{}
	for i, w := range words {
		l := lot.Lot{Parent: uint32(i)}
		if source, qty, ok := strings.Cut(w, ":"); ok {
			l.Source, w = uint32(number(t, source)), qty
		}
		l.Qty = ledger.Amount(number(t, w))
		if l.Source != lot.Clean {
			l.Offset = offsets[l.Source]
			offsets[l.Source] += l.Qty
		}
		lots = append(lots, l)
	}
	return lots
}

func number(t *testing.T, s string) uint64 {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func amounts(t *testing.T, words []string) (list []ledger.Amount) {
	for _, w := range words {
		list = append(list, ledger.Amount(number(t, w)))
	}
	return list
}

func printLots(lots []lot.Lot) string {
	if len(lots) == 0 {
		return "-"
	}
	var b strings.Builder
	for i, l := range lots {
		if i > 0 {
			b.WriteByte('+')
		}
		if l.Source == lot.Clean {
			fmt.Fprintf(&b, "%d", l.Qty)
		} else {
			fmt.Fprintf(&b, "%d:%d@%d", l.Source, l.Qty, l.Offset)
		}
	}
	return b.String()
}

// moveCase: a line "in LOT...", a line "out VALUE... FEE". Poison is left to
// the trace.
func moveCase(t *testing.T, d *datadriven.TestData) string {
	in, out, _ := strings.Cut(d.Input, "\n")
	lots, outs := parseLots(t, strings.Fields(in)[1:]), amounts(t, strings.Fields(out)[1:])
	var b strings.Builder
	var m lot.Moved
	for _, p := range lot.Policies() {
		if p == lot.Poison || d.HasArg("only") && !d.HasArg(p.String()) {
			continue
		}
		lot.Move(&m, p, lots, outs)
		fmt.Fprintf(&b, "%s:", p)
		if m.Diluted {
			b.WriteString(" diluted")
		}
		for k := range outs {
			fmt.Fprintf(&b, " %d (%s)", lot.Tainted(m.Of(k)), printLots(m.Of(k)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// accountCase: words +LOT and -VALUE; prints what each debit takes of taint and
// what is left.
func accountCase(t *testing.T, d *datadriven.TestData) string {
	var b strings.Builder
	for _, p := range lot.Policies() {
		var q lot.Queue
		fmt.Fprintf(&b, "%s:", p)
		for _, w := range strings.Fields(d.Input) {
			if credit, ok := strings.CutPrefix(w, "+"); ok {
				q.Credit(parseLots(t, []string{credit})[0])
				continue
			}
			tainted, diluted := q.Debit(p, ledger.Amount(number(t, w[1:])))
			fmt.Fprintf(&b, " %d", tainted)
			if diluted > 0 {
				fmt.Fprintf(&b, " (diluted %d)", diluted)
			}
		}
		fmt.Fprintf(&b, ", left %d of %d\n", q.Tainted(p), q.Balance())
	}
	return b.String()
}

// convertCase: a line "in LOT...", a line "legs QTY/WEIGHT...".
func convertCase(t *testing.T, d *datadriven.TestData) string {
	in, legs, _ := strings.Cut(d.Input, "\n")
	var to []lot.Leg
	for _, w := range strings.Fields(legs)[1:] {
		qty, weight, _ := strings.Cut(w, "/")
		to = append(to, lot.Leg{Qty: ledger.Amount(number(t, qty)), Weight: number(t, weight)})
	}
	lots, ends := lot.Convert(nil, parseLots(t, strings.Fields(in)[1:]), to)
	var b strings.Builder
	from := 0
	for _, end := range ends {
		fmt.Fprintf(&b, "%d (%s)\n", lot.Sum(lots[from:end]), printLots(lots[from:end]))
		from = end
	}
	return b.String()
}

// TestMoveConserves checks both margins on random moves: no source gains or
// loses a unit, no output holds more than its value, and pure gives out at most
// and nobody less than nothing.
func TestMoveConserves(t *testing.T) {
	seed := uint64(1)
	if s := os.Getenv("CLEW_SEED"); s != "" {
		seed = number(t, s)
	}
	t.Logf("CLEW_SEED=%d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	var m lot.Moved
	for range 20000 {
		in, outs := randomMove(rng)
		for _, p := range lot.Policies()[:lot.Poison] {
			lot.Move(&m, p, in, outs)
			checkMargins(t, p, &m, in, outs)
		}
		checkHaircut(t, &m, in, outs)
		if t.Failed() {
			t.Fatalf("CLEW_SEED=%d: in %s, outs %v", seed, printLots(in), outs)
		}
	}
}

func randomMove(rng *rand.Rand) (in []lot.Lot, outs []ledger.Amount) {
	top := []uint64{3, 10, 1000, 21e14}[rng.IntN(4)]
	total := ledger.Amount(0)
	for i := range 1 + rng.IntN(6) {
		l := lot.Lot{Qty: ledger.Amount(rng.Uint64N(top)), Source: uint32(rng.IntN(4)), Parent: uint32(i)}
		total += l.Qty
		in = append(in, l)
	}
	for range rng.IntN(5) {
		out := ledger.Amount(rng.Uint64N(uint64(total) + 1))
		total -= out
		outs = append(outs, out)
	}
	return in, append(outs, total)
}

func checkMargins(t *testing.T, p lot.Policy, m *lot.Moved, in []lot.Lot, outs []ledger.Amount) {
	var came, went [4]ledger.Amount
	for _, l := range in {
		came[l.Source] += l.Qty
	}
	for k, out := range outs {
		for _, l := range m.Of(k) {
			went[l.Source] += l.Qty
		}
		if lot.Sum(m.Of(k)) > out {
			t.Errorf("%s: output %d of %d holds %s", p, k, out, printLots(m.Of(k)))
		}
	}
	for s := 1; s < 4; s++ {
		if came[s] != went[s] && !m.Diluted {
			t.Errorf("%s: %d of source %d came, %d went", p, came[s], s, went[s])
		}
	}
}

// checkHaircut checks that no part is a whole unit or more away from its share
// of what was left, and that Share says the same where there is one source.
func checkHaircut(t *testing.T, m *lot.Moved, in []lot.Lot, outs []ledger.Amount) {
	one := append([]lot.Lot(nil), in...)
	for i := range one {
		one[i].Source = min(one[i].Source, 1)
	}
	lot.Move(m, lot.Haircut, one, outs)
	left, total := lot.Tainted(one), lot.Sum(one)
	for k, out := range outs {
		got := lot.Tainted(m.Of(k))
		if want := lot.Share(out, left, total); got != want {
			t.Errorf("haircut: output %d holds %d, Share says %d", k, got, want)
		}
		if total > 0 {
			exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(int64(out)), big.NewInt(int64(left))), big.NewInt(int64(total)))
			if exact.Sub(exact, new(big.Rat).SetInt64(int64(got))).Abs(exact).Cmp(big.NewRat(1, 2)) > 0 {
				t.Errorf("haircut: output %d holds %d of %d, off by %s", k, got, out, exact.RatString())
			}
		}
		left, total = left-got, total-out
	}
}
