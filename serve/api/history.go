package api

import (
	"context"
	"strconv"
	"time"

	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
)

// History is where it lies what cases and notes were, and who changed them.
type History interface {
	CaseVersions(ctx context.Context, id string, before int64, most int) ([]opsdb.CaseVersion, error)
	RestoreCase(ctx context.Context, by, id string, seen, version int64) (*opsdb.Case, error)
	NoteVersions(ctx context.Context, caseID, id string, before int64, most int) ([]opsdb.NoteVersion, error)
	RestoreNote(ctx context.Context, by, caseID, id string, seen, version int64) (opsdb.Note, error)
	Journal(ctx context.Context, caseID string, before int64, most int) ([]opsdb.Entry, error)
}

// CaseVersion is a case as it once was.
type CaseVersion struct {
	Revision  int64      `json:"revision"`
	File      string     `json:"file" doc:"its case.yaml"`
	Changed   time.Time  `json:"changed"`
	ChangedBy string     `json:"changed_by"`
	Deleted   *time.Time `json:"deleted" doc:"null: not"`
}

// NoteVersion is a note as it once was.
type NoteVersion struct {
	Revision int64 `json:"revision"`
	NoteText
	Changed   time.Time  `json:"changed"`
	ChangedBy string     `json:"changed_by"`
	Deleted   *time.Time `json:"deleted" doc:"null: not"`
}

// Entry is a line of the journal, as our own logs have it.
type Entry struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	By      string    `json:"by" doc:"user:NAME or key:ID"`
	Action  string    `json:"action" doc:"such as case.update or note.make"`
	Subject string    `json:"subject" doc:"such as case:ID"`
}

type (
	historyIn struct {
		CaseNamed
		PageIn
	}
	noteHistoryIn struct {
		NoteNamed
		PageIn
	}
	caseVersionsOut struct{ Body Page[CaseVersion] }
	noteVersionsOut struct{ Body Page[NoteVersion] }
	journalOut      struct{ Body Page[Entry] }
	restoreBody     struct {
		Version  int64 `json:"version" minimum:"1" doc:"the revision whose content is to come back"`
		Revision int64 `json:"revision" minimum:"1" doc:"the newest revision that was seen; a deletion is one, too"`
	}
	restoreCaseIn struct {
		CaseNamed
		Body restoreBody
	}
	restoreNoteIn struct {
		NoteNamed
		Body restoreBody
	}
)

func (s *server) addHistory() {
	handle(s, route{op: get("/v1/cases/{id}/versions", "listCaseVersions", "cases", "What a case was, the newest first"), scope: auth.ScopeRead}, s.caseVersions)
	back := explain(post("/v1/cases/{id}/restore", "restoreCase", "cases", "Bring back an earlier content of a case, deleted or not"), "It is a new revision; nothing is lost.")
	handle(s, route{op: back, scope: auth.ScopeWrite}, func(ctx context.Context, in *restoreCaseIn) (*caseOut, error) {
		return s.made(s.o.History.RestoreCase(ctx, actor(auth.PrincipalOf(ctx)), in.ID, in.Body.Revision, in.Body.Version))
	})
	handle(s, route{op: get("/v1/cases/{id}/journal", "listJournal", "cases", "Who did what in a case, the newest first"), scope: auth.ScopeRead}, s.journal)
	handle(s, route{op: get("/v1/cases/{id}/notes/{note}/versions", "listNoteVersions", "cases", "What a note was, the newest first"), scope: auth.ScopeRead}, s.noteVersions)
	undo := post("/v1/cases/{id}/notes/{note}/restore", "restoreNote", "cases", "Bring back an earlier text of a note, deleted or not")
	handle(s, route{op: undo, scope: auth.ScopeWrite}, func(ctx context.Context, in *restoreNoteIn) (*noteOut, error) {
		return written(s.o.History.RestoreNote(ctx, actor(auth.PrincipalOf(ctx)), in.ID, in.Note, in.Body.Revision, in.Body.Version))
	})
}

// numbered is a page of a list whose items have numbers that fall.
func numbered[T, U any](s *server, list string, in *PageIn, fetch func(before int64, most int) ([]T, error), show func(*T) U, number func(*U) int64) (Page[U], error) {
	after, err := s.after(list, in.Cursor)
	if err != nil {
		return Page[U]{}, err
	}
	var before int64
	if after != "" {
		if before, err = strconv.ParseInt(after, 10, 64); err != nil {
			return Page[U]{}, err // we wrote it ourselves
		}
	}
	found, err := fetch(before, in.Limit+1)
	if err != nil {
		return Page[U]{}, err
	}
	items := make([]U, len(found))
	for i := range found {
		items[i] = show(&found[i])
	}
	return pageOf(s, list, items, in.Limit, func(u *U) string { return strconv.FormatInt(number(u), 10) }), nil
}

func (s *server) caseVersions(ctx context.Context, in *historyIn) (*caseVersionsOut, error) {
	p, err := numbered(s, "versions "+in.ID, &in.PageIn, func(before int64, most int) ([]opsdb.CaseVersion, error) {
		return s.o.History.CaseVersions(ctx, in.ID, before, most)
	}, func(v *opsdb.CaseVersion) CaseVersion {
		return CaseVersion{v.Revision, v.File, *someTime(v.Changed), v.ChangedBy, someTime(v.Deleted)}
	}, func(v *CaseVersion) int64 { return v.Revision })
	return &caseVersionsOut{p}, err
}

func (s *server) noteVersions(ctx context.Context, in *noteHistoryIn) (*noteVersionsOut, error) {
	p, err := numbered(s, "versions "+in.ID+" "+in.Note, &in.PageIn, func(before int64, most int) ([]opsdb.NoteVersion, error) {
		return s.o.History.NoteVersions(ctx, in.ID, in.Note, before, most)
	}, func(v *opsdb.NoteVersion) NoteVersion {
		return NoteVersion{v.Revision, NoteText{v.Target, v.Text, v.Pinned}, *someTime(v.Changed), v.ChangedBy, someTime(v.Deleted)}
	}, func(v *NoteVersion) int64 { return v.Revision })
	return &noteVersionsOut{p}, err
}

func (s *server) journal(ctx context.Context, in *historyIn) (*journalOut, error) {
	p, err := numbered(s, "journal "+in.ID, &in.PageIn, func(before int64, most int) ([]opsdb.Entry, error) {
		return s.o.History.Journal(ctx, in.ID, before, most)
	}, func(e *opsdb.Entry) Entry { return Entry{e.Seq, *someTime(e.At), e.By, e.Action, e.Subject} }, func(e *Entry) int64 { return e.Seq })
	return &journalOut{p}, err
}
