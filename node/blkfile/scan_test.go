package blkfile_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/node/blkfile"
)

const testKey = "\x13\x00\xfa\x77\x01\xfe\x40\x99"

// TestFolders reads a chain of four blocks in the forms that a folder may have.
func TestFolders(t *testing.T) {
	c := chainFrom(t, 4)
	zeros := make([]byte, 70_000)
	for _, x := range []struct {
		name  string
		files map[string][]byte
	}{
		{"one file", map[string][]byte{"blk00000.dat": regtestRecords(c...)}},
		{"any order of blocks", map[string][]byte{"blk00000.dat": regtestRecords(c[3], c[0], c[2], c[1])}},
		{"any order of files", map[string][]byte{"blk00000.dat": regtestRecords(c[2:]...), "blk00001.dat": regtestRecords(c[:2]...)}},
		{"padding", map[string][]byte{"blk00000.dat": append(regtestRecords(c...), zeros...)}},
		{"only padding", map[string][]byte{"blk00000.dat": regtestRecords(c...), "blk00001.dat": zeros}},
		{"obfuscated, padding not", map[string][]byte{"xor.dat": []byte(testKey), "blk00000.dat": append(masked(regtestRecords(c...), testKey), zeros...)}},
		{"obfuscated padding", map[string][]byte{"xor.dat": []byte(testKey), "blk00000.dat": masked(append(regtestRecords(c...), zeros...), testKey)}},
		{"one of two obfuscated", map[string][]byte{"xor.dat": []byte(testKey), "blk00000.dat": regtestRecords(c[:2]...), "blk00001.dat": masked(regtestRecords(c[2:]...), testKey)}},
		{"xor.dat lost", map[string][]byte{"blk00000.dat": masked(regtestRecords(c[:2]...), testKey), "blk00001.dat": masked(regtestRecords(c[2:]...), testKey)}},
		{"zero key", map[string][]byte{"xor.dat": zeros[:8], "blk00000.dat": regtestRecords(c...)}},
		{"raw", map[string][]byte{"a": c[0].raw, "b.dat": c[1].raw, "c.bin": c[2].raw, "blk3.dat": c[3].raw}},
		{"several raw in a file", map[string][]byte{"a": bytes.Join([][]byte{c[3].raw, c[0].raw}, nil), "b": bytes.Join([][]byte{c[1].raw, c[2].raw}, nil)}},
		{"records under another name", map[string][]byte{"bootstrap.dat": regtestRecords(c...)}},
		{"raw beside records", map[string][]byte{"blk00000.dat": regtestRecords(c[:3]...), "last": c[3].raw}},
		{"copies", map[string][]byte{"blk00000.dat": regtestRecords(append(c, c...)...), "again": c[3].raw}},
		{"Core's other files", map[string][]byte{"blk00000.dat": regtestRecords(c...), "rev00000.dat": zeros, ".lock": nil, "000003.log": {1}, "CURRENT": {2}}},
	} {
		t.Run(x.name, func(t *testing.T) {
			d := open(t, folder(t, x.files), blkfile.Options{Network: regtest(t)})
			b := wantChain(t, d, c)
			wantSkipped(t, append(d.Skipped(), b.Skipped...))
			if !b.Genesis || d.Counts.CutTail != 0 || d.Counts.Blocks != 4 {
				t.Errorf("genesis %v, %+v", b.Genesis, d.Counts)
			}
			if want := strings.Contains(x.name, "padding"); want != (d.Counts.Padding == int64(len(zeros))) {
				t.Errorf("padding %d", d.Counts.Padding)
			}
			if want := map[bool]int{true: 5}[x.name == "copies"]; d.Counts.Duplicates != want {
				t.Errorf("%d duplicates, want %d", d.Counts.Duplicates, want)
			}
		})
	}
}

