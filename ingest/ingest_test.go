package ingest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ingest"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// worldOf makes a small world; the seed is in every failure's name.
func worldOf(t *testing.T, seed uint64, change func(*launder.Config)) *launder.World {
	t.Helper()
	c := launder.Small(seed)
	if change != nil {
		change(&c)
	}
	w, err := launder.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// allRaws returns the blocks of every branch, shuffled.
func allRaws(w *launder.World, seed uint64) [][]byte {
	raws := w.Raws(w.Blocks())
	launder.Shuffle(seed, raws)
	return raws
}

func writeBlk(t *testing.T, raws [][]byte, f launder.BlkFiles) string {
	t.Helper()
	dir := t.TempDir()
	if err := launder.WriteBlkFiles(dir, f, raws); err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeRaw(t *testing.T, raws [][]byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := launder.WriteRawFiles(dir, raws); err != nil {
		t.Fatal(err)
	}
	return dir
}

// small keeps many ledgers in one process.
var small = flat.Options{Reserve: 1 << 26}

// optionsFor puts the ledger into dir. Raw blocks carry no magic, so the
// network is given.
func optionsFor(dir string) ingest.FolderOptions {
	n, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		panic(err)
	}
	return ingest.FolderOptions{
		Options: ingest.Options{Network: n},
		Ledger:  func(*bitcoin.Network) (vfs.FS, error) { return vfs.NewOS(dir), nil },
		Store:   small,
	}
}

// take ingests a folder and fails the test on errors.
func take(t *testing.T, blocks, dir string) ingest.FolderResult {
	t.Helper()
	res, err := ingest.Folder(context.Background(), blocks, optionsFor(dir))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// want compares the counts of a result.
func want(t *testing.T, res ingest.FolderResult, added, known, stale, skipped int) {
	t.Helper()
	if res.Added != added || res.Known != known || res.Stale != stale || len(res.Skipped) != skipped {
		t.Errorf("added %d known %d stale %d skipped %d, want %d %d %d %d; skipped: %v",
			res.Added, res.Known, res.Stale, len(res.Skipped), added, known, stale, skipped, res.Skipped)
	}
}

// dump writes everything that two ledgers of one chain must have in common.
func dump(t *testing.T, dir string) string {
	t.Helper()
	l, err := flat.Open(vfs.NewOS(dir), small)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx := context.Background()
	v, err := l.Pin(ctx, flat.MaxHeight)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	c := v.Counts()
	fmt.Fprintln(&b, v.Tip().FirstHeight, v.Tip().Height, v.Tip().Hash, c.Txs, c.Outs, c.Ins, c.Unknowns, c.Accounts, c.Heap, c.Skips)
	for ref := range ledger.TxRef(c.Txs) {
		dumpTx(t, ctx, &b, v, ref)
	}
	return b.String()
}

func dumpTx(t *testing.T, ctx context.Context, b *strings.Builder, v *flat.View, ref ledger.TxRef) {
	txs, err := v.AppendTxs(ctx, nil, []ledger.TxRef{ref})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(b, "%+v\n", txs[0])
	for _, o := range txs[0].Outs {
		s, err := v.AppendSpenders(ctx, nil, []ledger.OutRef{o.Ref})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(b, s)
	}
}

// sound fails the test if the ledger is damaged.
func sound(t *testing.T, dir string) {
	t.Helper()
	r, err := flat.Check(context.Background(), vfs.NewOS(dir), flat.CheckOptions{Options: small})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Damages) > 0 || !r.Strict {
		t.Errorf("damages %v, strict %v", r.Damages, r.Strict)
	}
}

// forkBlocks counts the blocks that are not on the main branch.
func forkBlocks(w *launder.World) int { return len(w.Blocks()) - len(w.Chain()) }

// TestOneGo takes shuffled, obfuscated, padded files, then the same again.
func TestOneGo(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		w := worldOf(t, seed, nil)
		files := launder.BlkFiles{SizeMax: 20_000, Padding: 3000, Key: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}}
		blocks, dir := writeBlk(t, allRaws(w, seed), files), t.TempDir()
		res := take(t, blocks, dir)
		want(t, res, len(w.Chain()), 0, forkBlocks(w), 0)
		if res.Tip.Hash != w.Tip().Hash || res.Tip.Height != w.Tip().Height || res.Tip.FirstHeight != w.Config().First {
			t.Errorf("seed %d: tip %+v, want %+v", seed, res.Tip, w.Tip())
		}
		if res.Padding < 3000 {
			t.Errorf("seed %d: padding %d", seed, res.Padding)
		}
		sound(t, dir)
		before := dump(t, dir)
		want(t, take(t, blocks, dir), 0, len(w.Chain()), forkBlocks(w), 0)
		if dump(t, dir) != before {
			t.Errorf("seed %d: the second run changed the ledger", seed)
		}
	}
}

