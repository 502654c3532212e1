package opsdb_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"clew.example/clew/serve/opsdb"
)

// TestNoteLife changes, deletes and brings back a note.
func TestNoteLife(t *testing.T) {
	db := fresh(t)
	c, other := create(t, db, "one"), create(t, db, "two")
	n := must[opsdb.Note](t)(db.CreateNote(ctx, by, c.ID, opsdb.NoteText{Target: "case", Text: "one\ntwo", Pinned: true}))
	must[opsdb.Note](t)(db.UpdateNote(ctx, "key:a", c.ID, n.ID, 1, opsdb.NoteText{Target: "tx:b", Text: "three"}))
	var conflict *opsdb.ConflictError
	if _, err := db.DeleteNote(ctx, by, c.ID, n.ID, 1); !errors.As(err, &conflict) || conflict.Kind != "note" {
		t.Fatal(err)
	}
	if _, err := db.DeleteNote(ctx, by, other.ID, n.ID, 2); !errors.Is(err, opsdb.ErrNotFound) {
		t.Fatal(err)
	}
	must[opsdb.Note](t)(db.DeleteNote(ctx, by, c.ID, n.ID, 2))
	if _, err := db.Note(ctx, c.ID, n.ID); !errors.Is(err, opsdb.ErrNotFound) {
		t.Fatal(err)
	}
	back := must[opsdb.Note](t)(db.RestoreNote(ctx, by, c.ID, n.ID, 3, 1))
	if back.Revision != 4 || back.NoteText != n.NoteText || back.Made != n.Made {
		t.Fatalf("%+v", back)
	}
	versions := must[[]opsdb.NoteVersion](t)(db.NoteVersions(ctx, c.ID, n.ID, 4, 2))
	if len(versions) != 2 || versions[0].Deleted.IsZero() || versions[1].Text != "three" || versions[1].ChangedBy != "key:a" {
		t.Fatalf("%+v", versions)
	}
	if got := must[[]opsdb.NoteVersion](t)(db.NoteVersions(ctx, other.ID, n.ID, 0, 0)); len(got) > 0 {
		t.Fatalf("%+v", got)
	}
	ok(t, db.DeleteCase(ctx, by, c.ID, 1))
	if _, err := db.UpdateNote(ctx, by, c.ID, n.ID, 4, n.NoteText); !errors.Is(err, opsdb.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := db.CreateNote(ctx, by, c.ID, n.NoteText); !errors.Is(err, opsdb.ErrNotFound) {
		t.Fatal(err)
	}
}

// noteModel is what a note should be: its versions, the last one being it.
type noteModel struct {
	id       string
	versions []opsdb.NoteText
	deleted  []bool
}

// TestNoteModel does random things to notes, with the right and the wrong
// revision, and opens the file again now and then. Law: lists and versions are
// those of a model in memory.
func TestNoteModel(t *testing.T) {
	rng := random(t)
	path, now := newPath(t), clock()
	db := must[*opsdb.DB](t)(opsdb.Open(ctx, path, opsdb.Options{Now: now}))
	c := create(t, db, "one")
	var notes []*noteModel
	for step := range 400 {
		switch {
		case step%100 == 99:
			ok(t, db.Close())
			db = must[*opsdb.DB](t)(opsdb.Open(ctx, path, opsdb.Options{Now: now}))
		case len(notes) == 0 || rng.IntN(8) == 0:
			text := opsdb.NoteText{Target: "case", Text: strconv.Itoa(step), Pinned: rng.IntN(2) == 0}
			n := must[opsdb.Note](t)(db.CreateNote(ctx, by, c.ID, text))
			notes = append(notes, &noteModel{n.ID, []opsdb.NoteText{text}, []bool{false}})
		default:
			notes[rng.IntN(len(notes))].step(t, rng, db, c.ID, step)
		}
	}
	compareNotes(t, db, c.ID, notes)
	ok(t, db.Close())
}

// step changes a note and its model.
func (m *noteModel) step(t *testing.T, rng *rand.Rand, db *opsdb.DB, caseID string, step int) {
	t.Helper()
	last := len(m.versions) - 1
	seen := int64(last + 1 - rng.IntN(2))
	text, deleted, err := m.versions[last], m.deleted[last], error(nil)
	gone := deleted
	switch rng.IntN(3) {
	case 0:
		text, deleted = opsdb.NoteText{Target: "tx:a", Text: strconv.Itoa(step)}, false
		_, err = db.UpdateNote(ctx, by, caseID, m.id, seen, text)
	case 1:
		deleted = true
		_, err = db.DeleteNote(ctx, by, caseID, m.id, seen)
	case 2:
		version := rng.IntN(last + 1)
		text, deleted, gone = m.versions[version], m.deleted[version], false
		_, err = db.RestoreNote(ctx, by, caseID, m.id, seen, int64(version+1))
	}
	var conflict *opsdb.ConflictError
	switch stale := seen != int64(last+1); {
	case stale && errors.As(err, &conflict), !stale && gone && errors.Is(err, opsdb.ErrNotFound):
	case !stale && !gone && err == nil:
		m.versions, m.deleted = append(m.versions, text), append(m.deleted, deleted)
	default:
		t.Fatalf("step %d: saw %d of %d, gone %v: error %v", step, seen, last+1, gone, err)
	}
}

func compareNotes(t *testing.T, db *opsdb.DB, caseID string, notes []*noteModel) {
	t.Helper()
	var want, got []string
	for _, m := range notes {
		last := len(m.versions) - 1
		if !m.deleted[last] {
			want = append(want, m.id+m.versions[last].Text)
		}
		for i, v := range must[[]opsdb.NoteVersion](t)(db.NoteVersions(ctx, caseID, m.id, 0, 1000)) {
			if v.Revision != int64(last+1-i) || v.NoteText != m.versions[last-i] || v.Deleted.IsZero() == m.deleted[last-i] {
				t.Fatalf("note %s: version %+v", m.id, v)
			}
		}
	}
	for _, n := range must[[]opsdb.Note](t)(db.Notes(ctx, caseID, opsdb.Page{Limit: 1000})) {
		got = append(got, n.ID+n.Text)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("notes %q, want %q", got, want)
	}
}
