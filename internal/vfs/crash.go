package vfs

import (
	"math/rand/v2"

	"clew.example/clew/internal/invariant"
)

// Point is a moment just before or just after a Sync or SyncDir took effect.
type Point struct {
	N     int // from 1, since the FS came up
	Op    Op  // OpSync or OpSyncDir
	Name  string
	After bool
}

// Points returns how many points were reached since this FS came up.
func (c *Crashable) Points() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.points
}

// CrashAt cuts the power at the n-th point: the operation there and all later
// ones return ErrCrashed, and what is written to the mappings from then on does
// not count. Crash then returns what is left.
func (c *Crashable) CrashAt(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.crashAt = n
}

// reach counts a point and cuts the power if the test wants it there. The hook
// runs unlocked, so that it may ask for Points.
func (c *Crashable) reach(p Point) error {
	if err := c.enter(p.Op, p.Name); err != nil {
		return err
	}
	if !p.After {
		c.writeback()
	}
	c.points++
	p.N = c.points
	crash := c.crashAt > 0 && c.points >= c.crashAt
	c.mu.Unlock()
	if !crash && c.OnSync != nil {
		crash = c.OnSync(p)
	}
	if !crash {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.freeze()
	return pathError(p.Op, p.Name, ErrCrashed)
}

// writeback plays the kernel's flusher: some files, some of their sectors, and
// some names reach the disk although nobody asked.
func (c *Crashable) writeback() {
	if c.Writeback <= 0 {
		return
	}
	for _, n := range c.nodes {
		if coin(c.rng, c.Writeback) {
			n.writeback(c.rng)
		}
	}
	for _, name := range c.changedNames() {
		if coin(c.rng, c.Writeback) {
			c.settleName(name)
		}
	}
}

// freeze notes what differs from the disk, and stops all operations.
func (c *Crashable) freeze() {
	if c.crashed {
		return
	}
	c.crashed = true
	for _, n := range c.nodes {
		n.freeze()
	}
}

// Crash cuts the power, if it is not cut yet, and returns the files as the
// machine finds them afterwards: of what was not durable each sector, length
// and name survives with probability p. Files whose name is lost are lost.
//
// The old FS stays as it is, so that Crash may be called again for another
// outcome of the same cut; its mappings stay valid until its Free. Options are
// inherited; points and locks start anew.
func (c *Crashable) Crash(p float64) *Crashable {
	c.mu.Lock()
	defer c.mu.Unlock()
	invariant.Check(!c.freed, "crash of a file system that was freed")
	c.freeze()
	next := c.successor()
	found := c.survivingNames(p)
	for _, n := range c.nodes {
		if found[n.name] != n {
			continue
		}
		s := n.survivor(c.rng, p, c.Tear, c.MaxReserve)
		next.nodes = append(next.nodes, s)
		next.names[n.name], next.durable[n.name] = s, s
	}
	return next
}

// successor returns an FS with c's options and directories and no files.
func (c *Crashable) successor() *Crashable {
	next := NewCrashable(c.rng.Uint64())
	next.MaxReserve, next.Tear, next.Writeback = c.MaxReserve, c.Tear, c.Writeback
	next.DropSync, next.DropSyncDir, next.OnSync = c.DropSync, c.DropSyncDir, c.OnSync
	for dir := range c.dirs {
		next.dirs[dir] = true
	}
	return next
}

// survivingNames tosses for the unsynced changes of each name in turn: first
// whether the old file is gone, then whether the new one is there.
func (c *Crashable) survivingNames(p float64) map[string]*node {
	found := map[string]*node{}
	for name, n := range c.durable {
		found[name] = n
	}
	for _, name := range c.changedNames() {
		if found[name] != nil {
			if !coin(c.rng, p) {
				continue
			}
			delete(found, name)
		}
		if n := c.names[name]; n != nil && coin(c.rng, p) {
			found[name] = n
		}
	}
	return found
}

// coin is true with probability p; never for 0, always for 1.
func coin(rng *rand.Rand, p float64) bool { return rng.Float64() < p }
