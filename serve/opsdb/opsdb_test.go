package opsdb_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"clew.example/clew/casefile"
	"clew.example/clew/serve/opsdb"
)

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(childVar); path != "" {
		child(path)
	}
	goleak.VerifyTestMain(m)
}

var ctx = context.Background()

// by is who does things in tests.
const by = "user:owner"

// clock is a time that moves by a millisecond each time it is asked for.
func clock() func() time.Time {
	var ms atomic.Int64
	return func() time.Time { return time.UnixMilli(1_700_000_000_000 + ms.Add(1)) }
}

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "ops.db") }

// open opens a database that is closed at the end of the test.
func open(t *testing.T, path string, opt opsdb.Options) *opsdb.DB {
	t.Helper()
	if opt.Now == nil {
		opt.Now = clock()
	}
	db, err := opsdb.Open(ctx, path, opt)
	ok(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func fresh(t *testing.T) *opsdb.DB {
	t.Helper()
	return open(t, newPath(t), opsdb.Options{})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must is for calls that return a value.
func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

func theft(title string) *casefile.Case {
	return &casefile.Case{Title: title, Chain: "bitcoin", Starts: []string{"bitcoin:abc:1"}, Labels: []string{"labels.csv", "more/labels.csv"}, Prices: "prices.csv"}
}

func create(t *testing.T, db *opsdb.DB, title string) *opsdb.Case {
	t.Helper()
	return must[*opsdb.Case](t)(db.CreateCase(ctx, by, theft(title)))
}

// random returns a source of random numbers that CLEW_SEED gives back.
func random(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(1)
	if s := os.Getenv("CLEW_SEED"); s != "" {
		seed = must[uint64](t)(strconv.ParseUint(s, 10, 64))
	}
	t.Logf("CLEW_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
