package opsdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"clew.example/clew/internal/vfs"
)

// The lock files stand beside the database. SQLite locks the file itself, with
// locks that a process loses when it closes any handle of it, so nothing here
// opens it other than through SQLite.
const (
	serverSuffix = "-server" // held by the server while it runs
	openSuffix   = "-open"   // held while a schema is made, or a file put in place
)

// lockFile takes a lock, or ErrInUse with who holds it.
func lockFile(path, suffix string) (io.Closer, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	lock, err := vfs.NewOS(filepath.Dir(abs)).Lock(filepath.Base(abs) + suffix)
	if errors.Is(err, vfs.ErrLocked) {
		return nil, fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return lock, err
}

func serverLock(path string) (io.Closer, error) { return lockFile(path, serverSuffix) }

// openLock waits for another process that is opening the file.
func openLock(ctx context.Context, path string, wait time.Duration) (io.Closer, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		lock, err := lockFile(path, openSuffix)
		if !errors.Is(err, ErrInUse) {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// syncDir makes the names of a folder durable.
func syncDir(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	return vfs.NewOS(abs).SyncDir(".")
}
