package bitcoin

import (
	"encoding/binary"
	"fmt"
	"math"

	"clew.example/clew/ledger"
)

// CoinbaseHeight returns the number that the coinbase of a decoded block
// pushes first, in the shortest form, as BIP 34 asks for. Whether it is the
// block's height is another matter: see BIP34.
func CoinbaseHeight(b *ledger.Block) (ledger.Height, bool) {
	script, ok := coinbaseScript(b)
	if !ok || len(script) == 0 {
		return 0, false
	}
	op, data, _, ok := nextOp(script)
	switch {
	case !ok:
		return 0, false
	case op == op0:
		return 0, true
	case op >= op1 && op <= op16:
		return ledger.Height(op-op1) + 1, true
	case op > 5: // five bytes hold every Height
		return 0, false
	}
	return scriptHeight(data)
}

// scriptHeight reads a little-endian number whose top bit is its sign. Longer
// than needed, negative, or 1..16, which have opcodes, is not how a height is
// pushed.
func scriptHeight(data []byte) (ledger.Height, bool) {
	var b [8]byte
	copy(b[:], data)
	n := binary.LittleEndian.Uint64(b[:])
	last := len(data) - 1
	negative := data[last]&0x80 != 0
	padded := data[last] == 0 && (last == 0 || data[last-1]&0x80 == 0)
	if negative || padded || n <= 16 || n > math.MaxUint32 {
		return 0, false
	}
	return ledger.Height(n), true
}

// coinbaseScript finds the scriptSig of the coinbase, whose place the flat
// block does not keep.
func coinbaseScript(b *ledger.Block) ([]byte, bool) {
	if len(b.Txs) == 0 || len(b.Raw) < ledger.HeaderSize {
		return nil, false
	}
	c := cursor{raw: b.Raw, off: ledger.HeaderSize}
	if _, err := c.compactSize(); err != nil {
		return nil, false
	}
	c.off += 4 // version
	if c.left() >= 2 && c.raw[c.off] == witnessMarker {
		c.off += 2
	}
	c.off += 1 + ledger.HashSize + 4 // number of inputs, which is 1, and the null outpoint
	if c.left() < 0 {
		return nil, false
	}
	s, err := c.span("script bytes")
	if err != nil {
		return nil, false
	}
	return b.Bytes(s), true
}

// BIP34 returns the height that a decoded block states about itself, if it can
// be believed: the version is 2 or more and the number at least
// n.BIP34Height. Below that height miners pushed what they liked, and some
// coinbases of version 1 push numbers of blocks that were yet to come (BIP 34,
// BIP 30). It is an error if b was not decoded.
func BIP34(b *ledger.Block, n *Network) (ledger.Height, bool, error) {
	if _, ok := coinbaseScript(b); !ok {
		return 0, false, fmt.Errorf("height of block %s: it has no coinbase to read", b.Hash)
	}
	if version := int32(binary.LittleEndian.Uint32(b.Header[:])); version < 2 {
		return 0, false, nil
	}
	h, ok := CoinbaseHeight(b)
	if !ok || h < n.BIP34Height {
		return 0, false, nil
	}
	return h, true, nil
}
