package bitcoin_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/txscript"
	"github.com/cockroachdb/datadriven"

	"clew.example/clew/chain/bitcoin"
)

// TestScripts runs the cases of testdata/script: "kind" names each script's
// kind and its address, "address" reads each line as an address.
func TestScripts(t *testing.T) {
	datadriven.RunTest(t, "testdata/script", func(t *testing.T, d *datadriven.TestData) string {
		name := "mainnet"
		if d.HasArg("network") {
			d.ScanArgs(t, "network", &name)
		}
		n, err := bitcoin.NetworkByName(name)
		if err != nil {
			d.Fatalf(t, "%v", err)
		}
		var out strings.Builder
		for line := range strings.Lines(d.Input) {
			line = strings.TrimSpace(line)
			switch d.Cmd {
			case "kind":
				out.WriteString(describeScript(t, line, n))
			case "address":
				out.WriteString(describeAddress(line, n))
			default:
				d.Fatalf(t, "unknown command %s", d.Cmd)
			}
		}
		return out.String()
	})
}

func describeScript(t *testing.T, digits string, n *bitcoin.Network) string {
	script, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(digits, "."), " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %s\n", bitcoin.KindOf(script), bitcoin.AppendAccount(nil, script, n))
}

func describeAddress(s string, n *bitcoin.Network) string {
	account, err := bitcoin.ParseAddress(s, n)
	if err != nil {
		return fmt.Sprintf("%v\n", err)
	}
	again := bitcoin.AppendAccount(nil, account, n)
	if string(again) != s {
		return fmt.Sprintf("%x %s\n", []byte(account), again)
	}
	return fmt.Sprintf("%x\n", []byte(account))
}

// TestAddressOracle compares addresses of random scripts with btcd's on every
// network that it knows, and reads them back.
func TestAddressOracle(t *testing.T) {
	r := newRand(t, 10)
	for range 3000 {
		script := randomScript(r)
		for _, n := range bitcoin.Networks() {
			params := oracleParams[n.Name]
			if params == nil {
				continue
			}
			got, ok := bitcoin.AppendAddress(nil, script, n)
			if want, known := oracleAddress(script, params); known && want != string(got) {
				t.Fatalf("%s: script %x has address %q, want %q", n.Name, script, got, want)
			}
			text := bitcoin.AppendAccount(nil, script, n)
			if ok && string(text) != string(got) {
				t.Fatalf("%s: script %x: %q and %q", n.Name, script, text, got)
			}
			back, err := bitcoin.ParseAddress(string(text), n)
			if err != nil || !bytes.Equal(back, script) {
				t.Fatalf("%s: %q is read as %x, %v; want %x", n.Name, text, back, err, script)
			}
		}
	}
}

// oracleAddress returns btcd's address of a script, "" if it has none; false
// where btcd does not know the kind.
func oracleAddress(script []byte, params *chaincfg.Params) (string, bool) {
	class, addresses, _, err := txscript.ExtractPkScriptAddrs(script, params)
	if err != nil {
		return "", false
	}
	switch class {
	case txscript.PubKeyHashTy, txscript.ScriptHashTy, txscript.WitnessV0PubKeyHashTy, txscript.WitnessV0ScriptHashTy, txscript.WitnessV1TaprootTy:
		return addresses[0].EncodeAddress(), true
	case txscript.NonStandardTy:
		return "", !txscript.IsWitnessProgram(script)
	}
	return "", class != txscript.WitnessUnknownTy
}

// TestKindOracle compares kinds with btcd's classes, where it has them.
func TestKindOracle(t *testing.T) {
	want := map[txscript.ScriptClass]bitcoin.Kind{
		txscript.PubKeyTy: bitcoin.KindP2PK, txscript.PubKeyHashTy: bitcoin.KindP2PKH, txscript.ScriptHashTy: bitcoin.KindP2SH,
		txscript.WitnessV0PubKeyHashTy: bitcoin.KindP2WPKH, txscript.WitnessV0ScriptHashTy: bitcoin.KindP2WSH,
		txscript.WitnessV1TaprootTy: bitcoin.KindP2TR, txscript.NullDataTy: bitcoin.KindOpReturn, txscript.MultiSigTy: bitcoin.KindMultisig,
	}
	r := newRand(t, 11)
	for range 50_000 {
		script := randomScript(r)
		class, got := txscript.GetScriptClass(script), bitcoin.KindOf(script)
		if class == txscript.MultiSigTy && got == bitcoin.KindNonstandard {
			continue // btcd does not look at the first byte of keys, Core does
		}
		if kind, known := want[class]; known && got != kind {
			t.Fatalf("script %x is %s, want %s", script, got, class)
		}
	}
	if got := bitcoin.Kind(200).String(); got != "invalid" {
		t.Errorf("kind 200 is %s", got)
	}
}

// FuzzParseAddress. Strategy: any text, on each network. Invariants: no panic;
// what is read is written as one text, and that text is read as the same
// account; what btcutil reads as an address of the network we read as its
// script, and what we read, "script:" apart, btcutil reads too where it knows
// the program.
func FuzzParseAddress(f *testing.F) {
	for _, n := range bitcoin.Networks() {
		r := newRand(f, 12)
		for range 40 {
			f.Add(string(bitcoin.AppendAccount(nil, randomScript(r), n)))
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, n := range bitcoin.Networks() {
			if err := checkAddress(s, n); err != nil {
				t.Errorf("%s: %q: %v", n.Name, s, err)
			}
		}
	})
}

func checkAddress(s string, n *bitcoin.Network) error {
	account, err := bitcoin.ParseAddress(s, n)
	if err == nil {
		text := string(bitcoin.AppendAccount(nil, account, n))
		back, err := bitcoin.ParseAddress(text, n)
		if err != nil || !bytes.Equal(account, back) {
			return fmt.Errorf("read as %x, written as %q, read as %x, %v", account, text, back, err)
		}
		if text != s && text != strings.ToLower(s) && !strings.HasPrefix(s, "script:") {
			return fmt.Errorf("another text of it is %q", text)
		}
	}
	params := oracleParams[n.Name]
	if params == nil || strings.HasPrefix(s, "script:") {
		return nil
	}
	return compareAddress(s, account, err, params)
}

// compareAddress compares a reading with btcutil's.
func compareAddress(s string, account []byte, err error, params *chaincfg.Params) error {
	address, oracleErr := btcutil.DecodeAddress(s, params)
	if _, isKey := address.(*btcutil.AddressPubKey); isKey {
		return nil // hex of a key, no address of ours
	}
	if oracleErr == nil && address.IsForNet(params) {
		want, scriptErr := txscript.PayToAddrScript(address)
		if scriptErr != nil {
			return scriptErr
		}
		if err != nil || !bytes.Equal(account, want) {
			return fmt.Errorf("read as %x, %v; btcutil %x", account, err, want)
		}
		return nil
	}
	switch bitcoin.KindOf(account) {
	case bitcoin.KindP2A, bitcoin.KindWitnessUnknown:
		return nil // not known to btcutil
	}
	if err == nil {
		return fmt.Errorf("read as %x, but btcutil: %v", account, oracleErr)
	}
	return nil
}
