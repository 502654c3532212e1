package opsdb

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"clew.example/clew/serve/auth"
)

var (
	_ auth.Links    = (*DB)(nil)
	_ auth.Sessions = (*DB)(nil)
	_ auth.Keys     = (*DB)(nil)
)

// How many of them a user may have, so that nobody fills the disk with them.
const (
	linksMax    = 100
	sessionsMax = 1000
	keysMax     = 1000
)

// kept is how long what ended is still there to be asked about.
const kept = 24 * time.Hour

// firstUser adds the owner, who is the only user until there are more.
func (db *DB) firstUser(ctx context.Context) error {
	_, err := db.writer.ExecContext(ctx, "INSERT INTO users (id, role, made) VALUES (?, 'owner', ?) ON CONFLICT (id) DO NOTHING", auth.Owner, db.now().UnixMilli())
	return err
}

// room refuses a user who is not known, with the field named, and one who has
// too many rows in a table.
func room(ctx context.Context, tx *sql.Tx, table, user string, most int) error {
	var users, n int
	row := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM users WHERE id = ?), (SELECT count(*) FROM "+table+" WHERE user_id = ?)", user, user)
	if err := row.Scan(&users, &n); err != nil {
		return err
	}
	switch {
	case users == 0:
		return &FieldError{"user", "is not known"}
	case n >= most:
		return &LimitError{table, most}
	}
	return nil
}

// PutLink stores a one-time link, and forgets those that have ended.
func (db *DB) PutLink(ctx context.Context, l auth.Link) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM links WHERE ends <= ?", l.Made.UnixMilli()); err != nil {
			return err
		}
		if err := room(ctx, tx, "links", l.User, linksMax); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO links (hash, user_id, made, ends) VALUES (?, ?, ?, ?)", l.Hash[:], l.User, l.Made.UnixMilli(), l.Ends.UnixMilli())
		if err != nil {
			return err
		}
		return record(ctx, tx, Entry{At: l.Made, By: "user:" + l.User, Action: "link.make", Subject: "user:" + l.User})
	})
}

// TakeLink takes a link, once.
func (db *DB) TakeLink(ctx context.Context, token auth.Hash, now time.Time) (l auth.Link, err error) {
	l.Hash = token
	err = db.write(ctx, func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, "UPDATE links SET taken = ? WHERE hash = ? AND taken IS NULL AND ends > ? RETURNING user_id, made, ends",
			now.UnixMilli(), token[:], now.UnixMilli())
		if err := row.Scan(&l.User, stamp{&l.Made}, stamp{&l.Ends}); err != nil {
			return err
		}
		return record(ctx, tx, Entry{At: now, By: "user:" + l.User, Action: "link.take", Subject: "user:" + l.User})
	})
	if err != nil {
		return auth.Link{}, err
	}
	return l, nil
}

// PutSession stores a session, and forgets those that ended a day ago.
func (db *DB) PutSession(ctx context.Context, s auth.Session) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE ends <= ?", s.Made.Add(-kept).UnixMilli()); err != nil {
			return err
		}
		if err := room(ctx, tx, "sessions", s.User, sessionsMax); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO sessions (hash, user_id, made, used, ends) VALUES (?, ?, ?, ?, ?)",
			s.Hash[:], s.User, s.Made.UnixMilli(), s.Used.UnixMilli(), s.Ends.UnixMilli())
		return err
	})
}

// Session returns a session, ended or not.
func (db *DB) Session(ctx context.Context, token auth.Hash) (auth.Session, error) {
	s := auth.Session{Hash: token}
	row := db.reads.QueryRowContext(ctx, "SELECT user_id, made, used, ends FROM sessions WHERE hash = ?", token[:])
	if err := row.Scan(&s.User, stamp{&s.Made}, stamp{&s.Used}, stamp{&s.Ends}); err != nil {
		return auth.Session{}, explain(err)
	}
	return s, nil
}

// TouchSession notes when a session was used; never an earlier time.
func (db *DB) TouchSession(ctx context.Context, token auth.Hash, used time.Time) error {
	return db.changeOne(ctx, "UPDATE sessions SET used = CASE WHEN used < ? THEN ? ELSE used END WHERE hash = ?", used.UnixMilli(), used.UnixMilli(), token[:])
}

