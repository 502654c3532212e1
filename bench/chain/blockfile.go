package chain

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"

	"clew.example/clew/ledger"
)

// blockFileMax is the size beyond which Bitcoin Core starts a new blk*.dat.
const blockFileMax = 128 << 20

// genesisTime is ten minutes before the first block; each further block is ten
// minutes later.
const genesisTime = 1_400_000_000

// regtestBits is the easiest target there is. The hashes do not meet even
// that: nobody mined these blocks.
const regtestBits = 0x207fffff

// blockFiles writes blocks as Bitcoin Core stores them: records of magic,
// length (u32 little endian) and block.
type blockFiles struct {
	dir     string
	file    *os.File
	w       *bufio.Writer
	digest  hash.Hash // of all bytes written
	prev    ledger.Hash
	size    int // of the open file
	files   int
	written int64
	head    []byte
	level   []ledger.Hash
}

func newBlockFiles(dir string) *blockFiles {
	return &blockFiles{dir: dir, digest: sha256.New()}
}

func blockFileName(i int) string { return fmt.Sprintf("blk%05d.dat", i) }

// add writes the block of a height from the ids and bytes of its transactions.
func (f *blockFiles) add(height int, ids []ledger.TxID, txs []byte) error {
	const recordHead = 8
	f.head = append(f.head[:0], 0xf9, 0xbe, 0xb4, 0xd9, 0, 0, 0, 0)
	f.head = f.appendHeader(f.head, height, f.merkleRoot(ids))
	f.prev = doubleHash(f.head[recordHead:])
	f.head = appendCompactSize(f.head, len(ids))
	n := len(f.head) + len(txs)
	binary.LittleEndian.PutUint32(f.head[4:], uint32(n-recordHead))
	if f.file == nil || f.size+n > blockFileMax {
		if err := f.next(); err != nil {
			return err
		}
	}
	f.size += n
	f.written += int64(n)
	for _, b := range [][]byte{f.head, txs} {
		f.digest.Write(b)
		if _, err := f.w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// appendHeader appends the 80 bytes of a header; its hash becomes the next
// block's previous one.
func (f *blockFiles) appendHeader(dst []byte, height int, root ledger.Hash) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, 1) // version: BIP 34 is not signalled
	dst = append(dst, f.prev[:]...)
	dst = append(dst, root[:]...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(genesisTime+600*(height+1)))
	dst = binary.LittleEndian.AppendUint32(dst, regtestBits)
	return binary.LittleEndian.AppendUint32(dst, uint32(height)) // the nonce makes equal blocks differ
}

// merkleRoot hashes ids pairwise up to one; an odd last one is paired with
// itself.
func (f *blockFiles) merkleRoot(ids []ledger.TxID) ledger.Hash {
	level := append(f.level[:0], ids...)
	f.level = level
	var pair [2 * ledger.HashSize]byte
	for len(level) > 1 {
		half := (len(level) + 1) / 2
		for i := range half {
			copy(pair[:], level[2*i][:])
			copy(pair[ledger.HashSize:], level[min(2*i+1, len(level)-1)][:])
			level[i] = doubleHash(pair[:])
		}
		level = level[:half]
	}
	return level[0]
}

// next closes the open file and starts the one after it.
func (f *blockFiles) next() error {
	if err := f.close(); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(f.dir, blockFileName(f.files)))
	if err != nil {
		return err
	}
	f.file, f.size = file, 0
	f.w = bufio.NewWriterSize(file, 1<<20)
	f.files++
	return nil
}

func (f *blockFiles) close() error {
	if f.file == nil {
		return nil
	}
	err := errors.Join(f.w.Flush(), f.file.Close())
	f.file = nil
	return err
}

// appendCompactSize appends a count below 65,536 in Bitcoin's variable length.
func appendCompactSize(dst []byte, n int) []byte {
	if n < 0xfd {
		return append(dst, byte(n))
	}
	return binary.LittleEndian.AppendUint16(append(dst, 0xfd), uint16(n))
}
