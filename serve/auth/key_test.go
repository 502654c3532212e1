package auth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"clew.example/clew/serve/auth"
)

func bearer(text string) func(r *http.Request) { return header("Authorization", "Bearer "+text) }

func TestKey(t *testing.T) {
	h := newHouse(t, auth.Options{})
	k, text := h.makeKey(auth.ScopeRead)
	if !strings.HasPrefix(text, "clew_"+k.ID+"_") || len(text) != 81 {
		t.Errorf("%q", text)
	}
	p, err := h.Authenticate(local("POST", bearer(text)))
	if err != nil {
		t.Fatal(err)
	}
	if p.Caller() != "key:"+k.ID || p.CSRF != "" || p.Require(auth.ScopeRead) != nil {
		t.Errorf("%+v", p)
	}
	wantDenial(t, p.Require(auth.ScopeWrite), 403, auth.CodeScope)
	if used, _ := h.store.Key(context.Background(), k.ID); !used.Used.Equal(h.now) {
		t.Errorf("last use %v", used.Used)
	}
}

// TestKeyDamaged: a key with any character changed is refused, most without a
// look at the store.
func TestKeyDamaged(t *testing.T) {
	rng := seed(t)
	h := newHouse(t, auth.Options{})
	_, text := h.makeKey(auth.ScopeRead)
	for range 2000 {
		b := []byte(text)
		at := rng.IntN(len(b))
		b[at] = byte(' ' + rng.IntN(95))
		if string(b) == text {
			continue
		}
		if _, err := h.Authenticate(local("GET", bearer(string(b)))); err == nil {
			t.Fatalf("%q passes for %q", b, text)
		}
	}
	for cut := range text {
		_, err := h.Authenticate(local("GET", bearer(text[:cut])))
		wantDenial(t, err, 401, auth.CodeKey)
	}
}

func TestKeyRefused(t *testing.T) {
	h := newHouse(t, auth.Options{})
	_, good := h.makeKey(auth.ScopeRead)
	revoked, gone := h.makeKey(auth.ScopeRead)
	if err := h.store.RevokeKey(context.Background(), auth.Owner, revoked.ID, h.now); err != nil {
		t.Fatal(err)
	}
	_, short, err := h.MakeKey(context.Background(), auth.Owner, "short", []auth.Scope{auth.ScopeRead}, h.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Hour)
	_, strange := newHouse(t, auth.Options{Hosts: []string{"x"}}).makeKey(auth.ScopeWrite, auth.ScopeRead)
	for name, edit := range map[string]func(*http.Request){
		"revoked": bearer(gone), "ended": bearer(short), "basic": header("Authorization", "Basic eDp5"), "empty": header("Authorization", ""),
		"no scheme": header("Authorization", good), "two": func(r *http.Request) { bearer(good)(r); bearer(good)(r) },
		"spaces": header("Authorization", "Bearer  "+good), "of another house": bearer(strange + "a"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.Authenticate(local("GET", edit))
			wantDenial(t, err, 401, auth.CodeKey)
		})
	}
	if _, err := h.Authenticate(local("GET", bearer(good))); err != nil {
		t.Error(err)
	}
}

// TestKeyBeforeCookie: who sends a key is judged by it, so a cookie that comes
// along can not lend it more.
func TestKeyBeforeCookie(t *testing.T) {
	h := newHouse(t, auth.Options{})
	_, text := h.makeKey(auth.ScopeRead)
	c := h.mustLogin()
	p, err := h.Authenticate(local("GET", cookie(c), bearer(text)))
	if err != nil || p.Via != auth.ViaKey || p.May(auth.ScopeWrite) {
		t.Errorf("%+v, %v", p, err)
	}
	_, err = h.Authenticate(local("GET", cookie(c), bearer("nonsense")))
	wantDenial(t, err, 401, auth.CodeKey)
}

func TestKeyAsked(t *testing.T) {
	h := newHouse(t, auth.Options{})
	both := []auth.Scope{auth.ScopeRead, auth.ScopeWrite}
	for name, bad := range map[string]struct {
		name   string
		scopes []auth.Scope
		ends   time.Time
	}{
		"no name": {" ", both, time.Time{}}, "long name": {strings.Repeat("x", 101), both, time.Time{}}, "no scope": {"x", nil, time.Time{}},
		"unknown scope": {"x", []auth.Scope{"admin"}, time.Time{}}, "twice": {"x", []auth.Scope{"read", "read"}, time.Time{}}, "past": {"x", both, h.now},
	} {
		if _, _, err := h.MakeKey(context.Background(), auth.Owner, bad.name, bad.scopes, bad.ends); !errors.Is(err, auth.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzKey holds one law: no text of a stranger is let in or panics.
func FuzzKey(f *testing.F) {
	f.Add("clew_aaaaaaaaaaaaaaaa_" + strings.Repeat("a", 59))
	f.Add("clew_")
	f.Fuzz(func(t *testing.T, text string) {
		r := local("GET")
		r.Header.Set("Authorization", "Bearer "+text)
		if p, err := newHouse(t, auth.Options{}).Authenticate(r); err == nil {
			t.Fatalf("%q is let in as %+v", text, p)
		}
	})
}
