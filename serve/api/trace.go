package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"time"

	"clew.example/clew/follow/trace"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
	"clew.example/clew/serve/opsdb"
)

// Traces is where traces and their results lie.
type Traces interface {
	Trace(ctx context.Context, id string) (opsdb.Trace, error)
	Traces(ctx context.Context, f opsdb.TraceFilter, p opsdb.Page) ([]opsdb.Trace, error)
	TraceResult(ctx context.Context, id string) (*opsdb.Blob, error)
	DeleteTrace(ctx context.Context, by, id string) error
}

// Runs runs traces: *job.Manager does.
type Runs interface {
	Ask(ctx context.Context, by, caseID string, q job.Question) (opsdb.Trace, error)
	Cancel(ctx context.Context, by, id string) error
	Follow(ctx context.Context, id, after string, send func(job.Event) error) error
	Answer(ctx context.Context, id string) (*job.Kept, error)
}

// Run is a trace that was asked for.
type Run struct {
	ID           string        `json:"id"`
	Status       opsdb.Status  `json:"status" enum:"queued,running,done,failed,cancelled,interrupted"`
	Case         *string       `json:"case" doc:"null: of none"`
	Title        string        `json:"title"`
	Question     job.Question  `json:"question"`
	Progress     *job.Progress `json:"progress" doc:"null: none was noted"`
	Error        *RunError     `json:"error" doc:"null: it did not fail"`
	InputDigest  *string       `json:"input_digest" doc:"null: it is not done"`
	ResultDigest *string       `json:"result_digest" doc:"null: it is not done"`
	Finalised    *bool         `json:"finalised" doc:"whether its block was final when it was asked; null: not known"`
	Made         time.Time     `json:"made"`
	MadeBy       string        `json:"made_by"`
	Started      *time.Time    `json:"started"`
	Ended        *time.Time    `json:"ended"`
}

// RunError says why a trace failed.
type RunError struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

// runOf is a trace as it is shown. What a store holds is ours: that it can not
// be read is an error, not a question left out.
func runOf(t *opsdb.Trace) (r Run, err error) {
	r = Run{ID: t.ID, Status: t.Status, Case: someText(t.Case), InputDigest: someText(t.InputDigest), ResultDigest: someText(t.ResultDigest),
		Finalised: t.Finalised, Made: *someTime(t.Made), MadeBy: t.MadeBy, Started: someTime(t.Started), Ended: someTime(t.Ended)}
	if err := json.Unmarshal(t.Question, &r.Question); err != nil {
		return r, err
	}
	r.Title = r.Question.Title
	if t.Progress != nil {
		if err := json.Unmarshal(t.Progress, &r.Progress); err != nil {
			return r, err
		}
	}
	if t.Error != "" {
		r.Error = &RunError{Title: "the trace failed", Detail: t.Error}
	}
	return r, nil
}

// someText is nil for an empty text.
func someText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

type (
	askIn struct {
		Body struct {
			job.Question
			Case string `json:"case,omitempty" maxLength:"40" doc:"id of the case that it belongs to, and whose files it may name"`
		}
	}
	askOut struct {
		Location string `header:"Location"`
		Body     Run
	}
	runOut  struct{ Body Run }
	runsOut struct{ Body Page[Run] }
	runsIn  struct {
		Case string `query:"case" maxLength:"40" doc:"id of a case; left out: all"`
		PageIn
	}
	// TraceNamed names a trace.
	TraceNamed struct {
		ID string `path:"id" maxLength:"40"`
	}
)

func (s *server) addTraces() {
	ask := explain(post("/v1/traces", "askTrace", "traces", "Ask for a trace"), "It is put into a queue; its events tell how far it is. It goes on when nobody listens.")
	ask.DefaultStatus = http.StatusAccepted
	handle(s, route{op: ask, scope: auth.ScopeWrite}, s.askTrace)
	handle(s, route{op: get("/v1/traces", "listTraces", "traces", "Traces, those asked last first"), scope: auth.ScopeRead}, s.listTraces)
	handle(s, route{op: get("/v1/traces/{id}", "getTrace", "traces", "A trace and how far it is"), scope: auth.ScopeRead}, func(ctx context.Context, in *TraceNamed) (*runOut, error) {
		t, err := s.o.Traces.Trace(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		r, err := runOf(&t)
		return &runOut{r}, err
	})
	drop := explain(del("/v1/traces/{id}", "dropTrace", "traces", "Cancel a trace that waits or runs; forget one that ended"), "Which of both is decided by how it stands at that moment.")
	handle(s, route{op: drop, scope: auth.ScopeWrite}, s.dropTrace)
	result := get("/v1/traces/{id}/result", "getResult", "traces", "The result of a trace, the document clew.trace/1")
	result.Parameters = append(result.Parameters, pathParam("id", "of the trace"))
	s.handleRaw(route{op: result, scope: auth.ScopeRead, shape: reflect.TypeFor[trace.Result]()}, s.getResult, "application/json")
	s.addEvents()
}

func (s *server) askTrace(ctx context.Context, in *askIn) (*askOut, error) {
	t, err := s.o.Runs.Ask(ctx, actor(auth.PrincipalOf(ctx)), in.Body.Case, in.Body.Question)
	if err != nil {
		return nil, err
	}
	r, err := runOf(&t)
	return &askOut{Location: "/v1/traces/" + t.ID, Body: r}, err
}

func (s *server) listTraces(ctx context.Context, in *runsIn) (*runsOut, error) {
	list := "traces " + in.Case
	after, err := s.after(list, in.Cursor)
	if err != nil {
		return nil, err
	}
	found, err := s.o.Traces.Traces(ctx, opsdb.TraceFilter{Case: in.Case}, opsdb.Page{After: after, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	runs := make([]Run, len(found))
	for i := range found {
		if runs[i], err = runOf(&found[i]); err != nil {
			return nil, err
		}
	}
	return &runsOut{pageOf(s, list, runs, in.Limit, func(r *Run) string { return r.ID })}, nil
}

func (s *server) dropTrace(ctx context.Context, in *TraceNamed) (*struct{}, error) {
	by := actor(auth.PrincipalOf(ctx))
	t, err := s.o.Traces.Trace(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if t.Status == opsdb.Queued || t.Status == opsdb.Running {
		return nil, s.o.Runs.Cancel(ctx, by, in.ID)
	}
	return nil, s.o.Traces.DeleteTrace(ctx, by, in.ID)
}

// getResult sends the bytes as they were stored. They are checked at their
// end, when the caller has most of them: the connection is then broken, so that
// it does not take them for whole.
func (s *server) getResult(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	t, err := s.o.Traces.Trace(r.Context(), id)
	if err == nil && t.Status != opsdb.Done {
		err = &opsdb.StateError{ID: id, Status: t.Status}
	}
	var blob *opsdb.Blob
	if err == nil {
		blob, err = s.o.Traces.TraceResult(r.Context(), id)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("ETag", `"`+t.ResultDigest+`"`)
	s.send(w, r, func(w io.Writer) error {
		_, err := io.Copy(w, blob)
		return err
	})
}
