package evm

import (
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/holiman/uint256"

	"clew.example/clew/chain/internal/abi"
)

// signing is what a sender is recovered from: the hash that was signed, and the
// signature as number of the key, R and S. A zero number: it is not signed.
type signing struct {
	hash      Hash
	signature [65]byte
}

// compactFirst is the first number of a key in a compact signature.
const compactFirst = 27

// signing returns what the transaction's sender is recovered from. The hash is
// of all but the signature; since EIP-155 that of a legacy transaction also has
// the chain's number, which its V tells.
func (t *statedTx) signing(b *Block) (s signing) {
	parity, chain, isProtected := t.parity()
	if t.tx.Type == TypeDeposit || t.r.IsZero() || parity > 1 {
		return s
	}
	encoded, known := t.encode(b, func(e []byte) []byte {
		if t.tx.Type == TypeLegacy && isProtected {
			e = appendUint64(appendUint64(appendInt(e, &chain), 0), 0)
		}
		return e
	})
	if !known {
		return s
	}
	s.hash = abi.Keccak256(encoded)
	s.signature[0] = compactFirst + byte(parity)
	r, sWord := t.r.Bytes32(), t.s.Bytes32()
	copy(s.signature[1:], r[:])
	copy(s.signature[33:], sWord[:])
	return s
}

// parity returns which of two keys signed, and the chain that is signed with.
// What is neither key is above 1.
func (t *statedTx) parity() (parity uint64, chain uint256.Int, isProtected bool) {
	if t.tx.Type != TypeLegacy {
		return bounded(&t.yParity), chain, false
	}
	first := uint256.NewInt(27)
	if v := uint256.NewInt(35); !t.v.Lt(v) {
		rest := *new(uint256.Int).Sub(&t.v, v)
		chain.Rsh(&rest, 1)
		return rest.Uint64() & 1, chain, true
	}
	return bounded(new(uint256.Int).Sub(&t.v, first)), chain, false
}

// bounded returns a number, or one above all that mean anything.
func bounded(n *uint256.Int) uint64 {
	if !n.IsUint64() {
		return 1 << 32
	}
	return n.Uint64()
}

var errSender = errors.New("its signature is not one")

// sender returns the account whose key signed.
func (s *signing) sender() (a Address, err error) {
	key, _, err := ecdsa.RecoverCompact(s.signature[:], s.hash[:])
	if err != nil {
		return a, fmt.Errorf("%w: %w", errSender, err)
	}
	raw := key.SerializeUncompressed()
	sum := abi.Keccak256(raw[1:])
	copy(a[:], sum[12:])
	return a, nil
}

// checkSenders recovers who sent each transaction from its signature.
func (b *Block) checkSenders() error {
	for i := range b.Txs {
		x := &b.Txs[i]
		if b.signed[i].signature[0] == 0 {
			continue
		}
		from, err := b.signed[i].sender()
		if err == nil && from != x.From {
			err = fmt.Errorf("was signed by %s, the node says %s", from, x.From)
		}
		if err != nil {
			return fmt.Errorf("transaction %d: %w", i, err)
		}
		x.Signed = true
	}
	b.Checked |= CheckedSenders
	return nil
}
