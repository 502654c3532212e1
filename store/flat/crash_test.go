package flat_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// The power-cut test. Strategy: a seeded script of what a writer does
// (append, commit, checkpoint, switch to another branch and back, close and
// open) runs on a file system that loses unsynced sectors, words and names at
// a random sync; then it is opened again, perhaps cut again while it recovers,
// and the script goes on. Half of the runs switch branches.
//
// Invariants: opening always succeeds; every block whose commit returned is
// there, unless the script took it back; check finds nothing; and when the
// script is done, rows and cells are byte-equal to those of a ledger that was
// ingested in one go.

// plan is one run.
type plan struct {
	seed    uint64
	world   *launder.World
	want    map[string][]byte
	reorgs  bool
	noSync  func(name string) bool // mutants
	noNames bool
	harsh   bool // recoveries are nearly always cut too, and the kernel writes back a lot
}

// cuts counts what the simulated power cuts met.
type cuts struct{ cuts, inRecovery, reorgs int }

// run plays a plan. A returned reason says what was wrong in the end.
func (p *plan) run(t *testing.T, c *cuts) (reason string) {
	rng := rand.New(rand.NewPCG(p.seed, 3))
	fs := p.newDisk(vfs.NewCrashable(p.seed))
	defer func() { fs.Free() }()
	paths := p.paths(rng)
	committed := 0 // blocks of the current path known to be durable
	for step := 0; step < len(paths); {
		if rng.IntN(3) > 0 {
			fs.CrashAt(fs.Points() + 1 + rng.IntN(120))
		}
		err := p.play(t, fs, paths[step], rng, &committed)
		if err == nil {
			step, committed = step+1, 0
			continue
		}
		if !errors.Is(err, vfs.ErrCrashed) {
			return "play: " + err.Error()
		}
		c.cuts++
		if fs, reason = p.recover(fs, rng, c); reason != "" {
			return reason
		}
		if reason := p.durable(fs, paths[step], committed); reason != "" {
			return reason
		}
	}
	c.reorgs += len(paths) - 1
	fs.CrashAt(0)
	return p.verdict(fs)
}

// paths is the order of branches that the run goes through, the main one last.
func (p *plan) paths(rng *rand.Rand) (paths [][]launder.BlockRef) {
	if p.reorgs {
		for range 1 + rng.IntN(3) {
			fork := p.world.Forks[rng.IntN(len(p.world.Forks))]
			paths = append(paths, p.world.Path(fork.Tip().Hash))
		}
	}
	return append(paths, p.world.Chain())
}

func (p *plan) newDisk(fs *vfs.Crashable) *vfs.Crashable {
	fs.MaxReserve = small.Reserve
	fs.Tear, fs.Writeback = p.seed%2 == 0, 0.05
	if p.harsh {
		fs.Writeback = 0.3
	}
	fs.DropSync, fs.DropSyncDir = p.noSync, p.noNames
	return fs
}

// play brings the ledger to a path, with commits in random places.
func (p *plan) play(t *testing.T, fs vfs.FS, path []launder.BlockRef, rng *rand.Rand, committed *int) error {
	opt := small
	opt.BatchOuts = 1 + rng.IntN(400)
	opt.CheckpointBytes = int64(1 + rng.IntN(100_000))
	s, err := flat.OpenWriter(fs, opt)
	if errors.Is(err, flat.ErrNoLedger) {
		s, err = flat.Create(fs, meta(p.world.Config().First), opt)
	}
	if err != nil {
		return err
	}
	defer s.Abort()
	for n := 0; n < len(path); {
		n = min(len(path), n+1+rng.IntN(8))
		if err := extend(t, p.world, s, path[:max(n, onPath(s, path))]); err != nil {
			return err
		}
		if rng.IntN(3) == 0 || n == len(path) {
			if err := s.Commit(); err != nil {
				return err
			}
			*committed = n
		}
		if rng.IntN(6) == 0 {
			if err := s.Checkpoint(); err != nil {
				return err
			}
		}
	}
	return nil
}

// onPath returns how many blocks of a path the writer holds, if those are all
// it holds.
func onPath(s *flat.Writer, path []launder.BlockRef) int {
	tip, ok := s.Tip()
	if !ok {
		return 0
	}
	for i, ref := range path {
		if ref.Height == tip.Height && ref.Hash == tip.Hash {
			return i + 1
		}
	}
	return 0
}

