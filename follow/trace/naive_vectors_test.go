package trace_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// TestVectors traces ledgers of a few lines whose answers can be worked out by
// hand. The ledger is in launder's language; then
//
//	trace starts=(TX:VOUT,...) [as-of=H] [min-value=N] [max-hops=N] [until=H] [stop=(ACCOUNT:KIND,...)]
//
// answers, for each policy, what each output and fee carries and where that
// ended: nothing is said of what is followed. The engine must say so too.
func TestVectors(t *testing.T) {
	datadriven.Walk(t, "testdata/vectors", func(t *testing.T, path string) {
		var w *launder.World
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var err error
			if d.Cmd == "ledger" {
				if w, err = launder.Parse(d.Input); err != nil {
					t.Fatalf("%s: %v", d.Pos, err)
				}
				return ""
			}
			s := readScenario(t, w, d)
			for _, f := range forms(1) {
				g, err := graphOf(t.Context(), s, f.at(s.model, s.asOf), f.ref)
				if err == nil {
					err = compareGraph(s, g)
				}
				if err != nil {
					t.Errorf("%s: %s: %v", d.Pos, f.name, err)
				}
			}
			return showTrace(w, s)
		})
	})
}

func readScenario(t *testing.T, w *launder.World, d *datadriven.TestData) scenario {
	t.Helper()
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	s := scenario{model: m, asOf: w.Tip().Height, params: trace.Params{Policies: lot.Policies(), Names: trace.Names{}}}
	for _, arg := range d.CmdArgs {
		for _, val := range arg.Vals {
			name, rest, _ := strings.Cut(val, ":")
			n, _ := strconv.ParseUint(val, 10, 32)
			number := uint32(n)
			switch arg.Key {
			case "starts":
				s.starts = append(s.starts, rowOf(t, w, m, name, rest))
			case "as-of":
				s.asOf = ledger.Height(number)
			case "min-value":
				s.params.MinValue = ledger.Amount(number)
			case "max-hops":
				s.params.MaxHops = &number
			case "until":
				s.params.Until = (*ledger.Height)(&number)
			case "stop":
				var kind trace.Kind
				if err := kind.UnmarshalText([]byte(rest)); err != nil {
					t.Fatal(err)
				}
				s.params.Names[string(launder.AccountOf(name))] = trace.Name{Stop: kind}
			default:
				t.Fatalf("%s: argument %q is not known", d.Pos, arg.Key)
			}
		}
	}
	return s
}

func rowOf(t *testing.T, w *launder.World, m *launder.Model, name, digits string) int {
	t.Helper()
	id, ok := w.TxID(name)
	vout, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil {
		t.Fatalf("there is no output %s:%s", name, digits)
	}
	out, ok := m.Outpoint(ledger.Outpoint{TxID: id, Vout: uint32(vout)}, w.Tip().Height)
	if !ok {
		t.Fatalf("there is no output %s:%s", name, digits)
	}
	return out.Row
}

// showTrace writes a line for each policy: output=taint, and in brackets where
// that ended.
func showTrace(w *launder.World, s scenario) string {
	var b strings.Builder
	for _, p := range s.params.Policies {
		n := interpret(s, p)
		fmt.Fprintf(&b, "%-11s", p)
		for row := range s.model.Counts(s.asOf).Txs {
			tx := s.model.Row(row)
			name := w.TxName(tx.ID)
			for out := tx.FirstOut; out < tx.EndOut; out++ {
				if n.taint[out] > 0 {
					fmt.Fprintf(&b, " %s:%d=%d%s", name, out-tx.FirstOut, n.taint[out], showEnd(n, out))
				}
			}
			if n.fees[row] > 0 {
				fmt.Fprintf(&b, " %s:fee=%d", name, n.fees[row])
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func showEnd(n *naive, row int) string {
	var words []string
	if n.ends[row] != trace.KindNone {
		words = append(words, n.ends[row].String())
	}
	if n.reasons[row] != trace.ReasonNone {
		words = append(words, n.reasons[row].String())
	}
	if n.overlap[row] > 0 {
		words = append(words, fmt.Sprintf("overlap %d", n.overlap[row]))
	}
	if words == nil {
		return ""
	}
	return "(" + strings.Join(words, " ") + ")"
}
