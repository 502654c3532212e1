package api

import (
	"context"
	"time"

	"clew.example/clew/serve/auth"
)

// Key is an API key without what must not be known of it.
type Key struct {
	ID      string       `json:"id" doc:"the part of the key between the underscores"`
	Name    string       `json:"name"`
	Scopes  []auth.Scope `json:"scopes" enum:"read,write"`
	Made    time.Time    `json:"made"`
	Used    *time.Time   `json:"used" doc:"to within a minute; null: never"`
	Ends    *time.Time   `json:"ends" doc:"null: never"`
	Revoked *time.Time   `json:"revoked" doc:"null: not"`
	Key     string       `json:"key,omitempty" doc:"the key itself, only in the answer that makes it"`
}

func keyOf(k *auth.Key) Key {
	return Key{ID: k.ID, Name: k.Name, Scopes: k.Scopes, Made: *someTime(k.Made), Used: someTime(k.Used), Ends: someTime(k.Ends), Revoked: someTime(k.Revoked)}
}

type (
	keysOut struct{ Body Page[Key] }
	keyIn   struct {
		Body struct {
			Name   string       `json:"name" minLength:"1" maxLength:"100" doc:"what you call it"`
			Scopes []auth.Scope `json:"scopes" enum:"read,write" minItems:"1" maxItems:"2"`
			Ends   *time.Time   `json:"ends,omitempty" doc:"left out: never"`
		}
	}
	keyOut   struct{ Body Key }
	keyNamed struct {
		ID string `path:"id" maxLength:"40"`
	}
)

const listKeys = "keys"

func (s *server) addKeys() {
	list := get("/v1/keys", "listKeys", "login", "API keys, revoked ones too")
	handle(s, route{op: list, scope: auth.ScopeRead}, s.listKeys)
	add := post("/v1/keys", "makeKey", "login", "Make an API key")
	add.DefaultStatus = 201
	explain(add, "The key stands in this answer only. It is not kept, so an Idempotency-Key does nothing here.")
	handle(s, route{op: add, scope: auth.ScopeWrite, secret: true}, s.makeKey)
	revoke := del("/v1/keys/{id}", "revokeKey", "login", "Revoke an API key")
	handle(s, route{op: revoke, scope: auth.ScopeWrite}, func(ctx context.Context, in *keyNamed) (*struct{}, error) {
		return nil, s.o.Keys.RevokeKey(ctx, auth.PrincipalOf(ctx).User, in.ID, s.o.Now())
	})
}

func (s *server) listKeys(ctx context.Context, in *PageIn) (*keysOut, error) {
	after, err := s.after(listKeys, in.Cursor)
	if err != nil {
		return nil, err
	}
	found, err := s.o.Keys.ListKeys(ctx, auth.PrincipalOf(ctx).User, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	keys := make([]Key, len(found))
	for i := range found {
		keys[i] = keyOf(&found[i])
	}
	return &keysOut{pageOf(s, listKeys, keys, in.Limit, func(k *Key) string { return k.ID })}, nil
}

// makeKey makes a key with no scope that its maker has not: a key that may only
// write could otherwise give itself reading.
func (s *server) makeKey(ctx context.Context, in *keyIn) (*keyOut, error) {
	p := auth.PrincipalOf(ctx)
	for _, scope := range in.Body.Scopes {
		if err := p.Require(scope); err != nil {
			return nil, err
		}
	}
	var ends time.Time
	if in.Body.Ends != nil {
		ends = *in.Body.Ends
	}
	k, text, err := s.o.Guard.MakeKey(ctx, p.User, in.Body.Name, in.Body.Scopes, ends)
	if err != nil {
		return nil, err
	}
	a := keyOf(&k)
	a.Key = text
	return &keyOut{a}, nil
}
