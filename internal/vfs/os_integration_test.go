//go:build integration && linux

package vfs_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"clew.example/clew/internal/vfs"
)

// TestOSFullDisk fills a real file system of 256 KiB: what was there stays
// readable and writable through the mapping, and the error says what is wrong.
func TestOSFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("this process may not mount a tmpfs: %v", err)
	}
	t.Cleanup(func() { check(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	fsys := vfs.NewOS(dir)
	f, mem := open(t, fsys, "a", vfs.Create, 64<<10)
	mem[64<<10-1] = 1
	err := f.Allocate(1 << 20)
	wantError(t, err, vfs.ErrNoSpace)
	t.Log(err)
	if size := sizeOf(t, f); size < 64<<10 {
		t.Fatalf("the file shrank to %d bytes", size)
	}
	for i := range mem[:64<<10] {
		mem[i]++
	}
	check(t, f.Sync(0, 64<<10))
	check(t, f.Allocate(128<<10))
	mem[128<<10-1] = 1
	if mem[64<<10-1] != 2 {
		t.Fatal("a byte was lost")
	}
}
