package bitcoin

import (
	"crypto/sha256"

	"clew.example/clew/ledger"
)

// DoubleHash returns SHA-256 of SHA-256 of b, in wire order.
func DoubleHash(b []byte) ledger.Hash {
	h := sha256.Sum256(b)
	return sha256.Sum256(h[:])
}

// HashTx returns the txid of a transaction serialised without witness.
func HashTx(b []byte) ledger.TxID { return DoubleHash(b) }

// MerkleRoot returns the root of the merkle tree over ids, which it leaves as
// they are; the root of no ids is zero. Scratch is used if it has room for
// half of the ids, rounded up, so that a warm caller allocates nothing.
//
// Mutated says that two neighbours of some level are equal. A level of odd
// length repeats its last hash, so a list with its tail written twice has the
// same root (CVE-2012-2459): whoever remembers such a block's hash as invalid
// would refuse the true block, and whoever accepts it counts transactions twice.
func MerkleRoot(ids []ledger.TxID, scratch []ledger.Hash) (root ledger.Hash, mutated bool) {
	if len(ids) == 0 {
		return root, false
	}
	if half := (len(ids) + 1) / 2; cap(scratch) < half {
		scratch = make([]ledger.Hash, half)
	}
	level := ids
	for len(level) > 1 {
		next := scratch[:(len(level)+1)/2]
		mutated = hashPairs(next, level) || mutated
		level = next
	}
	return level[0], mutated
}

// hashPairs writes the level above level into next, which may be its front:
// a pair is read before its place is written.
func hashPairs(next, level []ledger.Hash) (mutated bool) {
	var pair [2 * ledger.HashSize]byte
	for i := range next {
		left, right := &level[2*i], &level[2*i]
		if 2*i+1 < len(level) {
			right = &level[2*i+1]
			mutated = mutated || *left == *right
		}
		copy(pair[:ledger.HashSize], left[:])
		copy(pair[ledger.HashSize:], right[:])
		next[i] = DoubleHash(pair[:])
	}
	return mutated
}
