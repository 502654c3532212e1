package flat_test

import (
	"context"
	"errors"
	"testing"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// TestCopyWhileGrowing: copies taken while a writer appends and switches
// branches are ledgers of a moment, sound and equal to one ingested to there.
func TestCopyWhileGrowing(t *testing.T) {
	c := launder.Small(21)
	c.Blocks = 60
	w := newWorld(t, c)
	src := vfs.NewOS(t.TempDir())
	create(t, src, w.Config().First)
	rng := seeded(t, 21)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, path := range wander(w, rng) {
			walk(t, w, src, path, rng)
		}
	}()
	copies := 0
	for growing := true; growing; copies++ {
		select {
		case <-done:
			growing = false
		default:
		}
		dst := newFS(t, uint64(copies))
		tip, err := flat.Copy(context.Background(), src, dst, flat.CopyOptions{Options: small})
		if errors.Is(err, flat.ErrMoved) {
			continue // ten reorganisations during one copy
		}
		if err != nil {
			t.Fatal(err)
		}
		have := rowsOf(t, dst)
		if !tip.Hash.IsZero() {
			same(t, have, fresh(t, w, w.Path(tip.Hash)), "a copy")
		}
		dst.Free()
	}
	t.Logf("%d copies", copies)
}

// TestCopyMends: a copy is written from the rows, so damaged cells and indexes
// do not come along.
func TestCopyMends(t *testing.T) {
	w := newWorld(t, launder.Small(22))
	src, dst := newFS(t, 22), newFS(t, 23)
	build(t, w, src, w.Chain())
	idx := indexNames(t, src)
	for _, file := range []string{"outs.spender", "accounts.head", idx[0], idx[1]} {
		cell, err := flat.ForTestCell(src, file, 3)
		if err != nil {
			t.Fatal(err)
		}
		cell[1] ^= 0xff
	}
	if _, err := flat.Copy(context.Background(), src, dst, flat.CopyOptions{Options: small}); err != nil {
		t.Fatal(err)
	}
	same(t, rowsOf(t, dst), fresh(t, w, w.Chain()), "a copy of a damaged ledger")
	if _, err := flat.Copy(context.Background(), src, dst, flat.CopyOptions{Options: small}); !errors.Is(err, flat.ErrExists) {
		t.Errorf("copy over a ledger: %v", err)
	}
}

// TestHotAccountSkips: a list that grew by thousands since the pin is entered
// in a few steps, and the answer is the same.
func TestHotAccountSkips(t *testing.T) {
	c := launder.Default(24)
	c.Forks, c.Rates[launder.HotAccount] = 0, 900
	w := newWorld(t, c)
	fs := newFS(t, 24)
	build(t, w, fs, w.Chain())
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	compareAt(t, fs, m, c.First+5, seeded(t, 24))
	compareAt(t, fs, m, w.Tip().Height, seeded(t, 24))
}
