package bitcoin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// TestDecodeText runs the cases of testdata/decode: each is a block, written as
// blockText says, and what Decode answers.
func TestDecodeText(t *testing.T) {
	datadriven.RunTest(t, "testdata/decode", func(t *testing.T, d *datadriven.TestData) string {
		var b ledger.Block
		raw := buildBlock(t, d.Input)
		if err := new(bitcoin.Decoder).Decode(&b, raw); err != nil {
			if _, oracleErr := oracleDecode(raw); oracleErr == nil {
				d.Fatalf(t, "btcd accepts it")
			}
			return err.Error() + "\n"
		}
		return fmt.Sprintf("%d transactions, %d inputs, %d outputs\n", len(b.Txs), len(b.Ins), len(b.Outs))
	})
}

// TestTraits runs the cases of testdata/traits: the traits of each transaction.
func TestTraits(t *testing.T) {
	datadriven.RunTest(t, "testdata/traits", func(t *testing.T, d *datadriven.TestData) string {
		var b ledger.Block
		if err := new(bitcoin.Decoder).Decode(&b, buildBlock(t, d.Input)); err != nil {
			d.Fatalf(t, "%v", err)
		}
		var out strings.Builder
		for _, tx := range b.Txs {
			fmt.Fprintln(&out, describeTraits(tx.Traits))
		}
		return out.String()
	})
}

// traitNames name the bits in their order.
var traitNames = []struct {
	trait ledger.Traits
	name  string
}{
	{ledger.TraitCoinbase, "coinbase"}, {ledger.TraitRBF, "rbf"}, {ledger.TraitWitness, "witness"},
	{ledger.TraitInputsSorted, "ins-sorted"}, {ledger.TraitOutputsSorted, "outs-sorted"},
	{ledger.TraitECDSA, "ecdsa"}, {ledger.TraitLowR, "low-r"}, {ledger.TraitLowS, "low-s"},
	{ledger.TraitKeyCompressed, "compressed"}, {ledger.TraitKeyUncompressed, "uncompressed"},
	{ledger.TraitKeyXOnly, "x-only"}, {ledger.TraitKeyNone, "no-key"},
	{ledger.InputP2PK, "p2pk"}, {ledger.InputP2PKH, "p2pkh"}, {ledger.InputMultisig, "bare-multisig"}, {ledger.InputP2SH, "p2sh"},
	{ledger.InputP2SHP2WPKH, "p2sh-p2wpkh"}, {ledger.InputP2SHP2WSH, "p2sh-p2wsh"}, {ledger.InputP2WPKH, "p2wpkh"},
	{ledger.InputP2WSH, "p2wsh"}, {ledger.InputTaprootKey, "taproot-key"}, {ledger.InputTaprootPath, "taproot-path"},
	{ledger.InputOther, "other"}, {ledger.TraitMultisig, "multisig"},
}

func describeTraits(t ledger.Traits) string {
	locks := [...]string{"none", "height", "time", "height-off", "time-off"}
	words := []string{fmt.Sprintf("version=%d lock=%s", t.Version(), locks[t.Lock()])}
	rest := t &^ 0x7f
	for _, n := range traitNames {
		if t.Has(n.trait) {
			words, rest = append(words, n.name), rest&^n.trait
		}
	}
	if rest != 0 {
		words = append(words, fmt.Sprintf("and bits %x", uint64(rest)))
	}
	return strings.Join(words, " ")
}
