package bitcoin

import (
	"slices"

	"clew.example/clew/ledger"
)

// commitmentPrefix opens the script of the output that commits to the
// witnesses: OP_RETURN, a push of 36 bytes, and four fixed ones (BIP 141).
const commitmentPrefix = "\x6a\x24\xaa\x21\xa9\xed"

// commitmentOf returns the hash in the last output of the coinbase, the one
// transaction of b so far or the first, that commits to witnesses; nil if none.
func commitmentOf(b *ledger.Block) []byte {
	outs := b.Outs
	if len(b.Txs) > 1 {
		outs = outs[:b.Txs[1].FirstOut]
	}
	for _, out := range slices.Backward(outs) {
		script := b.Bytes(out.Script)
		if len(script) >= len(commitmentPrefix)+ledger.HashSize && string(script[:len(commitmentPrefix)]) == commitmentPrefix {
			return script[len(commitmentPrefix):][:ledger.HashSize]
		}
	}
	return nil
}

// checkCommitments checks the transactions read against the header's merkle
// root, and their witnesses against the coinbase's commitment.
//
// An inner node of the tree is 64 bytes, and so could be a transaction; a
// block whose transactions are the inner nodes of another's has the same root.
// Its first one would have to be a coinbase, which costs more work to find
// than a block does.
func (d *Decoder) checkCommitments(b *ledger.Block, h *Header) error {
	d.merkle = d.merkle[:0]
	for i := range b.Txs {
		d.merkle = append(d.merkle, b.Txs[i].ID)
	}
	root, mutated := MerkleRoot(d.merkle, d.merkle)
	if root != h.Merkle {
		return errorAt(36, "merkle root is %s, but the transactions have %s", h.Merkle, root)
	}
	if mutated {
		return errorAt(ledger.HeaderSize, "transactions are written twice (CVE-2012-2459)")
	}
	if !d.witnessed {
		return nil
	}
	return d.checkWitnesses(b)
}

// checkWitnesses compares the merkle root of the wtxids, hashed with the
// reserved value in the coinbase's witness, with the commitment.
func (d *Decoder) checkWitnesses(b *ledger.Block) error {
	if d.reserved.Len != ledger.HashSize {
		return errorAt(ledger.HeaderSize, "witness of the coinbase is not one item of 32 bytes")
	}
	root, _ := MerkleRoot(d.wtxids, d.wtxids)
	var pair [2 * ledger.HashSize]byte
	copy(pair[:], root[:])
	copy(pair[ledger.HashSize:], d.bytes(d.reserved))
	if want, have := ledger.Hash(commitmentOf(b)), DoubleHash(pair[:]); want != have {
		return errorAt(ledger.HeaderSize, "coinbase commits to witnesses %s, but they are %s", want, have)
	}
	return nil
}
