//go:build linux || darwin || freebsd

package vfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// osFS is the directory tree of the operating system below root.
type osFS struct {
	root string
}

// NewOS returns the files below the directory root, which need not exist until
// MkdirAll(".") makes it. Symbolic links are followed: they are the owner's way
// of putting a column on another disk.
func NewOS(root string) FS { return osFS{root: root} }

func (o osFS) path(op, name string) (string, error) {
	if err := checkName(op, name); err != nil {
		return "", err
	}
	return filepath.Join(o.root, filepath.FromSlash(name)), nil
}

// Open refuses anything but a regular file here, because mapping a directory or
// a device fails much later and with an error that names neither.
func (o osFS) Open(name string, mode Mode) (File, error) {
	path, err := o.path("open", name)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, openFlags(mode), 0o644)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &osFile{f: f, writable: mode != ReadOnly}, nil
}

func openFlags(mode Mode) int {
	switch mode {
	case ReadWrite:
		return os.O_RDWR
	case Create:
		return os.O_RDWR | os.O_CREATE
	default:
		return os.O_RDONLY
	}
}

func (o osFS) Remove(name string) error {
	path, err := o.path("remove", name)
	if err != nil {
		return err
	}
	return os.Remove(path)
}

func (o osFS) List(dir string) ([]string, error) {
	path, err := o.path("list", dir)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

func (o osFS) MkdirAll(dir string) error {
	path, err := o.path("mkdir", dir)
	if err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	return mkdirDurable(path)
}

// mkdirDurable syncs the parent of every directory it makes. Nobody else could
// do it for the root, whose parent is outside the FS.
func mkdirDurable(path string) error {
	err := os.Mkdir(path, 0o755)
	if errors.Is(err, fs.ErrNotExist) && path != filepath.Dir(path) {
		if err := mkdirDurable(filepath.Dir(path)); err != nil {
			return err
		}
		err = os.Mkdir(path, 0o755)
	}
	if err == nil {
		return syncDir(filepath.Dir(path))
	}
	if info, e := os.Stat(path); e == nil && info.IsDir() {
		return nil
	}
	return err
}

func (o osFS) SyncDir(dir string) error {
	path, err := o.path("syncdir", dir)
	if err != nil {
		return err
	}
	return syncDir(path)
}

// syncDir takes EINVAL for success: it is what file systems answer that have no
// sync of directories, and there is nothing better to ask them for.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	if err = d.Sync(); errors.Is(err, unix.EINVAL) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// Lock uses flock, which the kernel drops when the process dies in any way, so
// there is no stale lock to clean up. The file stays: unlinking it would let a
// second process lock a new file of that name while the old one is still held.
func (o osFS) Lock(name string) (io.Closer, error) {
	path, err := o.path("lock", name)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if errors.Is(err, unix.EROFS) {
		return nil, fmt.Errorf("%w: %w", fs.ErrPermission, err)
	}
	if err != nil {
		return nil, err
	}
	err = retry(func() error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) })
	switch {
	case errors.Is(err, unix.EWOULDBLOCK):
		err = fmt.Errorf("lock %s: %w%s", path, ErrLocked, holder(f))
	case err != nil:
		err = fmt.Errorf("lock %s: %w", path, err)
	default:
		writePID(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// writePID tells whoever is refused the lock which process to look at. It may
// fail: a full disk is no reason to refuse the lock.
func writePID(f *os.File) {
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
}

// holder reads what writePID wrote, as " (process 123)". It is a hint only: the
// holder may be between lock and write, or in another pid namespace.
func holder(f *os.File) string {
	var buf [32]byte
	n, _ := f.ReadAt(buf[:], 0)
	pid, err := strconv.Atoi(strings.TrimSpace(string(buf[:n])))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}

func (o osFS) Boot() string { return boot() }

func (o osFS) Resident() int64 { return resident() }

// retry repeats a system call that a signal interrupted. The runtime preempts
// goroutines with signals, so this happens without anybody sending one.
func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
