package opsdb_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"clew.example/clew/serve/opsdb"
)

// TestOpenTwice: a second server is refused, a second process of another kind
// is not, and one that finds the other writing waits and then says so.
func TestOpenTwice(t *testing.T) {
	path := newPath(t)
	server := open(t, path, opsdb.Options{Serve: true})
	if _, err := opsdb.Open(ctx, path, opsdb.Options{Serve: true}); !errors.Is(err, opsdb.ErrInUse) {
		t.Fatal(err)
	}
	command := open(t, path, opsdb.Options{Wait: 50 * time.Millisecond})
	c := create(t, command, "of a command")
	if got := must[*opsdb.Case](t)(server.Case(ctx, c.ID)); got.File != c.File {
		t.Fatal(got.File)
	}
	release := opsdb.Hold(t, server)
	if _, err := command.CreateCase(ctx, by, theft("two")); !errors.Is(err, opsdb.ErrBusy) {
		t.Error(err)
	}
	must[*opsdb.Case](t)(command.Case(ctx, c.ID))
	release()
	create(t, command, "two")
	waits := open(t, path, opsdb.Options{})
	release = opsdb.Hold(t, server)
	done := make(chan error)
	go func() { _, err := waits.CreateCase(ctx, by, theft("three")); done <- err }()
	release()
	ok(t, <-done)
}

// TestOpenTogether: several that find no file make one schema.
func TestOpenTogether(t *testing.T) {
	path := newPath(t)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			db, err := opsdb.Open(ctx, path, opsdb.Options{Wait: time.Minute})
			if err == nil {
				err = db.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	ok(t, opsdb.Check(path))
}

// TestOpenRefuses: files that are not ours, or newer, are refused and not
// changed by a byte.
func TestOpenRefuses(t *testing.T) {
	for _, tc := range []struct {
		what string
		make func(t *testing.T, path string)
		want error
		says string
	}{
		{"missing", func(*testing.T, string) {}, os.ErrNotExist, ""},
		{"text", func(t *testing.T, path string) {
			ok(t, os.WriteFile(path, []byte(strings.Repeat("words\n", 1000)), 0o600))
		}, opsdb.ErrForeign, ""},
		{"another program", func(t *testing.T, path string) {
			must[sql.Result](t)(opsdb.Raw(t, path).Exec("CREATE TABLE a (b)"))
		}, opsdb.ErrForeign, "another program"},
		{"newer", func(t *testing.T, path string) {
			db := must[*opsdb.DB](t)(opsdb.Open(ctx, path, opsdb.Options{}))
			ok(t, opsdb.Exec(db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"))
			ok(t, db.Close())
		}, opsdb.ErrNewer, "it has schema 99 and this program knows 1: run the newer program"},
		{"cut", func(t *testing.T, path string) {
			db := must[*opsdb.DB](t)(opsdb.Open(ctx, path, opsdb.Options{}))
			ok(t, db.Close())
			ok(t, os.Truncate(path, 4096))
		}, opsdb.ErrDamaged, ""},
	} {
		path := newPath(t)
		tc.make(t, path)
		before, _ := os.ReadFile(path)
		_, err := opsdb.Open(ctx, path, opsdb.Options{Exist: true})
		if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), "ops.db") {
			t.Errorf("%s: %v", tc.what, err)
		}
		if after, _ := os.ReadFile(path); string(after) != string(before) {
			t.Errorf("%s: the file was changed", tc.what)
		}
	}
}

// TestOpenNames: signs that mean something in an address mean nothing in a
// path, and nobody else may read the file.
func TestOpenNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?mode=memory&x#%41")
	ok(t, os.Mkdir(dir, 0o700))
	path := filepath.Join(dir, "o%70s?.db")
	db := open(t, path, opsdb.Options{})
	ok(t, db.Ready(ctx))
	create(t, db, "one")
	for _, suffix := range []string{"", "-wal"} {
		if info := must[os.FileInfo](t)(os.Stat(path + suffix)); info.Mode().Perm() != 0o600 {
			t.Errorf("%q: %v", suffix, info.Mode())
		}
	}
}

