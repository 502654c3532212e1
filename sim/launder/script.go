package launder

import (
	"encoding/binary"

	"clew.example/clew/ledger"
)

// Opcodes used below, by the names of Bitcoin's script.h.
const (
	op0             = 0x00
	opPushData1     = 0x4c
	opPushData2     = 0x4d
	opPushData4     = 0x4e
	op1             = 0x51
	opReturn        = 0x6a
	opDup           = 0x76
	opEqual         = 0x87
	opEqualVerify   = 0x88
	opHash160       = 0xa9
	opCheckSig      = 0xac
	opCheckMultiSig = 0xae
)

// owner is an account and what its spends look like. Keys and hashes are
// random bytes: nobody checks a signature here.
type owner struct {
	kind   Kind
	script ledger.Account
	key    []byte // the public key that its inputs show, where they show one
	nested bool   // P2SH that holds a witness program
}

// spendable is false for what Core never puts into its set of unspent outputs.
func (o *owner) spendable() bool { return o.kind != OpReturn && len(o.script) <= 10_000 }

func newOwner(d dice, k Kind) *owner {
	o := &owner{kind: k, key: publicKey(d)}
	switch k {
	case P2PK:
		o.script = append(push(nil, o.key), opCheckSig)
	case P2PKH:
		o.script = append(push([]byte{opDup, opHash160}, d.bytes(20)), opEqualVerify, opCheckSig)
	case P2SH:
		o.nested = d.perMille(500)
		o.script = append(push([]byte{opHash160}, d.bytes(20)), opEqual)
	case P2WPKH:
		o.script = push([]byte{op0}, d.bytes(20))
	case P2WSH:
		o.script = push([]byte{op0}, d.bytes(32))
	case P2TR:
		o.script = push([]byte{op1}, d.bytes(32))
	case Multisig:
		o.script = multisig(d)
	case OpReturn:
		o.script = push([]byte{opReturn}, d.bytes(pick(d, 0, 1, 20, 40, 80)))
	case NonStandard:
		o.script = nonStandard(d)
	case Empty:
		o.script = ledger.Account{}
	case Long:
		o.script = d.bytes(600)
	case Huge:
		o.script = d.bytes(d.between(9_900, 10_100))
	}
	return o
}

func publicKey(d dice) []byte {
	if d.perMille(150) {
		return append([]byte{0x04}, d.bytes(64)...)
	}
	return append([]byte{byte(0x02 + d.below(2))}, d.bytes(32)...)
}

func multisig(d dice) []byte {
	keys := d.between(1, 3)
	s := []byte{byte(op1 + d.below(keys))}
	for range keys {
		s = push(s, publicKey(d))
	}
	return append(s, byte(op1+keys-1), opCheckMultiSig)
}

// nonStandard returns scripts near the standard ones and scripts that do not
// parse: a push beyond the end is where parsers go wrong.
func nonStandard(d dice) []byte {
	switch d.below(8) {
	case 0:
		return d.bytes(d.between(1, 80))
	case 1:
		return []byte{opPushData1, 0xff, 0x00}
	case 2:
		return []byte{opPushData2, 0xff}
	case 3:
		return []byte{opPushData4, 0xff, 0xff, 0xff, 0xff}
	case 4: // a witness program of a version to come
		return push([]byte{byte(op1 + d.between(1, 15))}, d.bytes(d.between(2, 40)))
	case 5: // pay to anchor
		return []byte{op1, 0x02, 0x4e, 0x73}
	case 6: // P2PKH with a byte more
		s := push([]byte{opDup, opHash160}, d.bytes(20))
		return append(s, opEqualVerify, opCheckSig, op1)
	default: // a public key of no form, and the program of a wrong length
		if d.perMille(500) {
			return append(push(nil, append([]byte{0x05}, d.bytes(32)...)), opCheckSig)
		}
		return push([]byte{op0}, d.bytes(21))
	}
}

// push appends the shortest push of data, except that small numbers are
// pushed as bytes. Nothing is pushed for no data.
func push(dst, data []byte) []byte {
	switch n := len(data); {
	case n == 0:
		return dst
	case n < opPushData1:
		dst = append(dst, byte(n))
	case n <= 0xff:
		dst = append(dst, opPushData1, byte(n))
	default:
		dst = binary.LittleEndian.AppendUint16(append(dst, opPushData2), uint16(n))
	}
	return append(dst, data...)
}

// unlock returns the script and the witness of an input that spends an output
// of o.
func (o *owner) unlock(d dice) (script []byte, witness [][]byte) {
	switch o.kind {
	case P2PK:
		return push(nil, signature(d)), nil
	case P2PKH:
		return push(push(nil, signature(d)), o.key), nil
	case P2SH:
		if o.nested {
			return push(nil, push([]byte{op0}, d.bytes(20))), [][]byte{signature(d), o.key}
		}
		return push(push([]byte{op0}, signature(d)), multisig(d)), nil
	case P2WPKH:
		return nil, [][]byte{signature(d), o.key}
	case P2WSH:
		return nil, [][]byte{nil, signature(d), signature(d), multisig(d)}
	case P2TR:
		return nil, [][]byte{d.bytes(pick(d, 64, 64, 65))}
	case Multisig:
		return push([]byte{op0}, signature(d)), nil
	default:
		return d.bytes(d.below(12)), nil
	}
}

// signature returns an ECDSA signature in DER with its hash type, now and
// then with a high R or S, and now and then no signature at all.
func signature(d dice) []byte {
	if d.perMille(30) {
		return d.bytes(d.between(1, 72))
	}
	r, s := derInt(d, 400), derInt(d, 50)
	sig := append([]byte{0x30, byte(len(r) + len(s))}, r...)
	return append(append(sig, s...), pick(d, byte(0x01), 0x01, 0x01, 0x81, 0x83))
}

// derInt returns a DER integer of 32 bytes, high in 1,000 times with the
// leading zero of a number whose top bit is set.
func derInt(d dice, high int) []byte {
	n := d.bytes(32)
	if d.perMille(high) {
		n[0] |= 0x80
		return append([]byte{0x02, 33, 0x00}, n...)
	}
	n[0] = n[0]&0x7f | 0x01
	return append([]byte{0x02, 32}, n...)
}
