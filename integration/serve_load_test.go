//go:build integration

package integration_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clients are how many ask at once.
const clients = 50

// TestServeLarge: a trace that reaches most of the chain tells how far it is,
// whoever listens, goes away or comes back; one that is cancelled makes way.
func TestServeLarge(t *testing.T) {
	s := serve(t, servedLedger(t), filepath.Join(t.TempDir(), "ops.db"))
	large := s.ask(theft(3000, "haircut"))
	for range 20 { // they come and go at once
		resp, err := s.http.Do(s.request(http.MethodGet, "/v1/traces/"+large.ID+"/events", ""))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	first := s.firstEvent(large.ID)
	rest := s.request(http.MethodGet, "/v1/traces/"+large.ID+"/events", "")
	rest.Header.Set("Last-Event-ID", first.id)
	a := s.do(rest)
	events := parseEvents(a.body)
	progressed(t, first, events)
	if last := events[len(events)-1]; last.id != "end" || last.kind != "done" {
		t.Errorf("the last event is %+v", last)
	}
	rest.Header.Set("Last-Event-ID", "end")
	if a := s.do(rest); a.StatusCode != http.StatusNoContent {
		t.Errorf("behind the end: %d %s", a.StatusCode, a.body)
	}
	s.cancelled(t)
}

// firstEvent reads a stream up to its first event and leaves it.
func (s *server) firstEvent(id string) sse {
	s.t.Helper()
	resp, err := s.http.Do(s.request(http.MethodGet, "/v1/traces/"+id+"/events", ""))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	for part := make([]byte, 1024); ; {
		n, err := resp.Body.Read(part)
		b.Write(part[:n])
		if i := bytes.LastIndex(b.Bytes(), []byte("\n\n")); i >= 0 {
			if all := parseEvents(b.Bytes()[:i+2]); len(all) > 0 {
				return all[0]
			}
		}
		if err != nil {
			s.t.Fatalf("no event: %v: %s", err, b.Bytes())
		}
	}
}

// progressed wants events behind a first one, each further than the one before.
func progressed(t *testing.T, first sse, rest []sse) {
	t.Helper()
	far := -1
	for i, e := range append([]sse{first}, rest...) {
		if e.kind != "progress" {
			continue
		}
		var p struct {
			Policy string
			Txs    int
		}
		if err := json.Unmarshal([]byte(e.data), &p); err != nil || p.Policy != "haircut" || p.Txs <= far {
			t.Errorf("event %d behind %d transactions: %+v, %v", i, far, e, err)
		}
		far = p.Txs
		if i > 0 && e.id == first.id {
			t.Errorf("event %s came again", e.id)
		}
	}
	if first.kind != "progress" || len(rest) == 0 {
		t.Errorf("events %+v, then %+v", first, rest)
	}
}

// cancelled cancels a large trace with a small one behind it.
func (s *server) cancelled(t *testing.T) {
	t.Helper()
	large, small := s.ask(theft(3000, "all")), s.ask(theft(150_000))
	s.firstEvent(large.ID)
	if a := s.do(s.request(http.MethodDelete, "/v1/traces/"+large.ID, "")); a.StatusCode != http.StatusNoContent {
		t.Errorf("cancel: %d %s", a.StatusCode, a.body)
	}
	if r := s.finish(large.ID); r.Status != "cancelled" {
		t.Errorf("cancelled: %+v", r)
	}
	if r := s.finish(small.ID); r.Status != "done" {
		t.Errorf("the trace behind it: %+v", r)
	}
	if a := s.do(s.request(http.MethodGet, "/v1/traces/"+large.ID+"/result", "")); a.StatusCode != http.StatusConflict || a.code() != "conflict" {
		t.Errorf("result of a cancelled trace: %d %s", a.StatusCode, a.body)
	}
}

// TestServeBound: a trace that visits more than is allowed is ended and says
// so, and the next one runs.
func TestServeBound(t *testing.T) {
	s := serve(t, servedLedger(t), filepath.Join(t.TempDir(), "ops.db"), "--trace-txs", "100000")
	large, small := s.ask(theft(3000, "haircut")), s.ask(theft(150_000))
	if r := s.finish(large.ID); r.Status != "failed" || r.Error == nil || !strings.Contains(r.Error.Detail, "too many transactions") {
		t.Errorf("a trace beyond the bound: %+v", r)
	}
	if r := s.finish(small.ID); r.Status != "done" {
		t.Errorf("the trace behind it: %+v", r)
	}
}

// What "clew serve --help" says of memory: bytes for each transaction that a
// trace may visit, for those that run and once more for the graphs that are kept.
const (
	crowdTxs    = 300_000
	crowdMemory = 2 * 5000 * crowdTxs
)

// TestServeCrowd: 50 clients look things up, follow and draw while traces run.
// Nobody fails, and the memory stays below what "clew serve --help" says.
func TestServeCrowd(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the memory of another process is read from /proc, as Linux has it")
	}
	s := serve(t, servedLedger(t), filepath.Join(t.TempDir(), "ops.db"), "--trace-txs", fmt.Sprint(crowdTxs))
	idle := s.anonymous(t)
	small := s.ask(theft(150_000))
	s.finish(small.ID)
	large := []traceRun{s.ask(theft(3000, "haircut")), s.ask(theft(3500, "haircut"))}
	peak := s.watchMemory(t)
	var all sync.WaitGroup
	for i := range clients {
		c := client{s: s.as(s.makeKey(fmt.Sprint("client ", i))), dice: uint64(i)}
		all.Go(func() { c.use(small.ID, large[i%2].ID) })
	}
	all.Wait()
	most := peak()
	if most > crowdMemory {
		t.Errorf("%d MB of anonymous memory, and %d MB are stated", most>>20, crowdMemory>>20)
	}
	visited := 0
	for _, r := range large {
		if done := s.finish(r.ID); done.Status != "done" {
			t.Errorf("%+v", done)
		}
		var result struct{ Counts struct{ Txs int } }
		s.get("/v1/traces/"+r.ID+"/result", &result)
		visited += result.Counts.Txs
	}
	t.Logf("%d clients, %d transactions visited: anonymous memory %d MB idle, %d MB at most", clients, visited, idle>>20, most>>20)
}

