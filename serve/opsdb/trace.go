package opsdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"time"
)

// Status is where a trace stands.
type Status string

// The statuses. A queued trace runs or is cancelled; a running one ends as one
// of the others, which never change.
const (
	Queued      Status = "queued"
	Running     Status = "running"
	Done        Status = "done"
	Failed      Status = "failed"
	Cancelled   Status = "cancelled"
	Interrupted Status = "interrupted" // the server ended while it ran
)

// Limits of what a trace leaves, in bytes before they are zipped.
const (
	resultMax = 1 << 30
	savedMax  = 4 << 30
)

// queueMax bounds the traces that wait or run, so that nobody fills the disk
// with questions.
const queueMax = 1000

// Trace is a trace that was asked for.
type Trace struct {
	ID       string
	Case     string          // empty: none
	Question json.RawMessage // as it was asked
	Status   Status
	Progress json.RawMessage // the last; nil: none
	Error    string          // why it failed
	Outcome
	Made, Started, Ended time.Time // zero: not yet
	MadeBy               string
	Result, Saved        bool // whether there are such bytes
}

// Outcome is what a trace that is done says of itself.
type Outcome struct {
	InputDigest  string
	ResultDigest string
	Finalised    *bool // nil: not known
}

// AddTrace puts a question into the queue: a JSON document of at most 1 MiB.
// CaseID may be empty.
func (db *DB) AddTrace(ctx context.Context, by, caseID string, question json.RawMessage) (Trace, error) {
	if err := document("question", question, questionMax); err != nil {
		return Trace{}, err
	}
	now := db.now()
	t := Trace{ID: newID(now), Case: caseID, Question: question, Status: Queued, Made: now, MadeBy: by}
	err := db.write(ctx, func(tx *sql.Tx) error {
		if err := traceRoom(ctx, tx, caseID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO traces (id, case_id, question, status, made, made_by) VALUES (?, ?, ?, ?, ?, ?)",
			t.ID, maybe(caseID), string(question), string(t.Status), now.UnixMilli(), by)
		if err != nil {
			return err
		}
		return record(ctx, tx, Entry{At: now, By: by, Action: "trace.ask", Subject: "trace:" + t.ID, Case: caseID})
	})
	if err != nil {
		return Trace{}, err
	}
	return t, nil
}

// traceRoom refuses a case that is not there, and a queue that is full.
func traceRoom(ctx context.Context, tx *sql.Tx, caseID string) error {
	var n int
	if caseID != "" {
		if err := tx.QueryRowContext(ctx, "SELECT 1 FROM cases WHERE id = ? AND deleted IS NULL", caseID).Scan(&n); err != nil {
			return err
		}
	}
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM traces WHERE status IN ('queued', 'running')").Scan(&n); err != nil {
		return err
	}
	if n >= queueMax {
		return &LimitError{"traces waiting or running", queueMax}
	}
	return nil
}

const traceColumns = "SELECT id, case_id, question, status, progress, error, input_digest, result_digest, finalised, made, made_by, started, ended," +
	" result_blob IS NOT NULL, saved_blob IS NOT NULL FROM traces "

func scanTrace(row scanner) (t Trace, err error) {
	var question, progress string
	err = row.Scan(&t.ID, words{&t.Case}, &question, &t.Status, words{&progress}, words{&t.Error}, words{&t.InputDigest}, words{&t.ResultDigest}, &t.Finalised,
		stamp{&t.Made}, &t.MadeBy, stamp{&t.Started}, stamp{&t.Ended}, &t.Result, &t.Saved)
	t.Question = json.RawMessage(question)
	if progress != "" {
		t.Progress = json.RawMessage(progress)
	}
	return t, err
}

// Trace returns a trace without its bytes.
func (db *DB) Trace(ctx context.Context, id string) (Trace, error) {
	t, err := scanTrace(db.reads.QueryRowContext(ctx, traceColumns+"WHERE id = ?", id))
	if err != nil {
		return Trace{}, explain(err)
	}
	return t, nil
}

// TraceFilter says which traces a list holds; empty fields ask for all.
type TraceFilter struct {
	Case   string
	Status Status
}

