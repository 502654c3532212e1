package ingest_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/ingest"
	"clew.example/clew/node/blkfile"
	"clew.example/clew/sim/launder"
)

// forkedWorld has one fork; it returns the fork's path and how many blocks of
// it the main branch shares.
func forkedWorld(t *testing.T, seed uint64) (w *launder.World, fork []launder.BlockRef, shared int) {
	t.Helper()
	for ; ; seed++ {
		w = worldOf(t, seed, func(c *launder.Config) { c.Forks = 1; c.ForkDepthMax = 6 })
		if len(w.Forks) == 0 {
			continue
		}
		fork = w.Path(w.Forks[0].Tip().Hash)
		shared = len(fork) - len(w.Forks[0].Blocks)
		if len(w.Forks[0].Blocks) > 2 {
			return w, fork, shared
		}
	}
}

// TestReorg gives up the fork's blocks for the main branch, and counts them as
// stale where the folder has them.
func TestReorg(t *testing.T) {
	w, fork, shared := forkedWorld(t, 41)
	dir := t.TempDir()
	want(t, take(t, writeRaw(t, w.Raws(fork)), dir), len(fork), 0, 0, 0)
	res := take(t, writeRaw(t, allRaws(w, 41)), dir)
	want(t, res, len(w.Chain())-shared, shared, forkBlocks(w), 0)
	if res.Tip.Hash != w.Tip().Hash || res.Tip.Generation == 0 {
		t.Errorf("tip %+v", res.Tip)
	}
	sound(t, dir)
	// The fork alone has less work now: nothing happens.
	want(t, take(t, writeRaw(t, w.Raws(fork)), dir), 0, shared, len(fork)-shared, 0)
}

// TestReorgProof keeps what the ledger holds where the branch with more work
// turns out bad before its blocks outweigh it: the ledger's blocks are nowhere
// else.
func TestReorgProof(t *testing.T) {
	w, fork, shared := forkedWorld(t, 51)
	main := w.Chain()
	dir := t.TempDir()
	take(t, writeRaw(t, w.Raws(fork)), dir)
	before := dump(t, dir)
	for at := shared; at < len(fork); at++ {
		raws := w.Raws(main)
		raws[at] = damage(raws[at])
		res := take(t, writeRaw(t, raws), dir)
		if res.Added != 0 || res.Tip.Hash != fork[len(fork)-1].Hash || dump(t, dir) != before {
			t.Fatalf("block %d of the branch is bad: added %d, tip %v", at, res.Added, res.Tip)
		}
		if !slices.ContainsFunc(res.Skipped, func(s blkfile.Skipped) bool {
			return s.File == main[at].Hash.String() && strings.Contains(s.Reason, "merkle root")
		}) {
			t.Errorf("block %d of the branch is bad: skipped %v", at, res.Skipped)
		}
	}
	sound(t, dir)
}

// TestBelow names the blocks that lie below the first of the ledger.
func TestBelow(t *testing.T) {
	w := worldOf(t, 61, func(c *launder.Config) { c.Forks = 0 })
	main, dir := w.Chain(), t.TempDir()
	want(t, take(t, writeRaw(t, w.Raws(main[5:])), dir), len(main)-5, 0, 0, 0)
	want(t, take(t, writeRaw(t, w.Raws(main)), dir), 0, len(main)-5, 0, 5)
}

// TestProgress is told about each run's end, and the counts add up.
func TestProgress(t *testing.T) {
	w := worldOf(t, 62, func(c *launder.Config) { c.Forks = 0 })
	opt := optionsFor(t.TempDir())
	opt.Memory = 1 << 20 // below any sense: the least of everything
	var last ingest.Progress
	opt.Progress = func(p ingest.Progress) { last = p }
	res, err := ingest.Folder(context.Background(), writeRaw(t, w.Raws(w.Chain())), opt)
	if err != nil {
		t.Fatal(err)
	}
	if last.Blocks != len(w.Chain()) || last.LeftCount != 0 || last.LeftBytes != 0 || last.Txs != res.Txs || last.Height != w.Tip().Height {
		t.Errorf("last %+v, result %+v", last, res.Result)
	}
	var txs int
	for _, ref := range w.Chain() {
		b, err := w.Block(ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		txs += len(b.Txs)
	}
	if txs != res.Txs {
		t.Errorf("%d transactions, want %d", res.Txs, txs)
	}
}
