package api_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"clew.example/clew/serve/api"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
)

// endless is a body that goes on: what is read of it is counted.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(b []byte) (int, error) {
	e.read.Add(int64(len(b)))
	return copy(b, bytes.Repeat([]byte(" "), len(b))), nil
}

func TestLongBody(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeWrite)
	for _, edit := range []func(*http.Request){header("X-None", ""), header("Idempotency-Key", "k")} {
		body := &endless{}
		if a := key.but(edit).sendLong("/v1/cases", io.LimitReader(body, 100<<20), -1); a != nil {
			a.problem(413, auth.CodeBodyTooLong)
		}
		if body.read.Load() > 16<<20 {
			t.Errorf("%d bytes of the body were taken", body.read.Load())
		}
	}
	if a := key.sendLong("/v1/cases", &endless{}, 100<<20); a != nil {
		a.problem(413, auth.CodeBodyTooLong)
	}
}

// sendLong sends a body that the server need not take: then it may end the
// connection before the answer is read, and there is none.
func (c *caller) sendLong(path string, body io.Reader, size int64) *answer {
	c.h.t.Helper()
	r, err := http.NewRequest("POST", c.h.url+path, body)
	if err != nil {
		c.h.t.Fatal(err)
	}
	r.ContentLength = size
	r.Header.Set("Content-Type", "application/json")
	for _, f := range c.edit {
		f(r)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		c.h.t.Logf("no answer: %v", err)
		return nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil
	}
	return &answer{c.h.t, "POST " + path, resp.StatusCode, resp.Header, text}
}

func TestMalformed(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	for body, status := range map[string]int{
		"": 400, "{": 400, "nonsense": 400, `{"title":`: 400, "[]": 422, "null": 422, `{"title":1}`: 422, `{"title":"x","question":{"chain":"x"},"extra":1}`: 422,
		strings.Repeat("[", 20_000): 400, "\x00\xff": 400, `{"title":"x"}`: 422,
	} {
		p := key.send("POST", "/v1/cases", body).problem(status, "invalid")
		if strings.Contains(p.Detail, "nonsense") || len(p.Detail) > 1000 {
			t.Errorf("%.20q is repeated: %s", body, p.Detail)
		}
	}
	// Of a log-in, too, nothing is repeated: it may be a good token.
	if a := h.as().send("POST", "/v1/session", `{"token":"secret-word","x":1}`); bytes.Contains(a.body, []byte("secret-word")) || a.status != 422 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if strings.Contains(h.log.String(), "secret-word") {
		t.Error("a token is in the log")
	}
}

// TestTraversal sends paths as they are, which no client of Go would.
func TestTraversal(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead)
	for path, status := range map[string]int{
		"/v1/../v1/chains": 400, "/../../etc/passwd": 400, "//v1/chains": 400, "/v1/./chains": 400, "/v1/cases/..%2f..%2fkeys": 400, "/v1/cases/%2e%2e/keys": 400,
		"/v1/traces/..%2F..%2Fx/result": 400, "/v1/cases/x%2fy": 404, "/v1/nothing": 404, "/etc/passwd": 404, "/v1/cases/x%00/file": 404,
		"/v1/txs/bitcoin-regtest/zz": 422, "/v1/txs/bitcoin/" + strings.Repeat("ab", 32): 404, "/v1/txs/ethereum/x": 404,
	} {
		if got := key.raw(path); got != status {
			t.Errorf("%s: %d, want %d", path, got, status)
		}
	}
}

// raw sends a GET whose path no client cleaned, and returns the status.
func (c *caller) raw(path string) (status int) {
	c.h.t.Helper()
	r, _ := http.NewRequest("GET", c.h.url, nil)
	for _, f := range c.edit {
		f(r)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.h.url, "http://"))
	if err != nil {
		c.h.t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: %s\r\n\r\n", path, r.Header.Get("Authorization"))
	if _, err := fmt.Fscanf(conn, "HTTP/1.1 %d", &status); err != nil {
		c.h.t.Fatalf("%s: %v", path, err)
	}
	return status
}

func TestMethods(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	a := key.send("PUT", "/v1/chains", "{}")
	a.problem(405, "method")
	if a.header.Get("Allow") != "GET" {
		t.Errorf("Allow %q", a.header.Get("Allow"))
	}
	key.send("POST", "/nothing", "{}").problem(404, "not_found")
}

