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
	"time"
)

// RestoreOptions say how a backup is put back.
type RestoreOptions struct {
	// Force replaces the database that is there.
	Force bool
	// SHA256 is what the backup must have; nil: what the file beside it says, if
	// there is one. SQLite finds broken pages, not changed words.
	SHA256 *[sha256.Size]byte
	// Now is the clock; nil: the machine's.
	Now func() time.Time
}

// Restore makes the database at to from a backup. The backup is copied first
// and the copy checked, so that nothing is judged and then changed: ErrForeign,
// ErrNewer, ErrDamaged. ErrExists without Force, ErrInUse if a process has the
// database open. Sessions, one-time links and kept answers are not restored;
// keys that were revoked after the backup are valid again, so the report counts
// them. After a crash there is the old database or the new one.
func Restore(ctx context.Context, from, to string, opt RestoreOptions) (Report, error) {
	server, err := serverLock(to)
	if err != nil {
		return Report{}, err
	}
	defer server.Close()
	opening, err := openLock(ctx, to, 5*time.Second)
	if err != nil {
		return Report{}, err
	}
	defer opening.Close()
	part, err := newPart(to, opt.Force)
	if err != nil {
		return Report{}, err
	}
	defer removeDatabase(part)
	report, err := takeBackup(ctx, from, part, opt)
	if err != nil {
		return Report{}, fmt.Errorf("%s: %w", filepath.Base(from), err)
	}
	if opt.Force {
		if err := retire(ctx, to); err != nil {
			return Report{}, fmt.Errorf("%s: %w", filepath.Base(to), err)
		}
	}
	report.Path = to
	return report, putInPlace(part, to, opt.Force)
}

// takeBackup copies a backup and makes the copy ready.
func takeBackup(ctx context.Context, from, part string, opt RestoreOptions) (r Report, err error) {
	if info, err := os.Stat(from + "-wal"); err == nil && info.Size() > 0 {
		return r, errors.New("is a database in use or cut off, not a backup: open it, and make a backup of it")
	}
	if err := copyFile(from, part); err != nil {
		return r, err
	}
	if r, err = verify(ctx, part); err != nil {
		return r, err
	}
	want := opt.SHA256
	if want == nil {
		if want, err = readSum(from); err != nil {
			return r, err
		}
	}
	if r.Known = want != nil; r.Known && *want != r.SHA256 {
		return r, fmt.Errorf("%w: its SHA-256 is %x, and was %x", ErrDamaged, r.SHA256, *want)
	}
	return r, explain(settle(ctx, part, r, opt.Now))
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// settle brings a copy to our schema, forgets who was logged in when it was
// made, and enters into its journal where it comes from.
func settle(ctx context.Context, part string, r Report, now func() time.Time) error {
	if now == nil {
		now = time.Now
	}
	pool, err := connect(part, "rw", []string{"synchronous(FULL)"})
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	if err = migrate(ctx, pool); err == nil {
		err = transact(ctx, pool, false, func(tx *sql.Tx) error {
			for _, table := range []string{"sessions", "links", "requests"} {
				if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
					return err
				}
			}
			return record(ctx, tx, Entry{At: now(), By: "restore", Action: "database.restore", Subject: "database",
				Detail: detail(map[string]string{"sha256": hex.EncodeToString(r.SHA256[:])})})
		})
	}
	return errors.Join(err, pool.Close())
}

// retire ends the life of a database that is about to be replaced: its log is
// written into it and removed, since a log beside the new file would be written
// into that. A database too damaged for it just loses its log.
func retire(ctx context.Context, path string) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		removeDatabase(path) // a log without its file
		return nil
	}
	pool, err := connect(path, "rw", []string{"busy_timeout(1000)"})
	if err != nil {
		return err
	}
	var mode string
	err = explain(pool.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode))
	err = errors.Join(err, pool.Close())
	switch {
	case errors.Is(err, ErrBusy):
		return ErrInUse
	case err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign):
		return err
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