// Traces lists traces, those made last first.
func (db *DB) Traces(ctx context.Context, f TraceFilter, p Page) ([]Trace, error) {
	query, args := traceColumns+"WHERE id < ?", []any{p.after()}
	if f.Case != "" {
		query, args = query+" AND case_id = ?", append(args, f.Case)
	}
	if f.Status != "" {
		query, args = query+" AND status = ?", append(args, string(f.Status))
	}
	return list(ctx, db.reads, scanTrace, query+" ORDER BY id DESC LIMIT ?", append(args, limit(p.Limit))...)
}

// NextTrace starts the trace that waits longest, and returns it as running;
// ErrNotFound if none waits.
func (db *DB) NextTrace(ctx context.Context) (t Trace, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		if t, err = scanTrace(tx.QueryRowContext(ctx, traceColumns+"WHERE status = 'queued' ORDER BY id LIMIT 1")); err != nil {
			return err
		}
		t.Status, t.Started = Running, db.now()
		return changeOne(ctx, tx, "UPDATE traces SET status = 'running', started = ? WHERE id = ?", t.Started.UnixMilli(), t.ID)
	})
	if err != nil {
		return Trace{}, err
	}
	return t, nil
}

// StartTrace starts a trace that is queued; a *StateError if it is not.
func (db *DB) StartTrace(ctx context.Context, id string) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if err := inStatus(ctx, tx, id, Queued); err != nil {
			return err
		}
		return changeOne(ctx, tx, "UPDATE traces SET status = 'running', started = ? WHERE id = ?", db.now().UnixMilli(), id)
	})
}

// inStatus returns a *StateError for a trace that is in none of the statuses.
func inStatus(ctx context.Context, tx *sql.Tx, id string, wanted ...Status) error {
	var now Status
	if err := tx.QueryRowContext(ctx, "SELECT status FROM traces WHERE id = ?", id).Scan(&now); err != nil {
		return err
	}
	for _, s := range wanted {
		if s == now {
			return nil
		}
	}
	return &StateError{id, now}
}

// SetProgress notes how far a running trace is: a JSON document of at most
// 16 KiB. It is synced as all else is, so once a second is often enough.
func (db *DB) SetProgress(ctx context.Context, id string, progress json.RawMessage) error {
	if err := document("progress", progress, progressMax); err != nil {
		return err
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		if err := inStatus(ctx, tx, id, Running); err != nil {
			return err
		}
		return changeOne(ctx, tx, "UPDATE traces SET progress = ? WHERE id = ?", string(progress), id)
	})
}

// FinishTrace ends a running trace as done, with what result writes (at most
// 1 GiB) and saved (at most 4 GiB; nil: nothing). They are called once each, and
// others can write meanwhile; what they fail with is returned, and the trace
// runs on.
func (db *DB) FinishTrace(ctx context.Context, id string, o Outcome, result, saved func(io.Writer) error) error {
	if err := first(name("input digest", o.InputDigest), name("result digest", o.ResultDigest)); err != nil {
		return err
	}
	resultBlob, _, err := db.putBlob(ctx, "result", resultMax, result)
	if err != nil {
		return err
	}
	var savedBlob string
	if saved != nil {
		if savedBlob, _, err = db.putBlob(ctx, "saved trace", savedMax, saved); err != nil {
			return errors.Join(err, db.dropUnused(resultBlob))
		}
	}
	err = db.write(ctx, func(tx *sql.Tx) error {
		if err := inStatus(ctx, tx, id, Running); err != nil {
			return err
		}
		return changeOne(ctx, tx, "UPDATE traces SET status = 'done', input_digest = ?, result_digest = ?, finalised = ?, ended = ?, result_blob = ?, saved_blob = ? WHERE id = ?",
			o.InputDigest, o.ResultDigest, finalised(o), db.now().UnixMilli(), resultBlob, maybe(savedBlob), id)
	})
	if err != nil {
		return errors.Join(err, db.dropUnused(resultBlob, savedBlob))
	}
	return nil
}

// finalised is stored as a number.
func finalised(o Outcome) sql.NullInt64 {
	if o.Finalised == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: int64(number(*o.Finalised)), Valid: true}
}

