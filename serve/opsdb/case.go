package opsdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"clew.example/clew/casefile"
)

// CaseHead is what a list says of a case.
type CaseHead struct {
	ID                string
	Revision          int64 // rises by one with each change
	Title             string
	Made, Changed     time.Time
	MadeBy, ChangedBy string
	Deleted           time.Time // zero: not
}

// Case is a case with its file, which is the canonical one: the same bytes
// that casefile.Append writes of Content.
type Case struct {
	CaseHead
	File    string
	Content *casefile.Case
}

// CaseVersion is a case as it once was.
type CaseVersion struct {
	Revision  int64
	File      string
	Changed   time.Time
	ChangedBy string
	Deleted   time.Time // zero: not
}

// caseText checks a case and returns its file.
func caseText(c *casefile.Case) (string, error) {
	if c == nil {
		return "", &FieldError{"case", "is missing"}
	}
	file, err := casefile.Append(nil, c)
	if err != nil {
		field, reason, ok := strings.Cut(err.Error(), ": ")
		if !ok {
			field, reason = "case", err.Error()
		}
		return "", &FieldError{field, reason}
	}
	return string(file), nil
}

// CreateCase stores a case, with files it names, as user or key by.
func (db *DB) CreateCase(ctx context.Context, by string, c *casefile.Case, files ...File) (made *Case, err error) {
	text, err := caseText(c)
	if err = first(err, name("by", by)); err != nil {
		return nil, err
	}
	stored, err := db.putFiles(ctx, files)
	if err != nil {
		return nil, err
	}
	now := db.now()
	id := newID(now)
	err = db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO cases (id, revision, title, file, made, made_by, changed, changed_by) VALUES (?, 0, '', '', ?, ?, ?, ?)",
			id, now.UnixMilli(), by, now.UnixMilli(), by)
		if err != nil {
			return err
		}
		if err := db.attachAll(ctx, tx, by, id, stored); err != nil {
			return err
		}
		made, err = changeCase(ctx, tx, caseChange{by: by, at: now, id: id, title: c.Title, file: text, action: "case.make"})
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.dropUnused(blobsOf(stored)...))
	}
	return made, nil
}

const caseColumns = "SELECT id, revision, title, made, made_by, changed, changed_by, deleted"

func scanCaseHead(row scanner) (h CaseHead, err error) {
	err = row.Scan(&h.ID, &h.Revision, &h.Title, stamp{&h.Made}, &h.MadeBy, stamp{&h.Changed}, &h.ChangedBy, stamp{&h.Deleted})
	return h, err
}

// fullCase reads a case, deleted or not.
func fullCase(ctx context.Context, q querier, id string) (*Case, error) {
	c := &Case{}
	row := q.QueryRowContext(ctx, caseColumns+", file FROM cases WHERE id = ?", id)
	err := row.Scan(&c.ID, &c.Revision, &c.Title, stamp{&c.Made}, &c.MadeBy, stamp{&c.Changed}, &c.ChangedBy, stamp{&c.Deleted}, &c.File)
	if err != nil {
		return nil, explain(err)
	}
	if c.File == "" {
		return c, nil // being made
	}
	if c.Content, err = casefile.Read(strings.NewReader(c.File)); err != nil {
		return nil, fmt.Errorf("%w: case %s: %w", ErrDamaged, id, err)
	}
	return c, nil
}

