//go:build webapp

package web_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"clew.example/clew/serve/web"
)

// Everything the built page names is there, under an address of our own, and
// nothing in it runs in place.
func TestBuiltPage(t *testing.T) {
	h := web.Handler()
	get := func(target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		return w
	}
	page := get("/").Body.String()
	names := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(names) < 3 {
		t.Fatalf("the page names %d files:\n%s", len(names), page)
	}
	for _, m := range names {
		if w := get(m[1]); m[1][0] != '/' || w.Code != http.StatusOK {
			t.Errorf("%s: %d", m[1], w.Code)
		}
	}
	if in := regexp.MustCompile(`<script>|<style|style=|\son[a-z]+=`).FindString(page); in != "" {
		t.Errorf("the page holds %q, which its policy forbids", in)
	}
}
