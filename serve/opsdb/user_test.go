package opsdb_test

import (
	"errors"
	"reflect"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/opsdb"
)

var noon = time.UnixMilli(1_700_000_000_000).UTC()

// TestLinks: a link is taken once, by one of many, and not when it has ended.
func TestLinks(t *testing.T) {
	db := fresh(t)
	l := auth.Link{Hash: auth.Hash{1}, User: auth.Owner, Made: noon, Ends: noon.Add(15 * time.Minute)}
	ok(t, db.PutLink(ctx, l))
	var took atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got, err := db.TakeLink(ctx, l.Hash, noon.Add(time.Minute))
			if err == nil && got == l {
				took.Add(1)
			} else if !errors.Is(err, auth.ErrNotFound) {
				t.Error(got, err)
			}
		})
	}
	all.Wait()
	if took.Load() != 1 {
		t.Errorf("taken %d times", took.Load())
	}
	l.Hash = auth.Hash{2}
	ok(t, db.PutLink(ctx, l))
	for _, bad := range []struct {
		hash auth.Hash
		now  time.Time
	}{{l.Hash, l.Ends}, {auth.Hash{3}, noon}} {
		if _, err := db.TakeLink(ctx, bad.hash, bad.now); !errors.Is(err, auth.ErrNotFound) {
			t.Error(err)
		}
	}
	l.Hash, l.User = auth.Hash{4}, "stranger"
	var field *opsdb.FieldError
	if err := db.PutLink(ctx, l); !errors.As(err, &field) || field.Field != "user" {
		t.Error(err)
	}
}

// TestSessions keeps, touches and drops a session.
func TestSessions(t *testing.T) {
	db := fresh(t)
	s := auth.Session{Hash: auth.Hash{1}, User: auth.Owner, Made: noon, Used: noon, Ends: noon.Add(time.Hour)}
	ok(t, db.PutSession(ctx, s))
	ok(t, db.TouchSession(ctx, s.Hash, noon.Add(time.Minute)))
	ok(t, db.TouchSession(ctx, s.Hash, noon)) // late, and so of no effect
	s.Used = noon.Add(time.Minute)
	if got := must[auth.Session](t)(db.Session(ctx, s.Hash)); got != s {
		t.Errorf("%+v", got)
	}
	ok(t, db.DropSession(ctx, s.Hash))
	ok(t, db.DropSession(ctx, s.Hash))
	if _, err := db.Session(ctx, s.Hash); !errors.Is(err, auth.ErrNotFound) {
		t.Error(err)
	}
	if err := db.TouchSession(ctx, s.Hash, noon); !errors.Is(err, auth.ErrNotFound) {
		t.Error(err)
	}
}

// TestKeys stores, lists, uses and revokes keys.
func TestKeys(t *testing.T) {
	db := fresh(t)
	for i := range 5 {
		ok(t, db.PutKey(ctx, auth.Key{ID: "k" + strconv.Itoa(i), User: auth.Owner, Name: "n", Scopes: []auth.Scope{auth.ScopeRead, auth.ScopeWrite}, Hash: auth.Hash{9}, Made: noon}))
	}
	ok(t, db.TouchKey(ctx, "k1", noon.Add(time.Second)))
	ok(t, db.TouchKey(ctx, "k1", noon))
	ok(t, db.RevokeKey(ctx, auth.Owner, "k1", noon.Add(time.Minute)))
	ok(t, db.RevokeKey(ctx, auth.Owner, "k1", noon.Add(time.Hour)))
	want := auth.Key{ID: "k1", User: auth.Owner, Name: "n", Scopes: []auth.Scope{"read", "write"}, Hash: auth.Hash{9}, Made: noon, Used: noon.Add(time.Second), Revoked: noon.Add(time.Minute)}
	if got := must[auth.Key](t)(db.Key(ctx, "k1")); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := must[[]auth.Key](t)(db.ListKeys(ctx, auth.Owner, "k1", 2)); len(got) != 2 || got[0].ID != "k2" || got[1].ID != "k3" {
		t.Errorf("%+v", got)
	}
	if err := db.RevokeKey(ctx, "stranger", "k2", noon); !errors.Is(err, auth.ErrNotFound) {
		t.Error(err)
	}
	if err := db.TouchKey(ctx, "none", noon); !errors.Is(err, auth.ErrNotFound) {
		t.Error(err)
	}
	if got := must[[]opsdb.Entry](t)(db.Journal(ctx, "", 0, 1)); got[0].Action != "key.revoke" || got[0].Subject != "key:k1" || got[0].Seq != 6 {
		t.Errorf("%+v", got)
	}
}

// TestRequests: the same request is answered once, and another one with its
// key is refused.
func TestRequests(t *testing.T) {
	at := noon
	path := newPath(t)
	now := func() time.Time { return at }
	db := must[*opsdb.DB](t)(opsdb.Open(ctx, path, opsdb.Options{Now: now}))
	r := opsdb.Request{Caller: "key:a", Route: "POST /v1/traces", Key: "1", Hash: [32]byte{1}}
	begin := func(r opsdb.Request, want error) *opsdb.Answer {
		t.Helper()
		a, err := db.BeginRequest(ctx, r)
		if !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
		return a
	}
	other := r
	other.Hash = [32]byte{2}
	begin(r, nil)
	begin(r, opsdb.ErrPending)
	ok(t, db.Close()) // a server that dies meanwhile
	db = open(t, path, opsdb.Options{Serve: true, Now: now})
	begin(r, nil)
	ok(t, db.ForgetRequest(ctx, r))
	begin(r, nil)
	answer := opsdb.Answer{Status: 202, Header: map[string]string{"Location": "/v1/traces/a"}, Body: []byte(`{"id":"a"}`)}
	ok(t, db.FinishRequest(ctx, r, answer))
	if got := begin(r, nil); got == nil || !reflect.DeepEqual(*got, answer) {
		t.Errorf("%+v", got)
	}
	begin(other, opsdb.ErrReused)
	other.Caller = "key:b"
	begin(other, nil)
	var field *opsdb.FieldError
	if err := db.FinishRequest(ctx, other, opsdb.Answer{Body: make([]byte, 300<<10)}); !errors.As(err, &field) {
		t.Error(err)
	}
	begin(other, nil)
	at = noon.Add(25 * time.Hour)
	if got := begin(r, nil); got != nil {
		t.Errorf("after a day: %+v", got)
	}
}

// TestPrune forgets what has ended, and nothing else.
func TestPrune(t *testing.T) {
	at := noon
	db := open(t, newPath(t), opsdb.Options{Now: func() time.Time { return at }})
	create(t, db, "one")
	ok(t, db.PutLink(ctx, auth.Link{Hash: auth.Hash{1}, User: auth.Owner, Made: noon, Ends: noon.Add(time.Minute)}))
	for i := range byte(2) {
		ok(t, db.PutSession(ctx, auth.Session{Hash: auth.Hash{i}, User: auth.Owner, Made: noon, Used: noon, Ends: noon.Add(time.Duration(i) * 48 * time.Hour)}))
	}
	ok(t, opsdb.Exec(db, "INSERT INTO blobs (id, made) VALUES ('left', ?)", noon.UnixMilli()))
	if got := must[opsdb.Pruned](t)(db.Prune(ctx)); got != (opsdb.Pruned{}) {
		t.Errorf("%+v", got)
	}
	at = noon.Add(25 * time.Hour)
	if got := must[opsdb.Pruned](t)(db.Prune(ctx)); got != (opsdb.Pruned{Links: 1, Sessions: 1, Blobs: 1}) {
		t.Errorf("%+v", got)
	}
}
