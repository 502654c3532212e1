package vfs_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"clew.example/clew/internal/vfs"
)

// A hole under a mapping is a SIGBUS when the disk is full.
func TestOSAllocateFillsHoles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sparse")
	check(t, os.WriteFile(path, nil, 0o600))
	check(t, os.Truncate(path, 1<<20))
	f, err := vfs.NewOS(dir).Open("sparse", vfs.ReadWrite)
	check(t, err)
	defer f.Close()
	check(t, f.Allocate(1<<20))
	info, err := os.Stat(path)
	check(t, err)
	stored := info.Sys().(*syscall.Stat_t).Blocks * 512
	if info.Size() != 1<<20 || stored < 1<<20 {
		t.Fatalf("%d bytes stored of %d", stored, info.Size())
	}
}
