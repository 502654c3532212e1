package ingest_test

import (
	"context"
	"errors"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ingest"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// TestFullDisk lets the disk be full at each allocation in turn. The error says
// so, and the next run, with room again, makes the ledger that one run makes.
func TestFullDisk(t *testing.T) {
	w := worldOf(t, 81, func(c *launder.Config) { c.Forks = 0; c.Blocks = 8 })
	blocks, once := writeRaw(t, w.Raws(w.Chain())), t.TempDir()
	take(t, blocks, once)
	want := dump(t, once)
	for at := 1; ; at += 3 {
		faults := &vfs.Faults{Ops: vfs.OpAllocate, At: at, Sticky: true, Partial: true}
		dir := t.TempDir()
		opt := optionsFor(dir)
		opt.Store.BatchOuts = 64
		opt.Ledger = func(*bitcoin.Network) (vfs.FS, error) { return vfs.NewFaulty(vfs.NewOS(dir), faults), nil }
		_, err := ingest.Folder(context.Background(), blocks, opt)
		if faults.Fired() == 0 {
			break
		}
		if !errors.Is(err, vfs.ErrNoSpace) {
			t.Fatalf("allocation %d: %v", at, err)
		}
		take(t, blocks, dir)
		if dump(t, dir) != want {
			t.Fatalf("allocation %d: another ledger", at)
		}
	}
}

// TestEmptyLedger goes on with a ledger that was made and then left, unless the
// blocks begin elsewhere.
func TestEmptyLedger(t *testing.T) {
	w := worldOf(t, 82, func(c *launder.Config) { c.Forks = 0 })
	blocks := writeRaw(t, w.Raws(w.Chain()))
	for off, want := range []error{nil, ingest.ErrNetwork} {
		dir := t.TempDir()
		opt := optionsFor(dir)
		meta := flat.Meta{Chain: opt.Network.Chain, Network: opt.Network.Name, FirstHeight: w.Config().First + ledger.Height(off)}
		made, err := flat.Create(vfs.NewOS(dir), meta, small)
		if err != nil {
			t.Fatal(err)
		}
		if err := made.Close(); err != nil {
			t.Fatal(err)
		}
		res, err := ingest.Folder(context.Background(), blocks, opt)
		if !errors.Is(err, want) || err == nil && res.Added != len(w.Chain()) {
			t.Errorf("first height off by %d: added %d, error %v", off, res.Added, err)
		}
	}
}