// DropSession ends a session.
func (db *DB) DropSession(ctx context.Context, token auth.Hash) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE hash = ?", token[:])
		return err
	})
}

// changeOne changes one row, or fails with ErrNotFound.
func (db *DB) changeOne(ctx context.Context, query string, args ...any) error {
	return db.write(ctx, func(tx *sql.Tx) error { return changeOne(ctx, tx, query, args...) })
}

func changeOne(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	done, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return first(err, ErrNotFound)
	}
	return nil
}

// PutKey stores an API key.
func (db *DB) PutKey(ctx context.Context, k auth.Key) error {
	if err := first(name("id", k.ID), name("name", k.Name)); err != nil {
		return err
	}
	scopes := joinScopes(k.Scopes)
	if err := word("scopes", scopes); err != nil {
		return err
	}
	return db.write(ctx, func(tx *sql.Tx) error {
		if err := room(ctx, tx, "keys", k.User, keysMax); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO keys (id, user_id, name, scopes, hash, made, used, ends, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			k.ID, k.User, k.Name, scopes, k.Hash[:], k.Made.UnixMilli(), millis(k.Used), millis(k.Ends), millis(k.Revoked))
		if err != nil {
			return err
		}
		return record(ctx, tx, Entry{At: k.Made, By: "user:" + k.User, Action: "key.make", Subject: "key:" + k.ID,
			Detail: detail(map[string]string{"name": k.Name, "scopes": scopes})})
	})
}

func joinScopes(scopes []auth.Scope) string {
	parts := make([]string, len(scopes))
	for i, s := range scopes {
		parts[i] = string(s)
	}
	return strings.Join(parts, " ")
}

const keyColumns = "SELECT id, user_id, name, scopes, hash, made, used, ends, revoked FROM keys "

func scanKey(row scanner) (k auth.Key, err error) {
	var scopes string
	var hash []byte
	err = row.Scan(&k.ID, &k.User, &k.Name, &scopes, &hash, stamp{&k.Made}, stamp{&k.Used}, stamp{&k.Ends}, stamp{&k.Revoked})
	copy(k.Hash[:], hash)
	for _, s := range strings.Fields(scopes) {
		k.Scopes = append(k.Scopes, auth.Scope(s))
	}
	return k, err
}

// Key returns a key, whatever became of it.
func (db *DB) Key(ctx context.Context, id string) (auth.Key, error) {
	k, err := scanKey(db.reads.QueryRowContext(ctx, keyColumns+"WHERE id = ?", id))
	if err != nil {
		return auth.Key{}, explain(err)
	}
	return k, nil
}

// ListKeys returns keys of a user in order of ID.
func (db *DB) ListKeys(ctx context.Context, user, after string, most int) ([]auth.Key, error) {
	return list(ctx, db.reads, scanKey, keyColumns+"WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?", user, after, limit(most))
}

// TouchKey notes when a key was used; never an earlier time.
func (db *DB) TouchKey(ctx context.Context, id string, used time.Time) error {
	return db.changeOne(ctx, "UPDATE keys SET used = CASE WHEN coalesce(used, 0) < ? THEN ? ELSE used END WHERE id = ?", used.UnixMilli(), used.UnixMilli(), id)
}

// RevokeKey revokes a key; the first time counts.
func (db *DB) RevokeKey(ctx context.Context, user, id string, at time.Time) error {
	return db.write(ctx, func(tx *sql.Tx) error {
		var before time.Time
		err := tx.QueryRowContext(ctx, "SELECT revoked FROM keys WHERE id = ? AND user_id = ?", id, user).Scan(stamp{&before})
		if err != nil || !before.IsZero() {
			return err
		}
		err = changeOne(ctx, tx, "UPDATE keys SET revoked = ? WHERE id = ?", at.UnixMilli(), id)
		if err != nil {
			return err
		}
		return record(ctx, tx, Entry{At: at, By: "user:" + user, Action: "key.revoke", Subject: "key:" + id})
	})
}
