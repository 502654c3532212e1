package vfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
)

// ErrCrashed is what every operation returns after the power was cut.
var ErrCrashed = errors.New("the power is cut")

// Crashable is an FS in memory that can lose its power. Every file has the
// bytes that its mappings show and the image that the disk holds, every
// directory the names of each; syncs move the former to the latter, and Crash
// returns what a machine could find when it comes up again.
//
// It is stricter than any real file system where one might be tempted to rely
// on luck: a Sync moves exactly the bytes it was asked for, a file's Sync says
// nothing about its name, and touching a page beyond a file's size is a fault.
// It is kinder in two places: the mapping of a ReadOnly file is not protected
// from writing, and MkdirAll is durable at once, as it is with NewOS.
//
// The same calls from one goroutine give the same result for the same seed.
type Crashable struct {
	// MaxReserve is the address space of each file, and so its largest size.
	// Map returns no more of it whatever was asked for.
	MaxReserve int64
	// Tear lets half of the unsynced sectors come out of a crash as a mixture
	// of old and new 8-byte words instead of whole.
	Tear bool
	// Writeback is the chance that a call of Sync or SyncDir finds that the
	// kernel has, for each file and for each name, written some of it meanwhile.
	Writeback float64
	// DropSync names the files whose Sync does nothing, for tests that want to
	// see a missing sync noticed. DropSyncDir does so for all directories.
	DropSync    func(name string) bool
	DropSyncDir bool
	// OnSync is asked at every point (see Points) whether to cut the power
	// there. It must not use the FS it is called from, but for Points.
	OnSync func(Point) bool

	mu      sync.Mutex // guards everything below
	rng     *rand.Rand
	boot    uint64
	dirs    map[string]bool
	names   map[string]*node // as programs see them
	durable map[string]*node // as the disk has them
	nodes   []*node          // in order of creation, for draws that do not depend on map order
	locks   map[string]bool
	points  int
	crashAt int
	crashed bool
	freed   bool
}

// NewCrashable returns an empty FS with a root directory. Call Free at its end.
func NewCrashable(seed uint64) *Crashable {
	return &Crashable{
		MaxReserve: 64 << 20,
		rng:        rand.New(rand.NewPCG(seed, 0)),
		boot:       seed,
		dirs:       map[string]bool{".": true},
		names:      map[string]*node{},
		durable:    map[string]*node{},
		locks:      map[string]bool{},
	}
}

// Free unmaps all files. Nothing may touch a mapping afterwards.
func (c *Crashable) Free() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.nodes {
		n.free()
	}
	c.nodes, c.crashed, c.freed = nil, true, true
}

// enter locks c for one operation on name, unless there is no power.
func (c *Crashable) enter(op Op, name string) error {
	if err := checkName(op.String(), name); err != nil {
		return err
	}
	c.mu.Lock()
	if c.crashed {
		c.mu.Unlock()
		return pathError(op, name, ErrCrashed)
	}
	return nil
}

func pathError(op Op, name string, err error) error {
	return &fs.PathError{Op: op.String(), Path: name, Err: err}
}

// Open opens or makes a file. Making one needs its directory.
func (c *Crashable) Open(name string, mode Mode) (File, error) {
	op := OpOpen
	if mode == Create {
		op = OpCreate
	}
	if err := c.enter(op, name); err != nil {
		return nil, err
	}
	defer c.mu.Unlock()
	if c.dirs[name] {
		return nil, pathError(op, name, errors.New("is a directory"))
	}
	n := c.names[name]
	if n == nil && mode == Create && c.dirs[path.Dir(name)] {
		n = c.create(name)
	}
	if n == nil {
		return nil, pathError(op, name, fs.ErrNotExist)
	}
	return &crashFile{fs: c, node: n, mode: mode}, nil
}

func (c *Crashable) create(name string) *node {
	n := &node{name: name}
	c.names[name] = n
	c.nodes = append(c.nodes, n)
	return n
}

