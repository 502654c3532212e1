package api

import (
	"context"
	"time"

	"clew.example/clew/serve/auth"
)

// Session says who asks, and what a browser needs to write.
type Session struct {
	User    string       `json:"user"`
	Via     auth.Via     `json:"via" enum:"session,key"`
	Scopes  []auth.Scope `json:"scopes" enum:"read,write"`
	CSRF    *string      `json:"csrf" doc:"for the header X-Clew-Csrf of each write; null: a key needs none"`
	Expires *time.Time   `json:"expires" doc:"null: never"`
}

type sessionOut struct{ Body Session }

func sessionOf(p *auth.Principal) *sessionOut {
	a := Session{User: p.User, Via: p.Via, Scopes: p.Scopes, Expires: someTime(p.Ends)}
	if p.CSRF != "" {
		a.CSRF = &p.CSRF
	}
	return &sessionOut{a}
}

// someTime is a time in UTC and whole seconds; nil for one that did not happen.
func someTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

type loginIn struct {
	Body struct {
		Token string `json:"token" maxLength:"100" doc:"of a one-time link: what stands behind #token= in it"`
	}
}

func (s *server) addSession() {
	in := explain(post("/v1/session", "logIn", "login", "Log in with a one-time link"),
		"Sets the cookie of the session. From this machine only; the link is used up by it, and a session that the browser had ends.")
	handle(s, route{op: in, secret: true}, func(ctx context.Context, in *loginIn) (*sessionOut, error) {
		x := exchangeOf(ctx)
		p, err := s.o.Guard.Login(x.w, x.r, in.Body.Token)
		if err != nil {
			return nil, err
		}
		return sessionOf(p), nil
	})
	who := get("/v1/session", "whoAmI", "login", "Who asks, and the token for writes")
	handle(s, route{op: who, scope: auth.ScopeRead}, func(ctx context.Context, _ *struct{}) (*sessionOut, error) {
		return sessionOf(auth.PrincipalOf(ctx)), nil
	})
	out := del("/v1/session", "logOut", "login", "End the session")
	handle(s, route{op: out, scope: auth.ScopeRead, secret: true}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		x := exchangeOf(ctx)
		return nil, s.o.Guard.Logout(x.w, x.r)
	})
}
