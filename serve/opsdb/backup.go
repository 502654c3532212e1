package opsdb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Report tells what is in a backup.
type Report struct {
	Path   string
	Known  bool // whether its digest was known before, and is the same
	Schema int64
	Cases  int64 // deleted ones too
	Notes  int64 // likewise
	Traces int64
	Keys   int64 // that are not revoked
	Stored       // the bytes of the file
}

// Backup writes the database as of one moment to a new file, while others read
// and write, and checks what it wrote. Its SHA-256 is written beside it, with
// .sha256 behind its name, as sha256sum does. ErrExists if there is one of these
// files; a file of that name is there only when it is whole and on the disk.
func (db *DB) Backup(ctx context.Context, path string) (Report, error) {
	if _, err := os.Lstat(path + sumSuffix); err == nil {
		return Report{}, fmt.Errorf("%s: %w", filepath.Base(path)+sumSuffix, ErrExists)
	}
	part, err := newPart(path, false)
	if err != nil {
		return Report{}, err
	}
	defer removeDatabase(part)
	if err := db.vacuumInto(ctx, part); err != nil {
		return Report{}, err
	}
	report, err := verify(ctx, part)
	if err != nil {
		return Report{}, fmt.Errorf("the backup was written and is not good: %w", err)
	}
	report.Path, report.Known = path, true
	if err := putInPlace(part, path, false); err != nil {
		return Report{}, err
	}
	return report, writeSum(path, report.SHA256)
}

// sumSuffix is what the name of a backup's digest ends in.
const sumSuffix = ".sha256"

func writeSum(path string, sum [sha256.Size]byte) error {
	f, err := os.OpenFile(path+sumSuffix, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%x  %s\n", sum, filepath.Base(path))
	return errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path)))
}

// readSum reads the digest beside a backup; nil if there is none.
func readSum(path string) (*[sha256.Size]byte, error) {
	f, err := os.Open(path + sumSuffix)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := new([sha256.Size]byte)
	digits := make([]byte, 2*len(sum))
	if _, err := io.ReadFull(f, digits); err != nil {
		return nil, fmt.Errorf("%w: the file %s beside it holds no SHA-256", ErrDamaged, filepath.Base(path)+sumSuffix)
	}
	if _, err := hex.Decode(sum[:], digits); err != nil {
		return nil, fmt.Errorf("%w: the file %s beside it holds no SHA-256", ErrDamaged, filepath.Base(path)+sumSuffix)
	}
	return sum, nil
}

// vacuumInto writes a copy. It is a connection of its own, so that the one that
// writes need not wait.
func (db *DB) vacuumInto(ctx context.Context, path string) error {
	pool, err := db.connect("rw")
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(explain(err), pool.Close())
}

// newPart makes an empty file beside path for what will be put in its place. A
// device or a folder is never replaced.
func newPart(path string, over bool) (string, error) {
	if info, err := os.Lstat(path); err == nil && (!over || !info.Mode().IsRegular()) {
		return "", fmt.Errorf("%s: %w", filepath.Base(path), ErrExists)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*") // 0600
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// removeDatabase removes a file and what SQLite puts beside it; what is not
// there is no matter.
func removeDatabase(path string) {
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		os.Remove(path + suffix)
	}
}

// putInPlace gives a file its name. Without over it is linked there, which
// fails where a file has come between.
func putInPlace(part, path string, over bool) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	move := os.Link
	if over {
		move = os.Rename
	}
	if err := move(part, path); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s: %w", filepath.Base(path), ErrExists)
	} else if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// verify checks a file that nobody has open: that it is ours, of a schema that
// we know, with the tables of that schema and no others, and not damaged.
func verify(ctx context.Context, path string) (r Report, err error) {
	if r.Stored, err = digestFile(path); err != nil {
		return r, err
	}
	pool, err := connect(path, "ro&immutable=1", []string{"query_only(1)"})
	if err != nil {
		return r, err
	}
	defer pool.Close()
	if r.Schema, err = schemaOf(ctx, pool); err != nil {
		return r, explain(err)
	}
	if r.Schema == 0 {
		return r, fmt.Errorf("%w: it is empty", ErrForeign)
	}
	for _, check := range []func(context.Context, *sql.DB, *Report) error{sameSize, sameObjects, intact, count} {
		if err := check(ctx, pool, &r); err != nil {
			return r, explain(err)
		}
	}
	return r, nil
}

func digestFile(path string) (s Stored, err error) {
	f, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer f.Close()
	sum := sha256.New()
	s.Size, err = io.Copy(sum, f)
	sum.Sum(s.SHA256[:0])
	return s, err
}

// sameSize finds files that were cut, also in their last page, which SQLite
// takes for zeros.
func sameSize(ctx context.Context, pool *sql.DB, r *Report) error {
	var size int64
	if err := pool.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&size); err != nil {
		return err
	}
	if size != r.Size {
		return fmt.Errorf("%w: it has %d bytes of %d", ErrDamaged, r.Size, size)
	}
	return nil
}

// intact asks SQLite about pages, indexes and references.
func intact(ctx context.Context, pool *sql.DB, _ *Report) error {
	var found string
	if err := pool.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("%w: %.200q", ErrDamaged, found)
	}
	var table string
	err := pool.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check`).Scan(&table)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%w: a row of %.100q refers to one that is not there", ErrDamaged, table)
	}
	return err
}

func count(ctx context.Context, pool *sql.DB, r *Report) error {
	return pool.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM notes), (SELECT count(*) FROM traces),"+
		" (SELECT count(*) FROM keys WHERE revoked IS NULL)").Scan(&r.Cases, &r.Notes, &r.Traces, &r.Keys)
}

// sameObjects compares the schema's objects with those that this program makes
// for that number. A file of somebody else may hold triggers and views that act
// in our name.
func sameObjects(ctx context.Context, pool *sql.DB, r *Report) error {
	fresh, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer fresh.Close()
	fresh.SetMaxOpenConns(1) // each connection is a database of its own
	p, err := provider(fresh)
	if err != nil {
		return err
	}
	if _, err := p.UpTo(ctx, r.Schema); err != nil {
		return err
	}
	want, err := objects(ctx, fresh)
	if err != nil {
		return err
	}
	got, err := objects(ctx, pool)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%w: its tables are not those of schema %d", ErrForeign, r.Schema)
	}
	return nil
}

// objectsMax is more than any schema of ours has.
const objectsMax = 1000

// objects lists what a schema is made of. How the table of versions is written
// is the migration library's.
func objects(ctx context.Context, pool *sql.DB) ([]string, error) {
	scan := func(row scanner) (string, error) {
		var kind, name, on, text string
		err := row.Scan(&kind, &name, &on, &text)
		return kind + " " + name + " " + on + " " + text, err
	}
	return list(ctx, pool, scan, "SELECT type, name, tbl_name, CASE name WHEN 'goose_db_version' THEN '' ELSE coalesce(sql, '') END"+
		" FROM sqlite_schema ORDER BY type, name LIMIT ?", objectsMax)
}
