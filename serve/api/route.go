package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"clew.example/clew/serve/auth"
)

// route is an operation and who may call it.
type route struct {
	op     *huma.Operation
	scope  auth.Scope   // empty: anybody
	secret bool         // its answer must not be kept: it holds a secret
	free   bool         // not counted against a caller: what watches the server asks often
	large  bool         // its body is read as it comes and not held, so its answer is not kept
	shape  reflect.Type // of the document, where the answer is written raw and is one
	stream bool         // its answer goes on for as long as the caller likes
	slow   bool         // a trace may have to run again before it is answered
}

// write reports whether a request of the route changes something.
func (r *route) write() bool { return r.op.Method != http.MethodGet && r.op.Method != http.MethodHead }

// The names of the ways to log in, in the OpenAPI document.
const (
	schemeSession = "session"
	schemeKey     = "key"
)

// bodyMax is how many bytes of a body are read, unless an operation says more.
const bodyMax = 1 << 20

// pattern is how net/http names the operation.
func pattern(op *huma.Operation) string { return op.Method + " " + op.Path }

// prepare completes an operation and notes its route.
func (s *server) prepare(rt route) {
	op := rt.op
	op.Security = []map[string][]string{}
	if rt.scope != "" {
		op.Security = []map[string][]string{{schemeSession: {}}, {schemeKey: {string(rt.scope)}}}
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = bodyMax
	}
	if rt.write() && rt.scope != "" {
		op.Parameters = append(op.Parameters, headerParam(auth.HeaderCSRF, "the token of GET /v1/session; needed with a session, not with a key", 100))
	}
	if rt.write() && rt.scope != "" && !rt.secret && !rt.large {
		op.Parameters = append(op.Parameters, headerParam(headerIdempotency, "a word of your choice: for a day the same request under it is answered once", idempotencyMax))
	}
	s.routes[pattern(op)] = &rt
}

func headerParam(name, doc string, most int) *huma.Param {
	return &huma.Param{Name: name, In: "header", Description: doc, Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most}}
}

func queryParam(name, doc string, most int) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most}}
}

func pathParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
}

// handle registers an operation whose answer is a document.
func handle[I, O any](s *server, rt route, h func(context.Context, *I) (*O, error)) {
	s.prepare(rt)
	huma.Register(s.huma, *rt.op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, s.problemOf(ctx, err)
		}
		return out, nil
	})
}

// handleRaw registers an operation that writes its answer itself, of one of
// the media types named.
func (s *server) handleRaw(rt route, h http.HandlerFunc, kinds ...string) {
	s.prepare(rt)
	op := rt.op
	content := map[string]*huma.MediaType{}
	for _, kind := range kinds {
		content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	if rt.shape != nil {
		content["application/json"] = &huma.MediaType{Schema: s.huma.OpenAPI().Components.Schemas.Schema(rt.shape, true, "")}
	}
	op.Responses = map[string]*huma.Response{
		strconv.Itoa(http.StatusOK): {Description: http.StatusText(http.StatusOK), Content: content},
		"default":                   {Description: "Error", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}}},
	}
	s.huma.OpenAPI().AddOperation(op)
	s.mux.HandleFunc(pattern(op), h)
}

// get, post, put and del begin the description of an operation.
func get(path, id, tag, summary string) *huma.Operation {
	return describe(http.MethodGet, path, id, tag, summary)
}

func post(path, id, tag, summary string) *huma.Operation {
	return describe(http.MethodPost, path, id, tag, summary)
}

func put(path, id, tag, summary string) *huma.Operation {
	return describe(http.MethodPut, path, id, tag, summary)
}

func del(path, id, tag, summary string) *huma.Operation {
	return describe(http.MethodDelete, path, id, tag, summary)
}

func describe(method, path, id, tag, summary string) *huma.Operation {
	return &huma.Operation{Method: method, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary}
}

// explain adds a paragraph to an operation.
func explain(op *huma.Operation, text string) *huma.Operation {
	op.Description = strings.TrimSpace(text)
	return op
}
