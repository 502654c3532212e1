package bitcoin

import (
	"slices"

	"clew.example/clew/ledger"
)

// The opcodes that templates are made of.
const (
	op0             = 0x00
	opPushData1     = 0x4c
	opPushData2     = 0x4d
	opPushData4     = 0x4e
	op1             = 0x51
	op16            = 0x60
	opReturn        = 0x6a
	opDup           = 0x76
	opEqual         = 0x87
	opEqualVerify   = 0x88
	opHash160       = 0xa9
	opCheckSig      = 0xac
	opCheckMultisig = 0xae
)

// Kind is the template of a scriptPubKey.
type Kind uint8

// The kinds of scripts. They are those of Core's Solver, except that every
// script that opens with OP_RETURN is KindOpReturn: it can not be spent,
// whatever follows. Values are stored nowhere.
const (
	KindNonstandard    Kind = iota
	KindEmpty               // no bytes: anyone can spend it
	KindP2PK                // a key
	KindP2PKH               // the hash of a key
	KindP2SH                // the hash of a script (BIP 16)
	KindP2WPKH              // witness version 0, 20 bytes (BIP 141)
	KindP2WSH               // witness version 0, 32 bytes (BIP 141)
	KindP2TR                // witness version 1, 32 bytes (BIP 341)
	KindP2A                 // pay to anchor: witness version 1, 4e73
	KindWitnessUnknown      // another witness program of version 1 to 16
	KindMultisig            // bare m of n, n at most 20
	KindOpReturn            // data
)

var kindNames = [...]string{
	"nonstandard", "empty", "p2pk", "p2pkh", "p2sh", "p2wpkh", "p2wsh", "p2tr",
	"p2a", "witness_unknown", "multisig", "op_return",
}

// String returns the name as the field writes it, such as "p2wpkh".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "invalid"
}

// KindOf returns the template that a scriptPubKey follows.
func KindOf(script []byte) Kind {
	n := len(script)
	if n == 0 {
		return KindEmpty
	}
	if version, program, ok := witnessProgram(script); ok {
		return witnessKind(version, program)
	}
	switch {
	case n == 25 && script[0] == opDup && script[1] == opHash160 && script[2] == 20 &&
		script[23] == opEqualVerify && script[24] == opCheckSig:
		return KindP2PKH
	case n == 23 && script[0] == opHash160 && script[1] == 20 && script[22] == opEqual:
		return KindP2SH
	case script[0] == opReturn:
		return KindOpReturn
	case script[n-1] == opCheckSig && int(script[0]) == n-2 && keyTraits(script[1:n-1]) != 0:
		return KindP2PK
	}
	if _, ok := multisigKeys(script); ok {
		return KindMultisig
	}
	return KindNonstandard
}

// witnessProgram splits a script that is a version and one push of 2 to 40
// bytes (BIP 141).
func witnessProgram(script []byte) (version int, program []byte, ok bool) {
	n := len(script)
	if n < 4 || n > 42 || int(script[1]) != n-2 {
		return 0, nil, false
	}
	switch op := script[0]; {
	case op == op0:
		return 0, script[2:], true
	case op >= op1 && op <= op16:
		return int(op-op1) + 1, script[2:], true
	}
	return 0, nil, false
}

func witnessKind(version int, program []byte) Kind {
	switch n := len(program); {
	case version == 0 && n == 20:
		return KindP2WPKH
	case version == 0 && n == 32:
		return KindP2WSH
	case version == 0: // spending it fails (BIP 141)
		return KindNonstandard
	case version == 1 && n == 32:
		return KindP2TR
	case version == 1 && string(program) == "\x4e\x73":
		return KindP2A
	}
	return KindWitnessUnknown
}

// nextOp splits the first operation off a script that is not empty. Data is
// what it pushes, nil for OP_0 and everything that is no push of bytes. False
// if the push is cut.
func nextOp(script []byte) (op byte, data, rest []byte, ok bool) {
	op, rest = script[0], script[1:]
	if op > opPushData4 || op == op0 {
		return op, nil, rest, true
	}
	n := int(op)
	if width := 1 << max(0, int(op)-opPushData1); op >= opPushData1 {
		if len(rest) < width {
			return op, nil, nil, false
		}
		n = 0
		for _, b := range slices.Backward(rest[:width]) {
			n = n<<8 | int(b)
		}
		rest = rest[width:]
	}
	if n < 0 || n > len(rest) {
		return op, nil, nil, false
	}
	return op, rest[:n], rest[n:], true
}

// maxMultisigKeys is the most keys that OP_CHECKMULTISIG takes.
const maxMultisigKeys = 20

// multisigKeys reports whether script is of the template m keys n
// OP_CHECKMULTISIG, as Core's MatchMultisig reads it, and the forms of its keys.
func multisigKeys(script []byte) (forms ledger.Traits, ok bool) {
	if n := len(script); n == 0 || script[n-1] != opCheckMultisig {
		return 0, false
	}
	m, rest, ok := multisigNumber(script)
	if !ok {
		return 0, false
	}
	for keys := 0; len(rest) > 0; keys++ {
		_, data, next, ok := nextOp(rest)
		form := keyTraits(data)
		if !ok || form == 0 {
			n, end, ok := multisigNumber(rest)
			return forms, ok && n == keys && m <= n && len(end) == 1
		}
		forms |= form
		rest = next
	}
	return 0, false
}

// multisigNumber reads 1 to 20 as OP_1 to OP_16 or the shortest push.
func multisigNumber(script []byte) (n int, rest []byte, ok bool) {
	switch op := script[0]; {
	case op >= op1 && op <= op16:
		return int(op-op1) + 1, script[1:], true
	case op == 1 && len(script) > 1 && script[1] > 16 && script[1] <= maxMultisigKeys:
		return int(script[1]), script[2:], true
	}
	return 0, nil, false
}
