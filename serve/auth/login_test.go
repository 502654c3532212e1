package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clew.example/clew/serve/auth"
)

// TestLinkOnce: a link logs in once, whoever else brings it at the same time.
func TestLinkOnce(t *testing.T) {
	h := newHouse(t, auth.Options{})
	h.Guard = auth.New(auth.Options{Links: &h.store, Sessions: &h.store, Keys: &h.store})
	token := h.issue()
	var in atomic.Int32
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if _, err := h.Login(httptest.NewRecorder(), local("POST"), token); err == nil {
				in.Add(1)
			}
		})
	}
	group.Wait()
	if in.Load() != 1 {
		t.Errorf("one link began %d sessions", in.Load())
	}
}

func TestLinkEnds(t *testing.T) {
	h := newHouse(t, auth.Options{})
	early, late := h.issue(), h.issue()
	h.now = h.now.Add(auth.LinkLife - time.Second)
	if _, err := h.login(local("POST"), early); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Second)
	_, err := h.login(local("POST"), late)
	wantDenial(t, err, 401, auth.CodeLink)
}

func TestLinkRefused(t *testing.T) {
	h := newHouse(t, auth.Options{})
	token := h.issue()
	for name, bad := range map[string]string{
		"empty": "", "short": token[1:], "long": token + "A", "padded": token + "=", "spaces": " " + token[1:], "other": strings.Repeat("A", 43),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.login(local("POST"), bad)
			wantDenial(t, err, 401, auth.CodeLink)
		})
	}
	for _, edit := range []func(*http.Request){
		func(r *http.Request) { r.RemoteAddr = "192.0.2.7:1000" },
		func(r *http.Request) { r.RemoteAddr = "@" },
		header("X-Forwarded-For", "127.0.0.1"), header("Forwarded", "for=127.0.0.1"), header("Via", "1.1 proxy"),
	} {
		_, err := h.login(local("POST", edit), token)
		wantDenial(t, err, 403, auth.CodePeer)
	}
	if _, err := h.login(local("POST"), token); err != nil {
		t.Errorf("a refusal used the link up: %v", err)
	}
}

func TestLinkURL(t *testing.T) {
	if got := auth.LinkURL("http://127.0.0.1:8420", "T"); got != "http://127.0.0.1:8420/login#token=T" {
		t.Error(got)
	}
}

// TestCookie: how the cookie is set is what keeps scripts and strangers off it.
func TestCookie(t *testing.T) {
	for _, tls := range []bool{false, true} {
		c := newHouse(t, auth.Options{TLS: tls}).mustLogin()
		if c.Path != "/" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Domain != "" || c.Secure != tls || strings.HasPrefix(c.Name, "__Host-") != tls {
			t.Errorf("TLS %v: %s", tls, c)
		}
	}
}

func TestSession(t *testing.T) {
	h := newHouse(t, auth.Options{})
	c := h.mustLogin()
	p, err := h.Authenticate(local("GET", cookie(c)))
	if err != nil {
		t.Fatal(err)
	}
	if p.User != auth.Owner || p.Via != auth.ViaSession || !p.May(auth.ScopeRead) || !p.May(auth.ScopeWrite) || p.CSRF == "" || strings.Contains(c.Value, p.ID) {
		t.Errorf("%+v", p)
	}
	_, err = h.Authenticate(local("GET"))
	wantDenial(t, err, 401, auth.CodeNoLogin)
	_, err = h.Authenticate(local("GET", cookie(c), cookie(c)))
	wantDenial(t, err, 401, auth.CodeNoLogin)
	forged := *c
	forged.Value = strings.Repeat("A", 43)
	_, err = h.Authenticate(local("GET", cookie(&forged)))
	wantDenial(t, err, 401, auth.CodeSession)
}

// TestSessionEnds: idle or old, and not before.
func TestSessionEnds(t *testing.T) {
	h := newHouse(t, auth.Options{})
	idle, used := h.mustLogin(), h.mustLogin()
	begun := h.now
	for h.now.Before(begun.Add(auth.SessionLife - auth.SessionIdle/2)) {
		h.now = h.now.Add(auth.SessionIdle / 2)
		if _, err := h.Authenticate(local("GET", cookie(used))); err != nil {
			t.Fatalf("after %v: %v", h.now.Sub(begun), err)
		}
		if h.now.Sub(begun) == auth.SessionIdle {
			_, err := h.Authenticate(local("GET", cookie(idle)))
			wantDenial(t, err, 401, auth.CodeSession)
		}
	}
	h.now = begun.Add(auth.SessionLife)
	_, err := h.Authenticate(local("GET", cookie(used)))
	wantDenial(t, err, 401, auth.CodeSession)
}

// TestRotation: a session from before the log-in is worth nothing after it, nor
// one that was logged out.
func TestRotation(t *testing.T) {
	h := newHouse(t, auth.Options{})
	first := h.mustLogin()
	second, err := h.login(local("POST", cookie(first)), h.issue())
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Authenticate(local("GET", cookie(first)))
	wantDenial(t, err, 401, auth.CodeSession)
	w := httptest.NewRecorder()
	if err := h.Logout(w, local("DELETE", cookie(second))); err != nil {
		t.Fatal(err)
	}
	if c := w.Result().Cookies()[0]; c.MaxAge != -1 || c.Value != "" {
		t.Errorf("log-out leaves %s", c)
	}
	_, err = h.Authenticate(local("GET", cookie(second)))
	wantDenial(t, err, 401, auth.CodeSession)
}

func TestCSRF(t *testing.T) {
	h := newHouse(t, auth.Options{})
	mine, other := h.mustLogin(), h.mustLogin()
	who := func(c *http.Cookie) *auth.Principal {
		p, err := h.Authenticate(local("GET", cookie(c)))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := who(mine)
	for name, r := range map[string]*http.Request{
		"none": local("POST"), "another session's": local("POST", header(auth.HeaderCSRF, who(other).CSRF)), "empty": local("DELETE", header(auth.HeaderCSRF, "")),
	} {
		t.Run(name, func(t *testing.T) { wantDenial(t, h.CheckCSRF(r, p), 403, auth.CodeCSRF) })
	}
	for name, r := range map[string]*http.Request{"mine": local("POST", header(auth.HeaderCSRF, p.CSRF)), "a read": local("GET")} {
		if err := h.CheckCSRF(r, p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.CheckCSRF(local("POST"), &auth.Principal{Via: auth.ViaKey}); err != nil {
		t.Errorf("a key needs no token: %v", err)
	}
}

// broken fails as a full disk does.
type broken struct{ auth.Sessions }

var errDisk = errors.New("disk full")

func (broken) PutSession(context.Context, auth.Session) error { return errDisk }

// TestStoreFails: a store that fails lets nobody in, and is no denial.
func TestStoreFails(t *testing.T) {
	h := newHouse(t, auth.Options{})
	h.Guard = auth.New(auth.Options{Links: &h.store, Sessions: broken{}, Keys: &h.store})
	w := httptest.NewRecorder()
	_, err := h.Login(w, local("POST"), h.issue())
	var d *auth.Denial
	if !errors.Is(err, errDisk) || errors.As(err, &d) || len(w.Result().Cookies()) > 0 {
		t.Errorf("%v, cookies %v", err, w.Result().Cookies())
	}
}
