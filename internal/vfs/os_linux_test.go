package vfs_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
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

// Release gives back whole pages inside the range and keeps all bytes.
func TestOSReleaseFreesMemory(t *testing.T) {
	const size = 64 * pageBytes
	dir := t.TempDir()
	f, mem := open(t, vfs.NewOS(dir), "a", vfs.Create, size)
	for i := range mem[:size] {
		mem[i] = byte(i%255 + 1)
	}
	before := residentKiB(t, filepath.Join(dir, "a"))
	f.Release(1, size-1)
	after := residentKiB(t, filepath.Join(dir, "a"))
	if before != size>>10 || after != int64(os.Getpagesize())>>10 {
		t.Errorf("%d KiB resident before, %d KiB after, of %d", before, after, size>>10)
	}
	for i, b := range mem[:size] {
		if b != byte(i%255+1) {
			t.Fatalf("byte %d was lost", i)
		}
	}
}

// residentKiB reads how much of a mapped file this process has in memory.
func residentKiB(t *testing.T, path string) int64 {
	t.Helper()
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skipf("no list of mappings: %v", err)
	}
	_, rest, _ := strings.Cut(string(smaps), path+"\n")
	_, rest, found := strings.Cut(rest, "\nRss:")
	if !found {
		t.Fatalf("%s is not mapped", path)
	}
	kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	check(t, err)
	return kib
}
