package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/page"
)

// TestSums: what is drawn as ended is what the result says, by kind, and
// folding loses nothing of it.
func TestSums(t *testing.T) {
	for name, d := range scenes(t) {
		for i, p := range d.Result.Input.Params.Policies {
			if p == lot.Poison {
				continue
			}
			byKind, all, nodes := page.Drawn(d, i)
			var sum ledger.Amount
			for _, a := range d.Result.Policies[p].Absorbers {
				if a.Kind == trace.KindFee {
					continue
				}
				sum += a.Amount
				if byKind[a.Kind] != a.Amount {
					t.Errorf("%s, %s: %s of %s drawn, the result has %s", name, p, byKind[a.Kind], a.Kind, a.Amount)
				}
			}
			if all != sum {
				t.Errorf("%s, %s: %s drawn after folding, the result has %s", name, p, all, sum)
			}
			if nodes > 120 {
				t.Errorf("%s, %s: %d nodes are drawn", name, p, nodes)
			}
		}
	}
}

// TestLayout: the same scene stands in the same places.
func TestLayout(t *testing.T) {
	datadriven.Walk(t, "testdata/layout", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			doc := sceneOf(t, d.Cmd)
			policy := 0
			if d.HasArg("policy") {
				d.ScanArgs(t, "policy", &policy)
			}
			return page.Layout(doc, policy)
		})
	})
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		units            ledger.Amount
		decimals, places int
		want             string
	}{
		{24285527612, 8, 2, "242.85"}, {24285527612, 8, 3, "242.855"}, {123456789012345, 8, 2, "1,234,567.89"}, {0, 8, 2, "0"},
		{80000, 8, 2, "0.0008"}, {99, 8, 2, "0.0000009"}, {1, 8, 2, "0.00000001"}, {199999999, 8, 2, "1.99"}, {100000000, 8, 0, "1"},
		{7, 0, 2, "7"}, {1234, 0, 3, "1,234"}, {^ledger.Amount(0), 8, 8, "184,467,440,737.09551615"},
	} {
		if got := page.Cut(c.units, c.decimals, c.places); got != c.want {
			t.Errorf("%d of %d decimals cut to %d: %s, want %s", c.units, c.decimals, c.places, got, c.want)
		}
	}
}

// TestShares: parts sum to 100.000 to the last digit.
func TestShares(t *testing.T) {
	for _, parts := range [][]ledger.Amount{{1, 1, 1}, {1, 2, 4, 8, 16}, {24285527611, 1}, {7}, {0, 5}, {333333, 333333, 333334}, {1 << 62, 1 << 62, 3}} {
		var of ledger.Amount
		for _, p := range parts {
			of += p
		}
		sum := 0
		for _, s := range page.Shares(of, parts...) {
			n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSuffix(s, "\u202f%"), ".", ""))
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
		if sum != 100_000 {
			t.Errorf("%v: shares %v sum to %d", parts, page.Shares(of, parts...), sum)
		}
	}
}

// TestLarge: a trace of thousands of transactions is a page in time and size
// for a reader.
func TestLarge(t *testing.T) {
	d := wideScene(t, 5000, lot.FIFO, lot.Haircut)
	var b bytes.Buffer
	begin := time.Now()
	if err := page.HTML(&b, d); err != nil {
		t.Fatal(err)
	}
	// A second here is ten times what one idle core takes.
	if took := time.Since(begin); took > 3*time.Second || b.Len() > 2_000_000 {
		t.Errorf("%d transactions: %d bytes in %v", len(d.Graph.Txs), b.Len(), took)
	}
}

// TestSecurity: the page lets its own style in, and nothing else; it has no
// script and leads nowhere.
func TestSecurity(t *testing.T) {
	var b bytes.Buffer
	if err := page.HTML(&b, fanScene(t, lot.Policies()...)); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(b.String(), "<style>")
	style, rest, ok := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	hash := strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;")
	if !ok || style != page.Style() || !strings.Contains(b.String(), `content="default-src &#39;none&#39;; style-src &#39;sha256-`+hash) {
		t.Error("the security policy does not let the style in")
	}
	for _, word := range []string{"<script", "<style", "style=", "src=", "http:", "https:", "<a ", "<img", "@import", "javascript:", "onload"} {
		if strings.Contains(rest, word) || word != "<style" && strings.Contains(style, word) {
			t.Errorf("the page has %s", word)
		}
	}
}
