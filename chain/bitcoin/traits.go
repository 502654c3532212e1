package bitcoin

import "clew.example/clew/ledger"

// While a transaction is read, two bits that ledger.Traits leaves zero gather
// what would deny TraitLowR and TraitLowS.
const (
	highR ledger.Traits = 1 << 62
	highS ledger.Traits = 1 << 63
)

// noteInput adds what one input shows.
func (t *txState) noteInput(shown ledger.Traits) {
	if shown&ledger.TraitKeys == 0 {
		shown |= ledger.TraitKeyNone
	}
	t.traits |= shown
}

// finish returns the traits of the transaction.
func (t *txState) finish(version int32, lockTime uint32) ledger.Traits {
	traits := t.traits | ledger.MakeTraits(version, lockTime, t.final)
	if t.index == 0 {
		return traits | ledger.TraitCoinbase
	}
	if t.lowest < finalSequence-1 {
		traits |= ledger.TraitRBF
	}
	if traits.Has(ledger.TraitECDSA) {
		if !traits.Has(highR) {
			traits |= ledger.TraitLowR
		}
		if !traits.Has(highS) {
			traits |= ledger.TraitLowS
		}
	}
	return traits &^ (highR | highS)
}

// scriptSigTraits returns the kind of an input without witness, and the
// signatures and keys that its scriptSig pushes.
func scriptSigTraits(script []byte) ledger.Traits {
	var all, first, last ledger.Traits // of the pushes
	var tail []byte
	n, signatures, opens0 := 0, 0, false
	for rest := script; len(rest) > 0; n++ {
		op, data, next, ok := nextOp(rest)
		if !ok || op > op16 {
			return all | ledger.InputOther
		}
		rest, tail = next, data
		last = itemTraits(data)
		all |= last
		if n == 0 {
			first, opens0 = last, op == op0
		}
		if last.Has(ledger.TraitECDSA) {
			signatures++
		}
	}
	switch {
	case n == 1 && signatures == 1:
		return all | ledger.InputP2PK
	case n == 2 && first.Has(ledger.TraitECDSA) && last&ledger.TraitKeys != 0:
		return all | ledger.InputP2PKH
	case n >= 2 && opens0 && signatures == n-1:
		return all | ledger.InputMultisig | ledger.TraitMultisig
	case n >= 2 && opens0:
		if m := multisigTraits(tail); m != 0 {
			return all | m | ledger.InputP2SH
		}
	}
	return all | ledger.InputOther
}

// itemTraits returns what a push or a witness item shows if it is a signature
// or a key.
func itemTraits(b []byte) ledger.Traits {
	if isSignature(b) {
		return signatureTraits(b)
	}
	return keyTraits(b)
}

// keyTraits returns the form of a public key, 0 if b is none.
func keyTraits(b []byte) ledger.Traits {
	switch {
	case len(b) == 33 && b[0]&^1 == 2:
		return ledger.TraitKeyCompressed
	case len(b) == 65 && (b[0] == 4 || b[0]&^1 == 6):
		return ledger.TraitKeyUncompressed
	}
	return 0
}

// multisigTraits returns TraitMultisig and the forms of the keys if script is
// of the multisig template, else 0.
func multisigTraits(script []byte) ledger.Traits {
	forms, ok := multisigKeys(script)
	if !ok {
		return 0
	}
	return forms | ledger.TraitMultisig
}

// isSignature reports whether b is an ECDSA signature in strict DER followed by
// a hash type, as BIP 66 demands:
//
//	30 length 02 length-of-R R 02 length-of-S S hash-type
func isSignature(b []byte) bool {
	if len(b) < 9 || len(b) > 73 || b[0] != 0x30 || int(b[1]) != len(b)-3 || b[2] != 0x02 {
		return false
	}
	r := int(b[3])
	if 5+r >= len(b) || b[4+r] != 0x02 {
		return false
	}
	s := int(b[5+r])
	return r+s+7 == len(b) && isDERInteger(b[4:4+r]) && isDERInteger(b[6+r:6+r+s])
}

// isDERInteger reports whether b is a positive integer in the fewest bytes.
func isDERInteger(b []byte) bool {
	if len(b) == 0 || b[0]&0x80 != 0 {
		return false
	}
	return len(b) == 1 || b[0] != 0 || b[1]&0x80 != 0
}

// signatureTraits returns whether R and S of a signature, both found by
// isSignature, have more than 32 bytes: a top bit set asks for a zero before.
func signatureTraits(b []byte) ledger.Traits {
	t := ledger.TraitECDSA
	r := b[3]
	if r > 32 {
		t |= highR
	}
	if b[5+r] > 32 {
		t |= highS
	}
	return t
}
