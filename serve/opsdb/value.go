package opsdb

import (
	"database/sql"
	"time"
)

// millis returns a time as it is stored; nothing for one that did not happen.
func millis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

// timeOf is the other way of millis.
func timeOf(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

// stamp reads a time of a row into into.
type stamp struct{ into *time.Time }

// Scan reads unix milliseconds or NULL.
func (s stamp) Scan(src any) error {
	var ms sql.NullInt64
	if err := ms.Scan(src); err != nil {
		return err
	}
	*s.into = timeOf(ms)
	return nil
}

// maybe returns NULL for an empty text.
func maybe(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

// words reads a text of a row, or nothing where there is NULL.
type words struct{ into *string }

// Scan reads a text or NULL.
func (w words) Scan(src any) error {
	var s sql.NullString
	err := s.Scan(src)
	*w.into = s.String
	return err
}
