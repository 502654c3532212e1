package bitcoin_test

import (
	"testing"

	"clew.example/clew/chain/bitcoin"
)

func TestCutChain(t *testing.T) {
	for in, want := range map[string]string{
		"bitcoin:x":         "mainnet x",
		"btc:x":             "mainnet x",
		"bitcoin-regtest:x": "regtest x",
		"btc-testnet4:x@3":  "testnet4 x@3",
		"bitcoin:script:6a": "mainnet script:6a",
		"script:6a":         "- script:6a",
		"x":                 "- x",
		"":                  "- ",
		"bip122:0f9188f13cb7b2c71f2a335e3a4fc328:x": "regtest x",
		"bip122:x":   "error",
		"eth:x":      "error",
		"bitcoin-:x": "error",
		":x":         "error",
	} {
		n, rest, err := bitcoin.CutChain(in)
		got := "- " + rest
		if n != nil {
			got = n.Name + " " + rest
		}
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("bitcoin.CutChain(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestAlias: the name that a chain is shown by means that chain, and so does
// its CAIP-2 id.
func TestAlias(t *testing.T) {
	for _, n := range bitcoin.Networks() {
		for _, name := range []string{n.Alias(), string(n.Chain)} {
			if got, err := bitcoin.NetworkByAlias(name); err != nil || got != n {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
	}
	if got := bitcoin.Networks()[0].Alias(); got != "bitcoin" {
		t.Errorf("mainnet is called %s", got)
	}
}
