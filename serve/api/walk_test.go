package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"clew.example/clew/serve/api"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
)

// call is an operation of the OpenAPI file with its path filled in.
type call struct {
	method, path string
	open         bool // needs no log-in
	scope        auth.Scope
}

// calls reads every operation of the file that is checked in.
func calls(t *testing.T) (all []call) {
	t.Helper()
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("{chain}", "bitcoin-regtest", "{txid}", strings.Repeat("ab", 32), "{address}", "script:6a", "{id}", "x", "{note}", "x")
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			c := call{method: strings.ToUpper(method), path: fill.Replace(path)}
			op := d.Paths[path][method]
			c.open = len(op.Security) == 0
			for _, s := range op.Security {
				if scopes := s["key"]; len(scopes) == 1 {
					c.scope = auth.Scope(scopes[0])
				}
			}
			if !c.open && c.scope == "" {
				t.Errorf("%s %s: no scope", method, path)
			}
			all = append(all, c)
		}
	}
	return all
}

func many(o *api.Options, _ *job.Options) {
	o.Rate = auth.Rate{Burst: 10_000, Window: time.Minute}
	o.Anonymous = o.Rate
}

// open are the operations that need no log-in: all others do.
var open = []string{"GET /healthz", "GET /readyz", "POST /v1/session"}

// TestWalk calls every operation as someone who may not.
func TestWalk(t *testing.T) {
	h := newHouse(t, many)
	expired, csrf := h.session()
	expired = expired.but(header(auth.HeaderCSRF, csrf))
	h.wait(auth.SessionLife)
	session, _ := h.session()
	other := map[auth.Scope]*caller{auth.ScopeRead: h.key(auth.ScopeWrite), auth.ScopeWrite: h.key(auth.ScopeRead)}
	seen := []string{}
	for _, c := range calls(t) {
		name := c.method + " " + c.path
		if c.open {
			seen = append(seen, name)
			continue
		}
		h.as().send(c.method, c.path, "{}").problem(401, auth.CodeNoLogin)
		h.as(header("Authorization", "Bearer clew_x")).send(c.method, c.path, "{}").problem(401, auth.CodeKey)
		expired.send(c.method, c.path, "{}").problem(401, auth.CodeSession)
		other[c.scope].send(c.method, c.path, "{}").problem(403, auth.CodeScope)
		wrongHost := func(r *http.Request) { r.Host = "attacker.example" }
		session.but(wrongHost).send(c.method, c.path, "{}").problem(421, auth.CodeHost)
		if c.method != "GET" {
			session.send(c.method, c.path, "{}").problem(403, auth.CodeCSRF)
			session.but(header("Origin", "http://attacker.example")).send(c.method, c.path, "{}").problem(403, auth.CodeOrigin)
			session.but(header("Sec-Fetch-Site", "cross-site")).send(c.method, c.path, "{}").problem(403, auth.CodeOrigin)
		}
	}
	if !slices.Equal(seen, open) {
		t.Errorf("these need no log-in: %v", seen)
	}
}

// TestWalkAllowed: who may is not refused for it, and nothing fails by our own
// fault on nonsense.
func TestWalkAllowed(t *testing.T) {
	h := newHouse(t, many)
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	for _, c := range calls(t) {
		if a := key.send(c.method, c.path, "{}"); a.status == 401 && !c.open || a.status == 403 || a.status >= 500 {
			t.Errorf("%s: %d %s", a.what, a.status, a.body)
		}
	}
}
