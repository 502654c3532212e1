package opsdb_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
)

// backedUp makes a database with something of each kind, and a backup of it.
func backedUp(t *testing.T) (db *opsdb.DB, path, backup string, r opsdb.Report) {
	t.Helper()
	path = newPath(t)
	db = open(t, path, opsdb.Options{})
	c := must[*opsdb.Case](t)(db.CreateCase(ctx, by, theft("one"), opsdb.File{Name: "labels.csv", Data: strings.NewReader(string(noise(50_000)))}))
	must[opsdb.Note](t)(db.CreateNote(ctx, by, c.ID, opsdb.NoteText{Target: "case", Text: "x"}))
	ok(t, db.PutSession(ctx, auth.Session{Hash: auth.Hash{1}, User: auth.Owner, Made: noon, Used: noon, Ends: noon.Add(time.Hour)}))
	ok(t, db.PutLink(ctx, auth.Link{Hash: auth.Hash{1}, User: auth.Owner, Made: noon, Ends: noon.Add(time.Hour)}))
	ok(t, db.PutKey(ctx, auth.Key{ID: "k", User: auth.Owner, Name: "n", Made: noon}))
	backup = filepath.Join(t.TempDir(), "backup.db")
	r = must[opsdb.Report](t)(db.Backup(ctx, backup))
	return db, path, backup, r
}

// alone fails if a folder holds other files than these.
func alone(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, e := range must[[]os.DirEntry](t)(os.ReadDir(dir)) {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+e.Name()+" ") {
			t.Errorf("%s is left", e.Name())
		}
	}
}

// TestBackup makes a backup while others write, says what is in it, and does
// not write over a file.
func TestBackup(t *testing.T) {
	db, _, backup, r := backedUp(t)
	bytes := must[[]byte](t)(os.ReadFile(backup))
	if r.Schema != 1 || r.Cases != 1 || r.Notes != 1 || r.Keys != 1 || r.Size != int64(len(bytes)) || r.SHA256 != sha256.Sum256(bytes) || r.Path != backup {
		t.Errorf("%+v", r)
	}
	if info := must[os.FileInfo](t)(os.Stat(backup)); info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
	if _, err := db.Backup(ctx, backup); !errors.Is(err, opsdb.ErrExists) {
		t.Error(err)
	}
	release := opsdb.Hold(t, db)
	while := must[opsdb.Report](t)(db.Backup(ctx, backup+"2"))
	release()
	if while.Cases != 1 {
		t.Errorf("%+v", while)
	}
	if text := string(must[[]byte](t)(os.ReadFile(backup + ".sha256"))); text != fmt.Sprintf("%x  backup.db\n", r.SHA256) {
		t.Error(text)
	}
	alone(t, filepath.Dir(backup), "backup.db", "backup.db2", "backup.db.sha256", "backup.db2.sha256")
	ok(t, os.Remove(backup))
	if _, err := db.Backup(ctx, backup); !errors.Is(err, opsdb.ErrExists) {
		t.Errorf("beside an old digest: %v", err)
	}
}

// TestRestore puts a backup in a new place and over a database: what it held
// is there, but nobody is logged in.
func TestRestore(t *testing.T) {
	db, path, backup, r := backedUp(t)
	create(t, db, "after the backup")
	if _, err := opsdb.Restore(ctx, backup, path, opsdb.RestoreOptions{}); !errors.Is(err, opsdb.ErrExists) {
		t.Error(err)
	}
	if _, err := opsdb.Restore(ctx, backup, path, opsdb.RestoreOptions{Force: true}); !errors.Is(err, opsdb.ErrInUse) {
		t.Error(err)
	}
	must[*opsdb.Case](t)(db.CreateCase(ctx, by, theft("still here")))
	ok(t, db.Close())
	for _, to := range []string{filepath.Join(t.TempDir(), "new.db"), path} {
		got := must[opsdb.Report](t)(opsdb.Restore(ctx, backup, to, opsdb.RestoreOptions{Force: true, SHA256: &r.SHA256, Now: clock()}))
		if got.SHA256 != r.SHA256 || got.Keys != 1 {
			t.Errorf("%+v", got)
		}
		back := must[*opsdb.DB](t)(opsdb.Open(ctx, to, opsdb.Options{Serve: true}))
		cases := must[[]opsdb.CaseHead](t)(back.Cases(ctx, opsdb.CaseFilter{}, opsdb.Page{}))
		if len(cases) != 1 || cases[0].Title != "one" || opsdb.Rows(t, back, "sessions")+opsdb.Rows(t, back, "links") != 0 {
			t.Errorf("%+v", cases)
		}
		must[int64](t)(io.Copy(io.Discard, must[*opsdb.Blob](t)(back.Attachment(ctx, cases[0].ID, "labels.csv"))))
		if last := must[[]opsdb.Entry](t)(back.Journal(ctx, "", 0, 1))[0]; last.Action != "database.restore" {
			t.Errorf("%+v", last)
		}
		ok(t, back.Close())
		alone(t, filepath.Dir(to), filepath.Base(to), filepath.Base(to)+"-server", filepath.Base(to)+"-open")
	}
}

