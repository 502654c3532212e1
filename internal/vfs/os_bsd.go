//go:build darwin || freebsd

package vfs

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func allocate(f *os.File, _, size int64) error { return fillZeros(f, size) }

// syncData writes the mapping's range first, as these systems do not promise
// that fsync sees what was written through a mapping. File.Sync asks macOS for
// F_FULLFSYNC: its fsync stops at the drive's cache.
func syncData(f *os.File, mem []byte, off, n int64) error {
	page := int64(os.Getpagesize())
	from := off / page * page
	if to := min(off+n, int64(len(mem))); from < to {
		if err := unix.Msync(mem[from:to], unix.MS_SYNC); err != nil {
			return err
		}
	}
	return f.Sync()
}

// boot is the time of the boot. Setting the clock changes it, which only makes
// the next open recover once more.
func boot() string {
	t, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return fmt.Sprintf("unknown-%d", os.Getpid())
	}
	return fmt.Sprintf("boot-%d.%06d", t.Sec, t.Usec)
}

// resident is not told without a call into the kernel's task accounting.
func resident() int64 { return 0 }
