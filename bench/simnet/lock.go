package simnet

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Lock is a number whose output anybody can spend, from SegwitHeight on: its
// script drops the number and leaves true. Each has an address of its own.
type Lock uint64

// CoinbaseLock returns the lock that the coinbase of a height pays to.
func CoinbaseLock(h ledger.Height) Lock { return Lock(1)<<63 | Lock(h) }

// witness is a push of eight bytes, OP_DROP, OP_TRUE.
func (l Lock) witness() []byte {
	s := binary.BigEndian.AppendUint64([]byte{8}, uint64(l))
	return append(s, 0x75, 0x51)
}

// Script returns the output script: pay to witness script hash (BIP 141).
func (l Lock) Script() []byte {
	h := sha256.Sum256(l.witness())
	return append([]byte{0, 32}, h[:]...)
}

// Spend returns the input that spends an output of Script.
func (l Lock) Spend(from ledger.Outpoint) bitcoin.RawIn {
	return bitcoin.RawIn{Prev: from, Witness: [][]byte{l.witness()}, Sequence: math.MaxUint32}
}

// Payee returns the output script of somebody, by a number: pay to public key
// hash, of a hash for which nobody has a key.
func Payee(n uint64) []byte {
	h := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("payee"), n))
	script := append([]byte{0x76, 0xa9, 20}, h[:20]...)
	return append(script, 0x88, 0xac)
}

// Address returns the text of a script's address.
func Address(script []byte) string {
	a, _ := bitcoin.AppendAddress(nil, script, Network())
	return string(a)
}
