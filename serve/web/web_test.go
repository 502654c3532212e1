package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"clew.example/clew/serve/web"
)

const index = `<meta name="style-nonce" content="{{style-nonce}}"><script src="/theme.js"></script>`

func build() fstest.MapFS {
	return fstest.MapFS{
		"index.html":             {Data: []byte(index)},
		"theme.js":               {Data: []byte("1")},
		"assets/main-1a2b.js":    {Data: []byte("2")},
		"assets/plex-1a2b.woff2": {Data: []byte("3")},
	}
}

func ask(t *testing.T, method, target string, header ...string) *http.Response {
	t.Helper()
	h, err := web.New(build())
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		method, target string
		status         int
		kind, cache    string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8", "no-store"},
		{"HEAD", "/", 200, "text/html; charset=utf-8", "no-store"},
		{"GET", "/index.html", 200, "text/html; charset=utf-8", "no-store"},
		{"GET", "/trace/t-1?policy=fifo", 200, "text/html; charset=utf-8", "no-store"},
		{"GET", "/theme.js", 200, "text/javascript; charset=utf-8", "no-cache"},
		{"GET", "/assets/main-1a2b.js", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"GET", "/assets/plex-1a2b.woff2", 200, "font/woff2", "public, max-age=31536000, immutable"},
		{"GET", "/assets/main-old.js", 404, "text/plain; charset=utf-8", ""},
		{"GET", "/assets/", 404, "text/plain; charset=utf-8", ""},
		{"GET", "/robots.txt", 404, "text/plain; charset=utf-8", ""},
		{"GET", "/v1/nothing", 404, "text/plain; charset=utf-8", ""},
		{"GET", "/assets/../theme.js", 404, "text/plain; charset=utf-8", ""},
		{"GET", "/..%2f..%2fetc/passwd.txt", 404, "text/plain; charset=utf-8", ""},
		{"POST", "/", 405, "text/plain; charset=utf-8", ""},
	} {
		r := ask(t, c.method, c.target)
		h := r.Header
		if r.StatusCode != c.status || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.cache {
			t.Errorf("%s %s: %d %q %q, want %d %q %q", c.method, c.target, r.StatusCode, h.Get("Content-Type"), h.Get("Cache-Control"), c.status, c.kind, c.cache)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: a browser may guess the type", c.method, c.target)
		}
	}
}

func TestUnchangedIsNotSentAgain(t *testing.T) {
	tag := ask(t, "GET", "/theme.js").Header.Get("ETag")
	if len(tag) < 10 {
		t.Fatalf("ETag %q", tag)
	}
	if r := ask(t, "GET", "/theme.js", "If-None-Match", tag); r.StatusCode != http.StatusNotModified {
		t.Errorf("same ETag: %d, want 304", r.StatusCode)
	}
	if r := ask(t, "GET", "/theme.js", "If-None-Match", `"other"`); r.StatusCode != http.StatusOK {
		t.Errorf("other ETag: %d, want 200", r.StatusCode)
	}
}

// The nonce of the page is the one of its policy, and no two answers share one.
func TestNonce(t *testing.T) {
	seen := map[string]bool{}
	for range 3 {
		r := ask(t, "GET", "/cases")
		body := new(strings.Builder)
		if err := r.Write(body); err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(body.String(), `content="`)
		nonce, _, _ := strings.Cut(rest, `"`)
		csp := r.Header.Get("Content-Security-Policy")
		if len(nonce) < 22 || !strings.Contains(csp, "style-src 'self' 'nonce-"+nonce+"'") {
			t.Fatalf("nonce %q, policy %q", nonce, csp)
		}
		if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "script-src 'self';") {
			t.Errorf("policy %q", csp)
		}
		seen[nonce] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d nonces for 3 answers", len(seen))
	}
}

func TestWhatIsNoBuild(t *testing.T) {
	none := fstest.MapFS{"assets/a.js": {Data: []byte("1")}}
	twice := fstest.MapFS{"index.html": {Data: []byte(index + index)}}
	for name, dist := range map[string]fstest.MapFS{"no page": none, "two places": twice} {
		if _, err := web.New(dist); err == nil {
			t.Errorf("%s: taken for a build", name)
		}
	}
}
