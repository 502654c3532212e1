package bitcoin

import (
	"encoding/binary"
	"fmt"

	"clew.example/clew/ledger"
)

// Header is a block header.
//
//	offset  size  field
//	     0     4  version, signed, little-endian as all numbers here
//	     4    32  hash of the previous block
//	    36    32  merkle root
//	    68     4  time, unix seconds
//	    72     4  bits, the target in compact form
//	    76     4  nonce
type Header struct {
	Version int32
	Prev    ledger.Hash
	Merkle  ledger.Hash
	Time    uint32
	Bits    uint32
	Nonce   uint32
}

// ParseHeader reads the header at the front of b.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < ledger.HeaderSize {
		return Header{}, fmt.Errorf("block header: want %d bytes, have %d", ledger.HeaderSize, len(b))
	}
	return Header{
		Version: int32(binary.LittleEndian.Uint32(b)),
		Prev:    ledger.Hash(b[4:36]),
		Merkle:  ledger.Hash(b[36:68]),
		Time:    binary.LittleEndian.Uint32(b[68:]),
		Bits:    binary.LittleEndian.Uint32(b[72:]),
		Nonce:   binary.LittleEndian.Uint32(b[76:]),
	}, nil
}

// Append appends the 80 bytes that ParseHeader reads.
func (h *Header) Append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(h.Version))
	dst = append(dst, h.Prev[:]...)
	dst = append(dst, h.Merkle[:]...)
	dst = binary.LittleEndian.AppendUint32(dst, h.Time)
	dst = binary.LittleEndian.AppendUint32(dst, h.Bits)
	return binary.LittleEndian.AppendUint32(dst, h.Nonce)
}

// HashHeader returns the block hash of the header at the front of b, which
// holds at least 80 bytes.
func HashHeader(b []byte) ledger.Hash { return DoubleHash(b[:ledger.HeaderSize]) }
