package auth_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/auth/authtest"
)

// house is a guard whose clock and chance a test holds.
type house struct {
	*auth.Guard
	t     *testing.T
	store authtest.Store
	now   time.Time
}

func newHouse(t *testing.T, o auth.Options) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	o.Links, o.Sessions, o.Keys = &h.store, &h.store, &h.store
	o.Now = func() time.Time { return h.now }
	o.Rand = rand.NewChaCha8([32]byte{1})
	h.Guard = auth.New(o)
	return h
}

// seed is CLEW_SEED, or 1; it is printed, so that a failure can be had again.
func seed(t *testing.T) *rand.Rand {
	t.Helper()
	n := uint64(1)
	if s := os.Getenv("CLEW_SEED"); s != "" {
		n, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("CLEW_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// local is a request from this machine.
func local(method string, edit ...func(*http.Request)) *http.Request {
	r := httptest.NewRequest(method, "http://127.0.0.1:8420/v1/x", nil)
	r.RemoteAddr = "127.0.0.1:50000"
	for _, f := range edit {
		f(r)
	}
	return r
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Add(name, value) }
}

// login brings a token and returns the cookie it was given.
func (h *house) login(r *http.Request, token string) (*http.Cookie, error) {
	h.t.Helper()
	w := httptest.NewRecorder()
	_, err := h.Login(w, r, token)
	if err != nil {
		return nil, err
	}
	given := w.Result().Cookies()
	if len(given) != 1 {
		h.t.Fatalf("%d cookies", len(given))
	}
	return given[0], nil
}

func (h *house) mustLogin() *http.Cookie {
	h.t.Helper()
	c, err := h.login(local("POST"), h.issue())
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) issue() string {
	h.t.Helper()
	token, err := h.Issue(context.Background(), auth.Owner)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func (h *house) makeKey(scopes ...auth.Scope) (auth.Key, string) {
	h.t.Helper()
	k, text, err := h.MakeKey(context.Background(), auth.Owner, "test", scopes, time.Time{})
	if err != nil {
		h.t.Fatal(err)
	}
	return k, text
}

func cookie(c *http.Cookie) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(c) }
}

// wantDenial fails unless err is a denial of that code and status.
func wantDenial(t *testing.T, err error, status int, code string) {
	t.Helper()
	var d *auth.Denial
	if !errors.As(err, &d) {
		t.Fatalf("want denial %s, have %v", code, err)
	}
	if d.Status != status || d.Code != code {
		t.Fatalf("%d %s (%s), want %d %s", d.Status, d.Code, d.Detail, status, code)
	}
	if d.Detail == "" || strings.HasSuffix(d.Detail, ".") {
		t.Errorf("detail %q", d.Detail)
	}
}
