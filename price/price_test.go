package price_test

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/price"
)

const header = "time,asset,usd,krw,source\n"

func TestRead(t *testing.T) {
	datadriven.RunTest(t, "testdata/read", func(t *testing.T, d *datadriven.TestData) string {
		table, err := price.Read(strings.NewReader(d.Input))
		if err != nil {
			return err.Error() + "\n"
		}
		var out strings.Builder
		fmt.Fprintf(&out, "%d quotes\n", table.Len())
		for _, asset := range []string{"btc", "eth"} {
			for _, at := range []int64{0, 1548374400, 1548424800, 1548426479} {
				if q, ok := table.At(asset, at); ok && q.Time == at {
					fmt.Fprintf(&out, "%d %s usd %q krw %q source %q line %d\n", q.Time, q.Asset, q.USD, q.KRW, q.Source, q.Line)
				}
			}
		}
		return out.String()
	})
}

func read(t *testing.T, rows string) *price.Table {
	t.Helper()
	table, err := price.Read(strings.NewReader(header + rows))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestAt(t *testing.T) {
	const week = price.MaxAge
	table := read(t, "2000000,btc,2,,me\n1000000,btc,1,,me\n1000000,zec,9,,me\n")
	for _, tc := range []struct {
		asset string
		time  int64
		want  string
	}{
		{"btc", 999_999, ""},
		{"btc", 1_000_000, "1"},
		{"BTC", 1_000_000 + week, "1"},
		{"btc", 1_000_000 + week + 1, ""},
		{"btc", 1_999_999, ""},
		{"btc", 2_000_000, "2"},
		{"btc", 2_000_001, "2"},
		{"abc", 2_000_000, ""},
		{"eth", 1_000_000, ""},
		{"zec", 1_000_000, "9"},
		{"zzz", 1_000_000, ""},
		{"btc", math.MaxInt64, ""},
		{"btc", 0, ""},
	} {
		if q, ok := table.At(tc.asset, tc.time); q.USD != tc.want || ok != (tc.want != "") {
			t.Errorf("%s at %d: %q, want %q", tc.asset, tc.time, q.USD, tc.want)
		}
	}
}

func TestValue(t *testing.T) {
	for _, tc := range []struct {
		amount   uint64
		decimals int
		usd, krw string
		want     string
	}{
		{100_000_000, 8, "3456.78", "3870000", "3456.78 3870000"},
		{24_285_527_612, 8, "3570.04", "4012000", "867003.05 974335368"},
		{1, 8, "3570.04", "4012000", "0.00 0"},
		{0, 8, "1", "1", "0.00 0"},
		{5, 3, "1", "100", "0.01 1"}, // a half goes up
		{4, 3, "1", "100", "0.00 0"}, // 0.4 of a won
		{4999, 6, "1", "100", "0.00 0"},
		{125, 0, "0.001", "0.004", "0.13 1"},
		{100_000_000, 8, "", "5", " 5"},
		{100_000_000, 8, "5", "", "5.00 "},
		{math.MaxUint64, 0, "999999999999999999.999999999999999999", "1", "18446744073709551614999999999999999981.55 18446744073709551615"},
	} {
		usd, krw := price.Value(tc.amount, tc.decimals, price.Quote{USD: tc.usd, KRW: tc.krw})
		if got := usd + " " + krw; got != tc.want {
			t.Errorf("%d with %d decimals at %q, %q: %s, want %s", tc.amount, tc.decimals, tc.usd, tc.krw, got, tc.want)
		}
	}
}

// TestDigest fixes the canonical form that docs/format/prices.md states.
func TestDigest(t *testing.T) {
	const empty = "sha256:11ec16c4c480b0485b30ede99844c342a5ede48efde91c704ce2e6ec4f55183d"
	const two = "sha256:b42a8311c75bf4e6224445974929206ea3abf5427c529549de5616914055e9af"
	if got := read(t, "").Digest(); got != empty {
		t.Errorf("empty table: %s, want %s", got, empty)
	}
	a := read(t, "2019-01-25,BTC,3570.04,4012000,me\n2019-01-24,btc,3600,,\"you, too\"\n")
	b := read(t, "# sorted\n1548288000,btc,3600,,\"you, too\"\n\n1548374400,btc,3570.04,4012000,me\n1548374400,btc,3570.04,4012000,me\n")
	if a.Digest() != two || b.Digest() != two {
		t.Errorf("two quotes: %s and %s, want %s", a.Digest(), b.Digest(), two)
	}
}

// FuzzValue compares with rationals.
//
// Invariants: what Read accepts as a price is a decimal; the value is the
// nearest one with its places, halves up.
func FuzzValue(f *testing.F) {
	f.Add(uint64(24_285_527_612), uint8(8), "3570.04")
	f.Add(uint64(5), uint8(3), "1")
	f.Fuzz(func(t *testing.T, amount uint64, decimals uint8, text string) {
		table, err := price.Read(strings.NewReader(header + "7,btc," + text + "," + text + ",me\n"))
		if err != nil {
			return
		}
		q, ok := table.At("btc", 7)
		if !ok {
			return // a comment, or more lines than one
		}
		usd, krw := price.Value(amount, int(decimals), q)
		checkNearest(t, amount, decimals, q.USD, usd, 2)
		checkNearest(t, amount, decimals, q.KRW, krw, 0)
	})
}

func checkNearest(t *testing.T, amount uint64, decimals uint8, rate, got string, places int64) {
	t.Helper()
	if rate == "" && got == "" {
		return
	}
	exact, ok := new(big.Rat).SetString(rate)
	if !ok {
		t.Fatalf("price %q is not a decimal", rate)
	}
	exact.Mul(exact, new(big.Rat).SetInt(new(big.Int).SetUint64(amount)))
	exact.Quo(exact, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)))
	have, ok := new(big.Rat).SetString(got)
	if !ok {
		t.Fatalf("value %q is not a decimal", got)
	}
	half := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Mul(big.NewInt(2), new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil)))
	above := new(big.Rat).Sub(have, exact)
	if above.Cmp(half) > 0 || above.Cmp(new(big.Rat).Neg(half)) <= 0 {
		t.Fatalf("%d with %d decimals at %s is %s", amount, decimals, rate, got)
	}
}