// recover cuts the power, and perhaps again while the ledger is being opened.
func (p *plan) recover(fs *vfs.Crashable, rng *rand.Rand, c *cuts) (*vfs.Crashable, string) {
	chances := []float64{0, .1, .5, .9, 1}
	for {
		after := p.newDisk(fs.Crash(chances[rng.IntN(len(chances))]))
		fs.Free()
		fs = after
		if rng.IntN(10) < 5 || p.harsh && rng.IntN(10) > 0 {
			fs.CrashAt(1 + rng.IntN(40))
		}
		s, err := flat.OpenWriter(fs, small)
		switch {
		case err == nil:
			s.Abort()
			fs.CrashAt(0)
			return fs, ""
		case errors.Is(err, flat.ErrNoLedger):
			fs.CrashAt(0)
			return fs, "" // the creation did not finish
		case !errors.Is(err, vfs.ErrCrashed):
			return fs, "recovery: " + err.Error()
		}
		c.inRecovery++
	}
}

// durable: what was committed of the path is still there.
func (p *plan) durable(fs vfs.FS, path []launder.BlockRef, committed int) string {
	if committed == 0 {
		return ""
	}
	s, err := flat.OpenWriter(fs, small)
	if err != nil {
		return "open: " + err.Error()
	}
	defer s.Abort()
	last := path[committed-1]
	if h, ok := s.HashAt(last.Height); !ok || h != last.Hash {
		return "a committed block is gone"
	}
	return ""
}

// verdict closes the ledger in order, checks it and compares it with a fresh one.
func (p *plan) verdict(fs vfs.FS) string {
	s, err := flat.OpenWriter(fs, small)
	if err != nil {
		return "open: " + err.Error()
	}
	if err := s.Close(); err != nil {
		return "close: " + err.Error()
	}
	r, err := flat.Check(context.Background(), fs, flat.CheckOptions{Options: small})
	if err != nil {
		return "check: " + err.Error()
	}
	if len(r.Damages) > 0 {
		return "check: " + r.Damages[0].Error()
	}
	l, err := flat.Open(fs, small)
	if err != nil {
		return "open: " + err.Error()
	}
	defer l.Close()
	v, err := l.Pin(context.Background(), flat.MaxHeight)
	if err != nil {
		return "pin: " + err.Error()
	}
	have := flat.ForTestRows(v)
	for _, name := range names(p.want) {
		if string(have[name]) != string(p.want[name]) {
			return "column " + name + " differs: " + firstDifference(have[name], p.want[name])
		}
	}
	return ""
}

// worlds for the runs: making one costs more than a run.
func crashWorlds(t *testing.T) (plans []plan) {
	for seed := range uint64(4) {
		c := launder.Small(seed)
		if seed%2 == 1 {
			c.TxPerBlock, c.Blocks = 20, 40 // enough to grow an index
		}
		w := newWorld(t, c)
		plans = append(plans, plan{world: w, want: fresh(t, w, w.Chain())})
	}
	return plans
}

func TestPowerCuts(t *testing.T) {
	n := runs(t, "CLEW_POWERCUTS", 200)
	plans := crashWorlds(t)
	var c cuts
	for seed := range uint64(n) {
		p := plans[seed%4]
		p.seed, p.reorgs = seed, seed/4%2 == 0
		if reason := p.run(t, &c); reason != "" {
			t.Errorf("seed %d: %s", seed, reason)
		}
	}
	t.Logf("%d runs: %d power cuts, %d more during recovery, %d reorganisations", n, c.cuts, c.inRecovery, c.reorgs)
	if c.cuts < n/2 || c.inRecovery == 0 {
		t.Error("the simulation hardly cut anything")
	}
}

// mutants leave one step of the protocol out.
var mutants = []struct {
	name   string
	mutate func(*plan)
}{
	{"rows are not synced", func(p *plan) { p.noSync = func(name string) bool { return !inPlace(name) } }},
	{"the record is not synced", func(p *plan) { p.noSync = func(name string) bool { return name == "record" } }},
	{"cells are not synced", func(p *plan) { p.noSync = func(name string) bool { return name != "record" && inPlace(name) } }},
	{"the directory is not synced", func(p *plan) { p.noNames = true }},
	{"a resumed undo does not insert again", func(p *plan) { p.harsh = true }},
}

func inPlace(name string) bool {
	return name == "record" || name == "outs.spender" || name == "accounts.head" || strings.Contains(name, ".index.")
}

// TestMutants: each missing step of the protocol is noticed by the same runs.
func TestMutants(t *testing.T) {
	plans := crashWorlds(t)
	for _, m := range mutants {
		off := func() {}
		n := runs(t, "CLEW_MUTANTS", 60)
		if strings.HasPrefix(m.name, "a resumed undo") {
			off, n = flat.ForTestNoReinsert(), 5*n
		}
		caught, c := 0, cuts{}
		for seed := range uint64(n) {
			p := plans[seed%4]
			p.seed, p.reorgs = seed, true
			m.mutate(&p)
			if p.run(t, &c) != "" {
				caught++
			}
		}
		off()
		t.Logf("%s: wrong in %d of %d runs", m.name, caught, n)
		if caught == 0 {
			t.Errorf("%s: not caught in %d runs", m.name, n)
		}
	}
}
