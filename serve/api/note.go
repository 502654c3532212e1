package api

import (
	"context"
	"net/http"
	"time"

	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
)

// Notes is where the notes of cases lie.
type Notes interface {
	Notes(ctx context.Context, caseID string, p opsdb.Page) ([]opsdb.Note, error)
	Note(ctx context.Context, caseID, id string) (opsdb.Note, error)
	CreateNote(ctx context.Context, by, caseID string, n opsdb.NoteText) (opsdb.Note, error)
	UpdateNote(ctx context.Context, by, caseID, id string, seen int64, n opsdb.NoteText) (opsdb.Note, error)
	DeleteNote(ctx context.Context, by, caseID, id string, seen int64) (opsdb.Note, error)
}

// NoteText is what somebody writes.
type NoteText struct {
	Target string `json:"target" maxLength:"300" doc:"tx:TXID, out:TXID:VOUT, account:HEX or case"`
	Text   string `json:"text" maxLength:"65536"`
	Pinned bool   `json:"pinned" required:"false"`
}

func (n *NoteText) stored() opsdb.NoteText {
	return opsdb.NoteText{Target: n.Target, Text: n.Text, Pinned: n.Pinned}
}

// Note is what somebody wrote about a part of a case.
type Note struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision" doc:"rises with each change"`
	NoteText
	Made      time.Time `json:"made"`
	MadeBy    string    `json:"made_by"`
	Changed   time.Time `json:"changed"`
	ChangedBy string    `json:"changed_by"`
}

func noteOf(n *opsdb.Note) Note {
	return Note{ID: n.ID, Revision: n.Revision, NoteText: NoteText{n.Target, n.NoteText.Text, n.Pinned},
		Made: *someTime(n.Made), MadeBy: n.MadeBy, Changed: *someTime(n.Changed), ChangedBy: n.ChangedBy}
}

// noteChange takes a note as it was read.
type noteChange struct {
	_        struct{} `additionalProperties:"true"`
	Revision int64    `json:"revision,omitempty" minimum:"0" doc:"the one that was seen; left out: whichever it is"`
	NoteText
}

type (
	notesIn struct {
		CaseNamed
		PageIn
	}
	notesOut struct{ Body Page[Note] }
	noteOut  struct{ Body Note }
	noteIn   struct {
		CaseNamed
		Body NoteText
	}
	// NoteNamed names a note of a case.
	NoteNamed struct {
		CaseNamed
		Note string `path:"note" maxLength:"40"`
	}
	noteEditIn struct {
		NoteNamed
		Body noteChange
	}
)

func (s *server) addNotes() {
	handle(s, route{op: get("/v1/cases/{id}/notes", "listNotes", "cases", "The notes of a case, those made first first"), scope: auth.ScopeRead}, s.listNotes)
	add := post("/v1/cases/{id}/notes", "makeNote", "cases", "Write a note")
	add.DefaultStatus = http.StatusCreated
	handle(s, route{op: add, scope: auth.ScopeWrite}, func(ctx context.Context, in *noteIn) (*noteOut, error) {
		return written(s.o.Notes.CreateNote(ctx, actor(auth.PrincipalOf(ctx)), in.ID, in.Body.stored()))
	})
	handle(s, route{op: put("/v1/cases/{id}/notes/{note}", "changeNote", "cases", "Change a note"), scope: auth.ScopeWrite}, s.changeNote)
	handle(s, route{op: del("/v1/cases/{id}/notes/{note}", "deleteNote", "cases", "Hide a note"), scope: auth.ScopeWrite}, func(ctx context.Context, in *NoteNamed) (*struct{}, error) {
		n, err := s.o.Notes.Note(ctx, in.ID, in.Note)
		if err == nil {
			_, err = s.o.Notes.DeleteNote(ctx, actor(auth.PrincipalOf(ctx)), in.ID, in.Note, n.Revision)
		}
		return nil, err
	})
}

func written(n opsdb.Note, err error) (*noteOut, error) {
	if err != nil {
		return nil, err
	}
	return &noteOut{noteOf(&n)}, nil
}

func (s *server) listNotes(ctx context.Context, in *notesIn) (*notesOut, error) {
	list := "notes " + in.ID
	after, err := s.after(list, in.Cursor)
	if err != nil {
		return nil, err
	}
	found, err := s.o.Notes.Notes(ctx, in.ID, opsdb.Page{After: after, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	notes := make([]Note, len(found))
	for i := range found {
		notes[i] = noteOf(&found[i])
	}
	return &notesOut{pageOf(s, list, notes, in.Limit, func(n *Note) string { return n.ID })}, nil
}

func (s *server) changeNote(ctx context.Context, in *noteEditIn) (*noteOut, error) {
	seen := in.Body.Revision
	if seen == 0 {
		n, err := s.o.Notes.Note(ctx, in.ID, in.Note)
		if err != nil {
			return nil, err
		}
		seen = n.Revision
	}
	return written(s.o.Notes.UpdateNote(ctx, actor(auth.PrincipalOf(ctx)), in.ID, in.Note, seen, in.Body.stored()))
}
