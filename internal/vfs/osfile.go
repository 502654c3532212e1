//go:build linux || darwin || freebsd

package vfs

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// osFile is a regular file and its one mapping.
type osFile struct {
	f        *os.File
	writable bool
	mem      []byte // whole pages, so it may be longer than what Map returned

	mu      sync.Mutex
	filled  int64 // guarded by mu; [0, filled) is known to have blocks
	syncErr error // guarded by mu; the first failure of a sync
}

// Map reserves address space beyond the end of the file, which is legal: only
// touching it is not, until Allocate has grown the file.
func (o *osFile) Map(reserve int64) ([]byte, error) {
	if o.mem != nil {
		return nil, fmt.Errorf("map %s: mapped already", o.f.Name())
	}
	page := int64(os.Getpagesize())
	if reserve <= 0 || reserve > math.MaxInt-page {
		return nil, fmt.Errorf("map %s: can not reserve %d bytes", o.f.Name(), reserve)
	}
	size, err := o.Size()
	if err != nil {
		return nil, err
	}
	if size > reserve {
		return nil, fmt.Errorf("map %s: the file has %d bytes, more than the %d reserved", o.f.Name(), size, reserve)
	}
	prot := unix.PROT_READ
	if o.writable {
		prot |= unix.PROT_WRITE
	}
	length := (reserve + page - 1) / page * page
	mem, err := unix.Mmap(int(o.f.Fd()), 0, int(length), prot, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map %s: asked for %d bytes of address space: %w", o.f.Name(), length, err)
	}
	o.mem = mem
	return mem[:reserve:reserve], nil
}

func (o *osFile) Size() (int64, error) {
	info, err := o.f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Allocate also fills holes below the present size the first time, since a
// ledger that was copied by a tool may be sparse, and a full disk under a hole
// of a mapping is a SIGBUS. On file systems that copy on write (btrfs, zfs) not
// even real blocks promise that.
func (o *osFile) Allocate(size int64) error {
	if !o.writable {
		return &fs.PathError{Op: "allocate", Path: o.f.Name(), Err: fs.ErrPermission}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if size <= o.filled {
		return nil
	}
	err := allocate(o.f, o.filled, size)
	switch {
	case errors.Is(err, unix.ENOSPC):
		err = ErrNoSpace
	case errors.Is(err, unix.EDQUOT):
		err = fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	if err != nil {
		return fmt.Errorf("allocate %s to %d bytes: %w", o.f.Name(), size, err)
	}
	o.filled = size
	return nil
}

// fillZeros grows f to size by writing. It leaves what is below the present end
// alone, where zeros could overwrite what the mapping holds.
func fillZeros(f *os.File, size int64) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	zeros := make([]byte, 1<<20)
	for at := info.Size(); at < size; {
		n, err := f.WriteAt(zeros[:min(int64(len(zeros)), size-at)], at)
		if err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}

// Sync remembers a failure for good: the kernel marks pages clean that it could
// not write, so that a second sync would succeed without them.
func (o *osFile) Sync(off, n int64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.syncErr != nil {
		return o.syncErr
	}
	if err := syncData(o.f, o.mem, off, n); err != nil {
		o.syncErr = fmt.Errorf("sync %s: %w", o.f.Name(), err)
	}
	return o.syncErr
}

// Release drops page table entries, no data: a shared mapping's pages belong to
// the page cache, which takes over their dirty bits, and the next touch maps
// them again. Only whole pages inside the range are dropped, so that a
// neighbour in use is not faulted out. It is advice, hence no error.
func (o *osFile) Release(off, n int64) {
	page := int64(os.Getpagesize())
	from := (max(off, 0) + page - 1) / page * page
	to := min(off+n, int64(len(o.mem))) / page * page
	if from < to {
		_ = unix.Madvise(o.mem[from:to], unix.MADV_DONTNEED)
	}
}

// Scattered turns fault-around and readahead off for the mapping.
func (o *osFile) Scattered() {
	if o.mem != nil {
		_ = unix.Madvise(o.mem, unix.MADV_RANDOM)
	}
}

func (o *osFile) Close() error {
	var err error
	if o.mem != nil {
		err = unix.Munmap(o.mem)
		o.mem = nil
	}
	return errors.Join(err, o.f.Close())
}
