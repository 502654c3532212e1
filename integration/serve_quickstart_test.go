//go:build integration

package integration_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// quickstarts are the programs of examples/quickstart, and how to get each to
// run; the command line without its last three words. They skip where the
// language is not there.
var quickstarts = []struct {
	name string
	run  func(t *testing.T, dir string) []string
}{
	{"go", func(t *testing.T, dir string) []string {
		bin := filepath.Join(t.TempDir(), "quickstart")
		if out, err := exec.Command("go", "build", "-o", bin, filepath.Join(dir, "main.go")).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return []string{bin}
	}},
	{"curl", func(t *testing.T, dir string) []string {
		for _, program := range []string{"bash", "curl", "jq"} {
			if _, err := exec.LookPath(program); err != nil {
				t.Skipf("%s is missing: apt-get install %s", program, program)
			}
		}
		return []string{"bash", filepath.Join(dir, "quickstart.sh")}
	}},
	{"python", func(t *testing.T, dir string) []string {
		if _, err := exec.LookPath("python3"); err != nil {
			t.Skip("python3 is missing: apt-get install python3")
		}
		return []string{"python3", filepath.Join(dir, "quickstart.py")}
	}},
	{"typescript", typescript},
}

// typescript has node run the program: as it is where node takes types away
// itself, else after the compiler that the console is built with. Where there
// is that, types are checked too.
func typescript(t *testing.T, dir string) []string {
	source := filepath.Join(dir, "quickstart.ts")
	modules, err := filepath.Abs(filepath.Join("..", "serve", "web", "app", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is missing: apt-get install nodejs")
	}
	if tsc := filepath.Join(modules, ".bin", "tsc"); exists(tsc) {
		check := exec.Command(tsc, "--noEmit", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "esnext",
			"--moduleResolution", "bundler", "--skipLibCheck", "--erasableSyntaxOnly", "--types", "node", "--typeRoots", filepath.Join(modules, "@types"), source)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("types: %v: %s", err, out)
		}
	}
	if exec.Command("node", "--eval", "process.exit(process.features.typescript ? 0 : 1)").Run() == nil {
		return []string{"node", source}
	}
	esbuild := filepath.Join(modules, ".bin", "esbuild")
	if !exists(esbuild) {
		t.Skip("node takes no types away before 22.18, and esbuild is missing: run make web")
	}
	script := filepath.Join(t.TempDir(), "quickstart.mjs")
	if out, err := exec.Command(esbuild, source, "--outfile="+script, "--log-level=error").CombinedOutput(); err != nil {
		t.Fatalf("esbuild: %v: %s", err, out)
	}
	return []string{"node", script}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// TestQuickstarts runs the programs that strangers begin with against a server,
// straight and through a proxy that loses requests, answers and streams. Each
// says the same as "clew trace", asks one trace, and tells what is wrong.
func TestQuickstarts(t *testing.T) {
	l := servedLedger(t)
	s := serve(t, l, filepath.Join(t.TempDir(), "ops.db"))
	s.key = newKey(t, s.db, "read,write")
	start := servedTx(servedTxs*19/20) + ":0"
	want, csv := expected(t, l, start)
	for _, q := range quickstarts {
		t.Run(q.name, func(t *testing.T) {
			c := caller{t: t, line: q.run(t, filepath.Join("..", "examples", "quickstart")), key: s.key, start: start}
			before := s.traces()
			c.agrees(s.url, want, csv)
			c.agrees(shaky(t, s.url), want, csv)
			if asked := s.traces() - before; asked != 2 {
				t.Errorf("%d traces were asked, want 2: one for each run", asked)
			}
			c.refused(s.url)
		})
	}
}

// traces counts the traces of a server.
func (s *server) traces() int {
	s.t.Helper()
	var page struct{ Items []struct{} }
	s.get("/v1/traces?limit=500", &page)
	return len(page.Items)
}

// expected is what a quick start should print and save, by the command line.
func expected(t *testing.T, l, start string) (printed, csv string) {
	t.Helper()
	var r struct {
		Theft    string
		Digest   string `json:"result_digest"`
		Input    struct{ Params struct{ Policies []string } }
		Policies map[string]struct {
			Absorbers []struct{ Kind, Amount string }
			Sum       string
		}
	}
	if err := json.Unmarshal([]byte(must(t, "trace", "bitcoin:"+start, "--ledger", l, "--format", "json")), &r); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "chain bitcoin block %d\ntheft %s\n", show(t, l).Tip.Height, r.Theft)
	for _, p := range r.Input.Params.Policies {
		for _, a := range r.Policies[p].Absorbers {
			fmt.Fprintln(&b, p, a.Kind, a.Amount)
		}
		fmt.Fprintln(&b, p, "sum", r.Policies[p].Sum)
	}
	fmt.Fprintln(&b, "result", r.Digest)
	return b.String(), must(t, "trace", "bitcoin:"+start, "--ledger", l, "--format", "csv")
}

