package api

import (
	"context"
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
	// SeenIn names a revision of a case.
	SeenIn struct {
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

func (s *server) deleteCase(ctx context.Context, in *SeenIn) (*struct{}, error) {
	seen, err := s.seen(ctx, in.ID, in.Revision)
	if err != nil {
		return nil, err
	}
	return nil, s.o.Cases.DeleteCase(ctx, actor(auth.PrincipalOf(ctx)), in.ID, seen)
}
