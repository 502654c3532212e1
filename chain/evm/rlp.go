package evm

import (
	"math/bits"

	"github.com/holiman/uint256"
)

// The recursive length prefix (Yellow Paper, appendix B): an item is a string
// of bytes or a list of items. Only writing is needed: what nodes answer is
// JSON, and is written again to be hashed.

// appendString appends a string of bytes.
func appendString(dst, s []byte) []byte {
	if len(s) == 1 && s[0] < 0x80 {
		return append(dst, s[0])
	}
	return append(appendLength(dst, 0x80, len(s)), s...)
}

// appendList appends a list whose items are written already.
func appendList(dst, items []byte) []byte {
	return append(appendLength(dst, 0xc0, len(items)), items...)
}

func appendLength(dst []byte, kind byte, n int) []byte {
	const short = 55
	if n <= short {
		return append(dst, kind+byte(n))
	}
	size := (bits.Len(uint(n)) + 7) / 8
	dst = append(dst, kind+short+byte(size))
	for i := size - 1; i >= 0; i-- {
		dst = append(dst, byte(n>>(8*i)))
	}
	return dst
}

// appendUint64 appends a number: its bytes without zeros before them.
func appendUint64(dst []byte, n uint64) []byte {
	return appendInt(dst, uint256.NewInt(n))
}

// appendInt appends a number below 2^256.
func appendInt(dst []byte, n *uint256.Int) []byte {
	word := n.Bytes32()
	return appendString(dst, word[len(word)-n.ByteLen():])
}
