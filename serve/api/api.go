package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
)

// Options are what the API is made of.
type Options struct {
	Version  string                // of the server, as "clew version" says it
	Registry prometheus.Registerer // nil: nothing is measured
}

// New returns the API.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	humago.New(mux, huma.Config{OpenAPI: &huma.OpenAPI{OpenAPI: "3.1.0", Info: &huma.Info{Title: "Clew", Version: o.Version}}})
	return mux
}