// TestFull fills the file to its bound. Laws: the error says so, what was
// stored is still there, nothing of the change that failed is, and with room
// the same change succeeds.
func TestFull(t *testing.T) {
	path := newPath(t)
	last := fill(t, path, opsdb.WithPagesMax(opsdb.Options{}, 120))
	db := open(t, path, opsdb.Options{})
	must[*opsdb.Case](t)(db.UpdateCase(ctx, by, last.ID, 1, theft("with room")))
	must[int64](t)(io.Copy(io.Discard, must[*opsdb.Blob](t)(db.Attachment(ctx, last.ID, "labels.csv"))))
}

// TestFullDisk is the same on a disk that has no more room, for a backup too.
func TestFullDisk(t *testing.T) {
	dir := os.Getenv("CLEW_SMALLDISK")
	if dir == "" {
		t.Skip("no small disk: mount one of some 2 MB (mount -t tmpfs -o size=2m tmpfs DIR) and set CLEW_SMALLDISK to its folder")
	}
	path := filepath.Join(dir, "ops.db")
	last := fill(t, path, opsdb.Options{})
	if db, err := opsdb.Open(ctx, path, opsdb.Options{}); err == nil {
		_, err = db.Backup(ctx, filepath.Join(dir, "backup.db"))
		if !errors.Is(err, opsdb.ErrFull) {
			t.Errorf("backup: %v", err)
		}
		ok(t, db.Close())
	} else if !errors.Is(err, opsdb.ErrFull) {
		t.Error(err)
	}
	alone(t, dir, "ops.db", "ops.db-open", "ops.db-wal", "ops.db-shm")
	roomy := newPath(t)
	for _, suffix := range []string{"", "-wal"} {
		ok(t, os.WriteFile(roomy+suffix, must[[]byte](t)(os.ReadFile(path+suffix)), 0o600))
	}
	db := open(t, roomy, opsdb.Options{})
	if cases := must[[]opsdb.CaseHead](t)(db.Cases(ctx, opsdb.CaseFilter{}, opsdb.Page{})); len(cases) == 0 || cases[0].ID != last.ID {
		t.Errorf("%d cases, the last was %s", len(cases), last.ID)
	}
}

// fill writes until there is no room, and checks what is left.
func fill(t *testing.T, path string, opt opsdb.Options) (last *opsdb.Case) {
	t.Helper()
	db := must[*opsdb.DB](t)(opsdb.Open(ctx, path, opt))
	var err error
	made := 0
	for err == nil {
		var c *opsdb.Case
		if c, err = db.CreateCase(ctx, by, theft("one"), opsdb.File{Name: "labels.csv", Data: strings.NewReader(string(noise(20_000)))}); err == nil {
			last, made = c, made+1
		}
	}
	if !errors.Is(err, opsdb.ErrFull) || made == 0 {
		t.Fatalf("after %d: %v", made, err)
	}
	trace, err := db.AddTrace(ctx, by, "", []byte(`{"a":"`+strings.Repeat("x", 1<<18)+`"}`))
	if !errors.Is(err, opsdb.ErrFull) || trace.ID != "" {
		t.Errorf("%v", err)
	}
	for table, want := range map[string]int{"cases": made, "case_versions": made, "attachments": made, "journal": made, "traces": 0} {
		if got := opsdb.Rows(t, db, table); got != want {
			t.Errorf("%d rows in %s, want %d", got, table, want)
		}
	}
	ok(t, db.Close())
	if _, err := os.Stat(path + "-wal"); err != nil { // else what was stored is still there
		ok(t, opsdb.Check(path))
	}
	return last
}

// TestGivenUp: a caller who gives up gets his reason, and the next one an
// answer.
func TestGivenUp(t *testing.T) {
	db := fresh(t)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := db.CreateCase(gone, by, theft("one")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	release := opsdb.Hold(t, db)
	waiting, stop := context.WithTimeout(ctx, time.Millisecond)
	defer stop()
	if _, err := db.CreateCase(waiting, by, theft("one")); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	release()
	create(t, db, "one")
}

// TestJournalKept: entries can not be changed or removed by our own code.
func TestJournalKept(t *testing.T) {
	db := fresh(t)
	create(t, db, "one")
	for _, query := range []string{"DELETE FROM journal", "UPDATE journal SET actor = 'x'"} {
		if err := opsdb.Exec(db, query); err == nil || !strings.Contains(err.Error(), "only added to") {
			t.Errorf("%s: %v", query, err)
		}
	}
}
