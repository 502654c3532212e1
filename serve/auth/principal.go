package auth

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Via is how a caller showed who it is.
type Via string

// The ways.
const (
	ViaSession Via = "session"
	ViaKey     Via = "key"
)

// Principal is who asks.
type Principal struct {
	User   string
	Via    Via
	ID     string // of the key, or the beginning of the session's hash; nothing secret
	Scopes []Scope
	Ends   time.Time // zero: never
	CSRF   string    // of a session, empty for a key

	session Hash
}

// May reports whether the principal has a scope.
func (p *Principal) May(s Scope) bool { return slices.Contains(p.Scopes, s) }

// Require returns a denial unless the principal has the scope.
func (p *Principal) Require(s Scope) error {
	if p.May(s) {
		return nil
	}
	return denied(http.StatusForbidden, CodeScope, "this %s has no scope %q", p.Via, s)
}

// Caller names the principal for limits and journals.
func (p *Principal) Caller() string { return string(p.Via) + ":" + p.ID }

type principalKey struct{}

// WithPrincipal returns a context that carries who asks.
func WithPrincipal(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalOf returns who asks, nil if nobody logged in.
func PrincipalOf(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}
