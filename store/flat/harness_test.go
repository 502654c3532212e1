package flat_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"strconv"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// smallFS keeps address space small: tests hold thousands of ledgers.
var small = flat.Options{Reserve: 8 << 20, SerialSync: true}

func newFS(t testing.TB, seed uint64) *vfs.Crashable {
	t.Helper()
	fs := vfs.NewCrashable(seed)
	fs.MaxReserve = small.Reserve
	t.Cleanup(fs.Free)
	return fs
}

func newWorld(t testing.TB, c launder.Config) *launder.World {
	t.Helper()
	w, err := launder.New(c)
	if err != nil {
		t.Fatalf("seed %d: %v", c.Seed, err)
	}
	return w
}

func meta(first ledger.Height) flat.Meta {
	n, _ := bitcoin.NetworkByName("regtest")
	return flat.Meta{Chain: n.Chain, Network: n.Name, FirstHeight: first, Key: [16]byte{1, 2, 3}}
}

func block(t testing.TB, w *launder.World, ref launder.BlockRef) *ledger.Block {
	t.Helper()
	b, err := w.Block(ref.Hash)
	if err != nil {
		t.Fatal(err)
	}
	b.Source = ledger.RawRef{File: ref.Hash.String(), Size: uint32(len(b.Raw))}
	return b
}

// extend appends the blocks of a path that the writer lacks, after cutting
// those that are not on it. It returns the first error of the store.
func extend(t testing.TB, w *launder.World, s *flat.Writer, path []launder.BlockRef) error {
	t.Helper()
	from := 0
	for from < len(path) {
		if h, ok := s.HashAt(path[from].Height); !ok || h != path[from].Hash {
			break
		}
		from++
	}
	if tip, ok := s.Tip(); ok && (from == 0 || tip.Height > path[from-1].Height) {
		if err := s.CutTo(uint64(from)); err != nil {
			return err
		}
	}
	for _, ref := range path[from:] {
		if err := s.Append(block(t, w, ref)); err != nil {
			return err
		}
	}
	return nil
}

// build ingests a path into a new ledger in one go.
func build(t testing.TB, w *launder.World, fs vfs.FS, path []launder.BlockRef) {
	t.Helper()
	s, err := flat.Create(fs, meta(w.Config().First), small)
	if err != nil {
		t.Fatal(err)
	}
	if err := extend(t, w, s, path); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// fresh ingests a path in one go and returns what is in the ledger.
func fresh(t testing.TB, w *launder.World, path []launder.BlockRef) map[string][]byte {
	t.Helper()
	fs := newFS(t, 1)
	build(t, w, fs, path)
	return rowsOf(t, fs)
}

// rowsOf opens a ledger, checks all of it and returns its rows and cells.
func rowsOf(t testing.TB, fs vfs.FS) map[string][]byte {
	t.Helper()
	r, err := flat.Check(context.Background(), fs, flat.CheckOptions{Options: small})
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	for _, d := range r.Damages {
		t.Errorf("check: %v", &d)
	}
	if !r.Strict {
		t.Error("check was not strict")
	}
	l, v := open(t, fs)
	defer l.Close()
	return flat.ForTestRows(v)
}

func open(t testing.TB, fs vfs.FS) (*flat.Ledger, *flat.View) {
	t.Helper()
	l, err := flat.Open(fs, small)
	if err != nil {
		t.Fatal(err)
	}
	v, err := l.Pin(context.Background(), flat.MaxHeight)
	if err != nil {
		l.Close()
		t.Fatal(err)
	}
	return l, v
}

// same compares two ledgers byte by byte.
func same(t testing.TB, have, want map[string][]byte, what string) {
	t.Helper()
	for _, name := range names(want) {
		if !bytes.Equal(have[name], want[name]) {
			t.Errorf("%s: column %s differs: %s", what, name, firstDifference(have[name], want[name]))
		}
	}
}

func names(m map[string][]byte) (list []string) {
	for name := range m {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

func firstDifference(a, b []byte) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("at byte %d of %d and %d", i, len(a), len(b))
		}
	}
	return fmt.Sprintf("%d and %d bytes", len(a), len(b))
}

// runs is how often a random test goes, from the environment for long ones.
func runs(t testing.TB, env string, n int) int {
	if s := os.Getenv(env); s != "" {
		k, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%s: %v", env, err)
		}
		return k
	}
	return n
}

// seeded returns a generator and prints its seed when the test fails.
func seeded(t testing.TB, seed uint64) *rand.Rand {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 7))
}
