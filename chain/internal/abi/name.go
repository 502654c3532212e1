package abi

import (
	"hash"
	"io"
	"sync"

	"golang.org/x/crypto/sha3"
)

// states keep hash states, which are large, for the next hash.
var states = sync.Pool{New: func() any { return sha3.NewLegacyKeccak256() }}

// Keccak256 returns the hash that Ethereum names everything by, of the parts
// one after the other. It is the padding of before SHA-3 was a standard.
func Keccak256(parts ...[]byte) (sum [32]byte) {
	h := states.Get().(hash.Hash)
	h.Reset()
	for _, p := range parts {
		h.Write(p)
	}
	// Reading squeezes the state in place, where Sum would copy it.
	if _, err := io.ReadFull(h.(io.Reader), sum[:]); err != nil {
		h.Sum(sum[:0])
	}
	states.Put(h)
	return sum
}

// Topic returns the first topic of an event's logs, from its signature such as
// "Transfer(address,address,uint256)".
func Topic(signature string) [32]byte { return Keccak256([]byte(signature)) }

// Selector returns the four bytes that calldata of a function begins with.
func Selector(signature string) (s [4]byte) {
	sum := Keccak256([]byte(signature))
	copy(s[:], sum[:])
	return s
}
