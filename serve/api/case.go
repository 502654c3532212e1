package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"clew.example/clew/casefile"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
	"clew.example/clew/serve/opsdb"
)

// Cases is where cases lie.
type Cases interface {
	Cases(ctx context.Context, f opsdb.CaseFilter, p opsdb.Page) ([]opsdb.CaseHead, error)
	Case(ctx context.Context, id string) (*opsdb.Case, error)
	CreateCase(ctx context.Context, by string, c *casefile.Case, files ...opsdb.File) (*opsdb.Case, error)
	UpdateCase(ctx context.Context, by, id string, seen int64, c *casefile.Case) (*opsdb.Case, error)
	DeleteCase(ctx context.Context, by, id string, seen int64) error
}

// CaseText is what somebody writes of a case. Title and notes stand beside the
// question, whatever the question says of them.
type CaseText struct {
	Title    string       `json:"title" maxLength:"500"`
	Notes    string       `json:"notes" required:"false" maxLength:"65536"`
	Question job.Question `json:"question"`
}

// Case is a question that people work on.
type Case struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision" doc:"rises with each change; a change names the one that was seen"`
	CaseText
	Made      time.Time `json:"made"`
	MadeBy    string    `json:"made_by"`
	Changed   time.Time `json:"changed"`
	ChangedBy string    `json:"changed_by"`
}

func caseOf(c *opsdb.Case) Case {
	q := job.FromCase(c.Content)
	text := CaseText{Title: q.Title, Notes: q.Notes, Question: q}
	return Case{ID: c.ID, Revision: c.Revision, CaseText: text, Made: *someTime(c.Made), MadeBy: c.MadeBy, Changed: *someTime(c.Changed), ChangedBy: c.ChangedBy}
}

func (c *CaseText) content() *casefile.Case {
	content := c.Question.ToCase()
	content.Title, content.Notes = c.Title, c.Notes
	return content
}

// caseChange takes a case as it was read, so what can not be changed is passed
// over.
type caseChange struct {
	_        struct{} `additionalProperties:"true"`
	Revision int64    `json:"revision" minimum:"1" doc:"the one that was seen"`
	CaseText
}

type (
	casesIn struct {
		Title string `query:"title" maxLength:"300" doc:"a part of the title"`
		PageIn
	}
	casesOut struct{ Body Page[Case] }
	caseOut  struct{ Body Case }
	// CaseNamed names a case.
	CaseNamed struct {
		ID string `path:"id" maxLength:"40"`
	}
	caseIn     struct{ Body CaseText }
	caseEditIn struct {
		CaseNamed
		Body caseChange
	}
	seenIn struct {
		CaseNamed
		Revision int64 `query:"revision" minimum:"0" doc:"the one that was seen; left out: whichever it is"`
	}
)

func (s *server) addCases() {
	handle(s, route{op: get("/v1/cases", "listCases", "cases", "Cases, those made last first"), scope: auth.ScopeRead}, s.listCases)
	add := post("/v1/cases", "makeCase", "cases", "Make a case")
	add.DefaultStatus = http.StatusCreated
	handle(s, route{op: add, scope: auth.ScopeWrite}, func(ctx context.Context, in *caseIn) (*caseOut, error) {
		return s.made(s.o.Cases.CreateCase(ctx, actor(auth.PrincipalOf(ctx)), in.Body.content()))
	})
	handle(s, route{op: get("/v1/cases/{id}", "getCase", "cases", "A case"), scope: auth.ScopeRead}, func(ctx context.Context, in *CaseNamed) (*caseOut, error) {
		return s.made(s.o.Cases.Case(ctx, in.ID))
	})
	edit := explain(put("/v1/cases/{id}", "changeCase", "cases", "Change a case"), "409 if it was changed since the revision that was seen.")
	handle(s, route{op: edit, scope: auth.ScopeWrite}, func(ctx context.Context, in *caseEditIn) (*caseOut, error) {
		return s.made(s.o.Cases.UpdateCase(ctx, actor(auth.PrincipalOf(ctx)), in.ID, in.Body.Revision, in.Body.content()))
	})
	drop := explain(del("/v1/cases/{id}", "deleteCase", "cases", "Hide a case"), "Its versions, notes and traces stay in the database.")
	handle(s, route{op: drop, scope: auth.ScopeWrite}, s.deleteCase)
	s.addCaseFiles()
}

func (s *server) made(c *opsdb.Case, err error) (*caseOut, error) {
	if err != nil {
		return nil, err
	}
	return &caseOut{caseOf(c)}, nil
}

