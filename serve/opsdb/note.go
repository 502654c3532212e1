package opsdb

import (
	"context"
	"database/sql"
	"time"
)

// notesMax bounds the notes of a case, deleted ones too.
const notesMax = 10_000

// NoteText is what somebody writes.
type NoteText struct {
	Target string // what it is about, such as tx:..., out:..., account:... or case
	Text   string // at most 64 KiB
	Pinned bool
}

func (n NoteText) check() error {
	if n.Text == "" {
		return &FieldError{"text", "is empty"}
	}
	return first(name("target", n.Target), text("text", n.Text, noteMax))
}

// Note is a note of a case.
type Note struct {
	ID, Case string
	Revision int64 // rises by one with each change
	NoteText
	Made, Changed     time.Time
	MadeBy, ChangedBy string
	Deleted           time.Time // zero: not
}

// NoteVersion is a note as it once was.
type NoteVersion struct {
	Revision int64
	NoteText
	Changed   time.Time
	ChangedBy string
	Deleted   time.Time // zero: not
}

// CreateNote adds a note to a case.
func (db *DB) CreateNote(ctx context.Context, by, caseID string, n NoteText) (made Note, err error) {
	if err := n.check(); err != nil {
		return Note{}, err
	}
	now := db.now()
	id := newID(now)
	err = db.write(ctx, func(tx *sql.Tx) error {
		if err := noteRoom(ctx, tx, caseID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO notes (id, case_id, revision, target, text, pinned, made, made_by, changed, changed_by) VALUES (?, ?, 0, '', '', 0, ?, ?, ?, ?)",
			id, caseID, now.UnixMilli(), by, now.UnixMilli(), by)
		if err != nil {
			return err
		}
		made, err = changeNote(ctx, tx, noteChange{by: by, at: now, id: id, NoteText: n, action: "note.make"})
		return err
	})
	return made, err
}

// noteRoom refuses a case that is deleted or full.
func noteRoom(ctx context.Context, tx *sql.Tx, caseID string) error {
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM notes WHERE case_id = cases.id) FROM cases WHERE id = ? AND deleted IS NULL", caseID).Scan(&n); err != nil {
		return err
	}
	if n >= notesMax {
		return &LimitError{"notes of a case", notesMax}
	}
	return nil
}

// noteChange is a new revision of a note.
type noteChange struct {
	by string
	at time.Time
	id string
	NoteText
	action  string
	version int64     // that it is taken from; 0: none
	deleted time.Time // or zero
}

// changeNote writes a revision, its version and the journal, and returns the
// note as it is then.
func changeNote(ctx context.Context, tx *sql.Tx, c noteChange) (Note, error) {
	err := changeOne(ctx, tx, "UPDATE notes SET revision = revision + 1, target = ?, text = ?, pinned = ?, changed = ?, changed_by = ?, deleted = ? WHERE id = ?",
		c.Target, c.Text, number(c.Pinned), c.at.UnixMilli(), c.by, millis(c.deleted), c.id)
	if err != nil {
		return Note{}, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO note_versions (note_id, revision, target, text, pinned, changed, changed_by, deleted)"+
		" SELECT id, revision, target, text, pinned, changed, changed_by, deleted FROM notes WHERE id = ?", c.id)
	if err != nil {
		return Note{}, err
	}
	now, err := scanNote(tx.QueryRowContext(ctx, noteColumns+"WHERE id = ?", c.id))
	if err != nil {
		return Note{}, err
	}
	told := map[string]any{"revision": now.Revision, "target": now.Target}
	if c.version > 0 {
		told["version"] = c.version
	}
	return now, record(ctx, tx, Entry{At: c.at, By: c.by, Action: c.action, Subject: "note:" + c.id, Case: now.Case, Detail: detail(told)})
}

// number is a truth as it is stored.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

const noteColumns = "SELECT id, case_id, revision, target, text, pinned, made, made_by, changed, changed_by, deleted FROM notes "

func scanNote(row scanner) (n Note, err error) {
	err = row.Scan(&n.ID, &n.Case, &n.Revision, &n.Target, &n.Text, &n.Pinned, stamp{&n.Made}, &n.MadeBy, stamp{&n.Changed}, &n.ChangedBy, stamp{&n.Deleted})
	return n, err
}

