package api

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"net"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"clew.example/clew/serve/auth"
)

// exchange is a request on its way through the server.
type exchange struct {
	id    string
	w     http.ResponseWriter
	r     *http.Request
	route *route // nil: none
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

func requestID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.id
	}
	return ""
}

// headerRequestID names a request in answers and in the log. One that a caller
// sends is not taken over: a log in which strangers write is not believed.
const headerRequestID = "X-Request-Id"

func newRequestID() string {
	var b [10]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// begin gives a request its id and its route, and measures it. What is below
// panics only by a fault of ours: the caller is told, the log gets the stack,
// and the server goes on.
func (s *server) begin(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{id: newRequestID()}
		_, name := s.mux.Handler(r)
		x.route = s.routes[name]
		m := s.metrics.begin(w, x.route)
		x.w, x.r = m, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
		m.Header().Set(headerRequestID, x.id)
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				s.o.Log.ErrorContext(x.r.Context(), "request panicked", "request_id", x.id, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				if m.status == 0 {
					s.fail(m, x.r, newProblem(http.StatusInternalServerError, codeInternal, "the server failed; its log says more under the request's id"))
				}
			}
			m.end()
		}()
		h.ServeHTTP(m, x.r)
	})
}

// bound limits how many requests are answered at once. Streams of events have
// places of their own: they stay, and would take all others.
func (s *server) bound(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		slots := s.requests
		if rt := exchangeOf(r.Context()).route; rt != nil && rt.stream {
			slots = s.streams
		}
		release, d := slots.Take()
		if d != nil {
			s.deny(w, r, d)
			return
		}
		defer release()
		h.ServeHTTP(w, r)
	})
}

// slowTime is how long an answer may take for which a trace runs again.
const slowTime = 10 * time.Minute

// dispatch finds who asks for what, and whether it may.
func (s *server) dispatch(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r.Context())
	if !cleanPath(r.URL.Path) {
		s.fail(w, r, newProblem(http.StatusBadRequest, codePath, "the path has empty parts, . or .. in it"))
		return
	}
	if x.route == nil {
		s.elsewhere(w, r)
		return
	}
	if d := auth.CheckLength(r, x.route.op.MaxBodyBytes); d != nil {
		s.deny(w, r, d)
		return
	}
	r, err := s.admit(w, r, x.route)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	x.r = r
	if x.route.slow {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(slowTime)) // not there in tests; the server's own holds then
	}
	if x.route.write() {
		r.Body = http.MaxBytesReader(w, r.Body, x.route.op.MaxBodyBytes)
		s.once(w, r, x.route)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// cleanPath refuses what net/http would redirect, and a walk up the tree.
func cleanPath(p string) bool {
	return strings.HasPrefix(p, "/") && (path.Clean(p) == p || p != "/" && path.Clean(p)+"/" == p)
}

// admit returns the request with who sends it.
func (s *server) admit(w http.ResponseWriter, r *http.Request, rt *route) (*http.Request, error) {
	if rt.free && rt.scope == "" {
		return r, nil
	}
	if rt.scope == "" {
		return r, s.count(w, s.anonymous, peerOf(r))
	}
	p, err := s.o.Guard.Authenticate(r)
	if err != nil {
		if limited := s.count(w, s.anonymous, peerOf(r)); limited != nil {
			return r, limited
		}
		return r, err
	}
	if err := s.count(w, s.callers, p.Caller()); err != nil {
		return r, err
	}
	if err := p.Require(rt.scope); err != nil {
		return r, err
	}
	if err := s.o.Guard.CheckCSRF(r, p); err != nil {
		return r, err
	}
	return r.WithContext(auth.WithPrincipal(r.Context(), p)), nil
}

// count counts a request against a caller.
func (s *server) count(w http.ResponseWriter, l *auth.Limiter, caller string) error {
	q := l.Take(caller)
	q.SetHeaders(w.Header())
	if d := q.Denial(); d != nil {
		return d
	}
	return nil
}

// peerOf is the address of who asks, without the port.
func peerOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// methods are those that an operation may have.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}

// elsewhere answers where there is no operation: with the console, or with a
// problem that names the methods that the path has.
func (s *server) elsewhere(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, m := range methods {
		probe := r.Clone(r.Context())
		probe.Method = m
		if _, name := s.mux.Handler(probe); s.routes[name] != nil {
			allowed = append(allowed, m)
		}
	}
	switch {
	case len(allowed) > 0:
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.fail(w, r, newProblem(http.StatusMethodNotAllowed, codeMethod, "this path has "+strings.Join(allowed, ", ")))
	case s.o.Console != nil && !strings.HasPrefix(r.URL.Path, "/v1/"):
		s.o.Console.ServeHTTP(w, r)
	default:
		s.fail(w, r, notFound("no operation has this path; /docs lists them"))
	}
}
