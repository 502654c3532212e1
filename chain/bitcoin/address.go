package bitcoin

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"clew.example/clew/ledger"
)

// scriptPrefix opens the text of a script that has no address.
const scriptPrefix = "script:"

// AppendAddress appends the address that pays to script on n. False, and dst
// as it was, if there is none: p2pk, multisig, op_return and nonstandard.
func AppendAddress(dst []byte, script []byte, n *Network) ([]byte, bool) {
	switch KindOf(script) {
	case KindP2PKH:
		return appendBase58Check(dst, n.P2PKHVersion, script[3:23]), true
	case KindP2SH:
		return appendBase58Check(dst, n.P2SHVersion, script[2:22]), true
	case KindP2WPKH, KindP2WSH, KindP2TR, KindP2A, KindWitnessUnknown:
		version, program, _ := witnessProgram(script)
		return appendSegwit(dst, n.HRP, version, program), true
	}
	return dst, false
}

// AppendAccount appends the text of any account: its address on n, or else
// "script:" and the hex of its script. ParseAddress reads both.
func AppendAccount(dst []byte, script []byte, n *Network) []byte {
	if dst, ok := AppendAddress(dst, script, n); ok {
		return dst
	}
	return hex.AppendEncode(append(dst, scriptPrefix...), script)
}

// ParseAddress reads an address of n into the scriptPubKey it stands for:
// base58check (P2PKH, P2SH), bech32 (BIP 173), bech32m (BIP 350), or "script:"
// and the hex of any script. An address of another network is an error that
// names it.
func ParseAddress(s string, n *Network) (ledger.Account, error) {
	account, err := parseAddress(s, n)
	if err != nil {
		return nil, fmt.Errorf("address %.100q: %w", s, err)
	}
	return account, nil
}

func parseAddress(s string, n *Network) (ledger.Account, error) {
	if digits, ok := strings.CutPrefix(s, scriptPrefix); ok {
		account, err := hex.DecodeString(digits)
		if err != nil {
			return nil, fmt.Errorf("script: %w", err)
		}
		return account, nil
	}
	if s == "" {
		return nil, errors.New("empty")
	}
	// Base58 first: a text of it may begin like a segwit address of simnet. A
	// text that is valid in both is one in 2^62.
	version, hash, err := parseBase58Check(s)
	if err == nil {
		return base58Script(version, hash, n)
	}
	if looksSegwit(s) {
		return parseSegwitAddress(s, n)
	}
	return nil, err
}

// looksSegwit decides by which of the two families an error is to be
// explained: a known human-readable part before a 1 is segwit, and so is what
// is too long for the other.
func looksSegwit(s string) bool {
	lower := strings.ToLower(s)
	for _, n := range networks {
		if strings.HasPrefix(lower, n.HRP+"1") {
			return true
		}
	}
	return len(s) > base58Digits
}

func parseSegwitAddress(s string, n *Network) (ledger.Account, error) {
	hrp, version, program, err := parseSegwit(s)
	if err != nil {
		return nil, err
	}
	if hrp != n.HRP {
		return nil, otherNetwork(n, func(o *Network) bool { return o.HRP == hrp })
	}
	op := byte(op0)
	if version > 0 {
		op = op1 - 1 + byte(version)
	}
	return append(ledger.Account{op, byte(len(program))}, program...), nil
}

// base58Script returns the script that a hash of this version stands for on n.
func base58Script(version byte, hash []byte, n *Network) (ledger.Account, error) {
	switch version {
	case n.P2PKHVersion:
		return slices.Concat(ledger.Account{opDup, opHash160, 20}, hash, []byte{opEqualVerify, opCheckSig}), nil
	case n.P2SHVersion:
		return slices.Concat(ledger.Account{opHash160, 20}, hash, []byte{opEqual}), nil
	}
	return nil, otherNetwork(n, func(o *Network) bool { return o.P2PKHVersion == version || o.P2SHVersion == version })
}

// otherNetwork says which networks an address is of, want not being one.
func otherNetwork(want *Network, is func(*Network) bool) error {
	names := namesWhere(is)
	if names == "" {
		return fmt.Errorf("not of %s nor of any other known network", want.Name)
	}
	return fmt.Errorf("of another network (%s), not %s", names, want.Name)
}
