package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/report/file"
	"clew.example/clew/report/page"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
)

// format is how a trace can be taken away.
type format struct {
	kind, ending string
	write        func(w io.Writer, k *job.Kept, d *page.Doc) error
}

// formats are those of "clew trace --format". Pages are downloads: opened here
// they would be of our origin.
var formats = map[string]format{
	"csv":     {"text/csv; charset=utf-8", "csv", func(w io.Writer, k *job.Kept, _ *page.Doc) error { return file.CSV(w, k.Result) }},
	"graphml": {"application/graphml+xml", "graphml", func(w io.Writer, k *job.Kept, _ *page.Doc) error { return file.GraphML(w, k.Graph) }},
	"holders": {"text/plain; charset=utf-8", "txt", func(w io.Writer, k *job.Kept, _ *page.Doc) error { return file.Holders(w, k.Result) }},
	"html":    {"text/html; charset=utf-8", "html", func(w io.Writer, _ *job.Kept, d *page.Doc) error { return page.HTML(w, d) }},
	"json":    {"application/json", "json", func(w io.Writer, k *job.Kept, _ *page.Doc) error { return job.WriteResult(w, k.Result) }},
	"svg":     {"image/svg+xml", "svg", func(w io.Writer, _ *job.Kept, d *page.Doc) error { return page.SVG(w, d) }},
}

func (s *server) addExport() {
	op := get("/v1/traces/{id}/export", "exportTrace", "traces", "A trace as a file: csv, graphml, holders, html, json or svg")
	op.Parameters = append(op.Parameters, pathParam("id", "of the trace"), queryParam("format", "csv, graphml, holders, html, json or svg", 20))
	s.handleRaw(route{op: op, scope: auth.ScopeRead, slow: true}, s.export, "application/graphml+xml", "application/json", "image/svg+xml", "text/csv", "text/html", "text/plain")
}

func (s *server) export(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	f, ok := formats[r.URL.Query().Get("format")]
	if !ok {
		s.fail(w, r, wrong("query.format", "want csv, graphml, holders, html, json or svg"))
		return
	}
	k, err := s.o.Runs.Answer(r.Context(), id)
	var d *page.Doc
	if err == nil {
		d, err = s.docOf(r, id, k)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="trace-%.12s.%s"`, id, f.ending))
	s.send(w, r, func(w io.Writer) error { return f.write(w, k, d) })
}

// docOf is what pages and pictures are made of.
func (s *server) docOf(r *http.Request, id string, k *job.Kept) (*page.Doc, error) {
	t, err := s.o.Traces.Trace(r.Context(), id)
	if err != nil {
		return nil, err
	}
	var q job.Question
	if err := json.Unmarshal(t.Question, &q); err != nil {
		return nil, err
	}
	n, err := bitcoin.NetworkByAlias(q.Chain)
	if err != nil {
		return nil, err
	}
	return &page.Doc{Title: q.Title, Notes: q.Notes, Result: k.Result, Graph: k.Graph, Version: s.o.Version,
		Network: "bitcoin " + n.Name, Decimals: file.CoinDigits, Asset: "BTC"}, nil
}