// TestBounds: what a request may ask for has ends.
func TestBounds(t *testing.T) {
	h := newHouse(t)
	key := h.key(auth.ScopeRead)
	address := "/v1/addresses/bitcoin-regtest/script:6a"
	for _, path := range []string{
		"/v1/traces/x/graph?limit=1000000", "/v1/traces/x/graph?limit=0", "/v1/traces/x/graph?open=" + strings.Repeat("a", 9000), "/v1/traces/x/graph?open=a,,b",
		"/v1/cases?limit=501", "/v1/cases?limit=-1", "/v1/cases?limit=x", address + "?outputs=1001", address + "?as_of=-1", address + "?as_of=99999999999",
		"/v1/search?q=" + strings.Repeat("x", 301), "/v1/search", "/v1/cases?cursor=" + strings.Repeat("x", 601),
	} {
		key.get(path).problem(422, "invalid")
	}
	key.get("/v1/cases/"+strings.Repeat("x", 41)).problem(422, "invalid")
	if got := key.raw("/v1/chains?q=" + strings.Repeat("x", 40_000)); got != 431 {
		t.Errorf("a long line: %d", got)
	}
}

func TestRate(t *testing.T) {
	h := newHouse(t, func(o *api.Options, _ *job.Options) {
		o.Rate = auth.Rate{Burst: 3, Window: 3 * time.Minute}
		o.Anonymous = auth.Rate{Burst: 2, Window: time.Minute}
	})
	key, other := h.key(auth.ScopeRead), h.key(auth.ScopeRead)
	for left := 2; left >= 0; left-- {
		a := key.get("/v1/chains").want(200)
		if got := a.header.Get("RateLimit"); !strings.HasPrefix(got, fmt.Sprintf(`"caller";r=%d;t=`, left)) {
			t.Errorf("RateLimit %s with %d left", got, left)
		}
	}
	a := key.get("/v1/chains")
	a.problem(429, auth.CodeRate)
	if a.header.Get("Retry-After") != "60" || a.header.Get("RateLimit-Policy") != `"caller";q=3;w=180` {
		t.Errorf("%v", a.header)
	}
	other.get("/v1/chains").want(200)
	for range 2 {
		h.as().get("/v1/chains").problem(401, auth.CodeNoLogin)
	}
	h.as().get("/v1/chains").problem(429, auth.CodeRate)
	h.as().get("/healthz").want(200)
	h.wait(time.Minute)
	key.get("/v1/chains").want(200)
}

// TestHeaders: they stand on every answer, and no answer may be framed, kept or
// guessed at.
func TestHeaders(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/healthz", "/v1/chains", "/nothing", "/docs", "/openapi.json"} {
		a := h.as().get(path)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Frame-Options": "DENY"} {
			if a.header.Get(name) != want {
				t.Errorf("%s: %s %q", path, name, a.header.Get(name))
			}
		}
		if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", path, csp)
		}
		if len(a.header.Get("X-Request-Id")) != 16 || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, a.header)
		}
	}
	mine := h.as(header("X-Request-Id", "forged\tline")).get("/healthz")
	if mine.header.Get("X-Request-Id") == "forged\tline" {
		t.Error("a stranger names requests in our log")
	}
}

// TestBusy: what does not fit is refused at once, and says when to come again.
func TestBusy(t *testing.T) {
	block, begun := make(chan struct{}), make(chan struct{})
	console := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-block
	})
	h := newHouse(t, func(o *api.Options, _ *job.Options) { o.RequestsMax, o.Console = 1, console })
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.as().get("/slow")
	}()
	<-begun
	a := h.as().get("/healthz")
	a.problem(503, auth.CodeBusy)
	if a.header.Get("Retry-After") != "1" {
		t.Error("it does not say when to come again")
	}
	close(block)
	<-done
	h.as().get("/healthz").want(200)
}

// TestPanic: a fault of ours is told as one, and its words are in the log only.
func TestPanic(t *testing.T) {
	console := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic("secret of the house") })
	h := newHouse(t, func(o *api.Options, _ *job.Options) { o.Console = console })
	a := h.as().get("/x")
	p := a.problem(500, "internal")
	if bytes.Contains(a.body, []byte("secret")) || !strings.Contains(h.log.String(), "secret of the house") || !strings.Contains(h.log.String(), p.RequestID) {
		t.Errorf("%s\n%s", a.body, h.log.String())
	}
}