// TestNetwork finds the network by the magic that most files carry.
func TestNetwork(t *testing.T) {
	c := chainFrom(t, 2)
	main := bitcoin.Networks()[0]
	for _, x := range []struct {
		files map[string][]byte
		want  string
	}{
		{nil, "mainnet"},
		{map[string][]byte{"raw": c[0].raw}, "mainnet"},
		{map[string][]byte{"blk00000.dat": regtestRecords(c...)}, "regtest"},
		{map[string][]byte{"xor.dat": []byte(testKey), "blk00000.dat": masked(regtestRecords(c...), testKey)}, "regtest"},
		{map[string][]byte{"a": records(main.Magic, c...), "blk00000.dat": regtestRecords(c[0]), "blk00001.dat": regtestRecords(c[1])}, "regtest"},
	} {
		if d := open(t, folder(t, x.files), blkfile.Options{}); d.Network.Name != x.want {
			t.Errorf("network %s, want %s", d.Network.Name, x.want)
		}
	}
}

// TestDamage scans files of four records with something wrong in them.
func TestDamage(t *testing.T) {
	c := chainFrom(t, 4)
	clean := regtestRecords(c...)
	at := []int{0}
	for _, b := range c {
		at = append(at, at[len(at)-1]+8+len(b.raw))
	}
	junk := bytes.Repeat([]byte("junk "), 20_000)
	edit := func(off int, b ...byte) []byte {
		return append(append(append([]byte{}, clean[:off]...), b...), clean[off+len(b):]...)
	}
	insert := func(off int, b []byte) []byte {
		return append(append(append([]byte{}, clean[:off]...), b...), clean[off:]...)
	}
	size := func(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }
	n := len(c[1].raw)
	for _, x := range []struct {
		name   string
		file   []byte
		blocks int
		want   string // the complaint, without the file's name
	}{
		{"junk in front", insert(0, junk), 4, "0: not a record: no magic of regtest"},
		{"junk between", insert(at[2], junk), 4, fmt.Sprintf("%d: no record follows the block before", at[2])},
		{"junk behind", insert(at[4], junk), 4, fmt.Sprintf("%d: no record follows the block before", at[4])},
		{"zeros between", insert(at[2], make([]byte, 100_000)), 4, fmt.Sprintf("%d: 100000 zeros where a record should be", at[2])},
		{"magic altered", edit(at[1], 0), 3, fmt.Sprintf("%d: no record follows the block before", at[1])},
		{"size zero", edit(at[1]+4, size(0)...), 3, fmt.Sprintf("%d: record of 0 bytes, want 81 to 4000000", at[1])},
		{"size absurd", edit(at[1]+4, size(1<<31)...), 3, fmt.Sprintf("%d: record of 2147483648 bytes, want 81 to 4000000", at[1])},
		{"size past the end", edit(at[1]+4, size(1<<20)...), 3, fmt.Sprintf("%d: record of 1048576 bytes runs past the end of the file", at[1])},
		{"size too great", edit(at[1]+4, size(n+20)...), 4, fmt.Sprintf("%d: record of %d bytes runs into the one at %d", at[1], n+20, at[2])},
		{"size too small", edit(at[1]+4, size(n-20)...), 4, fmt.Sprintf("%d: no record follows the block before", at[2]-20)},
		{"magic of another network", edit(at[1], 0xf9, 0xbe, 0xb4, 0xd9), 3, fmt.Sprintf("%d: no record follows the block before", at[1])},
	} {
		for _, key := range []string{"", testKey} {
			t.Run(x.name+map[bool]string{true: " obfuscated"}[key != ""], func(t *testing.T) {
				files := map[string][]byte{"blk00000.dat": x.file}
				if key != "" {
					files = map[string][]byte{"blk00000.dat": masked(x.file, key), "xor.dat": []byte(key)}
				}
				d := open(t, folder(t, files), blkfile.Options{Network: regtest(t)})
				wantSkipped(t, d.Skipped(), "blk00000.dat:"+x.want)
				if d.Counts.Blocks != x.blocks {
					t.Errorf("%d blocks, want %d", d.Counts.Blocks, x.blocks)
				}
			})
		}
	}
}

