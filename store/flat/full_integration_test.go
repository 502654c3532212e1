//go:build integration && linux

package flat_test

import (
	"errors"
	"fmt"
	"testing"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
	"golang.org/x/sys/unix"
)

// TestRealFullDisk ingests onto real file systems of growing size until one
// holds everything. On each smaller one there is a clear error and no SIGBUS,
// readers still see the last commit, and the ledger opens again.
func TestRealFullDisk(t *testing.T) {
	w := newWorld(t, launder.Small(31))
	path := w.Chain()
	for kb := 64; ; kb = kb*5/4 + 16 {
		dir := t.TempDir()
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", kb)); err != nil {
			t.Skipf("no small file system: mount of tmpfs: %v (needs root)", err)
		}
		full := fill(t, w, vfs.NewOS(dir), path)
		if err := unix.Unmount(dir, 0); err != nil {
			t.Fatal(err)
		}
		if !full {
			t.Logf("%d KB hold %d blocks", kb, len(path))
			return
		}
	}
}

// fill reports whether the disk was too small.
func fill(t *testing.T, w *launder.World, fs vfs.FS, path []launder.BlockRef) bool {
	t.Helper()
	opt := small
	opt.BatchOuts = 50
	s, err := flat.Create(fs, meta(w.Config().First), opt)
	if err == nil {
		if err = extend(t, w, s, path); err == nil {
			err = s.Commit()
		}
		defer s.Close()
	}
	if err == nil {
		return false
	}
	if !errors.Is(err, vfs.ErrNoSpace) {
		t.Fatalf("a full disk is reported as %v", err)
	}
	if s == nil {
		return true
	}
	l, v := open(t, fs)
	defer l.Close()
	if c := v.Counts(); c.Blocks > 0 {
		last := path[c.Blocks-1]
		if v.Tip().Hash != last.Hash {
			t.Errorf("the tip is %v, committed was %v", v.Tip(), last)
		}
		if spends, err := v.AppendSpenders(t.Context(), nil, []ledger.OutRef{0, ledger.OutRef(c.Outs - 1)}); err != nil || len(spends) != 2 {
			t.Errorf("spenders on a full disk: %v %v", spends, err)
		}
	}
	return true
}
