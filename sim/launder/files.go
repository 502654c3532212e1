package launder

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// BlkFiles says how blocks are laid out in files of Bitcoin Core's form.
//
//	offset  size  field of a record
//	     0     4  magic of the network, little-endian
//	     4     4  size of the block, little-endian
//	     8  size  the block
type BlkFiles struct {
	Magic   uint32  // regtest's if 0
	SizeMax int64   // bytes of a file; a file holds at least one block; 0 is no limit
	Padding int     // zero bytes behind the last record of each file, as Core allocates ahead
	Key     [8]byte // xored over the files and written to xor.dat unless it is all zero (Core 28)
}

// regtestMagic is the start of each message and record on the regression
// test network.
const regtestMagic = 0xdab5bffa

// WriteBlkFiles writes blocks in the given order to blk00000.dat and so on in
// dir, which it makes.
func WriteBlkFiles(dir string, f BlkFiles, raws [][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write block files: %w", err)
	}
	if f.Key != [8]byte{} {
		if err := writeFile(filepath.Join(dir, "xor.dat"), f.Key[:]); err != nil {
			return err
		}
	}
	var file []byte
	number := 0
	flush := func() error {
		name := filepath.Join(dir, fmt.Sprintf("blk%05d.dat", number))
		file = append(file, make([]byte, f.Padding)...)
		f.mask(file)
		err := writeFile(name, file)
		number, file = number+1, file[:0]
		return err
	}
	for _, raw := range raws {
		if f.SizeMax > 0 && len(file) > 0 && int64(len(file)+8+len(raw)) > f.SizeMax {
			if err := flush(); err != nil {
				return err
			}
		}
		file = f.appendRecord(file, raw)
	}
	return flush()
}

func (f BlkFiles) appendRecord(dst, raw []byte) []byte {
	magic := f.Magic
	if magic == 0 {
		magic = regtestMagic
	}
	dst = binary.LittleEndian.AppendUint32(dst, magic)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(raw)))
	return append(dst, raw...)
}

func (f BlkFiles) mask(file []byte) {
	for i := range file {
		file[i] ^= f.Key[i%len(f.Key)]
	}
}

// WriteRawFiles writes each block to a file of its own in dir, which it makes,
// named by the block's hash.
func WriteRawFiles(dir string, raws [][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write raw blocks: %w", err)
	}
	for i, raw := range raws {
		if len(raw) < ledger.HeaderSize {
			return fmt.Errorf("write raw blocks: block %d has %d bytes, a header 80", i, len(raw))
		}
		name := bitcoin.HashHeader(raw[:ledger.HeaderSize]).String()
		if err := writeFile(filepath.Join(dir, name), raw); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, b []byte) error {
	if err := os.WriteFile(name, b, 0o644); err != nil {
		return fmt.Errorf("write blocks: %w", err)
	}
	return nil
}

// Shuffle puts things into an order drawn from a seed, in place.
func Shuffle[T any](seed uint64, list []T) {
	d := dice{rand.NewPCG(seed, streamShuffle)}
	for i := len(list) - 1; i > 0; i-- {
		j := d.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}

// streamShuffle keeps shuffles apart from the worlds of the same seed.
const streamShuffle = 1 << 33
