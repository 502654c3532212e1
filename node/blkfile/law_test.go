package blkfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// TestCutFile cuts a blk*.dat at every byte: the whole records are there, the
// cut one is counted, nothing is complained of.
func TestCutFile(t *testing.T) {
	c := chainFrom(t, 3)
	file := regtestRecords(c...)
	ends := []int{0}
	for _, b := range c {
		ends = append(ends, ends[len(ends)-1]+8+len(b.raw))
	}
	for _, key := range []string{"", testKey} {
		dir := t.TempDir()
		if key != "" {
			writeFile(t, dir, "xor.dat", []byte(key))
			file = masked(file, key)
		}
		for n := range len(file) + 1 {
			writeFile(t, dir, "blk00000.dat", file[:n])
			d := open(t, dir, blkfile.Options{Network: regtest(t)})
			whole := 0
			for whole < len(c) && ends[whole+1] <= n {
				whole++
			}
			cut := map[bool]int{true: 1}[n > ends[whole]]
			if d.Counts.Blocks != whole || d.Counts.CutTail != cut || len(d.Skipped()) != 0 {
				t.Fatalf("cut at %d of %v: %+v, skipped %v", n, ends, d.Counts, d.Skipped())
			}
		}
	}
}

// TestCutRaw cuts a file of raw blocks at every byte: the whole blocks are
// there, the cut one is complained of at its offset.
func TestCutRaw(t *testing.T) {
	c := chainFrom(t, 2)
	raw := slices.Concat(c[0].raw, c[1].raw)
	dir := t.TempDir()
	for n := range len(raw) {
		writeFile(t, dir, "two", raw[:n])
		d := open(t, dir, blkfile.Options{Network: regtest(t)})
		whole := map[bool]int{true: 1}[n >= len(c[0].raw)]
		s := d.Skipped()
		boundary := n == len(c[0].raw)
		if d.Counts.Blocks != whole || boundary != (len(s) == 0) || !boundary && s[0].Offset != int64(whole*len(c[0].raw)) {
			t.Fatalf("cut at %d: %+v, skipped %v", n, d.Counts, s)
		}
	}
}

