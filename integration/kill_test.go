//go:build integration

package integration_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// kills is how often the process is killed.
const kills = 50

// TestKill kills an ingest at random moments, with a signal that it can not
// catch, and starts it again, until it came to its end; then over again. No
// committed block is ever lost, and every ledger that came to its end is equal
// to the one that was never killed, and sound.
func TestKill(t *testing.T) {
	blocks, meta := madeChain(t)
	whole := filepath.Join(t.TempDir(), "whole")
	began := time.Now()
	must(t, ingestArgs(blocks, whole)...)
	full := time.Since(began)
	want := show(t, whole)
	truth(t, want, meta)

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, a whole ingest takes %s", seed, full)
	dice := rand.New(rand.NewPCG(seed, 0))
	l := filepath.Join(t.TempDir(), "killed")
	var held uint64 // blocks that a reader saw
	ends := 0
	for killed := 0; killed < kills; {
		cmd := exec.Command(binary, ingestArgs(blocks, l)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(dice.Int64N(int64(full))), func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		if err != nil {
			killed++
			held = survived(t, l, held)
			continue
		}
		ends++
		sameAndSound(t, l, want.String())
		if err := os.RemoveAll(l); err != nil {
			t.Fatal(err)
		}
		held = 0
	}
	must(t, ingestArgs(blocks, l)...)
	sameAndSound(t, l, want.String())
	t.Logf("%d kills, %d ledgers came to their end", kills, ends+1)
}

// survived looks at a ledger whose writer was killed: a reader recovers it, and
// no block that one saw before is gone. There may be none yet.
func survived(t *testing.T, l string, held uint64) uint64 {
	t.Helper()
	code, out, errs := clew("ledger", "show", "--json", "--ledger", l)
	if code == 3 && held == 0 {
		return 0
	}
	if code != 0 {
		t.Fatalf("after a kill: show exits %d: %s%s", code, out, errs)
	}
	c := show(t, l)
	if c.Blocks < held {
		t.Fatalf("after a kill: %d blocks, there were %d", c.Blocks, held)
	}
	return c.Blocks
}

func sameAndSound(t *testing.T, l, want string) {
	t.Helper()
	if got := show(t, l).String(); got != want {
		t.Errorf("the ledger holds %s, want %s", got, want)
	}
	must(t, "ledger", "check", "--ledger", l)
}

// TestInterrupt asks an ingest to stop: it commits what it has, says how much
// is left, and exits with 5. The next run goes on from there.
func TestInterrupt(t *testing.T) {
	blocks, meta := madeChain(t)
	l := filepath.Join(t.TempDir(), "L")
	for try := 1; ; try++ {
		cmd := exec.Command(binary, append(ingestArgs(blocks, l), "--json")...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(try) * 300 * time.Millisecond)
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err == nil {
			break
		}
		if code := cmd.ProcessState.ExitCode(); code != 5 {
			t.Fatalf("interrupted, it exits %d", code)
		}
		if _, err := os.Stat(l); err == nil {
			must(t, "ledger", "check", "--ledger", l)
		}
	}
	truth(t, show(t, l), meta)
}
