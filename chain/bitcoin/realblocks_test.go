package bitcoin_test

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// realBlock is a block of a public chain and where it was read.
type realBlock struct {
	name string
	raw  []byte
}

// dataDir returns a folder of the test data, or "" where there is none: the
// data is public but not ours to ship.
func dataDir(tb testing.TB, name string) string {
	root := os.Getenv("CLEW_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		tb.Logf("no test data at %s: set CLEW_DATA", dir)
		return ""
	}
	return dir
}

// realBlocks reads every block of single files and of block files in bitcoin/
// blocks, and the blocks 560062 to 560086; none where the data is absent.
func realBlocks(tb testing.TB) []realBlock {
	var blocks []realBlock
	for _, name := range []string{"bitcoin/blocks", "bitcoin/mainnet-560062-560086", "bitcoin/reorg"} {
		dir := dataDir(tb, name)
		if dir == "" {
			return nil
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			tb.Fatal(err)
		}
		for _, e := range entries {
			if isBlockFile(e.Name()) {
				blocks = append(blocks, readBlocks(tb, filepath.Join(dir, e.Name()))...)
			}
		}
	}
	return blocks
}

// isBlockFile leaves out the files that hold no blocks, or one transaction.
func isBlockFile(name string) bool {
	return !strings.Contains(name, "utxostore") && !strings.HasPrefix(name, "megatx") && !strings.HasSuffix(name, ".hex")
}

// readBlocks reads one raw block, or the records magic, size, block of a block
// file, compressed or not.
func readBlocks(tb testing.TB, file string) []realBlock {
	raw, err := os.ReadFile(file)
	if err == nil && strings.HasSuffix(file, ".bz2") {
		raw, err = io.ReadAll(bzip2.NewReader(bytes.NewReader(raw)))
	}
	if err != nil {
		tb.Fatal(err)
	}
	const magic = 0xd9b4bef9
	if binary.LittleEndian.Uint32(raw) != magic {
		return []realBlock{{filepath.Base(file), raw}}
	}
	var blocks []realBlock
	for len(raw) >= 8 && binary.LittleEndian.Uint32(raw) == magic {
		size := binary.LittleEndian.Uint32(raw[4:])
		blocks = append(blocks, realBlock{filepath.Base(file), raw[8 : 8+size]})
		raw = raw[8+size:]
	}
	return blocks
}