// TestPieces is the metamorphic law: the same blocks in one go, or in pieces
// in which the forks come first, end in the same ledger.
func TestPieces(t *testing.T) {
	for seed := uint64(11); seed <= 14; seed++ {
		w := worldOf(t, seed, nil)
		once, pieces := t.TempDir(), t.TempDir()
		take(t, writeRaw(t, allRaws(w, seed)), once)
		for _, f := range w.Forks {
			take(t, writeRaw(t, w.Raws(w.Path(f.Tip().Hash))), pieces)
		}
		main := w.Chain()
		half := take(t, writeRaw(t, w.Raws(main[:len(main)/2])), pieces)
		if len(half.Skipped) > 0 {
			t.Errorf("seed %d: skipped %v", seed, half.Skipped)
		}
		take(t, writeRaw(t, w.Raws(main)), pieces)
		if dump(t, pieces) != dump(t, once) {
			t.Errorf("seed %d: in pieces it is another ledger", seed)
		}
		sound(t, pieces)
	}
}

// damage turns one byte of a block's body, so that its header stays good.
func damage(raw []byte) []byte {
	bad := append([]byte(nil), raw...)
	bad[len(bad)-1] ^= 1 // in the last lock time
	return bad
}

// TestBadBlock keeps what comes before a damaged block and names the block.
func TestBadBlock(t *testing.T) {
	w := worldOf(t, 21, func(c *launder.Config) { c.Forks = 0 })
	main := w.Chain()
	raws := w.Raws(main)
	const bad = 9
	raws[bad] = damage(raws[bad])
	blocks, dir := writeRaw(t, raws), t.TempDir()
	res := take(t, blocks, dir)
	want(t, res, bad, 0, 0, len(main)-bad)
	name := main[bad].Hash.String()
	found := false
	for _, s := range res.Skipped {
		found = found || s.File == name && s.Offset == 0 && strings.Contains(s.Reason, "merkle root")
	}
	if !found || res.Tip.Hash != main[bad-1].Hash {
		t.Errorf("tip %v, skipped %v", res.Tip, res.Skipped)
	}
	sound(t, dir)

	// The good block in its place mends it.
	if err := os.WriteFile(filepath.Join(blocks, name), w.Raw(main[bad].Hash), 0o644); err != nil {
		t.Fatal(err)
	}
	want(t, take(t, blocks, dir), len(main)-bad, bad, 0, 0)
}

// TestBadFirstBlock leaves no ledger behind, or an empty one.
func TestBadFirstBlock(t *testing.T) {
	w := worldOf(t, 22, func(c *launder.Config) { c.Forks = 0 })
	raws := w.Raws(w.Chain()[:1])
	raws[0] = damage(raws[0])
	blocks, dir := writeRaw(t, raws), t.TempDir()
	res, err := ingest.Folder(context.Background(), blocks, optionsFor(dir))
	if err == nil || res.Held || len(res.Skipped) != 1 {
		t.Errorf("held %v, skipped %v, error %v", res.Held, res.Skipped, err)
	}
}
