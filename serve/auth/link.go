package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
)

// Issue makes a one-time link and returns its token, which is not stored. Any
// process that opens the same store may issue, so a link can be had again
// while the server runs.
func (g *Guard) Issue(ctx context.Context, user string) (token string, err error) {
	secret, err := newSecret(g.o.Rand)
	if err != nil {
		return "", err
	}
	now := g.o.Now()
	if err := g.o.Links.PutLink(ctx, Link{Hash: hashOf(secret), User: user, Made: now, Ends: now.Add(LinkLife)}); err != nil {
		return "", fmt.Errorf("one-time link: %w", err)
	}
	return formatToken(secret), nil
}

// LinkURL returns the address that a person opens. The token stands in the
// fragment, which no browser sends: so it is in no log and no Referer. The
// page POSTs it.
func LinkURL(base, token string) string { return base + "/login#token=" + token }

// forwarded are headers of proxies, behind which everyone is the loopback.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"}

// Login turns the token of a link into a session and sets its cookie. A session
// that the request has already ends: a cookie that was planted before the
// log-in is worth nothing after it.
func (g *Guard) Login(w http.ResponseWriter, r *http.Request, token string) (*Principal, error) {
	if err := localPeer(r); err != nil {
		return nil, err
	}
	secret, ok := parseToken(token)
	if !ok {
		return nil, noLink
	}
	l, err := g.o.Links.TakeLink(r.Context(), hashOf(secret), g.o.Now())
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, noLink
	case err != nil:
		return nil, fmt.Errorf("one-time link: %w", err)
	}
	if err := g.dropCookie(r); err != nil {
		return nil, err
	}
	return g.begin(r.Context(), w, l.User)
}

// noLink does not say which: who guesses learns nothing.
var noLink = denied(http.StatusUnauthorized, CodeLink,
	"the link is not valid: it was used, or is older than %d minutes; 'clew user link' prints a new one", int(LinkLife.Minutes()))

// localPeer refuses who does not come from this machine.
func localPeer(r *http.Request) error {
	for _, name := range forwarded {
		if len(r.Header.Values(name)) > 0 {
			return denied(http.StatusForbidden, CodePeer, "a one-time link is for this machine only, and %s says that a proxy stands between", name)
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return denied(http.StatusForbidden, CodePeer, "a one-time link is for this machine only: open it there, or use an API key")
	}
	return nil
}
