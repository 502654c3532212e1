package esplora

import (
	"encoding/json"
	"errors"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// branch is a way through a merkle tree, from a transaction up to the root.
type branch struct {
	height   ledger.Height
	siblings []ledger.Hash // from the leaf up
	pos      uint32        // of the transaction in its block
}

// branchMax is the longest way: a position has 24 bits for the place in a block.
const branchMax = 24

func decodeBranch(b []byte) (*branch, error) {
	var w wireProof
	if err := json.Unmarshal(b, &w); err != nil {
		return nil, fmt.Errorf("no merkle branch: %w", err)
	}
	if len(w.Merkle) > branchMax || w.Height > heightMax {
		return nil, fmt.Errorf("a branch of %d hashes in block %d", len(w.Merkle), w.Height)
	}
	p := &branch{height: ledger.Height(w.Height), pos: w.Pos, siblings: make([]ledger.Hash, len(w.Merkle))}
	for i, s := range w.Merkle {
		h, err := ledger.ParseHash(s)
		if err != nil {
			return nil, fmt.Errorf("merkle branch: %w", err)
		}
		p.siblings[i] = h
	}
	return p, nil
}

func (p *branch) kept() []byte {
	w := wireProof{Height: uint32(p.height), Pos: p.pos, Merkle: make(list[string], len(p.siblings))}
	for i, h := range p.siblings {
		w.Merkle[i] = h.String()
	}
	return encode(&w)
}

// root returns the root that a leaf at the branch's place leads to.
//
// A level of odd length repeats its last hash. Such a copy has a place of its
// own with a branch that fits, so a transaction could be said to stand where
// none is: a right child that equals its left one is refused.
func (p *branch) root(leaf ledger.Hash) (ledger.Hash, error) {
	pos, pair := p.pos, [2 * ledger.HashSize]byte{}
	for _, sibling := range p.siblings {
		left, right := leaf, sibling
		if pos&1 == 1 {
			left, right = sibling, leaf
			if left == right {
				return leaf, fmt.Errorf("place %d is the copy of another", p.pos)
			}
		}
		copy(pair[:], left[:])
		copy(pair[ledger.HashSize:], right[:])
		leaf, pos = bitcoin.DoubleHash(pair[:]), pos>>1
	}
	if pos != 0 {
		return leaf, fmt.Errorf("place %d is beyond a tree of %d levels", p.pos, len(p.siblings))
	}
	return leaf, nil
}

// decodeTxids reads the transactions of a block and makes the branch of one.
func decodeTxids(b []byte, id ledger.TxID, height ledger.Height) (*branch, error) {
	var texts list[string]
	if err := json.Unmarshal(b, &texts); err != nil {
		return nil, fmt.Errorf("no list of transactions: %w", err)
	}
	level, at := make([]ledger.Hash, len(texts)), -1
	for i, s := range texts {
		var err error
		if level[i], err = ledger.ParseHash(s); err != nil {
			return nil, fmt.Errorf("transaction %d: %w", i, err)
		}
		if level[i] == id {
			at = i
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("%s is not in its block", id)
	}
	if _, mutated := bitcoin.MerkleRoot(level, nil); mutated {
		return nil, errors.New("transactions listed twice")
	}
	return climb(level, at, height), nil
}

// climb makes the branch of a place. Level is written over.
func climb(level []ledger.Hash, at int, height ledger.Height) *branch {
	p := &branch{height: height, pos: uint32(at)}
	var pair [2 * ledger.HashSize]byte
	for ; len(level) > 1; at >>= 1 {
		if len(level)&1 == 1 {
			level = append(level, level[len(level)-1])
		}
		p.siblings = append(p.siblings, level[at^1])
		for i := 0; i < len(level); i += 2 {
			copy(pair[:], level[i][:])
			copy(pair[ledger.HashSize:], level[i+1][:])
			level[i/2] = bitcoin.DoubleHash(pair[:])
		}
		level = level[:len(level)/2]
	}
	return p
}
