package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
)

// The database of cases, notes, traces and keys.
const (
	dbEnv     = "CLEW_DB"
	dbDefault = "clew.db"
)

// dbFlag adds --db to a command.
func dbFlag(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "db", "", "database of cases, notes, traces and keys (default $"+dbEnv+", else ./"+dbDefault+")")
}

// dbPath returns the database: the flag's, else the environment's, else the
// default.
func (e env) dbPath(flag string) string {
	if flag != "" {
		return flag
	}
	if p := e.Getenv(dbEnv); p != "" {
		return p
	}
	return dbDefault
}

// withDB opens a database for one command beside the server. It is made where
// there is none, unless it must exist.
func withDB(ctx context.Context, path string, exist bool, do func(*opsdb.DB) error) error {
	db, err := opsdb.Open(ctx, path, opsdb.Options{Exist: exist})
	if err != nil {
		return dbFailure(path, err)
	}
	err = do(db)
	if e := db.Close(); err == nil {
		err = e
	}
	return dbFailure(path, err)
}

// dbFailure gives an error of the database its exit code and a hint. Errors that
// have a code keep it.
func dbFailure(path string, err error) error {
	var known *failure
	var field *opsdb.FieldError
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	err = fmt.Errorf("database %s: %w", path, err)
	switch {
	case errors.Is(err, opsdb.ErrNotFound), errors.As(err, &field), errors.Is(err, opsdb.ErrForeign), errors.Is(err, opsdb.ErrNewer):
		return fail(exitInput, err, "")
	case errors.Is(err, opsdb.ErrDamaged):
		return fail(exitLedger, err, "'clew restore BACKUP --db "+path+" --force' puts a backup in its place")
	case errors.Is(err, fs.ErrNotExist):
		return fail(exitSource, err, "'clew serve' or 'clew case import' makes one; name another with --db or $"+dbEnv)
	}
	return fail(exitUsage, err, "")
}

// guardOf is who decides, on a database.
func guardOf(db *opsdb.DB, tls bool, hosts []string) *auth.Guard {
	return auth.New(auth.Options{Links: db, Sessions: db, Keys: db, TLS: tls, Hosts: hosts})
}
