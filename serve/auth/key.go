package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// keyNameMax bounds what people call a key, in bytes.
const keyNameMax = 100

// MakeKey makes an API key and returns its text, which is shown once and not
// stored. A zero ends means never.
func (g *Guard) MakeKey(ctx context.Context, user, name string, scopes []Scope, ends time.Time) (k Key, text string, err error) {
	if err := checkKey(name, scopes, ends, g.o.Now()); err != nil {
		return k, "", err
	}
	var id [keyIDSize]byte
	if _, err := io.ReadFull(g.o.Rand, id[:]); err != nil {
		return k, "", fmt.Errorf("random numbers: %w", err)
	}
	secret, err := newSecret(g.o.Rand)
	if err != nil {
		return k, "", err
	}
	k = Key{ID: keyEncoding.EncodeToString(id[:]), User: user, Name: name, Scopes: scopes, Hash: hashOf(secret), Made: g.o.Now(), Ends: ends}
	if err := g.o.Keys.PutKey(ctx, k); err != nil {
		return k, "", fmt.Errorf("API key: %w", err)
	}
	return k, formatKey(k.ID, secret), nil
}

// ErrKey says that a key can not be made as asked.
var ErrKey = errors.New("API key")

func checkKey(name string, scopes []Scope, ends, now time.Time) error {
	switch {
	case strings.TrimSpace(name) == "" || len(name) > keyNameMax:
		return fmt.Errorf("%w: a name has 1 to %d bytes", ErrKey, keyNameMax)
	case len(scopes) == 0 || len(scopes) > 2:
		return fmt.Errorf("%w: name the scopes: read, write or both", ErrKey)
	case !ends.IsZero() && !ends.After(now):
		return fmt.Errorf("%w: it would have ended already", ErrKey)
	}
	for i, s := range scopes {
		if s != ScopeRead && s != ScopeWrite || slices.Contains(scopes[:i], s) {
			return fmt.Errorf("%w: scope %.20q: want read and write, each once", ErrKey, s)
		}
	}
	return nil
}

// noKey does not say whether the key is unknown, wrong or revoked.
func noKey() error {
	return denied(http.StatusUnauthorized, CodeKey, "the API key is not valid: it is unknown, was revoked, or has ended")
}

func (g *Guard) byKey(ctx context.Context, given []string) (*Principal, error) {
	scheme, text, ok := strings.Cut(given[0], " ")
	if len(given) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") {
		return nil, denied(http.StatusUnauthorized, CodeKey, "want one header Authorization: Bearer and an API key")
	}
	id, secret, err := parseKey(text)
	if err != nil {
		return nil, denied(http.StatusUnauthorized, CodeKey, "%v", err)
	}
	k, err := g.o.Keys.Key(ctx, id)
	now := g.o.Now()
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, noKey()
	case err != nil:
		return nil, fmt.Errorf("API key: %w", err)
	case !same(k.Hash, hashOf(secret)), !k.Revoked.IsZero(), !k.Ends.IsZero() && !now.Before(k.Ends):
		return nil, noKey()
	}
	if now.Sub(k.Used) >= touchEvery {
		if err := g.o.Keys.TouchKey(ctx, k.ID, now); err != nil {
			return nil, fmt.Errorf("API key: %w", err)
		}
	}
	return &Principal{User: k.User, Via: ViaKey, ID: k.ID, Scopes: k.Scopes, Ends: k.Ends}, nil
}