// TestRestoreLog: a database that was cut off has a log beside it; it does not
// end up in the restored one.
func TestRestoreLog(t *testing.T) {
	_, path, backup, _ := backedUp(t)
	to := newPath(t)
	for _, suffix := range []string{"", "-wal"} {
		ok(t, os.WriteFile(to+suffix, must[[]byte](t)(os.ReadFile(path+suffix)), 0o600))
	}
	if _, err := opsdb.Restore(ctx, to, filepath.Join(t.TempDir(), "a.db"), opsdb.RestoreOptions{}); err == nil || !strings.Contains(err.Error(), "not a backup") {
		t.Error(err)
	}
	must[opsdb.Report](t)(opsdb.Restore(ctx, backup, to, opsdb.RestoreOptions{Force: true}))
	ok(t, opsdb.Check(to))
}

// TestRestoreRefuses: what is not a good backup is refused, and the database
// that is there stays, byte for byte.
func TestRestoreRefuses(t *testing.T) {
	db, path, backup, _ := backedUp(t)
	ok(t, db.Close())
	whole := must[[]byte](t)(os.ReadFile(backup))
	there := must[[]byte](t)(os.ReadFile(path))
	sql := func(query string) func(*testing.T, string) {
		return func(t *testing.T, p string) { _, err := opsdb.Raw(t, p).Exec(query); ok(t, err) }
	}
	bytes := func(b []byte) func(*testing.T, string) {
		return func(t *testing.T, p string) { ok(t, os.WriteFile(p, b, 0o600)) }
	}
	for _, tc := range []struct {
		what   string
		change func(*testing.T, string)
		want   error
	}{
		{"empty", bytes(nil), opsdb.ErrForeign},
		{"text", bytes([]byte(strings.Repeat("words\n", 1000))), opsdb.ErrForeign},
		{"another program", sql("PRAGMA application_id = 5"), opsdb.ErrForeign},
		{"newer", sql("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"), opsdb.ErrNewer},
		{"a trigger", sql("CREATE TRIGGER evil AFTER INSERT ON notes BEGIN DELETE FROM cases; END"), opsdb.ErrForeign},
		{"a view", sql("DROP TABLE note_versions; CREATE VIEW note_versions AS SELECT 1"), opsdb.ErrForeign},
		{"a reference to nothing", sql("PRAGMA foreign_keys = 0; DELETE FROM cases"), opsdb.ErrDamaged},
		{"another digest", sql("UPDATE notes SET text = 'other words'"), opsdb.ErrDamaged},
	} {
		bad := filepath.Join(t.TempDir(), "bad.db")
		ok(t, os.WriteFile(bad, whole, 0o600))
		tc.change(t, bad)
		want := sha256.Sum256(whole)
		if _, err := opsdb.Restore(ctx, bad, path, opsdb.RestoreOptions{Force: true, SHA256: &want}); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", tc.what, err)
		}
		if got := must[[]byte](t)(os.ReadFile(path)); string(got) != string(there) {
			t.Fatalf("%s: the database was changed", tc.what)
		}
	}
	alone(t, filepath.Dir(path), "ops.db", "ops.db-server", "ops.db-open")
}

// TestRestoreCut cuts a backup at many places, and writes over parts of it.
// Laws: a cut one is refused, with a digest beside it a changed one too; and
// what is taken without opens.
func TestRestoreCut(t *testing.T) {
	_, _, backup, _ := backedUp(t)
	rng := random(t)
	whole := must[[]byte](t)(os.ReadFile(backup))
	dir := t.TempDir()
	bad, to := filepath.Join(dir, "bad.db"), filepath.Join(dir, "to.db")
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, opsdb.ErrDamaged) && !errors.Is(err, opsdb.ErrForeign) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for range 25 {
		cut := rng.IntN(len(whole))
		ok(t, os.WriteFile(bad, whole[:cut], 0o600))
		_, err := opsdb.Restore(ctx, bad, to, opsdb.RestoreOptions{Force: true})
		refused(fmt.Sprintf("cut at %d", cut), err)

		b := append([]byte(nil), whole...)
		copy(b[100+rng.IntN(len(b)-300):], noise(200))
		ok(t, os.WriteFile(bad, b, 0o600))
		if _, err := opsdb.Restore(ctx, bad, to, opsdb.RestoreOptions{Force: true}); err == nil {
			ok(t, must[*opsdb.DB](t)(opsdb.Open(ctx, to, opsdb.Options{})).Close())
		} else {
			refused("changed", err)
		}
		ok(t, os.WriteFile(backup, b, 0o600))
		_, err = opsdb.Restore(ctx, backup, to, opsdb.RestoreOptions{Force: true})
		refused("changed, with a digest", err)
	}
	ok(t, os.WriteFile(backup, whole, 0o600))
	if r := must[opsdb.Report](t)(opsdb.Restore(ctx, backup, to, opsdb.RestoreOptions{Force: true})); !r.Known {
		t.Errorf("%+v", r)
	}
	ok(t, os.WriteFile(backup+".sha256", []byte("no digits"), 0o600))
	_, err := opsdb.Restore(ctx, backup, to, opsdb.RestoreOptions{Force: true})
	refused("a digest that is none", err)
}
