package opsdb

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// applicationID marks our files at byte 68 of the header: "Clew".
const applicationID = 0x436c6577

//go:embed migrations/*.sql
var migrations embed.FS

// provider returns what brings a database up to a schema. There is no way
// down: who needs an older schema restores a backup that has it.
func provider(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, pool, files, goose.WithDisableGlobalRegistry(true))
}

// latest is the number of the newest schema that this program knows.
func latest() (n int64) {
	files, _ := fs.Glob(migrations, "migrations/*.sql")
	return int64(len(files))
}

// migrate makes or updates the schema, each step a transaction. The file was
// inspected.
func migrate(ctx context.Context, pool *sql.DB) error {
	if _, err := pool.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return err
	}
	p, err := provider(pool)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	return nil
}

// schemaOf returns the schema's number: 0 for an empty file. A file of another
// program is ErrForeign, one of a later program ErrNewer.
func schemaOf(ctx context.Context, pool *sql.DB) (version int64, err error) {
	var id, objects, versions int64
	if err := pool.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return 0, explain(err)
	}
	if err := pool.QueryRowContext(ctx, "SELECT count(*), count(CASE name WHEN 'goose_db_version' THEN 1 END) FROM sqlite_schema").Scan(&objects, &versions); err != nil {
		return 0, explain(err)
	}
	switch {
	case objects == 0 && (id == 0 || id == applicationID):
		return 0, nil // an empty file, or one whose making was cut off
	case id != applicationID || versions == 0:
		return 0, fmt.Errorf("%w: it is a database of another program (application id %#x)", ErrForeign, uint32(id))
	}
	if err := pool.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&version); err != nil {
		return 0, explain(err)
	}
	if version > latest() {
		return version, newer(version, latest())
	}
	return version, nil
}
