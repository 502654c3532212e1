package bitcoin

import (
	"encoding/binary"
	"math"

	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// RawTx is a transaction to be written: what generators and tests make. It has
// at least one input; an encoding without inputs would read as a witness marker.
type RawTx struct {
	Version  int32
	Ins      []RawIn
	Outs     []RawOut
	LockTime uint32
}

// RawIn is an input of a RawTx.
type RawIn struct {
	Prev     ledger.Outpoint
	Script   []byte
	Sequence uint32
	Witness  [][]byte
}

// RawOut is an output of a RawTx.
type RawOut struct {
	Value  ledger.Amount
	Script []byte
}

// HasWitness reports whether any input has a witness.
func (t *RawTx) HasWitness() bool {
	for i := range t.Ins {
		if len(t.Ins[i].Witness) > 0 {
			return true
		}
	}
	return false
}

// Append appends the serialisation, with witness if any input has one (BIP 144).
func (t *RawTx) Append(dst []byte) []byte { return t.append(dst, t.HasWitness()) }

// TxID returns the hash of the serialisation without witness.
func (t *RawTx) TxID() ledger.TxID { return HashTx(t.append(nil, false)) }

// WTxID returns the hash of the serialisation with witness (BIP 141).
func (t *RawTx) WTxID() ledger.Hash { return DoubleHash(t.Append(nil)) }

func (t *RawTx) append(dst []byte, witness bool) []byte {
	invariant.Check(len(t.Ins) > 0, "a transaction to write has no input")
	dst = binary.LittleEndian.AppendUint32(dst, uint32(t.Version))
	if witness {
		dst = append(dst, witnessMarker, witnessFlag)
	}
	dst = AppendCompactSize(dst, uint64(len(t.Ins)))
	for i := range t.Ins {
		in := &t.Ins[i]
		dst = append(dst, in.Prev.TxID[:]...)
		dst = binary.LittleEndian.AppendUint32(dst, in.Prev.Vout)
		dst = appendBytes(dst, in.Script)
		dst = binary.LittleEndian.AppendUint32(dst, in.Sequence)
	}
	dst = AppendCompactSize(dst, uint64(len(t.Outs)))
	for i := range t.Outs {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(t.Outs[i].Value))
		dst = appendBytes(dst, t.Outs[i].Script)
	}
	if witness {
		dst = t.appendWitness(dst)
	}
	return binary.LittleEndian.AppendUint32(dst, t.LockTime)
}

func (t *RawTx) appendWitness(dst []byte) []byte {
	for i := range t.Ins {
		dst = AppendCompactSize(dst, uint64(len(t.Ins[i].Witness)))
		for _, item := range t.Ins[i].Witness {
			dst = appendBytes(dst, item)
		}
	}
	return dst
}

// AppendBlock appends a block of txs, of which the first is the coinbase. The
// header's merkle root is computed, whatever h.Merkle says; the witness
// commitment is not: CommitWitness comes first where there are witnesses.
func AppendBlock(dst []byte, h Header, txs []RawTx) []byte {
	ids := make([]ledger.TxID, len(txs))
	for i := range txs {
		ids[i] = txs[i].TxID()
	}
	h.Merkle, _ = MerkleRoot(ids, nil)
	dst = h.Append(dst)
	dst = AppendCompactSize(dst, uint64(len(txs)))
	for i := range txs {
		dst = txs[i].Append(dst)
	}
	return dst
}

// CommitWitness adds to the coinbase, txs[0], the output that commits to every
// witness and the reserved value, 32 zero bytes (BIP 141). Witnesses of the
// other transactions may not change afterwards.
func CommitWitness(txs []RawTx) {
	coinbase := &txs[0]
	reserved := make([]byte, ledger.HashSize)
	ids := make([]ledger.Hash, len(txs)) // the coinbase's own counts as zero
	for i := 1; i < len(txs); i++ {
		ids[i] = txs[i].WTxID()
	}
	root, _ := MerkleRoot(ids, nil)
	commitment := DoubleHash(append(root[:], reserved...))
	script := append([]byte(commitmentPrefix), commitment[:]...)
	coinbase.Outs = append(coinbase.Outs[:len(coinbase.Outs):len(coinbase.Outs)], RawOut{Script: script})
	coinbase.Ins = append([]RawIn(nil), coinbase.Ins...)
	coinbase.Ins[0].Witness = [][]byte{reserved}
}

// CoinbaseIn returns the input of a coinbase with the given scriptSig.
func CoinbaseIn(script []byte) RawIn {
	return RawIn{Prev: ledger.Outpoint{Vout: ledger.CoinbaseVout}, Script: script, Sequence: math.MaxUint32}
}

// CoinbaseScript returns the scriptSig of a coinbase: the height as the push
// that BIP 34 asks for, then extra. It is at least two bytes long, the
// consensus minimum, as Core's miner pads it.
func CoinbaseScript(height ledger.Height, extra []byte) []byte {
	script := appendScriptNumber(nil, uint64(height))
	script = append(script, extra...)
	if len(script) < 2 {
		script = append(script, op0)
	}
	return script
}

// appendScriptNumber pushes a number that is not negative in the shortest way.
func appendScriptNumber(dst []byte, n uint64) []byte {
	switch {
	case n == 0:
		return append(dst, op0)
	case n <= 16:
		return append(dst, op1-1+byte(n))
	}
	at := len(dst)
	dst = append(dst, 0)
	for ; n > 0; n >>= 8 {
		dst = append(dst, byte(n))
	}
	if dst[len(dst)-1]&0x80 != 0 { // the top bit is the sign
		dst = append(dst, 0)
	}
	dst[at] = byte(len(dst) - at - 1)
	return dst
}

// AppendCompactSize appends n in the shortest of its four forms.
func AppendCompactSize(dst []byte, n uint64) []byte {
	switch {
	case n < 0xfd:
		return append(dst, byte(n))
	case n <= math.MaxUint16:
		return binary.LittleEndian.AppendUint16(append(dst, 0xfd), uint16(n))
	case n <= math.MaxUint32:
		return binary.LittleEndian.AppendUint32(append(dst, 0xfe), uint32(n))
	}
	return binary.LittleEndian.AppendUint64(append(dst, 0xff), n)
}

func appendBytes(dst, b []byte) []byte {
	return append(AppendCompactSize(dst, uint64(len(b))), b...)
}
