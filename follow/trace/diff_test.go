package trace_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// TestDiff compares answers from graphs written by hand:
//
//	a [auto] [policies=(...)] [tip=N] [labels=S] [min=N]     the result compared from
//	diff [the same]                                          the result compared with
func TestDiff(t *testing.T) {
	datadriven.Walk(t, "testdata/diff", func(t *testing.T, path string) {
		var a *trace.Result
		var names []string
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			r := resultOf(t, d)
			names = append(names, d.Input)
			if d.Cmd == "a" {
				a, names = r, []string{d.Input}
				return ""
			}
			return named(&datadriven.TestData{Input: strings.Join(names, "\n")}, showDiff(t, trace.Diff(a, r)))
		})
	})
}

// resultOf reads back what it makes, as a command does.
func resultOf(t *testing.T, d *datadriven.TestData) *trace.Result {
	t.Helper()
	g := readGraph(t, d)
	in := inputOf(g)
	var tip, least int
	if d.HasArg("tip") {
		d.ScanArgs(t, "tip", &tip)
		in.Tip.Height = ledger.Height(tip)
	}
	if d.HasArg("labels") {
		in.LabelSet = new(string)
		d.ScanArgs(t, "labels", in.LabelSet)
	}
	if d.HasArg("min") {
		d.ScanArgs(t, "min", &least)
		in.Params.MinValue = ledger.Amount(least)
	}
	made, err := g.Result(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := trace.ReadResult(bytes.NewReader(jsonOf(t, made)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// showDiff shows the members that say something, one line for each item.
func showDiff(t *testing.T, d *trace.Difference) string {
	t.Helper()
	var lines strings.Builder
	var members map[string]json.RawMessage
	if err := json.Unmarshal(jsonOf(t, d), &members); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"input", "theft", "sums", "new", "gone", "moved", "changed", "labels"} {
		var items []map[string]any
		if err := json.Unmarshal(members[key], &items); err != nil {
			items = []map[string]any{{"theft": members[key]}}
		}
		for _, item := range items {
			for _, quiet := range []string{"first_time", "last_time", "count", "category", "hops", "path"} {
				delete(item, quiet)
			}
			text := strings.NewReplacer(`"`, "", `null`, "-").Replace(string(jsonOf(t, item)))
			lines.WriteString(key + " " + text + "\n")
		}
	}
	if d.Empty() {
		lines.WriteString("empty\n")
	}
	return lines.String()
}

// TestDiffTurnedRound: what is new one way is gone the other, or moved; and
// nothing differs from itself.
func TestDiffTurnedRound(t *testing.T) {
	var before *trace.Result
	eachGraph(t, 200, func(t *testing.T, _ *rand.Rand, _ *trace.Graph, out *trace.Result) {
		if d := trace.Diff(out, out); !d.Empty() || len(d.Input) > 0 {
			t.Errorf("a result differs from itself: %s", jsonOf(t, d))
		}
		if before == nil {
			before = out
		}
		there, back := trace.Diff(before, out), trace.Diff(out, before)
		moved := 0
		for _, m := range back.Moved {
			moved += len(m.Lots)
		}
		if len(there.New) != len(back.Gone)+moved || len(there.Changed) != len(back.Changed) || len(there.Sums) != len(back.Sums) {
			t.Errorf("there %d new, %d changed, %d sums; back %d gone, %d moved, %d changed, %d sums", len(there.New), len(there.Changed), len(there.Sums),
				len(back.Gone), moved, len(back.Changed), len(back.Sums))
		}
		if !bytes.Equal(jsonOf(t, there), jsonOf(t, trace.Diff(before, out))) {
			t.Error("the same results make other bytes")
		}
		before = out
	})
}
