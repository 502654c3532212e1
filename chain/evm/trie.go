package evm

import (
	"bytes"
	"slices"

	"clew.example/clew/chain/internal/abi"
)

// emptyRoot is the root of a trie without values.
var emptyRoot = Hash(abi.Keccak256([]byte{0x80}))

// leaf is a value of a trie: its key as nibbles, and its bytes.
type leaf struct {
	key   []byte
	value []byte
}

// listRoot returns the root of the Merkle Patricia trie that a block commits to
// a list with: value i is stored under the RLP of i (Yellow Paper, 4.3.2 and
// appendix D).
func listRoot(values [][]byte) Hash {
	if len(values) == 0 {
		return emptyRoot
	}
	leaves := make([]leaf, len(values))
	for i, v := range values {
		leaves[i] = leaf{nibbles(appendUint64(nil, uint64(i))), v}
	}
	slices.SortFunc(leaves, func(a, b leaf) int { return bytes.Compare(a.key, b.key) })
	return abi.Keccak256(node(leaves, 0))
}

func nibbles(key []byte) []byte {
	out := make([]byte, 0, 2*len(key))
	for _, b := range key {
		out = append(out, b>>4, b&15)
	}
	return out
}

// node returns the RLP of the node that holds these leaves, which are sorted
// and share the first depth nibbles. No key is the beginning of another, since
// they are RLP.
func node(leaves []leaf, depth int) []byte {
	first := leaves[0].key
	if len(leaves) == 1 {
		return appendList(nil, appendString(path(first[depth:], true), leaves[0].value))
	}
	last := leaves[len(leaves)-1].key
	shared := depth
	for first[shared] == last[shared] {
		shared++
	}
	if shared > depth {
		return appendList(nil, appendChild(path(first[depth:shared], false), branch(leaves, shared)))
	}
	return branch(leaves, depth)
}

func branch(leaves []leaf, depth int) []byte {
	var items []byte
	for nibble := byte(0); nibble < 16; nibble++ {
		n := 0
		for n < len(leaves) && leaves[n].key[depth] == nibble {
			n++
		}
		if n == 0 {
			items = append(items, 0x80)
			continue
		}
		items = appendChild(items, node(leaves[:n], depth+1))
		leaves = leaves[n:]
	}
	return appendList(nil, append(items, 0x80))
}

// appendChild appends a node as its parent holds it: by its hash, or as it is
// where that is shorter.
func appendChild(dst, node []byte) []byte {
	if len(node) < 32 {
		return append(dst, node...)
	}
	sum := abi.Keccak256(node)
	return appendString(dst, sum[:])
}

// path returns nibbles as the RLP of their compact encoding, which says with
// its first nibble whether their number is odd and whether the node is a leaf.
func path(nibbles []byte, isLeaf bool) []byte {
	flag := byte(0)
	if isLeaf {
		flag = 2
	}
	packed := []byte{flag << 4}
	if len(nibbles)%2 == 1 {
		packed[0] = (flag|1)<<4 | nibbles[0]
		nibbles = nibbles[1:]
	}
	for i := 0; i < len(nibbles); i += 2 {
		packed = append(packed, nibbles[i]<<4|nibbles[i+1])
	}
	return appendString(nil, packed)
}