func (s *server) listCases(ctx context.Context, in *casesIn) (*casesOut, error) {
	list := "cases " + in.Title
	after, err := s.after(list, in.Cursor)
	if err != nil {
		return nil, err
	}
	heads, err := s.o.Cases.Cases(ctx, opsdb.CaseFilter{Title: in.Title}, opsdb.Page{After: after, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	all := make([]Case, 0, len(heads))
	for i := range heads {
		c, err := s.o.Cases.Case(ctx, heads[i].ID)
		if err != nil {
			return nil, err
		}
		all = append(all, caseOf(c))
	}
	return &casesOut{pageOf(s, list, all, in.Limit, func(c *Case) string { return c.ID })}, nil
}

func (s *server) deleteCase(ctx context.Context, in *seenIn) (*struct{}, error) {
	seen := in.Revision
	if seen == 0 {
		c, err := s.o.Cases.Case(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		seen = c.Revision
	}
	return nil, s.o.Cases.DeleteCase(ctx, actor(auth.PrincipalOf(ctx)), in.ID, seen)
}

// CaseDiff is what differs between a case and a file.
type CaseDiff struct {
	Same  bool       `json:"same"`
	Lines []DiffLine `json:"lines"`
}

// DiffLine is one value that differs, under a key of the case file.
type DiffLine struct {
	Field string  `json:"field"`
	Here  *string `json:"here" doc:"in the case; null: not there"`
	There *string `json:"there" doc:"in the file; null: not there"`
	Moved bool    `json:"moved" doc:"the entries are the same in another order"`
}

func diffOf(changes []casefile.Change) CaseDiff {
	d := CaseDiff{Same: len(changes) == 0, Lines: []DiffLine{}}
	for i := range changes {
		c := &changes[i]
		for _, v := range c.Gone {
			d.Lines = append(d.Lines, DiffLine{Field: c.Key, Here: &v})
		}
		for _, v := range c.Came {
			d.Lines = append(d.Lines, DiffLine{Field: c.Key, There: &v})
		}
		if c.Moved || c.Before != c.After {
			d.Lines = append(d.Lines, DiffLine{Field: c.Key, Here: someText(c.Before), There: someText(c.After), Moved: c.Moved})
		}
	}
	return d
}

type (
	yamlIn struct {
		RawBody []byte `contentType:"application/yaml"`
	}
	yamlForIn struct {
		CaseNamed
		RawBody []byte `contentType:"application/yaml"`
	}
	diffOut struct{ Body CaseDiff }
)

func (s *server) addCaseFiles() {
	out := get("/v1/cases/{id}/file", "getCaseFile", "cases", "A case as case.yaml, which clew trace --case reads")
	out.Parameters = append(out.Parameters, pathParam("id", "of the case"))
	s.handleRaw(route{op: out, scope: auth.ScopeRead}, s.caseFile, "application/yaml")
	in := explain(post("/v1/cases/import", "importCase", "cases", "Make a case of a case.yaml"), "Files that it names are not beside it.")
	in.DefaultStatus = http.StatusCreated
	handle(s, route{op: in, scope: auth.ScopeWrite}, func(ctx context.Context, in *yamlIn) (*caseOut, error) {
		c, err := readCase(in.RawBody)
		if err != nil {
			return nil, err
		}
		return s.made(s.o.Cases.CreateCase(ctx, actor(auth.PrincipalOf(ctx)), c))
	})
	diff := post("/v1/cases/{id}/diff", "diffCase", "cases", "What differs between a case and a case.yaml")
	handle(s, route{op: diff, scope: auth.ScopeWrite}, func(ctx context.Context, in *yamlForIn) (*diffOut, error) {
		there, err := readCase(in.RawBody)
		if err != nil {
			return nil, err
		}
		c, err := s.o.Cases.Case(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &diffOut{diffOf(casefile.Diff(c.Content, there))}, nil
	})
}

func readCase(text []byte) (*casefile.Case, error) {
	c, err := casefile.Read(bytes.NewReader(text))
	if err != nil {
		return nil, wrong("body", err.Error())
	}
	return c, nil
}

func (s *server) caseFile(w http.ResponseWriter, r *http.Request) {
	c, err := s.o.Cases.Case(r.Context(), r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("Content-Disposition", `attachment; filename="case.yaml"`)
	_, _ = io.WriteString(w, c.File) // who asked may be gone
}
