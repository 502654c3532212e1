//go:build !webapp

package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"clew.example/clew/serve/web"
)

func TestAbsent(t *testing.T) {
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "make web") || web.Built {
		t.Errorf("%d %q, built %v", w.Code, w.Body, web.Built)
	}
}
