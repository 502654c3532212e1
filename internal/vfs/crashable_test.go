package vfs_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/internal/vfs"
)

// TestCrashKeepsPromises compares random runs with a naive model: what was
// synced survives, what was not comes out as the options allow. Each cut is
// tried twice, and the second outcome is where the next run starts.
func TestCrashKeepsPromises(t *testing.T) {
	for seed := range uint64(60) {
		for _, p := range []float64{0, 0.1, 0.5, 1} {
			t.Run(fmt.Sprintf("seed=%d,p=%v", seed, p), func(t *testing.T) {
				c := newCrashable(t, seed)
				c.MaxReserve = 1 << 20
				c.Tear = seed%2 == 1
				if seed%3 == 2 {
					c.Writeback = 0.2
				}
				for round := range uint64(3) {
					c = crashRound(t, c, seed+round, p)
				}
			})
		}
	}
}

func crashRound(t *testing.T, c *vfs.Crashable, seed uint64, p float64) *vfs.Crashable {
	w := newWorld(t, seed, c)
	w.run(150)
	first := c.Crash(p)
	w.checkAfter(first, p)
	first.Free()
	second := c.Crash(p)
	t.Cleanup(second.Free)
	w.checkAfter(second, p)
	return second
}

func TestSeedDeterminesCrash(t *testing.T) {
	outcome := func(seed uint64) string {
		c := newCrashable(t, seed)
		c.Tear, c.Writeback = true, 0.2
		w := newWorld(t, 7, c)
		w.run(100)
		after := c.Crash(0.5)
		defer after.Free()
		return after.Boot() + dump(t, after)
	}
	if first, again := outcome(1), outcome(1); first != again {
		t.Error("two runs of one seed differ")
	}
	if outcome(1) == outcome(2) {
		t.Error("two seeds give one result")
	}
}

// One crash shows every mixture that the model allows, or a test that hopes for
// a rare one hopes in vain.
func TestCrashShowsMixtures(t *testing.T) {
	c := newCrashable(t, 1)
	c.Tear = true
	_, mem := open(t, c, "a", vfs.Create, 512<<10)
	f, err := c.Open("a", vfs.ReadWrite)
	check(t, err)
	check(t, f.Sync(0, 512<<10))
	check(t, c.SyncDir("."))
	for i := range mem[:512<<10] {
		mem[i] = 1
	}
	after := c.Crash(0.5)
	defer after.Free()
	_, mem = open(t, after, "a", vfs.ReadOnly, 0)
	var whole, lost, torn int
	for at := 0; at < 512<<10; at += 512 {
		switch n := strings.Count(string(mem[at:at+512]), "\x01"); n {
		case 512:
			whole++
		case 0:
			lost++
		default:
			torn++
		}
	}
	if whole < 200 || lost < 200 || torn < 400 {
		t.Fatalf("%d sectors whole, %d lost, %d torn of 1024", whole, lost, torn)
	}
}

// After a lost growth the bytes there read as zero, although some of them were
// written and their sectors survived.
func TestLostLengthReadsZero(t *testing.T) {
	for seed := range uint64(50) {
		c := newCrashable(t, seed)
		_, mem := open(t, c, "a", vfs.Create, 10_000)
		check(t, c.SyncDir("."))
		mem[9_999] = 1
		after := c.Crash(0.5)
		f, err := after.Open("a", vfs.ReadWrite)
		check(t, err)
		lost := sizeOf(t, f) == 0
		_, mem = open(t, after, "a", vfs.ReadWrite, 10_000)
		if lost && mem[9_999] != 0 {
			t.Fatalf("seed %d: a byte survived beyond the length", seed)
		}
		after.Free()
	}
}

func TestNothingWorksWithoutPower(t *testing.T) {
	c := newCrashable(t, 1)
	f, mem := open(t, c, "a", vfs.Create, 10)
	check(t, c.SyncDir("."))
	mem[0] = 1
	boot := c.Boot()
	c.CrashAt(3)
	wantError(t, f.Sync(0, 10), vfs.ErrCrashed)
	mem[0] = 2

	_, err := c.Open("a", vfs.ReadOnly)
	wantError(t, err, vfs.ErrCrashed)
	_, err = c.List(".")
	wantError(t, err, vfs.ErrCrashed)
	_, err = c.Lock("lock")
	wantError(t, err, vfs.ErrCrashed)
	_, err = f.Size()
	wantError(t, err, vfs.ErrCrashed)
	for _, err := range []error{f.Sync(0, 10), f.Allocate(20), f.Close(), c.SyncDir("."), c.Remove("a"), c.MkdirAll("d")} {
		wantError(t, err, vfs.ErrCrashed)
	}

	after := c.Crash(1)
	defer after.Free()
	_, mem = open(t, after, "a", vfs.ReadOnly, 0)
	if mem[0] != 1 {
		t.Errorf("byte %d survived the cut, want the one of its moment", mem[0])
	}
	if after.Boot() == boot {
		t.Error("the boot is the same")
	}
}

