package flat

import (
	"encoding/binary"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sums returns the CRC-32C of the bytes that a block added to each summed
// column. Hashes tie headers, txids and their order to the chain; values,
// accounts and traits are tied only by these.
func (t *tables) sums(before, after *Counts) (sums [numSums]uint32) {
	i := 0
	for s := range specs {
		if spec := &specs[s]; spec.summed {
			b := t.cols[s].span(before.of(spec.table)+spec.extra, after.of(spec.table)+spec.extra)
			sums[i] = crc32.Checksum(b, castagnoli)
			i++
		}
	}
	return sums
}

func putSums(b []byte, sums [numSums]uint32) {
	for i, s := range sums {
		binary.LittleEndian.PutUint32(b[4*i:], s)
	}
	binary.LittleEndian.PutUint32(b[4*numSums:], crc32.Checksum(b[:4*numSums], castagnoli))
}

// getSums reads a cell of blocks.sum; false if it is damaged itself.
func getSums(b []byte) (sums [numSums]uint32, ok bool) {
	for i := range sums {
		sums[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return sums, binary.LittleEndian.Uint32(b[4*numSums:]) == crc32.Checksum(b[:4*numSums], castagnoli)
}