// caller runs one quick start.
type caller struct {
	t          *testing.T
	line       []string
	key, start string
}

func (c *caller) run(url, key, start string) (code int, stdout, stderr, csv string) {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), "exits.csv")
	cmd := exec.Command(c.line[0], append(c.line[1:], "bitcoin", start, file)...)
	cmd.Env = append(os.Environ(), "CLEW_URL="+url, "CLEW_KEY="+key)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	saved, _ := os.ReadFile(file)
	return cmd.ProcessState.ExitCode(), out.String(), errs.String(), string(saved)
}

func (c *caller) agrees(url, want, csv string) {
	c.t.Helper()
	code, out, errs, saved := c.run(url, c.key, c.start)
	if code != 0 || out != want {
		c.t.Errorf("exits %d and says\n%swant\n%son standard error\n%s", code, out, want, errs)
	}
	if saved != csv {
		c.t.Errorf("saved %.300q, want %.300q", saved, csv)
	}
	if !strings.Contains(errs, `{"status":"done"}`) {
		c.t.Errorf("it tells no end of events: %s", errs)
	}
}

// refused: a problem is told with its code and the id of the request, at once.
func (c *caller) refused(url string) {
	c.t.Helper()
	for code, how := range map[string]struct{ key, start string }{
		"key":     {"clew_wrong", c.start},
		"invalid": {c.key, "nonsense"},
	} {
		exit, _, errs, saved := c.run(url, how.key, how.start)
		if exit != 1 || !regexp.MustCompile(`\(4\d\d `+code+`, request [a-z2-7]{16}\)`).MatchString(errs) || saved != "" {
			c.t.Errorf("%s: exits %d, saves %q and says %s", code, exit, saved, errs)
		}
	}
}

// shaky is a proxy through which the first request of each kind goes wrong: one
// is told to come again, the answer of the ask is lost when the trace is in the
// queue, and the stream of events breaks off behind an event.
func shaky(t *testing.T, to string) string {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	p := &shakyProxy{t: t, next: &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}, seen: map[string]int{}}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return s.URL
}

type shakyProxy struct {
	t    *testing.T
	next *httputil.ReverseProxy

	mu   sync.Mutex // guards what follows
	seen map[string]int
}

func (p *shakyProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind := r.Method + " " + regexp.MustCompile(`/traces/[^/]+`).ReplaceAllString(r.URL.Path, "/traces/ID")
	p.mu.Lock()
	n := p.seen[kind]
	p.seen[kind]++
	p.mu.Unlock()
	switch {
	case kind == "GET /v1/traces/ID/events" && n == 0:
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "retry: 10\n\nid: before-1\nevent: progress\ndata: {\"txs\":1}\n\n")
	case kind == "GET /v1/traces/ID" && n == 0: // so that it asks for the rest of the events
		_, _ = io.WriteString(w, `{"id":"","status":"running","error":null}`)
	case kind == "GET /v1/traces/ID/events" && r.Header.Get("Last-Event-ID") != "before-1":
		p.t.Errorf("the stream is asked again behind %q", r.Header.Get("Last-Event-ID"))
	case kind == "GET /v1/chains" && n < 2:
		w.Header().Set("Retry-After", strconv.Itoa(n)) // 0, then 1
		w.WriteHeader([]int{http.StatusTooManyRequests, http.StatusServiceUnavailable}[n])
	case kind == "POST /v1/traces" && n == 0:
		p.next.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithoutCancel(r.Context())))
		panic(http.ErrAbortHandler) // the answer is lost on its way
	default:
		p.next.ServeHTTP(w, r)
	}
}
