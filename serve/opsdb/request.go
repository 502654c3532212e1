package opsdb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
)

// Request is a write that names an idempotency key. Caller, Route and Key name
// it; Hash is of all that the answer depends on.
type Request struct {
	Caller, Route, Key string
	Hash               [sha256.Size]byte
}

// Answer is what a request was answered with.
type Answer struct {
	Status int
	Header map[string]string // those worth repeating, such as Location
	Body   []byte
}

// Answers are kept for a day. These limits stop one caller from filling the
// disk: what is larger is answered, but not kept.
const (
	answerMax   = 256 << 10
	headerMax   = 8 << 10
	requestsMax = 10_000 // of one caller
)

// BeginRequest notes that a request is being answered and returns nil, or the
// answer if it was answered within the last day. ErrPending: it is still being
// answered; ErrReused: the key was used for a request with another hash.
// FinishRequest or ForgetRequest must follow where it returned nil, nil.
func (db *DB) BeginRequest(ctx context.Context, r Request) (answer *Answer, err error) {
	if err := first(name("caller", r.Caller), name("route", r.Route), name("idempotency key", r.Key)); err != nil {
		return nil, err
	}
	err = db.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM requests WHERE made <= ?", db.now().Add(-kept).UnixMilli()); err != nil {
			return err
		}
		answer, err = answerOf(ctx, tx, r)
		if answer != nil || err != sql.ErrNoRows {
			return err
		}
		return db.putRequest(ctx, tx, r)
	})
	return answer, err
}

func answerOf(ctx context.Context, tx *sql.Tx, r Request) (*Answer, error) {
	var hash []byte
	var status sql.NullInt64
	var header string
	a := &Answer{}
	row := tx.QueryRowContext(ctx, "SELECT hash, status, header, body FROM requests WHERE caller = ? AND route = ? AND key = ?", r.Caller, r.Route, r.Key)
	if err := row.Scan(&hash, &status, words{&header}, &a.Body); err != nil {
		return nil, err
	}
	switch {
	case string(hash) != string(r.Hash[:]):
		return nil, ErrReused
	case !status.Valid:
		return nil, ErrPending
	}
	a.Status = int(status.Int64)
	return a, json.Unmarshal([]byte(header), &a.Header)
}

func (db *DB) putRequest(ctx context.Context, tx *sql.Tx, r Request) error {
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM requests WHERE caller = ?", r.Caller).Scan(&n); err != nil {
		return err
	}
	if n >= requestsMax {
		return &LimitError{"idempotency keys in a day", requestsMax}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO requests (caller, route, key, hash, made) VALUES (?, ?, ?, ?, ?)", r.Caller, r.Route, r.Key, r.Hash[:], db.now().UnixMilli())
	return err
}

// FinishRequest keeps the answer of a request that BeginRequest began. One too
// large to keep is a FieldError, and the key is then free again.
func (db *DB) FinishRequest(ctx context.Context, r Request, a Answer) error {
	header, err := json.Marshal(a.Header)
	switch {
	case err != nil:
		return err
	case len(a.Body) > answerMax || len(header) > headerMax:
		return first(db.ForgetRequest(ctx, r), &FieldError{"answer", "is too large to be kept"})
	}
	return db.changeOne(ctx, "UPDATE requests SET status = ?, header = ?, body = ? WHERE caller = ? AND route = ? AND key = ? AND status IS NULL",
		a.Status, string(header), a.Body, r.Caller, r.Route, r.Key)
}

// ForgetRequest frees the key of a request that failed before it did anything.
func (db *DB) ForgetRequest(ctx context.Context, r Request) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM requests WHERE caller = ? AND route = ? AND key = ? AND status IS NULL", r.Caller, r.Route, r.Key)
		return err
	})
}

// Pruned counts what was forgotten.
type Pruned struct{ Links, Sessions, Requests, Blobs int64 }

// Prune forgets links that ended, sessions and answers that ended a day ago,
// and blobs that were never finished.
func (db *DB) Prune(ctx context.Context) (p Pruned, err error) {
	now := db.now()
	old := now.Add(-kept).UnixMilli()
	err = db.write(ctx, func(tx *sql.Tx) error {
		for _, d := range []struct {
			count *int64
			query string
			until int64
		}{
			{&p.Links, "DELETE FROM links WHERE ends <= ?", now.UnixMilli()},
			{&p.Sessions, "DELETE FROM sessions WHERE ends <= ?", old},
			{&p.Requests, "DELETE FROM requests WHERE made <= ?", old},
			{&p.Blobs, "DELETE FROM blobs WHERE made <= ? AND NOT EXISTS (SELECT 1 FROM attachments WHERE blob_id = blobs.id)" +
				" AND NOT EXISTS (SELECT 1 FROM traces WHERE result_blob = blobs.id) AND NOT EXISTS (SELECT 1 FROM traces WHERE saved_blob = blobs.id)", old},
		} {
			done, err := tx.ExecContext(ctx, d.query, d.until)
			if err != nil {
				return err
			}
			if *d.count, err = done.RowsAffected(); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}
