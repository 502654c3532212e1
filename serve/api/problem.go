package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/auth"
)

// Problem is an error as RFC 9457 has it. Programs branch on Code; Detail is
// for people and may change.
type Problem struct {
	Type      string  `json:"type" doc:"where it is explained: the place in /docs" example:"/docs#problem-not_found"`
	Title     string  `json:"title" doc:"the status in words"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail" doc:"what is wrong, in a sentence"`
	Instance  string  `json:"instance" doc:"the path that was asked"`
	Code      string  `json:"code" doc:"what is wrong, for programs" example:"not_found"`
	RequestID string  `json:"request_id" doc:"also in the header X-Request-Id and in the server's log"`
	Errors    []Fault `json:"errors,omitempty" doc:"what is wrong with the parts of the request"`

	after time.Duration
}

// Fault is what is wrong with a part of a request. What was sent is not
// repeated: it may be a secret.
type Fault struct {
	Location string `json:"location" doc:"such as body.starts or query.limit"`
	Message  string `json:"message"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="clew"`)
	}
	d := auth.Denial{After: p.after}
	d.SetRetryAfter(h)
	return h
}

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// The codes of problems that are not denials.
const (
	codeInvalid     = "invalid"
	codeNotFound    = "not_found"
	codeConflict    = "conflict"
	codePending     = "pending"
	codeReused      = "idempotency_key_reused"
	codeMethod      = "method"
	codePath        = "path"
	codeMoved       = "chain_moved"
	codeUnavailable = "unavailable"
	codeInternal    = "internal"
	codeTooLarge    = "too_large"
	codeFull        = "disk_full"
	codeMedia       = "media_type"
)

func newProblem(status int, code, detail string, faults ...Fault) *Problem {
	return &Problem{Type: "/docs#problem-" + code, Title: http.StatusText(status), Status: status, Detail: detail, Code: code, Errors: faults}
}

// later is a problem that goes away by itself.
func later(status int, code, detail string, after time.Duration) *Problem {
	p := newProblem(status, code, detail)
	p.after = after
	return p
}

func notFound(detail string) *Problem { return newProblem(http.StatusNotFound, codeNotFound, detail) }

// wrong is a request that can not mean anything, because of one part.
func wrong(location, message string) *Problem {
	return newProblem(http.StatusUnprocessableEntity, codeInvalid, location+": "+message, Fault{location, message})
}

// init gives huma our problems for what it finds itself. It has one hook for
// all APIs of a process.
func init() {
	huma.NewError = problemOfHuma
	huma.DefaultArrayNullable = false // our lists are never null
}

// codes are those of the problems that huma finds.
var codes = map[int]string{
	http.StatusRequestEntityTooLarge: auth.CodeBodyTooLong, http.StatusRequestTimeout: codeUnavailable, http.StatusUnsupportedMediaType: codeMedia,
}

func problemOfHuma(status int, msg string, errs ...error) huma.StatusError {
	code, known := codes[status]
	switch {
	case status >= http.StatusInternalServerError:
		return newProblem(status, codeInternal, "the server failed; its log says more under the request's id")
	case !known:
		code = codeInvalid
	}
	p := newProblem(status, code, msg)
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, Fault{d.ErrorDetail().Location, d.ErrorDetail().Message})
		}
	}
	return p
}

// stamp fills in what belongs to the request.
func (p *Problem) stamp(r *http.Request) {
	p.Instance, p.RequestID = r.URL.Path, requestID(r.Context())
}

// stampProblems is a transformer of huma: each answer passes it.
func stampProblems(ctx huma.Context, _ string, v any) (any, error) {
	if p, ok := v.(*Problem); ok {
		p.RequestID = requestID(ctx.Context())
		p.Instance = ctx.Operation().Path
		if x := exchangeOf(ctx.Context()); x != nil {
			p.stamp(x.r)
		}
	}
	return v, nil
}

// fail answers with a problem outside of huma.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemOf(r.Context(), err)
	p.stamp(r)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = lookup.WriteJSON(w, p) // who asked is gone
}

func (s *server) deny(w http.ResponseWriter, r *http.Request, d *auth.Denial) { s.fail(w, r, d) }

// problemOf turns an error into what the caller is told. What is no fault of
// the caller is logged and not told: it may name files.
func (s *server) problemOf(ctx context.Context, err error) *Problem {
	var p *Problem
	var d *auth.Denial
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &d):
		return later(d.Status, d.Code, d.Detail, d.After)
	}
	for _, of := range []func(error) *Problem{ledgerProblem, questionProblem, storeProblem} {
		if p := of(err); p != nil {
			return p
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return later(http.StatusServiceUnavailable, codeUnavailable, "it took too long, or the server is stopping", time.Second)
	}
	s.o.Log.ErrorContext(ctx, "request failed", "request_id", requestID(ctx), "error", err)
	return newProblem(http.StatusInternalServerError, codeInternal, "the server failed; its log says more under the request's id")
}
