package vfs_test

import (
	"errors"
	"io/fs"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/internal/vfs"
)

const pageBytes = 4096

// eachFS runs a law of the interface against every implementation.
func eachFS(t *testing.T, law func(t *testing.T, fsys vfs.FS)) {
	t.Run("os", func(t *testing.T) { law(t, vfs.NewOS(t.TempDir())) })
	t.Run("crashable", func(t *testing.T) { law(t, newCrashable(t, 1)) })
	t.Run("faulty", func(t *testing.T) { law(t, vfs.NewFaulty(vfs.NewOS(t.TempDir()), &vfs.Faults{})) })
}

func newCrashable(t testing.TB, seed uint64) *vfs.Crashable {
	t.Helper()
	c := vfs.NewCrashable(seed)
	t.Cleanup(c.Free)
	return c
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// open opens name, grown to size, and maps it with 1 MiB of address space.
func open(t testing.TB, fsys vfs.FS, name string, mode vfs.Mode, size int64) (vfs.File, []byte) {
	t.Helper()
	f, err := fsys.Open(name, mode)
	check(t, err)
	t.Cleanup(func() { _ = f.Close() })
	if size > 0 {
		check(t, f.Allocate(size))
	}
	mem, err := f.Map(1 << 20)
	check(t, err)
	return f, mem
}

func sizeOf(t testing.TB, f vfs.File) int64 {
	t.Helper()
	n, err := f.Size()
	check(t, err)
	return n
}

// faults reports whether touch hits memory that may not be touched.
func faults(touch func()) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() != nil }()
	touch()
	return false
}

func TestGrowWhileMapped(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		w, wmem := open(t, fsys, "a", vfs.Create, 100)
		_, rmem := open(t, fsys, "a", vfs.ReadOnly, 0)
		base := &wmem[0]
		wmem[99] = 1
		for size := int64(1000); size <= 1<<20; size = size*3 + 1 {
			check(t, w.Allocate(size))
			if wmem[size-1] != 0 || rmem[size-1] != 0 {
				t.Fatalf("byte %d of a grown file is not zero", size-1)
			}
			wmem[size-1] = byte(size)
			if rmem[size-1] != byte(size) {
				t.Fatalf("byte %d is not shared", size-1)
			}
			check(t, w.Sync(0, size))
			w.Release(0, size)
			if wmem[99] != 1 || wmem[size-1] != byte(size) {
				t.Fatalf("release at size %d lost bytes", size)
			}
		}
		if &wmem[0] != base || len(wmem) != 1<<20 {
			t.Fatal("the mapping moved")
		}
	})
}

func TestAllocateNeverShrinks(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		f, mem := open(t, fsys, "a", vfs.Create, 5000)
		mem[4999] = 9
		for _, size := range []int64{0, 1, 4999, 5000} {
			check(t, f.Allocate(size))
		}
		again, mem := open(t, fsys, "a", vfs.ReadWrite, 10)
		if sizeOf(t, f) != 5000 || sizeOf(t, again) != 5000 || mem[4999] != 9 {
			t.Fatal("the file changed")
		}
	})
}

func TestBeyondSizeFaults(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		f, mem := open(t, fsys, "a", vfs.Create, 100)
		var sum byte
		if faults(func() { sum += mem[99] }) {
			t.Fatal("a byte of the file faults")
		}
		if !faults(func() { sum += mem[64<<10] }) {
			t.Fatal("a page beyond the file does not fault")
		}
		check(t, f.Allocate(64<<10+1))
		if faults(func() { sum += mem[64<<10] }) || sum != 0 {
			t.Fatal("a byte of the grown file faults")
		}
	})
}

func TestMapRefuses(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		f, _ := open(t, fsys, "a", vfs.Create, 5000)
		if _, err := f.Map(1 << 20); err == nil {
			t.Error("mapped twice")
		}
		for _, reserve := range []int64{-1, 0, 4999} {
			g, err := fsys.Open("a", vfs.ReadWrite)
			check(t, err)
			if _, err = g.Map(reserve); err == nil {
				t.Errorf("mapped with %d bytes", reserve)
			}
			check(t, g.Close())
		}
	})
}

