//go:build webapp

package web

import (
	"embed"
	"io/fs"
	"net/http"

	"clew.example/clew/internal/invariant"
)

//go:embed all:app/dist
var dist embed.FS

// Built says whether the console is in this binary.
const Built = true

// Handler returns the console. It serves every path that nothing else serves.
func Handler() http.Handler {
	sub, err := fs.Sub(dist, "app/dist")
	invariant.Check(err == nil, "app/dist is embedded under another name: %v", err)
	h, err := New(sub)
	invariant.Check(err == nil, "the embedded build is not one: %v", err)
	return h
}
