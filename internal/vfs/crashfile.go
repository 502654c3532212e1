package vfs

import (
	"fmt"
	"io/fs"

	"clew.example/clew/internal/invariant"
)

// crashFile is an open file of a Crashable.
type crashFile struct {
	fs     *Crashable
	node   *node
	mode   Mode
	mapped bool
	closed bool
}

func (f *crashFile) enter(op Op) error {
	if err := f.fs.enter(op, f.node.name); err != nil {
		return err
	}
	if f.closed {
		f.fs.mu.Unlock()
		return pathError(op, f.node.name, fs.ErrClosed)
	}
	return nil
}

// Map returns the one memory that all openers of the file share.
func (f *crashFile) Map(reserve int64) ([]byte, error) {
	if err := f.enter(OpMap); err != nil {
		return nil, err
	}
	defer f.fs.mu.Unlock()
	if f.mapped || reserve <= 0 || f.node.size > reserve {
		return nil, pathError(OpMap, f.node.name, fmt.Errorf("%d bytes reserved for %d, mapped before: %v", reserve, f.node.size, f.mapped))
	}
	if err := f.node.reserve(f.fs.MaxReserve); err != nil {
		return nil, pathError(OpMap, f.node.name, err)
	}
	f.mapped = true
	reserve = min(reserve, int64(len(f.node.mem)))
	return f.node.mem[:reserve:reserve], nil
}

func (f *crashFile) Size() (int64, error) {
	if err := f.enter(OpOpen); err != nil {
		return 0, err
	}
	defer f.fs.mu.Unlock()
	return f.node.size, nil
}

func (f *crashFile) Allocate(size int64) error {
	if err := f.enter(OpAllocate); err != nil {
		return err
	}
	defer f.fs.mu.Unlock()
	name := f.node.name
	if f.mode == ReadOnly {
		return pathError(OpAllocate, name, fs.ErrPermission)
	}
	if size > f.fs.MaxReserve {
		return fmt.Errorf("allocate %s to %d bytes: %w", name, size, ErrNoSpace)
	}
	if err := f.node.reserve(f.fs.MaxReserve); err != nil {
		return pathError(OpAllocate, name, err)
	}
	if err := f.node.grow(size); err != nil {
		return pathError(OpAllocate, name, err)
	}
	return nil
}

// Sync writes the range to the image, between two points.
func (f *crashFile) Sync(off, n int64) error {
	point := Point{Op: OpSync, Name: f.node.name}
	if err := f.fs.reach(point); err != nil {
		return err
	}
	if err := f.sync(off, n); err != nil {
		return err
	}
	point.After = true
	return f.fs.reach(point)
}

func (f *crashFile) sync(off, n int64) error {
	if err := f.enter(OpSync); err != nil {
		return err
	}
	defer f.fs.mu.Unlock()
	invariant.Check(off >= 0 && n >= 0 && off+n <= f.node.size,
		"sync of %s [%d, +%d), which has %d bytes", f.node.name, off, n, f.node.size)
	if drop := f.fs.DropSync; drop == nil || !drop(f.node.name) {
		f.node.sync(off, n)
	}
	return nil
}

// Release does nothing: memory is all there is.
func (f *crashFile) Release(int64, int64) {}

// Scattered does nothing either.
func (f *crashFile) Scattered() {}

// Close leaves the memory mapped until Free, as other openers may share it.
func (f *crashFile) Close() error {
	if err := f.enter(OpOpen); err != nil {
		return err
	}
	defer f.fs.mu.Unlock()
	f.closed = true
	return nil
}
