package vfs

import (
	"crypto/rand"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// allocate gives [from, size) blocks that read as zeros where there were none.
// Where the file system has no such call, zeros are written at the end.
func allocate(f *os.File, from, size int64) error {
	err := retry(func() error { return unix.Fallocate(int(f.Fd()), 0, from, size-from) })
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		return fillZeros(f, size)
	}
	return err
}

// syncData syncs the whole file. msync(MS_SYNC) of a range ends in the same
// fsync of that range's file, and fdatasync writes the length too, since the
// data could not be read back without it.
func syncData(f *os.File, _ []byte, _, _ int64) error {
	return retry(func() error { return unix.Fdatasync(int(f.Fd())) })
}

// bootUnknown stands for a boot that can not be named (no /proc). It is
// different in every process: then nobody trusts unsynced bytes of another
// process, which costs a recovery, while any guess that two boots might share,
// such as a time from a machine without a clock, could cost the ledger.
var bootUnknown = sync.OnceValue(func() string { return "unknown-" + rand.Text() })

func boot() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if s := strings.TrimSpace(string(id)); err == nil && s != "" {
		return s
	}
	return bootUnknown()
}

// resident reads the second number of statm, in pages.
func resident() int64 {
	b, err := os.ReadFile("/proc/self/statm")
	fields := strings.Fields(string(b))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
