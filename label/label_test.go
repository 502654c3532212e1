package label_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/label"
	"clew.example/clew/ledger"
)

func TestRead(t *testing.T) {
	datadriven.RunTest(t, "testdata/read", func(t *testing.T, d *datadriven.TestData) string {
		set, err := label.Read(strings.NewReader(d.Input))
		if err != nil {
			return err.Error() + "\n"
		}
		var out strings.Builder
		for _, c := range set {
			fmt.Fprintf(&out, "%d: chain %q subject %q label %q category %q source %q\n", c.Line, c.Chain, c.Subject, c.Label, c.Category, c.Source)
		}
		return out.String()
	})
}

func read(t *testing.T, text string) label.Set {
	t.Helper()
	set, err := label.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestBounds(t *testing.T) {
	for name, text := range map[string]string{
		"label":    "bitcoin 1abc " + strings.Repeat("x", 257),
		"chain":    strings.Repeat("x", 65) + " 1abc",
		"category": "chain,address,label,category\nbitcoin,1abc,," + strings.Repeat("x", 65),
		"source":   "chain,address,label,category,source\nbitcoin,1abc,,," + strings.Repeat("x", 257),
		"address":  "\u00a0", // a blank that is not trimmed
	} {
		if _, err := label.Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), name) || !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	read(t, "bitcoin 1abc "+strings.Repeat("x", 256))
}

// TestDigest fixes the canonical form that docs/format/labels.md states.
func TestDigest(t *testing.T) {
	const empty = "sha256:02fa02a0b520f51b8ebbe72492531e2e34e40337f7c9b9d9a2800fdbb169efff"
	const two = "sha256:72712c47e823bfeda768cb0eaaa4907cca8ccaed1a63702df8f2177808bd3e41"
	if got := label.Set(nil).Digest(); got != empty {
		t.Errorf("empty set: %s, want %s", got, empty)
	}
	a := read(t, "bitcoin 1abd hot wallet\nBITCOIN 1abc\nbitcoin 1abc\n")
	b := read(t, "source,category,label,address,chain\n,,,1abc,bitcoin\n,,hot wallet,1abd,bitcoin\n")
	if a.Digest() != two || b.Digest() != two {
		t.Errorf("two claims: %s and %s, want %s", a.Digest(), b.Digest(), two)
	}
	if c := read(t, "bitcoin 1abd hot\nbitcoin 1abc"); c.Digest() == two {
		t.Error("another label and the same digest")
	}
}

// TestAccounts: neither the digest nor the name of an account depends on the
// order of claims.
func TestAccounts(t *testing.T) {
	set := read(t, `chain,address,label,category,source
bitcoin,1a,a victim,victim,x
bitcoin,1a,mixer,mixer,x
bitcoin,1a,shop,payment,x
bitcoin,1a,the exchange,exchange,y
bitcoin,1A,the exchange,exchange,x
bitcoin,1a,the deposit,exchange_deposit,z
bitcoin,1b,second,hack,x
bitcoin,1b,first,scam,x
bitcoin,bad,nobody,scam,x
ethereum,1b,elsewhere,exchange,x
`)
	parse := func(subject string) (ledger.Account, error) {
		if subject == "bad" {
			return nil, errors.New("checksum")
		}
		return ledger.Account(strings.ToLower(subject)), nil
	}
	named, skipped := set.Accounts("bitcoin", parse)
	backwards := slices.Clone(set)
	slices.Reverse(backwards)
	again, _ := backwards.Accounts("bitcoin", parse)
	for account, want := range map[string]string{"1a": "the deposit", "1b": "first"} {
		if named[account].Label != want || again[account].Label != want {
			t.Errorf("%s is named %q and %q, want %q", account, named[account].Label, again[account].Label, want)
		}
	}
	if len(named) != 2 || len(skipped) != 1 || skipped[0].Claim.Line != 10 || skipped[0].Err.Error() != "checksum" {
		t.Errorf("%d accounts, skipped %v", len(named), skipped)
	}
	if set.Digest() != backwards.Digest() {
		t.Error("the digest depends on the order")
	}
}

func TestStops(t *testing.T) {
	for _, c := range []string{"exchange", "exchange_deposit", "service", "wallet_service", "payment", "gambling", "market"} {
		if service, mixer := label.Stops(c); !service || mixer {
			t.Errorf("%s: service %v, mixer %v", c, service, mixer)
		}
	}
	for c, want := range map[string]bool{"mixer": true, "mixer_user": false, "": false, "hack": false, "coinjoin": false} {
		if service, mixer := label.Stops(c); service || mixer != want {
			t.Errorf("%s: service %v, mixer %v", c, service, mixer)
		}
	}
}

// TestRealLabels reads label files as they are found.
func TestRealLabels(t *testing.T) {
	data := os.Getenv("CLEW_DATA")
	if data == "" {
		t.Skip("no labels: set CLEW_DATA to a folder that holds labels/labels.csv.gz and labels/cases")
	}
	cases, err := filepath.Glob(filepath.Join(data, "labels", "cases", "*.txt"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, name := range cases {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set, err := label.Read(bytes.NewReader(text))
		if err != nil || len(set) == 0 {
			t.Errorf("%s: %d claims, %v", filepath.Base(name), len(set), err)
		}
	}
	set := realTable(t, data)
	named, skipped := set.Accounts("bitcoin", func(s string) (ledger.Account, error) { return ledger.Account(s), nil })
	t.Logf("%d claims, %d accounts of bitcoin, digest %s", len(set), len(named), set.Digest())
	if len(set) != 241_976 || len(named) < 100_000 || skipped != nil {
		t.Errorf("%d claims, %d accounts, %d skipped", len(set), len(named), len(skipped))
	}
}

func realTable(tb testing.TB, data string) label.Set {
	tb.Helper()
	f, err := os.Open(filepath.Join(data, "labels", "labels.csv.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	set, err := label.Read(z)
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

func BenchmarkReal(b *testing.B) {
	data := os.Getenv("CLEW_DATA")
	if data == "" {
		b.Skip("no labels: set CLEW_DATA to a folder that holds labels/labels.csv.gz")
	}
	b.ReportAllocs()
	for b.Loop() {
		realTable(b, data)
	}
}

// FuzzRead reads arbitrary bytes as a list or a table.
//
// Invariants: nothing panics; a claim has a subject and keeps its bounds; and
// the claims written as a table read back to the same digest.
func FuzzRead(f *testing.F) {
	f.Add("bitcoin 1abc theft # why\n0xab\n")
	f.Add("chain,address,label,category,source\nBitcoin,1abc,\"a,\"\"b\"\"\",exchange,me\n")
	f.Add("\ufeffaddress,chain\n")
	f.Fuzz(func(t *testing.T, text string) {
		set, err := label.Read(strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("error %v names no line", err)
			}
			return
		}
		quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
		var table strings.Builder
		table.WriteString("chain,address,label,category,source\n")
		for _, c := range set {
			if c.Subject == "" || len(c.Label) > 256 || len(c.Chain) > 64 || len(c.Category) > 64 || c.Line < 1 {
				t.Fatalf("claim %+v", c)
			}
			table.WriteString(quote(c.Chain) + "," + quote(c.Subject) + "," + quote(c.Label) + "," + quote(c.Category) + "," + quote(c.Source) + "\n")
		}
		again, err := label.Read(strings.NewReader(table.String()))
		if err != nil && !strings.Contains(err.Error(), "longer than 4096") || err == nil && again.Digest() != set.Digest() {
			t.Fatalf("%q read back: %v", table.String(), err)
		}
	})
}
