package opsdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// Entry is a line of the journal: who did what, and when.
type Entry struct {
	Seq     int64 // rises by one from 1; order of time
	At      time.Time
	By      string // as callers name themselves, such as user:owner or key:ID
	Action  string // such as case.update
	Subject string // such as case:ID
	Case    string // the case it belongs to; empty: none
	Detail  json.RawMessage
}

// Journal returns up to most entries, the newest first, that come before the
// entry before (0: from the newest on), of one case or, where it is empty, all.
func (db *DB) Journal(ctx context.Context, caseID string, before int64, most int) ([]Entry, error) {
	query := "SELECT seq, at, actor, action, subject, case_id, detail FROM journal WHERE (? = 0 OR seq < ?)"
	args := []any{before, before}
	if caseID != "" {
		query, args = query+" AND case_id = ?", append(args, caseID)
	}
	return list(ctx, db.reads, scanEntry, query+" ORDER BY seq DESC LIMIT ?", append(args, limit(most))...)
}

func scanEntry(row scanner) (e Entry, err error) {
	var detail string
	err = row.Scan(&e.Seq, stamp{&e.At}, &e.By, &e.Action, &e.Subject, words{&e.Case}, words{&detail})
	if detail != "" {
		e.Detail = json.RawMessage(detail)
	}
	return e, err
}

// record writes an entry in the transaction of what it tells. The number is
// taken in it, and there is one writer, so none is left out.
func record(ctx context.Context, tx *sql.Tx, e Entry) error {
	if err := name("by", e.By); err != nil {
		return err
	}
	if len(e.Detail) > detailMax {
		e.Detail = json.RawMessage(`{"left_out":true}`) // the change itself is in the versions
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO journal (seq, at, actor, action, subject, case_id, detail) SELECT coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ?, ? FROM journal",
		e.At.UnixMilli(), e.By, e.Action, e.Subject, maybe(e.Case), maybe(string(e.Detail)))
	return err
}

// detail encodes what is worth knowing of a change.
func detail(v any) json.RawMessage {
	doc, err := json.Marshal(v)
	if err != nil {
		return nil // maps of plain values only
	}
	return doc
}
