//go:build !(linux || darwin || freebsd)

package vfs

import (
	"errors"
	"fmt"
	"io"
	"runtime"
)

// noFS answers everything with an error: a ledger needs shared mappings that
// grow with their file, which this package knows on linux, darwin and freebsd.
type noFS struct{}

// NewOS returns an FS whose operations fail on this operating system.
func NewOS(string) FS { return noFS{} }

func (noFS) err() error {
	return fmt.Errorf("a ledger can not be kept on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

func (n noFS) Open(string, Mode) (File, error) { return nil, n.err() }
func (n noFS) Remove(string) error             { return n.err() }
func (n noFS) List(string) ([]string, error)   { return nil, n.err() }
func (n noFS) MkdirAll(string) error           { return n.err() }
func (n noFS) SyncDir(string) error            { return n.err() }
func (n noFS) Lock(string) (io.Closer, error)  { return nil, n.err() }
func (n noFS) Boot() string                    { return "unknown" }
func (n noFS) Resident() int64                 { return 0 }
