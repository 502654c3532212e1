package file_test

import (
	"strings"
	"testing"

	"clew.example/clew/report/file"
)

func TestCoins(t *testing.T) {
	for units, want := range map[string]string{
		"0": "0.00000000", "1": "0.00000001", "100000000": "1.00000000", "123456789012": "1,234.56789012",
		"2100000000000000": "21,000,000.00000000", "-5": "-0.00000005", "99999999999999999999": "999,999,999,999.99999999",
	} {
		if got := file.Coins(units); got != want {
			t.Errorf("file.Coins(%s) = %s, want %s", units, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := file.Count(n); got != want {
			t.Errorf("file.Count(%d) = %s, want %s", n, got, want)
		}
	}
}

// TestPages: nothing of a stranger's reaches a terminal as it is, and columns
// are measured after it was made plain.
func TestPages(t *testing.T) {
	var b strings.Builder
	p := file.NewPage(&b)
	tab := file.Columns{Right: map[int]bool{0: true}}
	tab.Add("1", "\x1b[2J", "x")
	tab.Add("22", "ab", "y")
	tab.Write(p, "  ")
	p.Linef("file %s", "a\nclew: hint: b")
	want := "   1  \\x1b[2J  x\n  22  ab       y\nfile a\\nclew: hint: b\n"
	if b.String() != want || p.Err() != nil {
		t.Errorf("page %q, want %q, error %v", b.String(), want, p.Err())
	}
}