// Case returns a case that is not deleted.
func (db *DB) Case(ctx context.Context, id string) (*Case, error) {
	c, err := fullCase(ctx, db.reads, id)
	if err == nil && !c.Deleted.IsZero() {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// CaseFilter says which cases a list holds.
type CaseFilter struct {
	Title   string // part of the title; letters of ASCII in any case
	Deleted bool   // those that are deleted, rather than those that are not
}

// Cases lists cases, those made last first.
func (db *DB) Cases(ctx context.Context, f CaseFilter, p Page) ([]CaseHead, error) {
	query, args := caseColumns+" FROM cases WHERE id < ? AND (deleted IS NOT NULL) = ?", []any{p.after(), f.Deleted}
	if err := word("title", f.Title); err != nil {
		return nil, err // SQLite knows no patterns of any length
	}
	if f.Title != "" {
		query, args = query+` AND lower(title) LIKE ? ESCAPE '\'`, append(args, "%"+likeEscaper.Replace(strings.ToLower(f.Title))+"%")
	}
	return list(ctx, db.reads, scanCaseHead, query+" ORDER BY id DESC LIMIT ?", append(args, limit(p.Limit))...)
}

// likeEscaper takes the meaning from the signs of LIKE.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// caseChange is a new revision of a case.
type caseChange struct {
	by     string
	at     time.Time
	id     string
	title  string
	file   string
	action string
	detail any
	// deleted is when, or zero for a case that is there.
	deleted time.Time
}

// changeCase writes a revision, its version and the journal, and returns the
// case as it is then.
func changeCase(ctx context.Context, tx *sql.Tx, c caseChange) (*Case, error) {
	err := changeOne(ctx, tx, "UPDATE cases SET revision = revision + 1, title = ?, file = ?, changed = ?, changed_by = ?, deleted = ? WHERE id = ?",
		c.title, c.file, c.at.UnixMilli(), c.by, millis(c.deleted), c.id)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO case_versions (case_id, revision, file, changed, changed_by, deleted)"+
		" SELECT id, revision, file, changed, changed_by, deleted FROM cases WHERE id = ?", c.id)
	if err != nil {
		return nil, err
	}
	now, err := fullCase(ctx, tx, c.id)
	if err != nil {
		return nil, err
	}
	told := map[string]any{"revision": now.Revision}
	if c.detail != nil {
		told["what"] = c.detail
	}
	return now, record(ctx, tx, Entry{At: c.at, By: c.by, Action: c.action, Subject: "case:" + c.id, Case: c.id, Detail: detail(told)})
}

// seenCase reads a case that is about to be changed by somebody who saw a
// revision of it.
func seenCase(ctx context.Context, tx *sql.Tx, id string, seen int64) (*Case, error) {
	c, err := fullCase(ctx, tx, id)
	switch {
	case err != nil:
		return nil, err
	case c.Revision != seen:
		return nil, &ConflictError{"case", id, seen, c.Revision}
	}
	return c, nil
}

// reviseCase makes a revision of a case that is not deleted, from what change
// says of it.
func (db *DB) reviseCase(ctx context.Context, by, id string, seen int64, change func(tx *sql.Tx, now *Case, next *caseChange) error) (revised *Case, err error) {
	if err := name("by", by); err != nil {
		return nil, err
	}
	err = db.write(ctx, func(tx *sql.Tx) error {
		now, err := seenCase(ctx, tx, id, seen)
		if err != nil {
			return err
		}
		next := caseChange{by: by, at: db.now(), id: id, title: now.Title, file: now.File, deleted: now.Deleted}
		if err := change(tx, now, &next); err != nil {
			return err
		}
		revised, err = changeCase(ctx, tx, next)
		return err
	})
	if err != nil {
		return nil, err
	}
	return revised, nil
}

// there refuses what is deleted.
func there(deleted time.Time) error {
	if !deleted.IsZero() {
		return ErrNotFound
	}
	return nil
}

// keysChanged lists the keys of a file that differ, for the journal.
func keysChanged(before, after *casefile.Case) (keys []string) {
	for _, c := range casefile.Diff(before, after) {
		keys = append(keys, c.Key)
	}
	return keys
}

// UpdateCase stores the new content of a case of which revision seen was read;
// a *ConflictError if it was changed since.
func (db *DB) UpdateCase(ctx context.Context, by, id string, seen int64, c *casefile.Case) (*Case, error) {
	text, err := caseText(c)
	if err != nil {
		return nil, err
	}
	return db.reviseCase(ctx, by, id, seen, func(_ *sql.Tx, now *Case, next *caseChange) error {
		next.action, next.title, next.file, next.detail = "case.update", c.Title, text, keysChanged(now.Content, c)
		return there(now.Deleted)
	})
}

// DeleteCase hides a case. Its versions, notes and traces stay.
func (db *DB) DeleteCase(ctx context.Context, by, id string, seen int64) error {
	_, err := db.reviseCase(ctx, by, id, seen, func(_ *sql.Tx, now *Case, next *caseChange) error {
		next.action, next.deleted = "case.delete", next.at
		return there(now.Deleted)
	})
	return err
}

// RestoreCase makes a new revision of a case, deleted or not, with the content
// that it had in an earlier one.
func (db *DB) RestoreCase(ctx context.Context, by, id string, seen, version int64) (*Case, error) {
	return db.reviseCase(ctx, by, id, seen, func(tx *sql.Tx, now *Case, next *caseChange) error {
		if err := tx.QueryRowContext(ctx, "SELECT file FROM case_versions WHERE case_id = ? AND revision = ?", id, version).Scan(&next.file); err != nil {
			return err
		}
		c, err := casefile.Read(strings.NewReader(next.file))
		if err != nil {
			return fmt.Errorf("%w: case %s, revision %d: %w", ErrDamaged, id, version, err)
		}
		next.action, next.title, next.deleted = "case.restore", c.Title, time.Time{}
		next.detail = map[string]any{"version": version, "keys": keysChanged(now.Content, c)}
		return nil
	})
}

// CaseVersions returns up to most versions of a case, the newest first, before
// the revision before (0: from the newest on).
func (db *DB) CaseVersions(ctx context.Context, id string, before int64, most int) ([]CaseVersion, error) {
	scan := func(row scanner) (v CaseVersion, err error) {
		err = row.Scan(&v.Revision, &v.File, stamp{&v.Changed}, &v.ChangedBy, stamp{&v.Deleted})
		return v, err
	}
	return list(ctx, db.reads, scan, "SELECT revision, file, changed, changed_by, deleted FROM case_versions"+
		" WHERE case_id = ? AND (? = 0 OR revision < ?) ORDER BY revision DESC LIMIT ?", id, before, before, min(limit(most), versionsMax))
}

// versionsMax bounds a list of versions, each of which has up to 1 MiB.
const versionsMax = 20
