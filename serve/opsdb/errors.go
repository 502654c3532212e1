package opsdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"clew.example/clew/serve/auth"
)

// What callers branch on.
var (
	ErrNotFound = auth.ErrNotFound
	ErrBusy     = errors.New("another process is writing to the database: try again")
	ErrInUse    = errors.New("the database is in use by another process: stop it first")
	ErrFull     = errors.New("no room is left for the database: free some space on its disk, nothing of this change was kept")
	ErrDamaged  = errors.New("the database is damaged: restore a backup")
	ErrForeign  = errors.New("not a database of Clew")
	ErrExists   = errors.New("there is a file of that name already")
	ErrPending  = errors.New("the same request is still being answered")
	ErrReused   = errors.New("the idempotency key was used for another request")
)

// ErrNewer says that a file was written by a later version of this program.
var ErrNewer = errors.New("the database is newer than this program")

// newer returns ErrNewer with the two schemas and what to do.
func newer(file, program int64) error {
	return fmt.Errorf("%w: it has schema %d and this program knows %d: run the newer program, or restore a backup of schema %d or less", ErrNewer, file, program, program)
}

// ConflictError says that somebody changed a case or note since it was read.
type ConflictError struct {
	Kind, ID  string
	Seen, Now int64 // revisions
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s %s: revision %d was changed since, it is %d now", e.Kind, e.ID, e.Seen, e.Now)
}

// StateError says that a trace is not in a status that an operation needs.
type StateError struct {
	ID     string
	Status Status
}

func (e *StateError) Error() string { return fmt.Sprintf("trace %s is %s", e.ID, e.Status) }

// FieldError says which value is refused, and why.
type FieldError struct{ Field, Reason string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Reason }

// LimitError says that there are too many of something.
type LimitError struct {
	What string
	Max  int
}

func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Max, e.What) }

// causes are the results of SQLite that somebody can do something about.
var causes = map[int]error{
	sqlite3.SQLITE_BUSY: ErrBusy, sqlite3.SQLITE_LOCKED: ErrBusy, sqlite3.SQLITE_FULL: ErrFull,
	sqlite3.SQLITE_CORRUPT: ErrDamaged, sqlite3.SQLITE_NOTADB: ErrForeign,
}

// explain puts our words before an error of the database, so that a caller can
// branch on it.
func explain(err error) error {
	var of *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case !errors.As(err, &of):
		return err
	case of.Code()&0xff == sqlite3.SQLITE_INTERRUPT:
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	if cause := causes[of.Code()&0xff]; cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}
