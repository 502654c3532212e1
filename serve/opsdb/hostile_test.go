package opsdb_test

import (
	"errors"
	"strings"
	"testing"

	"clew.example/clew/casefile"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
)

// TestHostile gives every text that can not be kept to every field of every
// method. Laws: it is refused with its field named, and nothing is stored.
func TestHostile(t *testing.T) {
	db := fresh(t)
	c := create(t, db, "one")
	n := must[opsdb.Note](t)(db.CreateNote(ctx, by, c.ID, opsdb.NoteText{Target: "case", Text: "x"}))
	tr := must[opsdb.Trace](t)(db.AddTrace(ctx, by, c.ID, []byte(`{}`)))
	ok(t, db.StartTrace(ctx, tr.ID))
	rows := func() (n int) {
		for _, table := range []string{"cases", "case_versions", "notes", "note_versions", "traces", "keys", "requests", "blobs", "journal"} {
			n += opsdb.Rows(t, db, table)
		}
		return n
	}
	before := rows()
	for _, bad := range []string{"a\x00b", "a\xff", strings.Repeat("x", 2<<20), "\xed\xa0\x80"} {
		for field, call := range map[string]func() error{
			"title": func() error { _, err := db.CreateCase(ctx, by, theft(bad)); return err },
			"starts": func() error {
				_, err := db.UpdateCase(ctx, by, c.ID, 1, &casefile.Case{Starts: []string{bad}})
				return err
			},
			"by": func() error { _, err := db.CreateCase(ctx, bad, theft("a")); return err },
			"text": func() error {
				_, err := db.CreateNote(ctx, by, c.ID, opsdb.NoteText{Target: "a", Text: bad})
				return err
			},
			"target": func() error {
				_, err := db.UpdateNote(ctx, by, c.ID, n.ID, 1, opsdb.NoteText{Target: bad, Text: "a"})
				return err
			},
			"question": func() error { _, err := db.AddTrace(ctx, by, "", []byte(`"`+bad+`"`)); return err },
			"progress": func() error { return db.SetProgress(ctx, tr.ID, []byte(`"`+bad+`"`)) },
			"input digest": func() error {
				return db.FinishTrace(ctx, tr.ID, opsdb.Outcome{InputDigest: bad, ResultDigest: "a"}, nil, nil)
			},
			"name": func() error { return db.PutKey(ctx, auth.Key{ID: "a", User: auth.Owner, Name: bad}) },
			"scopes": func() error {
				return db.PutKey(ctx, auth.Key{ID: "a", User: auth.Owner, Name: "a", Scopes: []auth.Scope{auth.Scope(bad)}})
			},
			"idempotency key": func() error {
				_, err := db.BeginRequest(ctx, opsdb.Request{Caller: "a", Route: "a", Key: bad})
				return err
			},
			"file": func() error {
				_, err := db.PutAttachment(ctx, by, c.ID, 1, opsdb.File{Name: bad, Data: strings.NewReader("")})
				return err
			},
		} {
			var refused *opsdb.FieldError
			if err := call(); !errors.As(err, &refused) || refused.Field != field || len(err.Error()) > 400 {
				t.Errorf("%s with %.10q: %.300v", field, bad, err)
			}
		}
	}
	if after := rows(); after != before {
		t.Errorf("%d rows, %d before", after, before)
	}
}

// TestLookUps: ids are the callers', and those that are none are not found.
func TestLookUps(t *testing.T) {
	db := fresh(t)
	create(t, db, "one")
	for _, id := range []string{"", "a\x00b", "\xff", "' OR 1=1 --", "%", strings.Repeat("x", 1<<20)} {
		_, caseErr := db.Case(ctx, id)
		_, noteErr := db.Note(ctx, id, id)
		_, traceErr := db.Trace(ctx, id)
		_, blobErr := db.Attachment(ctx, id, id)
		for _, err := range []error{caseErr, noteErr, traceErr, blobErr, db.DeleteTrace(ctx, by, id), db.DeleteCase(ctx, by, id, 1)} {
			if !errors.Is(err, opsdb.ErrNotFound) {
				t.Errorf("%.20q: %v", id, err)
			}
		}
		_, err := db.Cases(ctx, opsdb.CaseFilter{Title: id}, opsdb.Page{After: id, Limit: -1})
		if field := (*opsdb.FieldError)(nil); err != nil && !errors.As(err, &field) {
			t.Errorf("%.20q: %v", id, err)
		}
	}
}

// FuzzCase stores any case that can be stored. Law: it is read back as it was,
// and so is its file.
func FuzzCase(f *testing.F) {
	db, err := opsdb.Open(ctx, f.TempDir()+"/ops.db", opsdb.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { db.Close() })
	f.Add("a title", "notes\n", "bitcoin:a", "labels.csv")
	f.Add("\u202e", "'; DROP TABLE cases", "\"", "a/../b")
	f.Fuzz(func(t *testing.T, title, notes, start, file string) {
		c := &casefile.Case{Title: title, Notes: notes, Starts: []string{start}, Labels: []string{file}}
		made, err := db.CreateCase(ctx, by, c)
		if err != nil {
			var field *opsdb.FieldError
			if !errors.As(err, &field) {
				t.Fatal(err)
			}
			return
		}
		got, err := db.Case(ctx, made.ID)
		if err != nil || got.File != made.File || got.Title != title || got.Content.Notes != notes || got.Content.Starts[0] != start {
			t.Fatalf("%v: %+v", err, got)
		}
	})
}
