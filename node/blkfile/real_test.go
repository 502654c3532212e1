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
// first 439 blocks connect; the others are good blocks that do not, and two
// files hold a transaction and another program's database.
func TestRealEras(t *testing.T) {
	d := open(t, unpack(t, dataDir(t, "blocks")), blkfile.Options{})
	b, err := d.Best(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Refs) != 439 || !b.Genesis || len(b.Skipped) != 12 || len(d.Skipped()) != 2 {
		t.Errorf("%d blocks, genesis %v, skipped %v %v", len(b.Refs), b.Genesis, b.Skipped, d.Skipped())
	}
	if d.Counts.Duplicates != 255 { // all of blocks1-256
		t.Errorf("%d duplicates", d.Counts.Duplicates)
	}
	decodeAll(t, d, b.Refs)
}

// TestRealBlocks reads each file of the eras alone: what is one block in the
// folder above is a chain of one here.
func TestRealBlocks(t *testing.T) {
	from := unpack(t, dataDir(t, "blocks"))
	for name, want := range map[string]string{
		"277647.dat":              "0000000000000000054a714e580b16c583701712ab91060e92dbde6eb1e052a8",
		"block169482.dat":         "0000000000000756935f1ee9d5987857b604046f846d3df56d024cdb5f368665",
		"block227835.dat":         "00000000000001aa077d7aa84c532a4d69bdbff519609d1da0835261b7a74eb6",
		"block227836.dat":         "00000000000000d0dfd4c9d588d325dce4f32c1b31b7c0064cba7025a9b9adcc",
		"block333961.bin":         "00000000000000001203c1ea455e38612bdf36e9967fdead11935c8e22283ecc",
		"block363703.dat":         "0000000000000000011b2a4cb91b63886ffe0d2263fd17ac5a9b902a219e0a14",
		"block370661.dat":         "00000000000000001416a613602d73bbe5c79170fd8f39d509896b829cf9021e",
		"block383616.dat":         "00000000000000000aab6a2b34e979b09ca185584bd1aecf204f24d150ff55e9",
		"block481815.dat":         "000000000000000000893c019d81f2d48ee33892c12428f3121bbd16ed6db926",
		"block_testnet21066.dat":  "0000000004053156021d8e42459d284220a7f6e087bf78f30179c3703ca4eefa",
		"block_testnet32768.dat":  "000000007590ba495b58338a5806c2b6f10af921a70dbd814e0da3c6957c0c03",
		"block_testnet700000.dat": "000000000000406178b12a4dea3b27e13b3c4fe4510994fd667d7c1e6a3f4dc1",
	} {
		raw, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		network := bitcoin.Networks()[0]
		if strings.Contains(name, "testnet") {
			network, _ = bitcoin.NetworkByName("testnet")
		}
		d := open(t, folder(t, map[string][]byte{name: raw}), blkfile.Options{Network: network})
		b, err := d.Best(nil)
		if err != nil || len(b.Refs) != 1 || b.Refs[0].Hash.String() != want || len(d.Skipped()) != 0 {
			t.Errorf("%s: %v, %v, skipped %v", name, b.Refs, err, d.Skipped())
			continue
		}
		decodeAll(t, d, b.Refs)
	}
}

// TestRealReorg reads the chain that btcd tests reorganisations with: blocks 0
// to 4, then 3A, 4A and 5A, of which 5A makes the branch the longer one.
func TestRealReorg(t *testing.T) {
	dir := unpack(t, dataDir(t, "reorg"))
	d := open(t, dir, blkfile.Options{})
	b, err := d.Best(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Refs) != 6 || !b.Genesis || b.Stale != 2 || len(b.Skipped) != 0 || b.Refs[5].File != "blk_5A.dat" {
		t.Errorf("%v, stale %d, skipped %v", b.Refs, b.Stale, b.Skipped)
	}
	if s := d.Skipped(); len(s) != 1 || s[0].File != "reorgtest.hex" {
		t.Errorf("skipped %v", s)
	}
	decodeAll(t, d, b.Refs)
}