// TestFlips flips each bit of a file of records in turn. No more than the
// block that was hit is lost, and a block that is found whole has transactions
// of the chain. Its header may be altered: every second hash meets this
// network's target.
func TestFlips(t *testing.T) {
	c := chainFrom(t, 3)
	clean := regtestRecords(c...)
	good := make(map[string]bool)
	for _, b := range c {
		good[string(b.raw[ledger.HeaderSize:])] = true
	}
	dir := t.TempDir()
	for bit := range 8 * len(clean) {
		if testing.Short() && bit%7 != 0 {
			continue
		}
		file := bytes.Clone(clean)
		file[bit/8] ^= 1 << (bit % 8)
		writeFile(t, dir, "blk00000.dat", file)
		d := open(t, dir, blkfile.Options{Network: regtest(t), NoPow: bit%2 == 0})
		whole := wholeBlocks(t, d)
		for _, raw := range whole {
			if !good[raw[ledger.HeaderSize:]] {
				t.Fatalf("bit %d: a block that decodes is not of the chain", bit)
			}
		}
		if len(whole) < len(c)-1 {
			t.Fatalf("bit %d: %d whole blocks, skipped %v", bit, len(whole), d.Skipped())
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// wholeBlocks returns the bytes of the folder's blocks that decode, whether
// or not they connect.
func wholeBlocks(t *testing.T, d *blkfile.Dir) (raws []string) {
	t.Helper()
	var dec bitcoin.Decoder
	for n := range d.Graph().Len() {
		raw, err := d.ReadBlock(d.Ref(n), nil)
		if err != nil {
			t.Fatal(err)
		}
		if dec.Decode(&ledger.Block{}, raw) == nil {
			raws = append(raws, string(raw))
		}
	}
	return raws
}

// TestAnyOrder shuffles the records of a chain with forks over files of all
// kinds: the branch, the counts and the complaints about blocks stay.
func TestAnyOrder(t *testing.T) {
	rng := seeded(t)
	for _, depth := range []int{1, 2, 10, 100} {
		main := chainFrom(t, 120)
		from := main[rng.IntN(len(main)-depth)]
		all := slices.Concat(main, mineChain(from, depth, "fork"), mineChain(main[50], 3, "short"))
		lost := mineChain(mine(main[3], "lost"), 2, "orphan")
		all = append(all, lost...)
		var want string
		for range 8 {
			rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			d := open(t, folder(t, spread(rng, all)), blkfile.Options{Network: regtest(t)})
			b, err := d.Best(nil)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(refHashes(b.Refs), b.Stale, len(b.Skipped), len(d.Skipped()))
			if want == "" {
				want = got
			}
			if got != want || len(b.Refs)+b.Stale != len(all)-2 || len(b.Skipped) != 2 {
				t.Fatalf("depth %d: got %s\nwant %s", depth, got, want)
			}
		}
	}
}

// spread puts blocks into a few files of random form.
func spread(rng *rand.Rand, bs []block) map[string][]byte {
	files := map[string][]byte{"xor.dat": []byte(testKey)}
	for len(bs) > 0 {
		n := min(len(bs), 1+rng.IntN(60))
		part := bs[:n]
		bs = bs[n:]
		number := len(files)
		switch rng.IntN(4) {
		case 0:
			files[fmt.Sprintf("raw%d", number)] = joined(part)
		case 1:
			files[fmt.Sprintf("blk%05d.dat", number)] = masked(regtestRecords(part...), testKey)
		case 2:
			files[fmt.Sprintf("blk%05d.dat", number)] = append(regtestRecords(part...), make([]byte, rng.IntN(1000))...)
		default:
			files[fmt.Sprintf("%d.bin", number)] = regtestRecords(part...)
		}
	}
	return files
}

func joined(bs []block) (raw []byte) {
	for _, b := range bs {
		raw = append(raw, b.raw...)
	}
	return raw
}

// TestForbidCopy turns to another copy of a block that turned out damaged, and
// leaves the block out when there is none left.
func TestForbidCopy(t *testing.T) {
	c := chainFrom(t, 4)
	bad := bytes.Clone(c[2].raw)
	bad[len(bad)-1] ^= 1 // the header stays good
	damaged := c[2]
	damaged.raw = bad
	d := open(t, folder(t, map[string][]byte{
		"blk00000.dat": regtestRecords(c[0], c[1], damaged, c[3]),
		"raw":          c[2].raw,
	}), blkfile.Options{})
	b, err := d.Best(nil)
	if err != nil || b.Refs[2].File != "blk00000.dat" {
		t.Fatalf("%v, %v", b, err)
	}
	first := b.Refs[2]
	d.Forbid(first, "altered")
	b = wantChain(t, d, c)
	if b.Refs[2].File != "raw" {
		t.Errorf("block is read from %s", b.Refs[2].File)
	}
	wantSkipped(t, d.Skipped(), fmt.Sprintf("blk00000.dat:%d: altered", first.Offset))

	d.Forbid(first, "altered") // an old reference changes nothing
	wantChain(t, d, c)
	d.Forbid(b.Refs[2], "altered too")
	b = wantChain(t, d, c[:2])
	on := fmt.Sprintf("blk00000.dat:%d: block %v builds on a block that can not be used", first.Offset+int64(len(bad))+8, c[3].hash)
	wantSkipped(t, b.Skipped, on, "raw:0: altered too")
}

// TestReadBlockRefuses reads with references that are not of this folder.
func TestReadBlockRefuses(t *testing.T) {
	c := chainFrom(t, 2)
	dir := folder(t, map[string][]byte{"blk00000.dat": regtestRecords(c...)})
	d := open(t, dir, blkfile.Options{})
	good := wantChain(t, d, c).Refs[1]
	for _, x := range []struct {
		edit func(*blkfile.Ref)
		want string
	}{
		{func(r *blkfile.Ref) { r.File = "../" + r.File }, "no file"},
		{func(r *blkfile.Ref) { r.Size = 79 }, "size 79"},
		{func(r *blkfile.Ref) { r.Size = 1 << 30 }, "size"},
		{func(r *blkfile.Ref) { r.Size++ }, "file has"},
		{func(r *blkfile.Ref) { r.Offset = -1 }, "file has"},
		{func(r *blkfile.Ref) { r.Offset = 1 << 62 }, "file has"},
		{func(r *blkfile.Ref) { r.Offset-- }, "another header"},
		{func(r *blkfile.Ref) { r.Hash = c[0].hash }, "another header"},
	} {
		ref := good
		x.edit(&ref)
		if _, err := d.ReadBlock(ref, nil); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("error %v, want %q", err, x.want)
		}
	}
	writeFile(t, dir, "blk00000.dat", regtestRecords(c...)[:300])
	if _, err := d.ReadBlock(good, nil); err == nil || !strings.Contains(err.Error(), "cut at") {
		t.Errorf("file cut while open: %v", err)
	}
}

// TestReadBlockMany reads more files than are kept open, by many at once; what
// is under way when the folder is closed still ends well.
func TestReadBlockMany(t *testing.T) {
	c := chainFrom(t, 50)
	files := make(map[string][]byte)
	for i, b := range c {
		files[fmt.Sprintf("raw%02d", i)] = b.raw
	}
	d := open(t, folder(t, files), blkfile.Options{Network: regtest(t)})
	refs := wantChain(t, d, c).Refs
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 200 {
				n := (i*7 + worker*13) % len(refs)
				if raw, err := d.ReadBlock(refs[n], nil); err != nil || !bytes.Equal(raw, c[n].raw) {
					t.Errorf("block %d: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ReadBlock(refs[0], nil); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("read of a closed folder: %v", err)
	}
}
