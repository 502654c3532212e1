package flat_test

import (
	"context"
	"errors"
	"testing"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// TestFailures fails every single operation of an ingest with a reorganisation
// in turn: the first allocation, the second, ... and the same for syncs, opens,
// lists and removals, as a full or failing disk does. Each time there is a
// clear error; afterwards the ledger opens at a block that was committed, and
// goes on from there to the same bytes.
func TestFailures(t *testing.T) {
	c := launder.Small(5)
	c.Blocks = 10
	w := newWorld(t, c)
	want := fresh(t, w, w.Chain())
	ops := []vfs.Op{vfs.OpAllocate, vfs.OpSync, vfs.OpSyncDir, vfs.OpOpen, vfs.OpList, vfs.OpRemove}
	for _, op := range ops {
		for _, sticky := range []bool{false, true} {
			at := 1
			for failAt(t, w, want, &vfs.Faults{Ops: op, At: at, Sticky: sticky, Partial: at%2 == 0}) {
				at++
			}
			t.Logf("%v: failed at each of %d places, sticky %v", op, at-1, sticky)
			if at == 1 {
				t.Errorf("%v was never called", op)
			}
		}
	}
}

// failAt runs once and reports whether the fault was met.
func failAt(t *testing.T, w *launder.World, want map[string][]byte, f *vfs.Faults) bool {
	t.Helper()
	disk := vfs.NewCrashable(1)
	disk.MaxReserve = small.Reserve
	defer disk.Free()
	err := busyWriter(t, w, vfs.NewFaulty(disk, f))
	if f.Fired() == 0 {
		if err != nil {
			t.Fatalf("%v at %d did not fire: %v", f.Ops, f.At, err)
		}
		return false
	}
	if err == nil {
		t.Fatalf("%v at %d: no error", f.Ops, f.At)
	}
	if f.Ops == vfs.OpAllocate && !errors.Is(err, vfs.ErrNoSpace) || f.Ops != vfs.OpAllocate && !errors.Is(err, vfs.ErrFault) {
		t.Fatalf("%v at %d: error %v hides its cause", f.Ops, f.At, err)
	}
	if err := busyWriter(t, w, disk); err != nil {
		t.Fatalf("%v at %d, then on a good disk: %v", f.Ops, f.At, err)
	}
	same(t, rowsOf(t, disk), want, "after a failure")
	return true
}

// busyWriter takes a fork and comes back, committing often.
func busyWriter(t *testing.T, w *launder.World, fs vfs.FS) error {
	t.Helper()
	opt := small
	opt.BatchOuts, opt.CheckpointBytes = 60, 4000
	s, err := flat.OpenWriter(fs, opt)
	if errors.Is(err, flat.ErrNoLedger) {
		s, err = flat.Create(fs, meta(w.Config().First), opt)
	}
	if err != nil {
		return err
	}
	for _, path := range [][]launder.BlockRef{w.Path(w.Forks[0].Tip().Hash), w.Chain()} {
		if err := extend(t, w, s, path); err != nil {
			s.Abort()
			return err
		}
	}
	return s.Close()
}

// TestBrokenWriterStops: after an error a writer refuses to go on, and what
// readers saw stays.
func TestBrokenWriterStops(t *testing.T) {
	w := newWorld(t, launder.Small(6))
	disk := newFS(t, 6)
	f := &vfs.Faults{Ops: vfs.OpSync}
	s, err := flat.Create(vfs.NewFaulty(disk, f), meta(w.Config().First), small)
	if err != nil {
		t.Fatal(err)
	}
	if err := extend(t, w, s, w.Chain()[:5]); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	f.At = f.Count() + 1
	err = extend(t, w, s, w.Chain()[:9])
	if err == nil {
		err = s.Commit()
	}
	if !errors.Is(err, vfs.ErrFault) {
		t.Fatalf("commit on a failing disk: %v", err)
	}
	if err := s.Commit(); !errors.Is(err, flat.ErrBroken) {
		t.Fatalf("commit after an error: %v", err)
	}
	l, v := open(t, disk)
	if v.Counts().Blocks != 5 {
		t.Errorf("readers see %d blocks", v.Counts().Blocks)
	}
	l.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSecondWriter: one writer at a time.
func TestSecondWriter(t *testing.T) {
	fs := newFS(t, 7)
	s, err := flat.Create(fs, meta(1), small)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := flat.OpenWriter(fs, small); !errors.Is(err, vfs.ErrLocked) {
		t.Errorf("second writer: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := flat.Create(fs, meta(1), small); !errors.Is(err, flat.ErrExists) {
		t.Errorf("create over a ledger: %v", err)
	}
	l, v := open(t, fs)
	defer l.Close()
	if v.Counts().Blocks != 0 {
		t.Errorf("an empty ledger has %d blocks", v.Counts().Blocks)
	}
	if _, err := l.Pin(context.Background(), 5); !errors.Is(err, flat.ErrNotFound) {
		t.Errorf("pin in an empty ledger: %v", err)
	}
}

// TestInvalidBlocks: what can not follow is refused and leaves nothing, and
// what can follow still does.
func TestInvalidBlocks(t *testing.T) {
	w, err := launder.Parse(`
first 100
c1 coinbase -> miner:50
t1 c1:0     -> a:20 b:30
block
c2 coinbase -> miner:50
t2 a:20     -> c:20
block
c3 coinbase -> miner:50
t3 c:20     -> d:19
`)
	if err != nil {
		t.Fatal(err)
	}
	path := w.Chain()
	cases := map[string]func(b *ledger.Block){
		"does not follow":         func(b *ledger.Block) { b.Prev[0]++ },
		"spends an output again":  func(b *ledger.Block) { b.Ins[1].Prev = ledger.Outpoint{TxID: must(w.TxID("c1"))} },
		"spends twice in a block": func(b *ledger.Block) { b.Ins = append(b.Ins, b.Ins[1]) },
		"spends what is not made": func(b *ledger.Block) { b.Ins[1].Prev.Vout = 7 },
		"creates money":           func(b *ledger.Block) { b.Outs[1].Value = 21 },
	}
	for name, spoil := range cases {
		fs := newFS(t, 8)
		s, err := flat.Create(fs, meta(100), small)
		if err != nil {
			t.Fatal(err)
		}
		if err := extend(t, w, s, path[:1]); err != nil {
			t.Fatal(err)
		}
		b := block(t, w, path[1])
		spoil(b)
		var invalid *flat.InvalidBlock
		if err := s.Append(b); !errors.As(err, &invalid) {
			t.Errorf("a block that %s: %v", name, err)
		} else {
			t.Log(err)
		}
		if err := extend(t, w, s, path); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		same(t, rowsOf(t, fs), fresh(t, w, path), name)
	}
}

func must(id ledger.TxID, ok bool) ledger.TxID {
	if !ok {
		panic("no such name")
	}
	return id
}
