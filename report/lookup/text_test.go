package lookup

import (
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// TestTotal sums beyond 64 bits: a made-up chain may hold as many outputs of
// 21,000,000 coins as it likes.
func TestTotal(t *testing.T) {
	var all, some total
	for range 10_000 {
		all.add(bitcoin.MaxMoney)
	}
	some.add(1)
	if got := all.minus(&some).String(); got != "20999999999999999999" {
		t.Errorf("total %s", got)
	}
}

// TestOpReturnText shows text, and only what is safe to show.
func TestOpReturnText(t *testing.T) {
	push := func(s string) string { return string(rune(len(s))) + s }
	for script, want := range map[string]string{
		push("hello"):                  "hello",
		push("hello ") + push("world"): "hello world",
		"\x4c\x05hello":                "hello",
		"\x4d\x05\x00hello":            "hello",
		push("Größe"):                  "Größe",
		push("\x1b[31m"):               "",
		push("a\u202eb"):               "",
		push("\xff\xfe"):               "",
		"\x05hell":                     "", // cut
		"\x4c":                         "",
		"\x4d\x05":                     "",
		"\x51":                         "", // a number, not bytes
		"":                             "",
	} {
		if got := opReturnText([]byte(script)); got != want {
			t.Errorf("opReturnText(%q) = %q, want %q", script, got, want)
		}
	}
}

func TestTraits(t *testing.T) {
	set := ledger.MakeTraits(2, 100, false) | ledger.TraitRBF | ledger.TraitWitness | ledger.TraitInputsSorted | ledger.TraitOutputsSorted |
		ledger.TraitECDSA | ledger.TraitLowR | ledger.InputP2WPKH | ledger.TraitKeyCompressed
	a := describeTraits(set)
	want := "version 2; lock time: height; replaceable (BIP 125); witness; sorted (BIP 69); low R; high S; inputs look like p2wpkh"
	if a.String() != want {
		t.Errorf("%q, want %q", a.String(), want)
	}
	if odd := describeTraits(ledger.MakeTraits(-1, 0, true)); odd.Version != "other" || odd.LockTime != "none" {
		t.Errorf("%+v", odd)
	}
}
