package auth

import (
	"crypto/rand"
	"io"
	"net/http"
	"time"

	"clew.example/clew/internal/invariant"
)

// How long things live. A link is for the next minutes at the same machine; a
// session outlives a night's work but not a browser that was left for a day.
const (
	LinkLife    = 15 * time.Minute
	SessionIdle = 12 * time.Hour
	SessionLife = 7 * 24 * time.Hour
	// touchEvery is how exactly the last use is kept: each use would be a write.
	touchEvery = time.Minute
)

// Options are what a guard is made of.
type Options struct {
	Links    Links
	Sessions Sessions
	Keys     Keys

	// TLS says that browsers reach the server over TLS: cookies are then Secure
	// and bound to the host by their name.
	TLS bool
	// Hosts are names beside those of the loopback by which browsers may call
	// the server, with or without a port.
	Hosts []string

	Now  func() time.Time // nil: the clock
	Rand io.Reader        // nil: the system's
}

// Guard knows who may ask. Safe for concurrent use.
type Guard struct {
	o      Options
	origin *http.CrossOriginProtection
}

// New returns a guard over its stores.
func New(o Options) *Guard {
	invariant.Check(o.Links != nil && o.Sessions != nil && o.Keys != nil, "auth: a guard without stores")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return &Guard{o: o, origin: http.NewCrossOriginProtection()}
}

// Authenticate returns who sends a request: by its API key if it brings one,
// else by its session. Without either, and with one that is not valid, the
// error is a *Denial with status 401; other errors are of the store.
func (g *Guard) Authenticate(r *http.Request) (*Principal, error) {
	if given := r.Header.Values("Authorization"); len(given) > 0 {
		return g.byKey(r.Context(), given)
	}
	return g.bySession(r)
}
