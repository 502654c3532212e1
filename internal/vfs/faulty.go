package vfs

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// ErrFault is what a Faults returns unless told otherwise.
var ErrFault = errors.New("fault on purpose")

// Faults says which operations of a faulty FS fail. Those that match Ops and
// Name are counted from 1; number At fails. A test that wants to fail at every
// step raises At until Fired stays 0.
type Faults struct {
	Ops  Op
	Name func(name string) bool // nil matches every name
	At   int                    // 0 fails nothing and only counts
	// Sticky fails all that come after At too, as a disk that stays full does.
	Sticky bool
	// Err is the cause; nil is ErrNoSpace for OpAllocate and ErrFault for others.
	Err error
	// Partial grows the file by half of what was asked before Allocate fails,
	// as file systems do that allocate extent by extent.
	Partial bool

	mu    sync.Mutex
	count int // guarded by mu
	fired int // guarded by mu
}

// Count returns how many operations matched so far.
func (f *Faults) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// Fired returns how many operations failed so far.
func (f *Faults) Fired() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fired
}

// check counts one operation and returns the error it shall fail with, if any.
func (f *Faults) check(op Op, name string) error {
	if f.Ops&op == 0 || f.Name != nil && !f.Name(name) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.At == 0 || f.count < f.At || f.count > f.At && !f.Sticky {
		return nil
	}
	f.fired++
	cause := f.Err
	switch {
	case cause == nil && op == OpAllocate:
		cause = ErrNoSpace
	case cause == nil:
		cause = ErrFault
	}
	return fmt.Errorf("%s %s: %w", op, name, cause)
}

// NewFaulty returns inner with the faults of f. Operations fail before they
// have any effect, but see Partial. Boot, Size, Release and Close never fail.
func NewFaulty(inner FS, f *Faults) FS { return faultyFS{FS: inner, faults: f} }

type faultyFS struct {
	FS
	faults *Faults
}

func (f faultyFS) Open(name string, mode Mode) (File, error) {
	op := OpOpen
	if mode == Create {
		op = OpCreate
	}
	if err := f.faults.check(op, name); err != nil {
		return nil, err
	}
	file, err := f.FS.Open(name, mode)
	if err != nil {
		return nil, err
	}
	return faultyFile{File: file, faults: f.faults, name: name}, nil
}

func (f faultyFS) Remove(name string) error {
	if err := f.faults.check(OpRemove, name); err != nil {
		return err
	}
	return f.FS.Remove(name)
}

func (f faultyFS) List(dir string) ([]string, error) {
	if err := f.faults.check(OpList, dir); err != nil {
		return nil, err
	}
	return f.FS.List(dir)
}

func (f faultyFS) MkdirAll(dir string) error {
	if err := f.faults.check(OpMkdir, dir); err != nil {
		return err
	}
	return f.FS.MkdirAll(dir)
}

func (f faultyFS) SyncDir(dir string) error {
	if err := f.faults.check(OpSyncDir, dir); err != nil {
		return err
	}
	return f.FS.SyncDir(dir)
}

func (f faultyFS) Lock(name string) (io.Closer, error) {
	if err := f.faults.check(OpLock, name); err != nil {
		return nil, err
	}
	return f.FS.Lock(name)
}

type faultyFile struct {
	File
	faults *Faults
	name   string
}

func (f faultyFile) Map(reserve int64) ([]byte, error) {
	if err := f.faults.check(OpMap, f.name); err != nil {
		return nil, err
	}
	return f.File.Map(reserve)
}

func (f faultyFile) Allocate(size int64) error {
	fault := f.faults.check(OpAllocate, f.name)
	if fault == nil {
		return f.File.Allocate(size)
	}
	if now, err := f.File.Size(); f.faults.Partial && err == nil && now < size {
		return errors.Join(fault, f.File.Allocate(now+(size-now)/2))
	}
	return fault
}

func (f faultyFile) Sync(off, n int64) error {
	if err := f.faults.check(OpSync, f.name); err != nil {
		return err
	}
	return f.File.Sync(off, n)
}