// Remove takes the name away; the disk may keep it until SyncDir.
func (c *Crashable) Remove(name string) error {
	if err := c.enter(OpRemove, name); err != nil {
		return err
	}
	defer c.mu.Unlock()
	if c.names[name] == nil {
		return pathError(OpRemove, name, fs.ErrNotExist)
	}
	delete(c.names, name)
	return nil
}

// List returns the names of files and directories in dir.
func (c *Crashable) List(dir string) ([]string, error) {
	if err := c.enter(OpList, dir); err != nil {
		return nil, err
	}
	defer c.mu.Unlock()
	if !c.dirs[dir] {
		return nil, pathError(OpList, dir, fs.ErrNotExist)
	}
	list := []string{}
	for name := range c.names {
		if path.Dir(name) == dir {
			list = append(list, path.Base(name))
		}
	}
	for name := range c.dirs {
		if name != "." && path.Dir(name) == dir {
			list = append(list, path.Base(name))
		}
	}
	slices.Sort(list)
	return list, nil
}

// MkdirAll makes a directory and its parents, durably.
func (c *Crashable) MkdirAll(dir string) error {
	if err := c.enter(OpMkdir, dir); err != nil {
		return err
	}
	defer c.mu.Unlock()
	for at := dir; at != "."; at = path.Dir(at) {
		if c.names[at] != nil {
			return pathError(OpMkdir, at, errors.New("not a directory"))
		}
	}
	for at := dir; at != "."; at = path.Dir(at) {
		c.dirs[at] = true
	}
	return nil
}

// SyncDir makes the names in dir durable, those that are gone too.
func (c *Crashable) SyncDir(dir string) error {
	point := Point{Op: OpSyncDir, Name: dir}
	if err := c.reach(point); err != nil {
		return err
	}
	if err := c.syncDir(dir); err != nil {
		return err
	}
	point.After = true
	return c.reach(point)
}

func (c *Crashable) syncDir(dir string) error {
	if err := c.enter(OpSyncDir, dir); err != nil {
		return err
	}
	defer c.mu.Unlock()
	if !c.dirs[dir] {
		return pathError(OpSyncDir, dir, fs.ErrNotExist)
	}
	if c.DropSyncDir {
		return nil
	}
	for _, name := range c.changedNames() {
		if path.Dir(name) == dir {
			c.settleName(name)
		}
	}
	return nil
}

// changedNames returns, sorted, the names that the disk has otherwise.
func (c *Crashable) changedNames() []string {
	var changed []string
	for name, n := range c.names {
		if c.durable[name] != n {
			changed = append(changed, name)
		}
	}
	for name := range c.durable {
		if c.names[name] == nil {
			changed = append(changed, name)
		}
	}
	slices.SortFunc(changed, strings.Compare)
	return changed
}

// settleName gives the disk what programs see under name.
func (c *Crashable) settleName(name string) {
	if n := c.names[name]; n != nil {
		c.durable[name] = n
	} else {
		delete(c.durable, name)
	}
}

// Lock makes the lock's file, like any file without bytes, and holds its name.
func (c *Crashable) Lock(name string) (io.Closer, error) {
	if err := c.enter(OpLock, name); err != nil {
		return nil, err
	}
	defer c.mu.Unlock()
	if c.locks[name] {
		return nil, fmt.Errorf("lock %s: %w", name, ErrLocked)
	}
	if !c.dirs[path.Dir(name)] {
		return nil, pathError(OpLock, name, fs.ErrNotExist)
	}
	if c.names[name] == nil {
		c.create(name)
	}
	c.locks[name] = true
	return &crashLock{fs: c, name: name}, nil
}

// crashLock is a held lock.
type crashLock struct {
	fs   *Crashable
	name string
	once sync.Once
}

// Close gives the lock back. Closing twice must not free the next holder's.
func (l *crashLock) Close() error {
	l.once.Do(func() {
		l.fs.mu.Lock()
		defer l.fs.mu.Unlock()
		delete(l.fs.locks, l.name)
	})
	return nil
}

// Resident is not told: what a simulated machine holds is no part of it.
func (c *Crashable) Resident() int64 { return 0 }

// Boot changes with every crash.
func (c *Crashable) Boot() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("crashable-%016x", c.boot)
}
