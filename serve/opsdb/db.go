package opsdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// readersMax bounds the connections that read; each keeps up to 2 MiB of pages.
const readersMax = 4

// Options say how a database is opened.
type Options struct {
	// Serve makes this process the server: the only one with that right, which
	// tidies up what the last one left unfinished. Others may still read and
	// write, such as a command that issues a link.
	Serve bool
	// Requeue puts traces that were running when the server died into the
	// queue again; else they become interrupted. It needs Serve.
	Requeue bool
	// Exist refuses to make a new file.
	Exist bool
	// Wait is how long to wait for another process that writes; 0: 5 seconds.
	Wait time.Duration
	// Now is the clock; nil: the machine's.
	Now func() time.Time

	pagesMax int // bounds the file in tests of a full disk
}

// DB is an open database. Its methods may be called from any goroutine.
type DB struct {
	path          string
	opt           Options
	writer, reads *sql.DB
	serving       io.Closer // the lock of the server, or nil
}

// Open opens the database at path and makes it if it is not there. The schema
// is brought up to date; ErrNewer, ErrForeign, ErrDamaged and, where another
// server runs, ErrInUse say why not.
func Open(ctx context.Context, path string, opt Options) (_ *DB, err error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Wait <= 0 {
		opt.Wait = 5 * time.Second
	}
	db := &DB{path: path, opt: opt}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%s: %w", filepath.Base(path), explain(err)), db.Close())
		}
	}()
	if opt.Serve {
		if db.serving, err = serverLock(path); err != nil {
			return nil, err
		}
	}
	if err = db.setUp(ctx); err != nil {
		return nil, err
	}
	if opt.Serve {
		err = db.recover(ctx)
	}
	return db, err
}

// setUp opens the connections, with the lock that keeps two processes from
// making the same schema.
func (db *DB) setUp(ctx context.Context) error {
	lock, err := openLock(ctx, db.path, db.opt.Wait)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := db.touch(); err != nil {
		return err
	}
	if err := db.inspect(ctx); err != nil {
		return err
	}
	pragmas := []string{"journal_mode(WAL)", "synchronous(FULL)"}
	if db.opt.pagesMax > 0 {
		pragmas = append(pragmas, fmt.Sprintf("max_page_count(%d)", db.opt.pagesMax))
	}
	if db.writer, err = db.connect("rw", pragmas...); err != nil {
		return err
	}
	db.writer.SetMaxOpenConns(1)
	if err := migrate(ctx, db.writer); err != nil {
		return err
	}
	if err := db.firstUser(ctx); err != nil {
		return err
	}
	if db.reads, err = db.connect("rw", "query_only(1)"); err != nil {
		return err
	}
	db.reads.SetMaxOpenConns(readersMax)
	return nil
}

// touch makes the file if need be, for nobody else to read: it holds what the
// owner knows about cases.
func (db *DB) touch() error {
	if _, err := os.Stat(db.path); err == nil || db.opt.Exist || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(db.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), syncDir(filepath.Dir(db.path)))
}

// inspect refuses what is not ours before anything of it is changed.
func (db *DB) inspect(ctx context.Context) error {
	conn, err := db.connect("rw")
	if err != nil {
		return err
	}
	_, err = schemaOf(ctx, conn)
	return errors.Join(err, conn.Close())
}

// connect opens a pool on the file. Pragmas are set on each of its connections:
// the schema is not trusted to call functions, and pages are checked as they
// are read, since a file may have been put there by somebody else.
func (db *DB) connect(mode string, pragmas ...string) (*sql.DB, error) {
	return connect(db.path, mode, append([]string{fmt.Sprintf("busy_timeout(%d)", db.opt.Wait.Milliseconds())}, pragmas...))
}

func connect(path, mode string, pragmas []string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	pragmas = append(pragmas, "foreign_keys(1)", "trusted_schema(0)", "cell_size_check(1)")
	escaped := (&url.URL{Path: filepath.ToSlash(abs)}).EscapedPath()
	return sql.Open("sqlite", "file://"+escaped+"?mode="+mode+"&_txlock=immediate&_pragma="+strings.Join(pragmas, "&_pragma="))
}

// Close closes the database. All that methods returned from is on the disk.
func (db *DB) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.reads, db.writer} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if db.serving != nil {
		errs = append(errs, db.serving.Close())
	}
	return errors.Join(errs...)
}

// Ready says whether the database answers and can be written to.
func (db *DB) Ready(ctx context.Context) error {
	var n int
	if err := db.reads.QueryRowContext(ctx, "SELECT count(*) FROM users").Scan(&n); err != nil {
		return explain(err)
	}
	return db.write(ctx, func(*sql.Tx) error { return nil })
}

// write runs a change as one transaction: all of it or none.
func (db *DB) write(ctx context.Context, change func(tx *sql.Tx) error) error {
	return transact(ctx, db.writer, false, change)
}

// read runs several queries as of one moment.
func (db *DB) read(ctx context.Context, queries func(tx *sql.Tx) error) error {
	return transact(ctx, db.reads, true, queries)
}

func transact(ctx context.Context, pool *sql.DB, only bool, work func(tx *sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: only})
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback() // nothing after a commit
	if err := work(tx); err != nil {
		return explain(err)
	}
	return explain(tx.Commit())
}

// now returns the time in whole milliseconds, as it is stored.
func (db *DB) now() time.Time { return db.opt.Now().UTC().Truncate(time.Millisecond) }

// recover tidies up after a server that ended without doing so.
func (db *DB) recover(ctx context.Context) error {
	if err := db.recoverTraces(ctx); err != nil {
		return err
	}
	if err := db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM requests WHERE status IS NULL")
		return err
	}); err != nil {
		return err
	}
	_, err := db.Prune(ctx)
	return err
}
