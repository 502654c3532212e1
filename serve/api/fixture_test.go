package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/question"
	"clew.example/clew/serve/api"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
	"clew.example/clew/serve/opsdb"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// theft is a small chain: a theft is split, one part is peeled and one rests.
const theft = `first 100
c1 coinbase -> miner:5000
block
t1 miner:5000 -> victim:4000 miner:900
block
t2 victim:4000 -> thief:2500 hop:1400
block
t3 thief:2500 -> cash:500 hop2:1900
block
t4 hop2:1900 -> cash2:800 rest:1000
block
`

// house is the whole server over a made-up ledger, with a clock of the test's.
type house struct {
	t     *testing.T
	world *launder.World
	url   string
	guard *auth.Guard
	jobs  *job.Manager
	log   bytes.Buffer

	mu  sync.Mutex // guards now
	now time.Time
}

func (h *house) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func newHouse(t *testing.T, edit ...func(*api.Options, *job.Options)) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	n, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		t.Fatal(err)
	}
	if h.world, err = launder.Parse(theft); err != nil {
		t.Fatal(err)
	}
	l := newLedger(t, h.world, n)
	db, err := opsdb.Open(context.Background(), filepath.Join(t.TempDir(), "ops.db"), opsdb.Options{Serve: true, Now: h.time})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h.guard = auth.New(auth.Options{Links: db, Sessions: db, Keys: db, Now: h.time})
	jo := job.Options{Queue: db, Shelf: db, Sources: []*question.Source{question.Ledger(l, n)}}
	o := api.Options{Version: "test", Guard: h.guard, Keys: db, Ledgers: []api.Ledger{{Network: n, Pinner: l}}, Requests: db, Cases: db, Folders: db, Notes: db, History: db, Traces: db,
		Registry: prometheus.NewRegistry(), Ready: db.Ready, Log: slog.New(slog.NewTextHandler(&h.log, nil)), Now: h.time, CursorKey: [32]byte{1}}
	for _, f := range edit {
		f(&o, &jo)
	}
	h.jobs = job.New(jo)
	t.Cleanup(h.jobs.Close)
	o.Runs = h.jobs
	handler, err := api.New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(handler)
	srv.Config = auth.NewServer(handler)
	srv.Start()
	t.Cleanup(srv.Close)
	h.url = srv.URL
	return h
}

func newLedger(t *testing.T, w *launder.World, n *bitcoin.Network) *flat.Ledger {
	t.Helper()
	opt := flat.Options{Reserve: 8 << 20, SerialSync: true}
	fs := vfs.NewCrashable(1)
	fs.MaxReserve = opt.Reserve
	t.Cleanup(fs.Free)
	writer, err := flat.Create(fs, flat.Meta{Chain: n.Chain, Network: n.Name, FirstHeight: w.Chain()[0].Height, Key: [16]byte{1}}, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range w.Chain() {
		b, err := w.Block(ref.Hash)
		if err == nil {
			err = writer.Append(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Commit(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(writer.Abort)
	l, err := flat.Open(fs, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// txid of a transaction of the world.
func (h *house) txid(name string) string {
	h.t.Helper()
	id, ok := h.world.TxID(name)
	if !ok {
		h.t.Fatalf("no transaction %s", name)
	}
	return id.String()
}

// caller sends requests in one way.
type caller struct {
	h    *house
	edit []func(*http.Request)
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func (h *house) as(edit ...func(*http.Request)) *caller { return &caller{h, edit} }

func (c *caller) but(edit ...func(*http.Request)) *caller {
	return &caller{c.h, append(append([]func(*http.Request){}, c.edit...), edit...)}
}

// key is a caller with an API key of these scopes.
func (h *house) key(scopes ...auth.Scope) *caller {
	h.t.Helper()
	_, text, err := h.guard.MakeKey(context.Background(), auth.Owner, "test", scopes, time.Time{})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.as(header("Authorization", "Bearer "+text))
}

// session is a caller that logged in with a link, and its token for writes.
func (h *house) session() (c *caller, csrf string) {
	h.t.Helper()
	token, err := h.guard.Issue(context.Background(), auth.Owner)
	if err != nil {
		h.t.Fatal(err)
	}
	a := h.as().send("POST", "/v1/session", `{"token":"`+token+`"}`)
	a.want(200)
	var s api.Session
	a.decode(&s)
	cookie := a.header.Get("Set-Cookie")
	cookie, _, _ = strings.Cut(cookie, ";")
	return h.as(header("Cookie", cookie)), *s.CSRF
}

// answer is what a request was answered.
type answer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   []byte
}

func (c *caller) send(method, path, body string) *answer {
	c.h.t.Helper()
	return c.sendBody(method, path, strings.NewReader(body))
}

func (c *caller) get(path string) *answer {
	c.h.t.Helper()
	return c.sendBody("GET", path, nil)
}

func (c *caller) sendBody(method, path string, body io.Reader) *answer {
	c.h.t.Helper()
	r, err := http.NewRequest(method, c.h.url+path, body)
	if err != nil {
		c.h.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, f := range c.edit {
		f(r)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	a := &answer{c.h.t, method + " " + path, resp.StatusCode, resp.Header, text}
	said, err := readContract()
	if err == nil {
		err = said.check(r, a)
	}
	if err != nil {
		c.h.t.Errorf("%s: not as openapi.json says: %v: %.500s", a.what, err, text)
	}
	return a
}

func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d: %.2000s", a.what, a.status, status, a.body)
	}
	return a
}

func (a *answer) decode(into any) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, into); err != nil {
		a.t.Fatalf("%s: %v: %.500s", a.what, err, a.body)
	}
}

// problem fails unless the answer is a problem of that status and code, whole.
func (a *answer) problem(status int, code string) api.Problem {
	a.t.Helper()
	a.want(status)
	var p api.Problem
	a.decode(&p)
	if p.Code != code || p.Status != status || p.Detail == "" || p.Title == "" || p.Instance == "" || p.RequestID == "" ||
		p.RequestID != a.header.Get("X-Request-Id") || a.header.Get("Content-Type") != "application/problem+json" {
		a.t.Fatalf("%s: want problem %s, have %s", a.what, code, a.body)
	}
	return p
}
