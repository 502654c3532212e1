package launder_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"clew.example/clew/sim/launder"
)

func TestBlkFiles(t *testing.T) {
	w := world(t, launder.Small(1))
	raws := w.Raws(w.Blocks())
	for name, f := range map[string]launder.BlkFiles{
		"one file":   {},
		"many files": {Magic: 0x0709110b, SizeMax: 50_000, Padding: 1000},
		"obscured":   {SizeMax: 20_000, Padding: 3, Key: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}},
	} {
		dir := filepath.Join(t.TempDir(), "blocks")
		if err := launder.WriteBlkFiles(dir, f, raws); err != nil {
			t.Fatal(err)
		}
		files, have := readBlkFiles(t, dir, f)
		if len(have) != len(raws) {
			t.Fatalf("%s: %d blocks in the files, want %d", name, len(have), len(raws))
		}
		for i := range raws {
			if !bytes.Equal(have[i], raws[i]) {
				t.Fatalf("%s: block %d differs", name, i)
			}
		}
		if (files > 1) != (f.SizeMax > 0) {
			t.Errorf("%s: %d files", name, files)
		}
	}
}

// readBlkFiles reads what WriteBlkFiles wrote, up to the padding.
func readBlkFiles(t *testing.T, dir string, f launder.BlkFiles) (files int, raws [][]byte) {
	t.Helper()
	magic := f.Magic
	if magic == 0 {
		magic = 0xdab5bffa
	}
	names, err := filepath.Glob(filepath.Join(dir, "blk*.dat"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b := read(t, name)
		for i := range b {
			b[i] ^= f.Key[i%8]
		}
		for len(b) > f.Padding {
			if have := binary.LittleEndian.Uint32(b); have != magic {
				t.Fatalf("%s: magic %#x, want %#x", name, have, magic)
			}
			size := binary.LittleEndian.Uint32(b[4:])
			raws, b = append(raws, b[8:8+size]), b[8+size:]
		}
	}
	if f.Key != [8]byte{} && !bytes.Equal(read(t, filepath.Join(dir, "xor.dat")), f.Key[:]) {
		t.Error("xor.dat does not hold the key")
	}
	return len(names), raws
}

func TestRawFiles(t *testing.T) {
	w := world(t, launder.Small(1))
	dir := filepath.Join(t.TempDir(), "raw")
	if err := launder.WriteRawFiles(dir, w.Raws(w.Chain())); err != nil {
		t.Fatal(err)
	}
	for _, ref := range w.Chain() {
		if !bytes.Equal(read(t, filepath.Join(dir, ref.Hash.String())), w.Raw(ref.Hash)) {
			t.Errorf("block %d differs", ref.Height)
		}
	}
	if err := launder.WriteRawFiles(dir, [][]byte{make([]byte, 79)}); err == nil {
		t.Error("wrote a block without a header")
	}
}

func TestShuffle(t *testing.T) {
	a, b := []int{0, 1, 2, 3, 4, 5, 6, 7}, []int{0, 1, 2, 3, 4, 5, 6, 7}
	launder.Shuffle(1, a)
	launder.Shuffle(2, b)
	sum, same := 0, true
	for i := range a {
		sum |= 1 << a[i]
		same = same && a[i] == b[i]
	}
	if sum != 255 || same {
		t.Errorf("shuffled %v and %v", a, b)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
