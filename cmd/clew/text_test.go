package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"clew.example/clew/ingest"
)

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "10B": 10, "300MB": 300_000_000, "1GiB": 1 << 30, "64MiB": 64 << 20, "2 kB": 2000, "3K": 3072, "1T": 1 << 40,
		"": 0, "B": 0, "-1": 0, "1.5GB": 0, "0": 0, "10XB": 0, "9223372036854775807": 1<<63 - 1, "9223372036854775808": 0,
		"9223372036854775807K": 0,
	} {
		if got, err := parseSize(text); got != want || (err == nil) != (want != 0) {
			t.Errorf("parseSize(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for n, want := range map[int64]string{
		0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 1234567: "1.2 MB", 1_800_000_000: "1.8 GB", 2_500_000_000_000_000: "2500.0 TB",
	} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestProgressText(t *testing.T) {
	p := ingest.Progress{Height: 412_345, Blocks: 100, Txs: 50_000, Bytes: 30_000_000, LeftBytes: 70_000_000, Elapsed: 2 * time.Second}
	if got, want := progressText(p), "30.0 %  block 412,345  50 blocks/s  25,000 tx/s  15.0 MB/s  4s left"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	progressText(ingest.Progress{}) // no division by zero
}

// TestNoTerminal: where nobody looks, there is no status line, and a nil one
// does nothing.
func TestNoTerminal(t *testing.T) {
	line := newStatusLine(&strings.Builder{})
	if line != nil {
		t.Fatal("a builder is no terminal")
	}
	line.print("x")
	line.share("x")(500)
	line.clear()
}

func TestMoments(t *testing.T) {
	for in, want := range map[string]string{
		"0": "height 0", "560086": "height 560086", "2147483647": "height 2147483647", "2147483648": "error", "99999999999999999999": "error",
		"2019-01-24": "time 1548288000", "2019-01-24T10:11:12Z": "time 1548324672", "2019-01-24T11:11:12+01:00": "time 1548324672",
		"1970-01-01": "time 0", "1969-12-31": "error", "2106-02-07T06:28:15Z": "time 4294967295", "2106-02-07T06:28:16Z": "error",
		"": "error", "-1": "error", "soon": "error", "2019-13-01": "error", "24.01.2019": "error", "2019-01-24 10:11:12": "error",
	} {
		m, err := parseMoment(in)
		got := fmt.Sprintf("height %d", m.height)
		switch {
		case err != nil:
			got = "error"
		case m.timed:
			got = fmt.Sprintf("time %d", m.time)
		}
		if got != want {
			t.Errorf("parseMoment(%q) = %s, %v, want %s", in, got, err, want)
		}
	}
}

func TestValues(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "50000": "50000", "50000sat": "50000", "0.5btc": "50000000", "0.5 BTC": "50000000", "1btc": "100000000",
		"0.00000001btc": "1", "18446744073709551615": "18446744073709551615", "18446744073709551616": "error", "0.000000001btc": "error",
		"1.btc": "error", ".5btc": "error", "1.5": "error", "1.5sat": "error", "-1": "error", "+1": "error", "1e8": "error", "": "error",
		"btc": "error", "184467440737.09551616btc": "error", "1_000": "error", "٣": "error",
	} {
		a, err := parseValue(in)
		got := a.String()
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("parseValue(%q) = %s, %v, want %s", in, got, err, want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for in, want := range map[string]string{
		"bitcoin:aa:0": "bitcoin:aa:0", "a b": "'a b'", "it's": `'it'\''s'`, "": "''", "$(x)": "'$(x)'", "`x`": "'`x`'", "a\nb": "'a\nb'",
		"~": "'~'", "*": "'*'", "a@1..2": "a@1..2",
	} {
		if got := shellWord(in); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", in, got, want)
		}
	}
}
