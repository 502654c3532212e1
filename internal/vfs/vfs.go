// Package vfs is the file system as the store sees it: files that are mapped,
// grown by allocation and synced, and nothing else. OS is the real one;
// NewCrashable simulates power cuts, NewFaulty full disks and failing syncs.
package vfs

import (
	"errors"
	"io"
	"io/fs"
)

// FS is a tree of files. Names are slash-separated and relative to its root.
type FS interface {
	// Open opens a file, fs.ErrNotExist if there is none.
	Open(name string, mode Mode) (File, error)
	// Remove unlinks a file. Mappings of it stay valid.
	Remove(name string) error
	// List returns the names in a directory, sorted; a directory that does not
	// exist is fs.ErrNotExist.
	List(dir string) ([]string, error)
	// MkdirAll makes a directory and its parents.
	MkdirAll(dir string) error
	// SyncDir makes the names in a directory durable.
	SyncDir(dir string) error
	// Lock takes the exclusive lock that a file stands for, creating it.
	// ErrLocked if another holds it. The lock ends with the process.
	Lock(name string) (io.Closer, error)
	// Boot identifies this run of the machine: it changes when unsynced
	// writes may have been lost.
	Boot() string
	// Resident returns the bytes of this process that are in memory, anonymous
	// and mapped; 0 where the system does not tell.
	Resident() int64
}

// Mode says how a file is opened.
type Mode int

// The modes of Open.
const (
	ReadOnly Mode = iota
	ReadWrite
	Create // read-write; made if absent
)

// File is a file that is read and written through one shared mapping.
type File interface {
	// Map maps the file shared, with reserve bytes of address space. Bytes at
	// or beyond Size must not be touched (SIGBUS); the mapping's base never
	// moves while the file grows below reserve. Called once.
	Map(reserve int64) ([]byte, error)
	// Size returns the file's length.
	Size() (int64, error)
	// Allocate grows the file to size with real blocks, so that writing the
	// mapping below it can not fail. It never shrinks. ErrNoSpace when full.
	Allocate(size int64) error
	// Sync makes the bytes [off, off+n) and the length that holds them durable.
	Sync(off, n int64) error
	// Release gives the resident pages of [off, off+n) of this process back to
	// the system without losing their content.
	Release(off, n int64)
	// Scattered says that the mapping will be read here and there: the system
	// then maps single pages, not their neighbours with them.
	Scattered()
	// Close unmaps and closes.
	Close() error
}

// Errors of the file systems.
var (
	ErrLocked  = errors.New("locked by another process")
	ErrNoSpace = errors.New("no space left on the device")
)

// NotExist reports whether err says that a file is not there.
func NotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