// makeKey makes a key through the API.
func (s *server) makeKey(name string) string {
	s.t.Helper()
	var made struct{ Key string }
	a := s.do(s.request(http.MethodPost, "/v1/keys", `{"name":"`+name+`","scopes":["read","write"]}`))
	a.read(s.t, &made)
	if made.Key == "" {
		s.t.Fatalf("key: %s", a.body)
	}
	return made.Key
}

// anonymous is the memory of the server that is no page of a file, in bytes.
func (s *server) anonymous(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "RssAnon:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// watchMemory looks at the server's memory until it is told to end, and says
// what the most was.
func (s *server) watchMemory(t *testing.T) (end func() int64) {
	var most atomic.Int64
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for {
			most.Store(max(most.Load(), s.anonymous(t)))
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	return func() int64 {
		close(stop)
		done.Wait()
		return most.Load()
	}
}

// client is one of many.
type client struct {
	s    *server
	dice uint64
}

func (c *client) next(n int) int {
	c.dice = c.dice*6364136223846793005 + 1442695040888963407
	return int(c.dice >> 33 % uint64(n))
}

// use does what people do: looks around, looks at a trace, and follows another.
func (c *client) use(small, large string) {
	for range 40 {
		id := servedTx(c.next(servedTxs))
		c.get("/v1/txs/bitcoin/" + id)
		c.get("/v1/search?q=" + id)
	}
	for _, path := range []string{"/graph?strip=true", "/result", "/export?format=csv", "/export?format=html"} {
		c.get("/v1/traces/" + small + path)
	}
	c.get("/v1/traces/" + large + "/events")
	c.get("/v1/traces/" + large + "/graph")
}

// get reads an answer to its end; it may be told to come again.
func (c *client) get(path string) {
	for range 100 {
		resp, err := c.s.http.Do(c.s.request(http.MethodGet, path, ""))
		if err != nil {
			c.s.t.Error(path, err)
			return
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK && err == nil {
			return
		}
		if resp.Header.Get("Retry-After") == "" {
			c.s.t.Errorf("%s: %d, %v", path, resp.StatusCode, err)
			return
		}
		time.Sleep(time.Second)
	}
	c.s.t.Error(path, "was never answered")
}