// A cut before a sync loses it, a cut after keeps it, and both look the same to
// the program.
func TestCrashAtEveryPoint(t *testing.T) {
	for n := 1; n <= 5; n++ {
		var seen []vfs.Point
		c := newCrashable(t, 1)
		c.OnSync = func(p vfs.Point) bool {
			seen = append(seen, p)
			return p.N == n
		}
		f, mem := open(t, c, "a", vfs.Create, 10)
		mem[0] = 1
		err := c.SyncDir(".")
		if err == nil {
			err = f.Sync(0, 10)
		}
		if n <= 4 {
			wantError(t, err, vfs.ErrCrashed)
		} else {
			check(t, err)
		}
		if want := min(n, 4); len(seen) != want || c.Points() != want {
			t.Errorf("points %v, want %d", seen, want)
		}
		after := c.Crash(0)
		kept := dump(t, after)
		after.Free()
		if named := kept != ""; named != (n >= 2) {
			t.Errorf("cut at point %d: named %v", n, named)
		}
		if synced := strings.Contains(kept, "1"); synced != (n >= 4) {
			t.Errorf("cut at point %d: synced %v", n, synced)
		}
	}
}

func TestDroppedSyncsAreNoticed(t *testing.T) {
	for _, drop := range []string{"", "sync", "syncdir"} {
		c := newCrashable(t, 1)
		c.DropSync = func(name string) bool { return drop == "sync" && strings.HasSuffix(name, ".rows") }
		c.DropSyncDir = drop == "syncdir"
		for _, name := range []string{"a.rows", "b.heads"} {
			f, mem := open(t, c, name, vfs.Create, 8)
			mem[0] = 1
			check(t, f.Sync(0, 8))
		}
		check(t, c.SyncDir("."))
		after := c.Crash(0)
		got := dump(t, after)
		after.Free()
		want := map[string]string{
			"":        "a.rows [1]\nb.heads [1]\n",
			"sync":    "a.rows []\nb.heads [1]\n",
			"syncdir": "",
		}[drop]
		if got != want {
			t.Errorf("without %q: %q, want %q", drop, got, want)
		}
	}
}

func TestWritebackNeedsNoSync(t *testing.T) {
	c := newCrashable(t, 1)
	c.Writeback = 0.5
	_, mem := open(t, c, "a", vfs.Create, 512)
	check(t, c.MkdirAll("elsewhere"))
	for i := range 20 {
		mem[0] = byte(i + 1)
		check(t, c.SyncDir("elsewhere"))
	}
	mem[0] = 99
	after := c.Crash(0)
	defer after.Free()
	_, mem = open(t, after, "a", vfs.ReadOnly, 0)
	if mem[0] == 0 || mem[0] == 99 {
		t.Fatalf("the disk has version %d, want one between", mem[0])
	}
}

func TestCrashFreesLocks(t *testing.T) {
	c := newCrashable(t, 1)
	lock, err := c.Lock("lock")
	check(t, err)
	check(t, c.SyncDir("."))
	after := c.Crash(0)
	defer after.Free()
	if names := list(t, after); !slices.Equal(names, []string{"lock"}) {
		t.Errorf("names %q", names)
	}
	again, err := after.Lock("lock")
	check(t, err)
	check(t, lock.Close())
	_, err = after.Lock("lock")
	wantError(t, err, vfs.ErrLocked)
	check(t, again.Close())
}

func TestCrashableLimits(t *testing.T) {
	c := newCrashable(t, 1)
	c.MaxReserve = 64 << 10
	f, mem := open(t, c, "a", vfs.Create, 10)
	if len(mem) != 64<<10 {
		t.Errorf("%d bytes mapped", len(mem))
	}
	wantError(t, f.Allocate(64<<10+1), vfs.ErrNoSpace)
	check(t, f.Allocate(64<<10))
	check(t, f.Close())
	wantError(t, f.Sync(0, 1), fs.ErrClosed)
}

// BenchmarkCrash cuts the power of 25 files of 1 MiB, a tenth of whose bytes is
// unsynced. A small ledger has used little of what it allocated.
func BenchmarkCrash(b *testing.B) {
	for _, used := range []int{64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("used=%dKiB", used>>10), func(b *testing.B) { benchmarkCrash(b, used) })
	}
}

func benchmarkCrash(b *testing.B, used int) {
	c := newCrashable(b, 1)
	c.Tear = true
	for i := range 25 {
		f, mem := open(b, c, fmt.Sprint(i), vfs.Create, 1<<20)
		for j := range mem[:used] {
			mem[j] = byte(j)
		}
		check(b, f.Sync(0, 1<<20))
		for j := range mem[:used/10] {
			mem[j]++
		}
	}
	check(b, c.SyncDir("."))
	for b.Loop() {
		c.Crash(0.5).Free()
	}
}
