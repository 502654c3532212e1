package auth

import (
	"context"
	"errors"
	"time"
)

// Hash is the SHA-256 of a secret.
type Hash [32]byte

// Scope is what a key or session may do.
type Scope string

// The scopes. Writing does not include reading: a key has the scopes it names.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
)

// Owner is the only user until there are more.
const Owner = "owner"

// Link is a one-time link: whoever brings its token begins a session of the
// user.
type Link struct {
	Hash Hash // of the token
	User string
	Made time.Time
	Ends time.Time // no use from then on
}

// Session is a browser that is logged in.
type Session struct {
	Hash Hash // of the token in the cookie
	User string
	Made time.Time
	Used time.Time // to within a minute
	Ends time.Time // whatever it is used for until then
}

// Key is an API key of a program.
type Key struct {
	ID      string // 16 small letters and digits, public
	User    string
	Name    string // what people call it
	Scopes  []Scope
	Hash    Hash // of the secret
	Made    time.Time
	Used    time.Time // to within a minute; zero: never
	Ends    time.Time // zero: never
	Revoked time.Time // zero: not
}

// ErrNotFound is what a store wraps when it does not hold what is asked for.
var ErrNotFound = errors.New("not found")

// Links stores one-time links.
type Links interface {
	PutLink(ctx context.Context, l Link) error
	// TakeLink returns a link that was never taken and has not ended by now,
	// and marks it as taken in the same transaction: of two callers one gets
	// it, the other ErrNotFound.
	TakeLink(ctx context.Context, token Hash, now time.Time) (Link, error)
}

// Sessions stores sessions.
type Sessions interface {
	PutSession(ctx context.Context, s Session) error
	// Session returns a session even if it has ended; ErrNotFound if there is
	// none. A store may forget those that ended a day ago.
	Session(ctx context.Context, token Hash) (Session, error)
	TouchSession(ctx context.Context, token Hash, used time.Time) error
	// DropSession ends a session; one that is not there is no error.
	DropSession(ctx context.Context, token Hash) error
}

// Keys stores API keys.
type Keys interface {
	PutKey(ctx context.Context, k Key) error
	// Key returns a key even if it has ended or is revoked; ErrNotFound if
	// there is none.
	Key(ctx context.Context, id string) (Key, error)
	// ListKeys returns up to limit keys of a user in order of ID, those behind
	// after; revoked and ended ones too.
	ListKeys(ctx context.Context, user, after string, limit int) ([]Key, error)
	TouchKey(ctx context.Context, id string, used time.Time) error
	// RevokeKey marks a key of the user; ErrNotFound if the user has no such
	// key. One that is revoked keeps its time.
	RevokeKey(ctx context.Context, user, id string, at time.Time) error
}
