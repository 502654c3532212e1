package lookup

import (
	"strconv"
	"strings"

	"clew.example/clew/ledger"
)

// Traits spell the habits of the software that made a transaction.
type Traits struct {
	Version       string   `json:"version"` // "other" above 14 or below 0
	LockTime      string   `json:"lock_time"`
	RBF           bool     `json:"rbf"` // BIP 125
	Witness       bool     `json:"witness"`
	InputsSorted  bool     `json:"inputs_bip69"`
	OutputsSorted bool     `json:"outputs_bip69"`
	ECDSA         bool     `json:"ecdsa"`
	LowR          bool     `json:"low_r"`
	LowS          bool     `json:"low_s"`
	Multisig      bool     `json:"multisig"`
	Keys          []string `json:"keys"`        // forms of keys that inputs show
	Inputs        []string `json:"input_kinds"` // script kinds that inputs show
}

type traitName struct {
	bit  ledger.Traits
	name string
}

var keyNames = []traitName{
	{ledger.TraitKeyCompressed, "compressed"}, {ledger.TraitKeyUncompressed, "uncompressed"},
	{ledger.TraitKeyXOnly, "x_only"}, {ledger.TraitKeyNone, "none"},
}

var inputNames = []traitName{
	{ledger.InputP2PK, "p2pk"}, {ledger.InputP2PKH, "p2pkh"}, {ledger.InputMultisig, "multisig"}, {ledger.InputP2SH, "p2sh"},
	{ledger.InputP2SHP2WPKH, "p2sh-p2wpkh"}, {ledger.InputP2SHP2WSH, "p2sh-p2wsh"}, {ledger.InputP2WPKH, "p2wpkh"},
	{ledger.InputP2WSH, "p2wsh"}, {ledger.InputTaprootKey, "p2tr-key"}, {ledger.InputTaprootPath, "p2tr-script"},
	{ledger.InputOther, "other"},
}

var lockNames = []string{
	ledger.LockNone: "none", ledger.LockHeight: "height", ledger.LockTime: "time",
	ledger.LockHeightOff: "height, not enforced", ledger.LockTimeOff: "time, not enforced",
}

func describeTraits(t ledger.Traits) Traits {
	a := Traits{
		Version: "other", LockTime: "invalid",
		RBF: t.Has(ledger.TraitRBF), Witness: t.Has(ledger.TraitWitness),
		InputsSorted: t.Has(ledger.TraitInputsSorted), OutputsSorted: t.Has(ledger.TraitOutputsSorted),
		ECDSA: t.Has(ledger.TraitECDSA), LowR: t.Has(ledger.TraitLowR), LowS: t.Has(ledger.TraitLowS),
		Multisig: t.Has(ledger.TraitMultisig),
		Keys:     traitNames(t, keyNames), Inputs: traitNames(t, inputNames),
	}
	if t.Version() != ledger.VersionOther {
		a.Version = strconv.Itoa(t.Version())
	}
	if lock := int(t.Lock()); lock < len(lockNames) {
		a.LockTime = lockNames[lock]
	}
	return a
}

func traitNames(t ledger.Traits, names []traitName) []string {
	found := []string{}
	for _, n := range names {
		if t.Has(n.bit) {
			found = append(found, n.name)
		}
	}
	return found
}

// String is the traits in a line for people.
func (a *Traits) String() string {
	parts := []string{"version " + a.Version}
	if a.LockTime != "none" {
		parts = append(parts, "lock time: "+a.LockTime)
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{a.RBF, "replaceable (BIP 125)"}, {a.Witness, "witness"}, {a.InputsSorted && a.OutputsSorted, "sorted (BIP 69)"},
		{a.LowR, "low R"}, {a.ECDSA && !a.LowS, "high S"}, {a.Multisig, "multisig"},
	} {
		if flag.set {
			parts = append(parts, flag.name)
		}
	}
	if len(a.Inputs) > 0 {
		parts = append(parts, "inputs look like "+strings.Join(a.Inputs, ", "))
	}
	return strings.Join(parts, "; ")
}
