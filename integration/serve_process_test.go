//go:build integration

package integration_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"clew.example/clew/bench/chain"
	"clew.example/clew/ledger"
)

// served is the chain that the tests of the server share, and its ledger.
var served struct {
	once   sync.Once
	ledger string
	txids  []byte
	err    error
}

// servedTxs makes traces that take a while, and a ledger in a few seconds.
const servedTxs = 300_000

func servedLedger(t *testing.T) string {
	t.Helper()
	served.once.Do(func() {
		p := chain.Defaults()
		p.Txs = servedTxs
		dir := filepath.Join(filepath.Dir(made.dir), "served")
		if _, served.err = chain.Generate(context.Background(), dir, p); served.err != nil {
			return
		}
		served.ledger = filepath.Join(dir, "ledger")
		must(t, ingestArgs(chain.BlocksDir(dir), served.ledger)...)
		served.txids, served.err = os.ReadFile(filepath.Join(dir, chain.TxIDsFile))
	})
	if served.err != nil {
		t.Fatal(served.err)
	}
	return served.ledger
}

// servedTx is the id of a transaction of that chain, in its order.
func servedTx(i int) string {
	return ledger.TxID(served.txids[i*ledger.HashSize:][:ledger.HashSize]).String()
}

// server is a "clew serve" that runs.
type server struct {
	*process
	t    *testing.T
	db   string
	url  string
	link string // to log in with, as it was printed
	key  string // read and write, once somebody asked for one
	http *http.Client
}

// answerMax bounds every answer, streams of events too: a large trace takes ten
// seconds where nothing else runs, and a minute where much does.
const answerMax = 5 * time.Minute

// serve starts a server on a database, which it makes if there is none, and
// waits until it can be asked.
func serve(t *testing.T, l, db string, more ...string) *server {
	t.Helper()
	args := append([]string{"serve", "--ledger", l, "--db", db, "--listen", "127.0.0.1:0"}, more...)
	s := &server{process: launch(t, args...), t: t, db: db, http: &http.Client{Timeout: answerMax, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}}
	t.Cleanup(s.http.CloseIdleConnections)
	until(t, func() string { return "the address; clew said " + s.complaints() }, func() bool {
		for _, l := range s.lines() {
			if _, at, ok := strings.Cut(l.text, " at http"); ok && strings.HasPrefix(l.text, "clew serves ") {
				s.url = "http" + at
			}
			if _, link, ok := strings.Cut(l.text, "once: "); ok {
				s.link = link
			}
		}
		return s.url != "" && s.link != ""
	})
	return s
}

// newKey makes a key for a program, as an operator does while the server runs.
func newKey(t *testing.T, db, scope string) string {
	t.Helper()
	return strings.TrimSpace(must(t, "user", "key", "test", "--scope", scope, "--db", db))
}

// as is the same server for another program.
func (s *server) as(key string) *server {
	other := *s
	other.key = key
	return &other
}

// request makes a request with the server's key.
func (s *server) request(method, path, body string) *http.Request {
	s.t.Helper()
	if s.key == "" {
		s.key = newKey(s.t, s.db, "read,write")
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// answered is what a server answered.
type answered struct {
	*http.Response
	body []byte
}

// do sends a request and reads the answer.
func (s *server) do(r *http.Request) answered {
	s.t.Helper()
	resp, err := s.http.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answered{resp, body}
}

// get reads a document that has to be there.
func (s *server) get(path string, into any) {
	s.t.Helper()
	a := s.do(s.request(http.MethodGet, path, ""))
	if a.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s", path, a.StatusCode, a.body)
	}
	a.read(s.t, into)
}

func (a *answered) read(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal(a.body, into); err != nil {
		t.Fatalf("%v in %.200s", err, a.body)
	}
}

// code is the code of a problem; empty for an answer that is none.
func (a *answered) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.body, &p)
	return p.Code
}

// traceRun is what the server says of a trace.
type traceRun struct {
	ID, Status   string
	ResultDigest string `json:"result_digest"`
	Error        *struct{ Detail string }
	Progress     *struct{ Txs int }
}

// ask puts a trace into the queue.
func (s *server) ask(question map[string]any) (r traceRun) {
	s.t.Helper()
	body, err := json.Marshal(question)
	if err != nil {
		s.t.Fatal(err)
	}
	a := s.do(s.request(http.MethodPost, "/v1/traces", string(body)))
	if a.StatusCode != http.StatusAccepted {
		s.t.Fatalf("ask: %d %s", a.StatusCode, a.body)
	}
	a.read(s.t, &r)
	return r
}

// finish waits for the end of a trace, as its events tell it: who looks again
// and again is soon told that it asks too much.
func (s *server) finish(id string) (r traceRun) {
	s.t.Helper()
	a := s.do(s.request(http.MethodGet, "/v1/traces/"+id+"/events", ""))
	if all := parseEvents(a.body); len(all) == 0 || all[len(all)-1].id != "end" {
		s.t.Fatalf("events: %d %s", a.StatusCode, a.body)
	}
	s.get("/v1/traces/"+id, &r)
	return r
}

// theft is the question of a trace from the first output of a transaction of
// the shared chain.
func theft(tx int, policies ...string) map[string]any {
	return map[string]any{"chain": "bitcoin", "starts": []string{servedTx(tx) + ":0"}, "policies": policies}
}

// sse is one event of a stream.
type sse struct{ id, kind, data string }

// parseEvents reads whole events, as the HTML standard has them in 9.2.
func parseEvents(b []byte) (all []sse) {
	for block := range bytes.SplitSeq(b, []byte("\n\n")) {
		var e sse
		for line := range strings.Lines(string(block)) {
			field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch field {
			case "id":
				e.id = value
			case "event":
				e.kind = value
			case "data":
				e.data = value
			}
		}
		if e.kind != "" {
			all = append(all, e)
		}
	}
	return all
}
