package vfs_test

import (
	"errors"
	"testing"

	"clew.example/clew/internal/vfs"
)

// everyStep does each operation once, in a fixed order.
func everyStep(fsys vfs.FS) error {
	if err := fsys.MkdirAll("d"); err != nil {
		return err
	}
	lock, err := fsys.Lock("lock")
	if err != nil {
		return err
	}
	defer lock.Close()
	f, err := fsys.Open("d/a", vfs.Create)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Map(1 << 20); err != nil {
		return err
	}
	if err := f.Allocate(100); err != nil {
		return err
	}
	if err := f.Sync(0, 100); err != nil {
		return err
	}
	if err := fsys.SyncDir("d"); err != nil {
		return err
	}
	if _, err := fsys.List("d"); err != nil {
		return err
	}
	again, err := fsys.Open("d/a", vfs.ReadWrite)
	if err != nil {
		return err
	}
	return errors.Join(again.Close(), fsys.Remove("d/a"))
}

const opAll = ^vfs.Op(0)

func TestFaultAtEveryStep(t *testing.T) {
	const steps = 10
	for at := 1; ; at++ {
		f := &vfs.Faults{Ops: opAll, At: at}
		err := everyStep(vfs.NewFaulty(newCrashable(t, 1), f))
		if f.Fired() == 0 {
			check(t, err)
			if at != steps+1 || f.Count() != steps {
				t.Errorf("%d operations counted before step %d, want %d", f.Count(), at, steps)
			}
			return
		}
		want := vfs.ErrFault
		if at == 5 {
			want = vfs.ErrNoSpace
		}
		wantError(t, err, want)
		if f.Count() != at {
			t.Errorf("step %d was number %d", at, f.Count())
		}
	}
}

func TestFaultIsChosen(t *testing.T) {
	full := errors.New("quota")
	f := &vfs.Faults{Ops: vfs.OpAllocate, At: 2, Sticky: true, Err: full, Name: func(n string) bool { return n == "a" }}
	fsys := vfs.NewFaulty(newCrashable(t, 1), f)
	a, _ := open(t, fsys, "a", vfs.Create, 100)
	b, _ := open(t, fsys, "b", vfs.Create, 100)
	for range 2 {
		wantError(t, a.Allocate(1000), full)
		check(t, b.Allocate(1000))
	}
	if sizeOf(t, a) != 100 || f.Fired() != 2 || f.Count() != 3 {
		t.Errorf("size %d, %d of %d failed", sizeOf(t, a), f.Fired(), f.Count())
	}
}

func TestFaultOnce(t *testing.T) {
	f := &vfs.Faults{Ops: vfs.OpSync | vfs.OpSyncDir, At: 1}
	fsys := vfs.NewFaulty(newCrashable(t, 1), f)
	file, _ := open(t, fsys, "a", vfs.Create, 100)
	wantError(t, file.Sync(0, 100), vfs.ErrFault)
	check(t, file.Sync(0, 100))
	check(t, fsys.SyncDir("."))
}

func TestFaultyAllocatePartly(t *testing.T) {
	f := &vfs.Faults{Ops: vfs.OpAllocate, At: 2, Partial: true}
	file, _ := open(t, vfs.NewFaulty(newCrashable(t, 1), f), "a", vfs.Create, 100)
	wantError(t, file.Allocate(1100), vfs.ErrNoSpace)
	if got := sizeOf(t, file); got != 600 {
		t.Errorf("the file has %d bytes, want 600", got)
	}
	check(t, file.Allocate(1100))
}
