package ledger

import (
	"encoding/hex"
	"fmt"
)

// HashSize is the length of a Hash in bytes.
const HashSize = 32

// Hash is a double SHA-256 in wire order. Its text is the reversed hex that
// nodes and explorers print.
type Hash [HashSize]byte

// TxID names a transaction by the hash of its serialisation without witness.
// It is not unique on mainnet: see BIP 30.
type TxID = Hash

// String returns the reversed hex, 64 characters.
func (h Hash) String() string {
	var r Hash
	for i, b := range h {
		r[HashSize-1-i] = b
	}
	return hex.EncodeToString(r[:])
}

// IsZero reports whether every byte is zero: the previous hash of a genesis
// block and of a coinbase's outpoint.
func (h Hash) IsZero() bool { return h == Hash{} }

// ParseHash reads the reversed hex that String writes.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 2*HashSize {
		return h, fmt.Errorf("hash %.80q: want %d hex digits, have %d", s, 2*HashSize, len(s))
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return h, fmt.Errorf("hash %q: %w", s, err)
	}
	for i := range h {
		h[i] = b[HashSize-1-i]
	}
	return h, nil
}
