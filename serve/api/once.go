package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
)

// Requests keeps what writes were answered, so that one that is sent again is
// answered again and not done again.
type Requests interface {
	BeginRequest(ctx context.Context, r opsdb.Request) (*opsdb.Answer, error)
	FinishRequest(ctx context.Context, r opsdb.Request, a opsdb.Answer) error
	ForgetRequest(ctx context.Context, r opsdb.Request) error
}

const (
	headerIdempotency = "Idempotency-Key" // draft-ietf-httpapi-idempotency-key-header-07
	headerReplayed    = "Idempotency-Replayed"
	idempotencyMax    = 200
	// keptMax is how much of an answer is held to be kept. opsdb keeps as much.
	keptMax = 256 << 10
	// keepTime is for keeping an answer when its caller is gone.
	keepTime = 5 * time.Second
)

// repeated are the headers that belong to an answer and not to its moment.
var repeated = []string{"Content-Type", "Location", "ETag"}

// once answers a write, or again as it was answered before under its key.
func (s *server) once(w http.ResponseWriter, r *http.Request, rt *route) {
	key := r.Header.Get(headerIdempotency)
	p := auth.PrincipalOf(r.Context())
	if key == "" || p == nil || rt.secret || rt.large {
		s.mux.ServeHTTP(w, r)
		return
	}
	if len(key) > idempotencyMax {
		s.fail(w, r, wrong("header."+headerIdempotency, fmt.Sprintf("has more than %d bytes", idempotencyMax)))
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.fail(w, r, bodyProblem(err))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	req := opsdb.Request{Caller: actor(p), Route: pattern(rt.op), Key: key, Hash: hashRequest(r, body)}
	answer, err := s.o.Requests.BeginRequest(r.Context(), req)
	switch {
	case err != nil:
		s.fail(w, r, err)
	case answer != nil:
		replay(w, answer)
	default:
		s.keep(w, r, req)
	}
}

// bodyProblem tells a body that is too long from one that stops.
func bodyProblem(err error) *Problem {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return newProblem(http.StatusRequestEntityTooLarge, auth.CodeBodyTooLong, fmt.Sprintf("the body has more than %d bytes", long.Limit))
	}
	return newProblem(http.StatusBadRequest, codeInvalid, "the body could not be read to its end")
}

// hashRequest is of all that an answer depends on, each part with its length.
func hashRequest(r *http.Request, body []byte) [sha256.Size]byte {
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Content-Type"), string(body)} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func replay(w http.ResponseWriter, a *opsdb.Answer) {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.Header().Set(headerReplayed, "true")
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // who asked may be gone
}

// keep answers and keeps the answer. What failed by our fault is not kept, so
// that it can be tried again under the same key.
func (s *server) keep(w http.ResponseWriter, r *http.Request, req opsdb.Request) {
	rec := &recorder{ResponseWriter: w}
	done := false
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), keepTime)
		defer cancel()
		var err error
		if done && rec.status < http.StatusInternalServerError && !rec.cut {
			err = s.o.Requests.FinishRequest(ctx, req, rec.answer())
		} else {
			err = s.o.Requests.ForgetRequest(ctx, req)
		}
		if err != nil {
			s.o.Log.ErrorContext(ctx, "idempotency key not kept", "request_id", requestID(ctx), "error", err)
		}
	}()
	s.mux.ServeHTTP(rec, r)
	done = true
}

// recorder keeps the beginning of what is written through it.
type recorder struct {
	http.ResponseWriter
	status int
	body   []byte
	cut    bool
}

// Unwrap lets http.ResponseController reach the connection.
func (c *recorder) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (c *recorder) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *recorder) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	if c.cut = c.cut || len(c.body)+len(b) > keptMax; !c.cut {
		c.body = append(c.body, b...)
	}
	return c.ResponseWriter.Write(b)
}

func (c *recorder) answer() opsdb.Answer {
	a := opsdb.Answer{Status: c.status, Header: map[string]string{}, Body: c.body}
	for _, name := range repeated {
		if value := c.Header().Get(name); value != "" {
			a.Header[name] = value
		}
	}
	return a
}

// actor names who asks for journals: what a session does its user does.
func actor(p *auth.Principal) string {
	if p.Via == auth.ViaKey {
		return "key:" + p.ID
	}
	return "user:" + p.User
}
