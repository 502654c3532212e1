package main

import (
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
