package trace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// TestResult makes answers from graphs written by hand:
//
//	result [auto] [backward] [policies=(...)] [prices] [only=KEY]
//
// prints the answer, or one member of it, with names for the ids.
func TestResult(t *testing.T) {
	datadriven.Walk(t, "testdata/result", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			g := readGraph(t, d)
			r, err := g.Result(inputOf(g), pricesOf(d))
			if err != nil {
				return "error: " + err.Error() + "\n"
			}
			if err := r.Verify(); err != nil {
				t.Errorf("%s: %v", d.Pos, err)
			}
			return named(d, show(t, d, r))
		})
	})
}

func inputOf(g *trace.Graph) trace.Input {
	in := trace.Input{
		Chain: "bip122:000000000019d6689c085ae165831e93", Source: "ledger", Rules: trace.Rules,
		Tip:    trace.InputTip{Height: 900, Hash: ledger.Hash{}.String()},
		Params: trace.InputParams{Policies: g.Policies},
	}
	for _, tx := range g.Txs {
		for vout, o := range tx.Outs {
			if o.Started {
				out := ledger.Outpoint{TxID: tx.ID, Vout: uint32(vout)}
				in.Starts = append(in.Starts, trace.InputStart{Outpoint: out.String(), Amount: o.Value})
			}
		}
	}
	return in
}

// pricesOf are prices at which a base unit is two dollars, and no won.
func pricesOf(d *datadriven.TestData) *trace.Pricing {
	if !d.HasArg("prices") {
		return nil
	}
	two := "2"
	return &trace.Pricing{
		Asset: "BTC", Decimals: 0,
		Then: &trace.Quote{Time: "2020-01-01T00:00:00Z", USD: &two, Source: "test"},
		Value: func(a ledger.Amount, q *trace.Quote) trace.Fiat {
			usd := fmt.Sprintf("%d.00", 2*a)
			return trace.Fiat{USD: &usd}
		},
	}
}

func show(t *testing.T, d *datadriven.TestData, r *trace.Result) string {
	t.Helper()
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", " ")
	if err := e.Encode(r); err != nil {
		t.Fatal(err)
	}
	only := ""
	if d.HasArg("only") {
		d.ScanArgs(t, "only", &only)
	}
	if only == "" {
		return text.String()
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text.Bytes(), &members); err != nil {
		t.Fatal(err)
	}
	return string(members[only]) + "\n"
}

// named puts the names of transactions where their ids stood.
func named(d *datadriven.TestData, s string) string {
	for _, line := range strings.Split(d.Input, "\n") {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		s = strings.ReplaceAll(s, idOf(f[1]).String(), f[1])
		for i := 1; f[0] == "peels" && i <= int(numbers(f[2:3])[0]); i++ {
			name := fmt.Sprint(f[1], i)
			s = strings.ReplaceAll(s, idOf(name).String(), name)
		}
	}
	return s
}
