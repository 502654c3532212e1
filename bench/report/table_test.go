package report_test

import (
	"strings"
	"testing"

	"clew.example/clew/bench/report"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		unit report.Unit
		v    float64
		want string
	}{
		{report.TxRate, 38_600, "38.6 k tx/s"}, {report.TxRate, 999_600, "1.00 M tx/s"}, {report.TxRate, 999_400, "999 k tx/s"},
		{report.EdgeRate, 152.4e6, "152 M edges/s"}, {report.EdgeRate, 12, "12.0 edges/s"},
		{report.LookRate, 10e6, "10.0 M/s"},
		{report.Bytes, 1.4e9, "1.40 GB"}, {report.Bytes, 300e6, "300 MB"}, {report.Bytes, 0, "0 B"},
		{report.Seconds, 2.2e-3, "2.20 ms"}, {report.Seconds, 24e-6, "24.0 us"}, {report.Seconds, 12.5, "12.5 s"}, {report.Seconds, 5e-7, "500ns"},
		{report.Factor, 1.04, "1.04"}, {report.Factor, 0.0012, "0.0012"},
	} {
		if have := c.unit.Format(c.v); have != c.want {
			t.Errorf("%v: have %q, want %q", c.v, have, c.want)
		}
	}
}

func TestGoalsAndGates(t *testing.T) {
	rate := report.Goal{Unit: report.EdgeRate, Want: 100, Gate: 4}
	cost := report.Goal{Unit: report.Seconds, Want: 2}
	for _, c := range []struct {
		r          report.Result
		gate, goal bool
		ratio      float64
	}{
		{report.Result{Goal: rate, Here: 120, Yardstick: 30}, true, true, 4},
		{report.Result{Goal: rate, Here: 90, Yardstick: 20}, true, false, 4.5},
		{report.Result{Goal: rate, Here: 120, Yardstick: 40}, false, true, 3},
		{report.Result{Goal: rate, Here: 120}, false, true, 0},
		{report.Result{Goal: cost, Here: 1, Yardstick: 3}, true, true, 3},
		{report.Result{Goal: cost, Here: 3}, true, false, 0},
		{report.Result{Goal: report.Goal{Unit: report.Seconds}, Here: 3}, true, true, 0},
	} {
		if c.r.GateMet() != c.gate || c.r.GoalMet() != c.goal || c.r.Ratio() != c.ratio {
			t.Errorf("%+v: gate %v, goal %v, ratio %v", c.r, c.r.GateMet(), c.r.GoalMet(), c.r.Ratio())
		}
	}
}

func TestWrite(t *testing.T) {
	goal := report.Goal{What: "walk", Peer: "BlockSci 12.3 M", Unit: report.EdgeRate, Want: 100e6, Gate: 4}
	var b strings.Builder
	err := report.Write(&b, []report.Result{
		{Goal: goal, Here: 150e6, Yardstick: 25e6, Notes: []string{"7 edges"}},
		{Goal: goal, Here: 90e6, Yardstick: 30e6},
		{Goal: report.Goal{What: "  size", Unit: report.Bytes}, Here: 5e6},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"walk    BlockSci 12.3 M       25.0 M edges/s       150 M edges/s   6.00x  >= 100 M edges/s, gate >= 4.00x  ok\n",
		"walk    BlockSci 12.3 M       30.0 M edges/s       90.0 M edges/s  3.00x  >= 100 M edges/s, gate >= 4.00x  GATE MISSED\n",
		"  size  -                     -                    5.00 MB         -      -\n",
		"\nwalk: 7 edges\n",
	} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("no line %q in\n%s", line, b.String())
		}
	}
}
