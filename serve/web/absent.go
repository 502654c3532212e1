//go:build !webapp

package web

import "net/http"

// Built says whether the console is in this binary.
const Built = false

// Handler returns what stands in for the console: it says how to get it. The
// status is 404, so that no probe takes it for the console.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		http.Error(w, Absent, http.StatusNotFound)
	})
}
