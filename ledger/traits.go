package ledger

// Traits are the habits of the software that made a transaction, packed into
// 64 bits. They name wallets, not owners; clustering weighs them. Everything
// about inputs is as far as the transaction itself shows it, without the
// outputs it spends, and is zero for a coinbase.
//
//	bits  0- 3  version: 0..14 as stated, 15 for anything else
//	bits  4- 6  lock time: LockNone, LockHeight, LockTime, LockHeightOff, LockTimeOff
//	bit   7     signals replacement (BIP 125): an input's sequence below 0xfffffffe
//	bit   8     has a witness (a coinbase's too)
//	bit   9     inputs in BIP 69 order
//	bit  10     outputs in BIP 69 order (a coinbase's too)
//	bit  11     has an ECDSA signature: a push of a scriptSig or a witness item,
//	            not of a taproot spend, that is strict DER (BIP 66) and a hash type
//	bit  12     bit 11, and every such signature has an R of at most 32 bytes
//	bit  13     bit 11, and every such signature has an S of at most 32 bytes
//	bits 16-19  key forms seen in inputs: compressed, uncompressed, x-only
//	            (every taproot spend), and an input that shows no key
//	bits 20-30  script kinds of inputs, the constants Input…
//	bit  31     an input shows the multisig template: bits 22 and 23, or as the
//	            witness script of bits 25 and 27
//	bit  32     coinbase
//
// The remaining bits are zero.
type Traits uint64

// Single bits of Traits.
const (
	TraitRBF             Traits = 1 << 7
	TraitWitness         Traits = 1 << 8
	TraitInputsSorted    Traits = 1 << 9
	TraitOutputsSorted   Traits = 1 << 10
	TraitECDSA           Traits = 1 << 11
	TraitLowR            Traits = 1 << 12
	TraitLowS            Traits = 1 << 13
	TraitKeyCompressed   Traits = 1 << 16 // 33 bytes, 02 or 03 first
	TraitKeyUncompressed Traits = 1 << 17 // 65 bytes, 04, 06 or 07 first
	TraitKeyXOnly        Traits = 1 << 18
	TraitKeyNone         Traits = 1 << 19
	TraitMultisig        Traits = 1 << 31
	TraitCoinbase        Traits = 1 << 32
)

// The script kinds of inputs. An input is of exactly one kind.
const (
	InputP2PK        Traits = 1 << 20 // a signature alone
	InputP2PKH       Traits = 1 << 21 // a signature and a key
	InputMultisig    Traits = 1 << 22 // OP_0 and signatures: multisig without a redeem script
	InputP2SH        Traits = 1 << 23 // OP_0, pushes and a multisig redeem script
	InputP2SHP2WPKH  Traits = 1 << 24
	InputP2SHP2WSH   Traits = 1 << 25
	InputP2WPKH      Traits = 1 << 26
	InputP2WSH       Traits = 1 << 27
	InputTaprootKey  Traits = 1 << 28 // one witness item of 64 or 65 bytes, annex apart
	InputTaprootPath Traits = 1 << 29 // a control block of leaf version 0xc0
	InputOther       Traits = 1 << 30 // shows none of these
)

// Masks of the groups of Traits.
const (
	TraitKeys   = TraitKeyCompressed | TraitKeyUncompressed | TraitKeyXOnly | TraitKeyNone
	TraitInputs = (InputOther << 1) - InputP2PK
)

// Lock is what a transaction's lock time states.
type Lock uint8

// The values of Lock. Off means that no input's sequence lets the lock time
// count: all are 0xffffffff.
const (
	LockNone      Lock = iota // 0
	LockHeight                // a block height, below 500,000,000
	LockTime                  // unix seconds
	LockHeightOff             // a height that nothing enforces
	LockTimeOff               // a time that nothing enforces
)

// VersionOther stands for every transaction version that is not 0..14.
const VersionOther = 15

// lockTimeThreshold is the first lock time that is a time and not a height.
const lockTimeThreshold = 500_000_000

// MakeTraits returns the traits that a version and a lock time show. Final
// says that every input's sequence is 0xffffffff.
func MakeTraits(version int32, lockTime uint32, final bool) Traits {
	t := Traits(VersionOther)
	if version >= 0 && version < VersionOther {
		t = Traits(version)
	}
	return t | Traits(lockOf(lockTime, final))<<4
}

func lockOf(lockTime uint32, final bool) Lock {
	switch {
	case lockTime == 0:
		return LockNone
	case lockTime < lockTimeThreshold && final:
		return LockHeightOff
	case lockTime < lockTimeThreshold:
		return LockHeight
	case final:
		return LockTimeOff
	}
	return LockTime
}

// Has reports whether every bit of of is set.
func (t Traits) Has(of Traits) bool { return t&of == of }

// Version returns 0..14 as stated, VersionOther for anything else.
func (t Traits) Version() int { return int(t & 15) }

// Lock returns what the lock time states.
func (t Traits) Lock() Lock { return Lock(t >> 4 & 7) }

// Keys returns the key forms alone.
func (t Traits) Keys() Traits { return t & TraitKeys }

// Inputs returns the script kinds of inputs alone.
func (t Traits) Inputs() Traits { return t & TraitInputs }
