package opsdb

import (
	"context"
	"database/sql"
	"testing"
)

// WithPagesMax bounds the file as a full disk does.
func WithPagesMax(opt Options, pages int) Options {
	opt.pagesMax = pages
	return opt
}

// Rows counts the rows of a table.
func Rows(t *testing.T, db *DB, table string) (n int) {
	t.Helper()
	if err := db.reads.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Exec changes the database behind the back of its methods.
func Exec(db *DB, query string, args ...any) error {
	_, err := db.writer.Exec(query, args...)
	return explain(err)
}

// Hold begins a change, and returns what gives it up.
func Hold(t *testing.T, db *DB) (release func()) {
	t.Helper()
	tx, err := db.writer.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() { tx.Rollback() }
}

// Columns lists "table column TYPE" of the schema.
func Columns(t *testing.T, db *DB) []string {
	t.Helper()
	columns, err := list(context.Background(), db.reads, func(row scanner) (s string, err error) {
		err = row.Scan(&s)
		return s, err
	}, `SELECT m.name || ' ' || c.name || ' ' || c.type FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY m.name, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

// Check is what a backup must pass, on a file that is closed.
func Check(path string) error {
	_, err := verify(context.Background(), path)
	return err
}

// Raw opens a file with nothing set.
func Raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}
