// Package authtest holds what package auth needs in memory, for tests.
package authtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"clew.example/clew/serve/auth"
)

// Store keeps links, sessions and keys. Its zero value is ready. Safe for
// concurrent use.
type Store struct {
	mu       sync.Mutex // guards what follows
	links    map[auth.Hash]auth.Link
	sessions map[auth.Hash]auth.Session
	keys     map[string]auth.Key
}

func missing(what string) error { return fmt.Errorf("%s: %w", what, auth.ErrNotFound) }

func put[K comparable, V any](s *Store, m *map[K]V, k K, v V) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
	return nil
}

// PutLink implements auth.Links.
func (s *Store) PutLink(_ context.Context, l auth.Link) error { return put(s, &s.links, l.Hash, l) }

// TakeLink implements auth.Links.
func (s *Store) TakeLink(_ context.Context, token auth.Hash, now time.Time) (auth.Link, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.links[token]
	if !ok || !now.Before(l.Ends) {
		return auth.Link{}, missing("link")
	}
	delete(s.links, token)
	return l, nil
}

// PutSession implements auth.Sessions.
func (s *Store) PutSession(_ context.Context, v auth.Session) error {
	return put(s, &s.sessions, v.Hash, v)
}

// Session implements auth.Sessions.
func (s *Store) Session(_ context.Context, token auth.Hash) (auth.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.sessions[token]
	if !ok {
		return v, missing("session")
	}
	return v, nil
}

// TouchSession implements auth.Sessions.
func (s *Store) TouchSession(ctx context.Context, token auth.Hash, used time.Time) error {
	v, err := s.Session(ctx, token)
	if err != nil {
		return err
	}
	v.Used = used
	return s.PutSession(ctx, v)
}

// DropSession implements auth.Sessions.
func (s *Store) DropSession(_ context.Context, token auth.Hash) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, token)
	return nil
}

// PutKey implements auth.Keys.
func (s *Store) PutKey(_ context.Context, k auth.Key) error { return put(s, &s.keys, k.ID, k) }

// Key implements auth.Keys.
func (s *Store) Key(_ context.Context, id string) (auth.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.keys[id]
	if !ok {
		return k, missing("key")
	}
	return k, nil
}

// ListKeys implements auth.Keys.
func (s *Store) ListKeys(_ context.Context, user, after string, limit int) (found []auth.Key, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if k.User == user && k.ID > after {
			found = append(found, k)
		}
	}
	slices.SortFunc(found, func(a, b auth.Key) int { return strings.Compare(a.ID, b.ID) })
	return found[:min(limit, len(found))], nil
}

// TouchKey implements auth.Keys.
func (s *Store) TouchKey(ctx context.Context, id string, used time.Time) error {
	k, err := s.Key(ctx, id)
	if err != nil {
		return err
	}
	k.Used = used
	return s.PutKey(ctx, k)
}

// RevokeKey implements auth.Keys.
func (s *Store) RevokeKey(ctx context.Context, user, id string, at time.Time) error {
	k, err := s.Key(ctx, id)
	if err != nil || k.User != user {
		return missing("key")
	}
	if k.Revoked.IsZero() {
		k.Revoked = at
	}
	return s.PutKey(ctx, k)
}
