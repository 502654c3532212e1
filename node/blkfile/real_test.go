package blkfile_test

import (
	"compress/bzip2"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// dataDir returns the folder of the public test data; it skips without it.
func dataDir(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("CLEW_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(append([]string{root, "bitcoin"}, elem...)...)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no test data: %v (set CLEW_DATA)", err)
	}
	return dir
}

// unpack copies a folder of the test data, decompressing what ends in .bz2.
func unpack(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	names, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(from, n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		name, packed := strings.CutSuffix(n.Name(), ".bz2")
		if packed {
			if b, err = io.ReadAll(bzip2.NewReader(strings.NewReader(string(b)))); err != nil {
				t.Fatal(err)
			}
		}
		writeFile(t, to, name, b)
	}
	return to
}

func writeFile(t testing.TB, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir string, opt blkfile.Options) *blkfile.Dir {
	t.Helper()
	d, err := blkfile.Open(context.Background(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// decodeAll reads and decodes the blocks of a branch, and fails if one does
// not decode or does not build on the one before.
func decodeAll(t testing.TB, d *blkfile.Dir, refs []blkfile.Ref) (txs int) {
	t.Helper()
	var dec bitcoin.Decoder
	var b ledger.Block
	var raw []byte
	for i, ref := range refs {
		var err error
		if raw, err = d.ReadBlock(ref, raw[:0]); err != nil {
			t.Fatal(err)
		}
		if err := dec.Decode(&b, raw); err != nil {
			t.Fatalf("%s at %d: %v", ref.File, ref.Offset, err)
		}
		if i > 0 && b.Prev != refs[i-1].Hash || b.Hash != ref.Hash {
			t.Fatalf("block %d of the branch is %v on %v", i, b.Hash, b.Prev)
		}
		txs += len(b.Txs)
	}
	return txs
}

// TestRealRange reads the 25 consecutive mainnet blocks, one file each.
func TestRealRange(t *testing.T) {
	d := open(t, dataDir(t, "mainnet-560062-560086"), blkfile.Options{})
	b, err := d.Best(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Refs) != 25 || b.Genesis || b.Stale != 0 || len(b.Skipped) != 0 || len(d.Skipped()) != 0 {
		t.Fatalf("%d blocks, genesis %v, stale %d, skipped %v %v", len(b.Refs), b.Genesis, b.Stale, b.Skipped, d.Skipped())
	}
	if got := decodeAll(t, d, b.Refs); got != 68047 {
		t.Errorf("%d transactions, want 68047", got)
	}
}

// TestRealEras reads a folder that mixes formats, eras and networks. Only the
// first 439 blocks connect; all others are good blocks that do not.
func TestRealEras(t *testing.T) {
	d := open(t, unpack(t, dataDir(t, "blocks")), blkfile.Options{})
	b, err := d.Best(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(d.Skipped(), b.Skipped...) {
		t.Log(s)
	}
	t.Log(d.Counts, len(b.Refs), b.Stale)
	decodeAll(t, d, b.Refs)
}

// TestRealReorg reads the chains that btcd tests reorganisations with.
func TestRealReorg(t *testing.T) {
	d := open(t, unpack(t, dataDir(t, "reorg")), blkfile.Options{})
	b, err := d.Best(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(d.Skipped(), b.Skipped...) {
		t.Log(s)
	}
	t.Log(d.Counts, len(b.Refs), b.Stale)
	decodeAll(t, d, b.Refs)
}