// TestOddFiles meets what is no block file at all.
func TestOddFiles(t *testing.T) {
	c := chainFrom(t, 3)
	main := bitcoin.Networks()[0]
	dir := folder(t, map[string][]byte{
		"blk00000.dat":  regtestRecords(c...),
		"blk00001.dat":  records(main.Magic, c...),
		"a-text.txt":    []byte(strings.Repeat("no block ", 100)),
		"b-empty":       nil,
		"c-cut":         c[1].raw[:len(c[1].raw)-1],
		"d-tail":        append(bytes.Clone(c[2].raw), "tail"...),
		"e-cut-records": regtestRecords(c...)[:200],
	})
	for _, sub := range []string{"index", "other"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("blk00000.dat", filepath.Join(dir, "blk00002.dat")); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir, blkfile.Options{Network: regtest(t)})
	wantChain(t, d, c)
	want := []string{
		"a-text.txt:0: not a block: bits ",
		"b-empty:0: not a block: 0 bytes",
		fmt.Sprintf("c-cut:0: not a block: cut after %d bytes, or altered", len(c[1].raw)-1),
		fmt.Sprintf("d-tail:%d: not a block: block header: want 80 bytes, have 4", len(c[2].raw)),
		"blk00001.dat:0: not a record: magic of mainnet, want that of regtest",
		"blk00002.dat:0: a symbolic link, not a file",
		"e-cut-records:0: cut: 200 bytes are left of the last record",
		"other:0: a folder, not a file",
	}
	checkOdd(t, d.Skipped(), want)
}

// checkOdd compares complaints, in any order; those about proof of work say
// more than is worth repeating.
func checkOdd(t *testing.T, got []blkfile.Skipped, want []string) {
	t.Helper()
	left := make(map[string]bool)
	for _, w := range want {
		left[w] = true
	}
	for _, s := range got {
		text := fmt.Sprintf("%s:%d: %s", s.File, s.Offset, s.Reason)
		if s.File == "a-text.txt" {
			text = want[0]
		}
		if !left[text] {
			t.Errorf("complaint %q", text)
		}
		delete(left, text)
	}
	for w := range left {
		t.Errorf("no complaint %q", w)
	}
}

// TestOpenFails opens what can not be read as a folder of blocks.
func TestOpenFails(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	chain := folder(t, map[string][]byte{"blk00000.dat": regtestRecords(chainFrom(t, 2)...)})
	for _, x := range []struct {
		name string
		ctx  context.Context
		dir  string
	}{
		{"no folder", context.Background(), filepath.Join(t.TempDir(), "none")},
		{"a file", context.Background(), filepath.Join(chain, "blk00000.dat")},
		{"cancelled", cancelled, chain},
		{"bad key", context.Background(), folder(t, map[string][]byte{"xor.dat": []byte("seven..")})},
	} {
		if _, err := blkfile.Open(x.ctx, x.dir, blkfile.Options{}); err == nil {
			t.Errorf("%s: no error", x.name)
		}
	}
	if _, err := open(t, t.TempDir(), blkfile.Options{}).Best(nil); err == nil {
		t.Error("an empty folder has a best chain")
	}
}

// TestNoPow takes headers without proof of work only if told to.
func TestNoPow(t *testing.T) {
	c := chainFrom(t, 2)
	raw := bytes.Clone(mine(c[1], "no work").raw)
	for bitcoin.CheckPow(bitcoin.HashHeader(raw), easyBits, regtest(t)) == nil {
		raw[76]++
	}
	c = append(c, block{raw: raw, hash: bitcoin.HashHeader(raw), prev: c[1].hash})
	for _, files := range []map[string][]byte{
		{"blk00000.dat": regtestRecords(c...)},
		{"a": c[0].raw, "b": c[1].raw, "c": c[2].raw},
	} {
		dir := folder(t, files)
		wantChain(t, open(t, dir, blkfile.Options{Network: regtest(t), NoPow: true}), c)
		d := open(t, dir, blkfile.Options{Network: regtest(t)})
		wantChain(t, d, c[:2])
		if s := d.Skipped(); len(s) != 1 || !strings.Contains(s[0].Reason, "proof of work") {
			t.Errorf("skipped %v", s)
		}
	}
}
