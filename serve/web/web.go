// Package web is the console: the built files of serve/web/app behind an
// http.Handler. With the build tag webapp they are inside the binary; without it
// the package builds all the same, and says how to get them.
package web

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// nonceMark stands in index.html where the nonce of an answer belongs.
const nonceMark = "{{style-nonce}}"

// policy is the Content-Security-Policy of the page. Scripts, workers, fonts and
// requests stay with our own address, so a name from a label list that became
// markup could neither run nor report. Mantine makes style elements while it
// runs, therefore the nonce; the graph rasterises its glyphs from blobs.
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self'; " +
	"img-src 'self' blob: data:; style-src 'self' 'nonce-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// kinds are the types of what a build holds. The system's own table differs from
// machine to machine, and a module script with a wrong type does not run.
var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff":  "font/woff",
	".woff2": "font/woff2",
}

// file is one built file as it is answered.
type file struct {
	body  []byte
	kind  string
	etag  string
	cache string
}

// site answers from a table that was made once; no path of a request ever
// reaches a file system.
type site struct {
	files map[string]file
	index []byte
}

// New returns the console from a build: index.html, and beside it what it loads.
// Files in assets carry a hash of their content in their names and are cached for
// good; all others are asked for again and answered with 304 while they are the
// same. A path without a file and without an ending is a page of the console,
// which index.html draws.
func New(dist fs.FS) (http.Handler, error) {
	s := site{files: map[string]file{}}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		return s.add(name, body)
	})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	if s.index == nil {
		return nil, fmt.Errorf("console: the build has no index.html")
	}
	return s, nil
}

func (s *site) add(name string, body []byte) error {
	if name == "index.html" {
		if bytes.Count(body, []byte(nonceMark)) != 1 {
			return fmt.Errorf("index.html has no single place for the nonce, %s", nonceMark)
		}
		s.index = body
		return nil
	}
	kind, known := kinds[path.Ext(name)]
	if !known {
		kind = "application/octet-stream"
	}
	cache := "no-cache"
	if strings.HasPrefix(name, "assets/") {
		cache = "public, max-age=31536000, immutable"
	}
	sum := sha256.Sum256(body)
	s.files[name] = file{body: body, kind: kind, etag: `"` + hex.EncodeToString(sum[:16]) + `"`, cache: cache}
	return nil
}

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the console is only read", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if f, ok := s.files[name]; ok {
		f.serve(w, r)
		return
	}
	if !isPage(name) {
		http.Error(w, "no such file in the console", http.StatusNotFound)
		return
	}
	s.serveIndex(w, r)
}

// isPage tells a page of the console from a file or an API path that is not there:
// those must not be answered with a page and status 200.
func isPage(name string) bool {
	return name == "index.html" || (path.Ext(name) == "" && !strings.HasPrefix(name, "v1/") && !strings.HasPrefix(name, "assets/"))
}

// guard sets what holds for each answer.
func guard(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", f.cache)
	h.Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
}

// serveIndex answers with the page under a nonce of its own, which is why it is
// stored nowhere.
func (s site) serveIndex(w http.ResponseWriter, r *http.Request) {
	var seed [16]byte
	rand.Read(seed[:]) // Never fails: since Go 1.24 it ends the program instead.
	nonce := base64.RawURLEncoding.EncodeToString(seed[:])
	h := w.Header()
	h.Set("Content-Type", kinds[".html"])
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", fmt.Sprintf(policy, nonce))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(bytes.Replace(s.index, []byte(nonceMark), []byte(nonce), 1)))
}