func TestReadOnlyDoesNotGrow(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		open(t, fsys, "a", vfs.Create, 10)
		f, _ := open(t, fsys, "a", vfs.ReadOnly, 0)
		wantError(t, f.Allocate(20), fs.ErrPermission)
		if sizeOf(t, f) != 10 {
			t.Fatal("the file grew")
		}
	})
}

func TestNotExist(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		_, err := fsys.Open("a", vfs.ReadOnly)
		wantError(t, err, fs.ErrNotExist)
		_, err = fsys.Open("a", vfs.ReadWrite)
		wantError(t, err, fs.ErrNotExist)
		_, err = fsys.Open("dir/a", vfs.Create)
		wantError(t, err, fs.ErrNotExist)
		_, err = fsys.List("dir")
		wantError(t, err, fs.ErrNotExist)
		_, err = fsys.Lock("dir/lock")
		wantError(t, err, fs.ErrNotExist)
		wantError(t, fsys.Remove("a"), fs.ErrNotExist)
		wantError(t, fsys.SyncDir("dir"), fs.ErrNotExist)
	})
}

func TestDirectories(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		check(t, fsys.MkdirAll("."))
		check(t, fsys.MkdirAll("d/e"))
		check(t, fsys.MkdirAll("d/e"))
		for _, name := range []string{"d/z", "d/a", "x", "d/e/y"} {
			open(t, fsys, name, vfs.Create, 0)
		}
		for dir, want := range map[string][]string{".": {"d", "x"}, "d": {"a", "e", "z"}, "d/e": {"y"}} {
			got, err := fsys.List(dir)
			check(t, err)
			if !slices.Equal(got, want) {
				t.Errorf("%s holds %q, want %q", dir, got, want)
			}
			check(t, fsys.SyncDir(dir))
		}
		if _, err := fsys.Open("d", vfs.ReadOnly); err == nil {
			t.Error("a directory was opened as a file")
		}
		if fsys.MkdirAll("x") == nil || fsys.MkdirAll("x/y") == nil {
			t.Error("a file became a directory")
		}
	})
}

func TestRemoveKeepsMapping(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		old, mem := open(t, fsys, "a", vfs.Create, 10)
		mem[0] = 1
		check(t, fsys.Remove("a"))
		f, fresh := open(t, fsys, "a", vfs.Create, 10)
		check(t, old.Allocate(2*pageBytes))
		if mem[0] != 1 || fresh[0] != 0 || sizeOf(t, f) != 10 {
			t.Fatal("a new file shares the bytes of the removed one")
		}
	})
}

func TestNamesStayInside(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		for _, name := range []string{"", "..", "../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a/"} {
			_, err := fsys.Open(name, vfs.Create)
			wantError(t, err, fs.ErrInvalid)
			_, err = fsys.List(name)
			wantError(t, err, fs.ErrInvalid)
			_, err = fsys.Lock(name)
			wantError(t, err, fs.ErrInvalid)
			wantError(t, fsys.Remove(name), fs.ErrInvalid)
			wantError(t, fsys.MkdirAll(name), fs.ErrInvalid)
			wantError(t, fsys.SyncDir(name), fs.ErrInvalid)
		}
	})
}

func TestLock(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		first, err := fsys.Lock("lock")
		check(t, err)
		_, err = fsys.Lock("lock")
		wantError(t, err, vfs.ErrLocked)
		other, err := fsys.Lock("other")
		check(t, err)
		check(t, other.Close())
		check(t, first.Close())
		second, err := fsys.Lock("lock")
		check(t, err)
		_ = first.Close()
		_, err = fsys.Lock("lock")
		wantError(t, err, vfs.ErrLocked)
		check(t, second.Close())
	})
}

func TestBootIsStable(t *testing.T) {
	eachFS(t, func(t *testing.T, fsys vfs.FS) {
		if a, b := fsys.Boot(), fsys.Boot(); a != b || strings.TrimSpace(a) == "" {
			t.Fatalf("boot is %q, then %q", a, b)
		}
	})
}