// FailTrace ends a trace that waits or runs as failed. The reason is cut at
// 16 KiB.
func (db *DB) FailTrace(ctx context.Context, id, reason string) error {
	if err := text("reason", reason, len(reason)); err != nil {
		reason = "the reason could not be kept: " + err.Error()
	}
	return db.endTrace(ctx, id, Failed, cut(reason, errorMax), nil)
}

// cut cuts a text before a whole character.
func cut(s string, most int) string {
	for i := range s {
		if i > most {
			return s[:most]
		}
	}
	if len(s) > most {
		return s[:most]
	}
	return s
}

// CancelTrace ends a trace that waits or runs as cancelled.
func (db *DB) CancelTrace(ctx context.Context, by, id string) error {
	return db.endTrace(ctx, id, Cancelled, "", &Entry{By: by, Action: "trace.cancel"})
}

func (db *DB) endTrace(ctx context.Context, id string, as Status, reason string, told *Entry) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if err := inStatus(ctx, tx, id, Queued, Running); err != nil {
			return err
		}
		now := db.now()
		err := changeOne(ctx, tx, "UPDATE traces SET status = ?, error = ?, ended = ? WHERE id = ?", string(as), maybe(reason), now.UnixMilli(), id)
		if err != nil || told == nil {
			return err
		}
		return recordTrace(ctx, tx, id, now, *told)
	})
}

// recordTrace enters what was done to a trace.
func recordTrace(ctx context.Context, tx *sql.Tx, id string, at time.Time, e Entry) error {
	if err := tx.QueryRowContext(ctx, "SELECT case_id FROM traces WHERE id = ?", id).Scan(words{&e.Case}); err != nil {
		return err
	}
	e.At, e.Subject = at, "trace:"+id
	return record(ctx, tx, e)
}

// DeleteTrace forgets a trace that neither waits nor runs, with its bytes; a
// *StateError otherwise.
func (db *DB) DeleteTrace(ctx context.Context, by, id string) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if err := inStatus(ctx, tx, id, Done, Failed, Cancelled, Interrupted); err != nil {
			return err
		}
		var result, saved, digest string
		err := tx.QueryRowContext(ctx, "SELECT result_blob, saved_blob, result_digest FROM traces WHERE id = ?", id).Scan(words{&result}, words{&saved}, words{&digest})
		if err != nil {
			return err
		}
		told := Entry{By: by, Action: "trace.forget", Detail: detail(map[string]string{"result_digest": digest})}
		if err := recordTrace(ctx, tx, id, db.now(), told); err != nil {
			return err
		}
		if err := changeOne(ctx, tx, "DELETE FROM traces WHERE id = ?", id); err != nil {
			return err
		}
		return dropBlobs(ctx, tx, result, saved)
	})
}

// TraceResult opens the result of a trace that is done.
func (db *DB) TraceResult(ctx context.Context, id string) (*Blob, error) {
	return db.traceBlob(ctx, "SELECT result_blob FROM traces WHERE id = ?", id)
}

// SavedTrace opens the saved trace of one that is done, for trace.Load.
func (db *DB) SavedTrace(ctx context.Context, id string) (*Blob, error) {
	return db.traceBlob(ctx, "SELECT saved_blob FROM traces WHERE id = ?", id)
}

func (db *DB) traceBlob(ctx context.Context, query, id string) (*Blob, error) {
	var blob string
	if err := db.reads.QueryRowContext(ctx, query, id).Scan(words{&blob}); err != nil {
		return nil, explain(err)
	}
	if blob == "" {
		return nil, ErrNotFound
	}
	return db.openBlob(ctx, blob)
}

// recoverTraces says of traces that ran when the last server ended that they
// were interrupted, or lets them wait again.
func (db *DB) recoverTraces(ctx context.Context) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		query, args := "UPDATE traces SET status = 'interrupted', ended = ? WHERE status = 'running'", []any{db.now().UnixMilli()}
		if db.opt.Requeue {
			query, args = "UPDATE traces SET status = 'queued', started = NULL, progress = NULL WHERE status = 'running'", nil
		}
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}
