package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// The transactions that traces of the 25 real blocks begin from: the first of
// a peel chain, and the first of a longer one that leads to it.
const (
	realPeel   = "0f8c45e0cb1203bf7b6f2e484b3cc6f0d2887bfcdcc8acf42f4505934c9dbd34"
	realLonger = "70f8021c2287d45f93335ddd99201b0b3a04c5d48f3243652743eabf6d0752ff"
)

// realTrace runs a trace of the 25 real blocks and reads its answer back.
func realTrace(t *testing.T, l string, args ...string) *trace.Result {
	t.Helper()
	code, out, errs := clew(append([]string{"trace", "--ledger", l, "--json"}, args...)...)
	if code != exitOK {
		t.Fatalf("%v exits %d: %s", args, code, errs)
	}
	r, err := trace.ReadResult(bytes.NewReader([]byte(out)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRealTrace holds traces of real blocks to what was counted by hand and by
// other programs: one peel chain, sums, reach.
func TestRealTrace(t *testing.T) {
	blocks, l := realData(t, realBlocks), t.TempDir()
	ask(t, "ingest", "bitcoin", "--blocks", blocks, "--ledger", l)
	r := realTrace(t, l, "bitcoin:"+realPeel, "--policy", "all")
	if r.Theft != 24285527612 {
		t.Errorf("theft %d", r.Theft)
	}
	checkSums(t, r, 203)
	if len(r.PeelChains) != 1 {
		t.Fatalf("%d peel chains, want one", len(r.PeelChains))
	}
	c := r.PeelChains[0]
	if c.First != realPeel || c.Txs != 173 || c.StartValue != 24280772760 || c.EndValue != 23486140489 || c.End != "unspent" || c.Peels != 173 {
		t.Errorf("peel chain %+v", c)
	}
	longer := realTrace(t, l, "bitcoin:"+realLonger, "--policy", "all")
	checkSums(t, longer, 1137)
	if longer.PeelChains[0].First != realLonger || longer.PeelChains[0].Txs != 216 {
		t.Errorf("longer peel chain %+v", longer.PeelChains[0])
	}
}

// checkSums holds every policy but poison to the theft, by its absorbers and
// by its exits, and poison to its reach.
func checkSums(t *testing.T, r *trace.Result, reach int) {
	t.Helper()
	for _, p := range lot.Policies() {
		res := r.Policies[p]
		if p == lot.Poison {
			if *res.ReachTxs != reach || r.Counts.Txs != reach {
				t.Errorf("poison reaches %d of %d transactions, want %d", *res.ReachTxs, r.Counts.Txs, reach)
			}
			continue
		}
		var absorbed, left ledger.Amount
		for _, a := range res.Absorbers {
			absorbed += a.Amount
		}
		for i := range r.Exits {
			left += r.Exits[i].Amounts[p]
		}
		if *res.Sum != r.Theft || absorbed != r.Theft || left != r.Theft {
			t.Errorf("%s: sum %d, absorbers %d, exits %d, want %d", p, *res.Sum, absorbed, left, r.Theft)
		}
	}
}

// TestRealTraceAgain: the same question gives the same bytes, also from the
// ledger as it was at an earlier block; the case that ships says the same as
// the blocks it was taken from.
func TestRealTraceAgain(t *testing.T) {
	blocks, l := realData(t, realBlocks), t.TempDir()
	ask(t, "ingest", "bitcoin", "--blocks", blocks, "--ledger", l)
	first := realTrace(t, l, realPeel, "--as-of", "560080")
	again := realTrace(t, l, realPeel+":0", realPeel+":1", "--as-of", "560080")
	if a, b := encode(t, first), encode(t, again); a != b {
		t.Errorf("%s\n%s", a, b)
	}
	shipped := filepath.Join("..", "..", "cases", "peel-2019", "case.yaml")
	code, out, errs := clew("trace", "--case", shipped, "--policy", "all", "--json")
	if code != exitOK {
		t.Fatalf("the case exits %d: %s", code, errs)
	}
	r, err := trace.ReadResult(bytes.NewReader([]byte(out)))
	if err != nil {
		t.Fatal(err)
	}
	if all := realTrace(t, l, realPeel, "--policy", "all"); all.ResultDigest != r.ResultDigest || r.Input.Source != "facts" {
		t.Errorf("the case has %s from %s, the ledger %s", r.ResultDigest, r.Input.Source, all.ResultDigest)
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
