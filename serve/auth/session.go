package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// CookieName is the name of the cookie without TLS. With TLS it begins with
// __Host-, which makes a browser refuse one that another host of the domain
// set, but is allowed with Secure only (RFC 6265bis).
const (
	CookieName   = "clew_session"
	cookieSecure = "__Host-clew_session"
)

// HeaderCSRF carries the token of the session with each write.
const HeaderCSRF = "X-Clew-Csrf"

func (g *Guard) cookieName() string {
	if g.o.TLS {
		return cookieSecure
	}
	return CookieName
}

func (g *Guard) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: g.cookieName(), Value: value, Path: "/", MaxAge: maxAge,
		Secure: g.o.TLS, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// begin makes a session and sets its cookie.
func (g *Guard) begin(ctx context.Context, w http.ResponseWriter, user string) (*Principal, error) {
	secret, err := newSecret(g.o.Rand)
	if err != nil {
		return nil, err
	}
	now := g.o.Now()
	s := Session{Hash: hashOf(secret), User: user, Made: now, Used: now, Ends: now.Add(SessionLife)}
	if err := g.o.Sessions.PutSession(ctx, s); err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	http.SetCookie(w, g.cookie(formatToken(secret), int(SessionLife.Seconds())))
	return principalOf(s, secret), nil
}

// principalOf gives the owner of a session both scopes; roles will say less.
func principalOf(s Session, secret [secretSize]byte) *Principal {
	return &Principal{
		User: s.User, Via: ViaSession, ID: hex.EncodeToString(s.Hash[:8]), Scopes: []Scope{ScopeRead, ScopeWrite},
		Ends: s.Ends, CSRF: csrfOf(secret), session: s.Hash,
	}
}

// csrfOf derives the token from the session's secret, so it needs no store and
// ends with the session.
func csrfOf(secret [secretSize]byte) string {
	mac := hmac.New(sha256.New, secret[:])
	mac.Write([]byte("clew csrf 1"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// secretOf returns the secret of the request's session cookie. Of two cookies
// of the name neither is believed: one of them was planted.
func (g *Guard) secretOf(r *http.Request) (secret [secretSize]byte, ok bool) {
	given := r.CookiesNamed(g.cookieName())
	if len(given) != 1 {
		return secret, false
	}
	return parseToken(given[0].Value)
}

func (g *Guard) bySession(r *http.Request) (*Principal, error) {
	secret, ok := g.secretOf(r)
	if !ok {
		return nil, denied(http.StatusUnauthorized, CodeNoLogin, "log in with a one-time link ('clew user link' prints one), or send an API key as Authorization: Bearer")
	}
	s, err := g.o.Sessions.Session(r.Context(), hashOf(secret))
	now := g.o.Now()
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && ended(s, now):
		return nil, denied(http.StatusUnauthorized, CodeSession, "the session has ended: log in again")
	case err != nil:
		return nil, fmt.Errorf("session: %w", err)
	}
	if now.Sub(s.Used) >= touchEvery {
		if err := g.o.Sessions.TouchSession(r.Context(), s.Hash, now); err != nil {
			return nil, fmt.Errorf("session: %w", err)
		}
	}
	return principalOf(s, secret), nil
}

func ended(s Session, now time.Time) bool {
	return !now.Before(s.Ends) || now.Sub(s.Used) >= SessionIdle
}

func (g *Guard) dropCookie(r *http.Request) error {
	secret, ok := g.secretOf(r)
	if !ok {
		return nil
	}
	if err := g.o.Sessions.DropSession(r.Context(), hashOf(secret)); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	return nil
}

// Logout ends the session of the request and takes its cookie away.
func (g *Guard) Logout(w http.ResponseWriter, r *http.Request) error {
	if err := g.dropCookie(r); err != nil {
		return err
	}
	http.SetCookie(w, g.cookie("", -1))
	return nil
}

// CheckCSRF refuses a write of a session without the session's token. A key is
// sent by programs on purpose and by no browser on its own, so it needs none.
func (g *Guard) CheckCSRF(r *http.Request, p *Principal) error {
	if p.Via != ViaSession || safe(r.Method) {
		return nil
	}
	if !hmac.Equal([]byte(r.Header.Get(HeaderCSRF)), []byte(p.CSRF)) {
		return denied(http.StatusForbidden, CodeCSRF, "a session's writes need the header %s with the token that GET /v1/session gives", HeaderCSRF)
	}
	return nil
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