// Note returns a note of a case that is not deleted.
func (db *DB) Note(ctx context.Context, caseID, id string) (Note, error) {
	n, err := scanNote(db.reads.QueryRowContext(ctx, noteColumns+"WHERE id = ? AND case_id = ? AND deleted IS NULL", id, caseID))
	if err != nil {
		return Note{}, explain(err)
	}
	return n, nil
}

// Notes lists the notes of a case that are not deleted, those made first
// first.
func (db *DB) Notes(ctx context.Context, caseID string, p Page) ([]Note, error) {
	return list(ctx, db.reads, scanNote, noteColumns+"WHERE case_id = ? AND id > ? AND deleted IS NULL ORDER BY id LIMIT ?", caseID, p.After, limit(p.Limit))
}

// reviseNote makes a revision of a note of which revision seen was read. Its
// case must be there.
func (db *DB) reviseNote(ctx context.Context, by, caseID, id string, seen int64, change func(tx *sql.Tx, now Note, next *noteChange) error) (revised Note, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		now, err := scanNote(tx.QueryRowContext(ctx, noteColumns+"WHERE id = ? AND case_id = ? AND (SELECT deleted FROM cases WHERE cases.id = case_id) IS NULL", id, caseID))
		if err != nil {
			return err
		}
		if now.Revision != seen {
			return &ConflictError{"note", id, seen, now.Revision}
		}
		next := noteChange{by: by, at: db.now(), id: id, NoteText: now.NoteText}
		if err := change(tx, now, &next); err != nil {
			return err
		}
		revised, err = changeNote(ctx, tx, next)
		return err
	})
	if err != nil {
		return Note{}, err
	}
	return revised, nil
}

// UpdateNote changes a note; a *ConflictError if revision seen was changed
// since.
func (db *DB) UpdateNote(ctx context.Context, by, caseID, id string, seen int64, n NoteText) (Note, error) {
	if err := n.check(); err != nil {
		return Note{}, err
	}
	return db.reviseNote(ctx, by, caseID, id, seen, func(_ *sql.Tx, now Note, next *noteChange) error {
		next.action, next.NoteText = "note.update", n
		return there(now.Deleted)
	})
}

// DeleteNote hides a note; RestoreNote brings it back.
func (db *DB) DeleteNote(ctx context.Context, by, caseID, id string, seen int64) (Note, error) {
	return db.reviseNote(ctx, by, caseID, id, seen, func(_ *sql.Tx, now Note, next *noteChange) error {
		next.action, next.deleted = "note.delete", next.at
		return there(now.Deleted)
	})
}

// RestoreNote makes a new revision of a note, deleted or not, as it was in an
// earlier one.
func (db *DB) RestoreNote(ctx context.Context, by, caseID, id string, seen, version int64) (Note, error) {
	return db.reviseNote(ctx, by, caseID, id, seen, func(tx *sql.Tx, _ Note, next *noteChange) error {
		next.action, next.version = "note.restore", version
		row := tx.QueryRowContext(ctx, "SELECT target, text, pinned, deleted FROM note_versions WHERE note_id = ? AND revision = ?", id, version)
		return row.Scan(&next.Target, &next.Text, &next.Pinned, stamp{&next.deleted})
	})
}

// NoteVersions returns up to most versions of a note, the newest first, before
// the revision before (0: from the newest on); those of a deleted note too.
func (db *DB) NoteVersions(ctx context.Context, caseID, id string, before int64, most int) ([]NoteVersion, error) {
	scan := func(row scanner) (v NoteVersion, err error) {
		err = row.Scan(&v.Revision, &v.Target, &v.Text, &v.Pinned, stamp{&v.Changed}, &v.ChangedBy, stamp{&v.Deleted})
		return v, err
	}
	return list(ctx, db.reads, scan, "SELECT v.revision, v.target, v.text, v.pinned, v.changed, v.changed_by, v.deleted FROM note_versions AS v"+
		" JOIN notes ON notes.id = v.note_id WHERE notes.case_id = ? AND notes.id = ? AND (? = 0 OR v.revision < ?) ORDER BY v.revision DESC LIMIT ?",
		caseID, id, before, before, limit(most))
}
