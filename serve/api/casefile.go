package api

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"clew.example/clew/casefile"
	"clew.example/clew/serve/auth"
)

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
