package plain_test

import (
	"testing"
	"unicode"

	"clew.example/clew/internal/plain"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain 'words' \\n":            "plain 'words' \\n",
		"Größe 금액":                     "Größe 금액",
		"\x1b[31mred\x1b[0m":           `\x1b[31mred\x1b[0m`,
		"\x1b]0;title\a":               `\x1b]0;title\a`,
		"over\rwritten\b":              `over\rwritten\b`,
		"ok\nclew: hint: send it here": `ok\nclew: hint: send it here`,
		"\u009b2J":                     `\u009b2J`,
		"a\u202etxt.exe":               `a\u202etxt.exe`,
		"zero\u200bwidth":              `zero\u200bwidth`,
		"cut \xe2\x82":                 `cut \xe2\x82`,
		"low \x05":                     `low \x05`,
		"\U000e0041":                   `\U000e0041`,
		"":                             "",
	} {
		if got := plain.Text(in); got != want {
			t.Errorf("plain.Text(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzText feeds any bytes. Invariant: the result is printable, on one line,
// and already plain.
func FuzzText(f *testing.F) {
	f.Add("\x1b[2J\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := plain.Text(s)
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("plain.Text(%q) = %q: %U is left", s, got, r)
			}
		}
		if plain.Text(got) != got {
			t.Fatalf("plain.Text(%q) = %q is not plain", s, got)
		}
	})
}
