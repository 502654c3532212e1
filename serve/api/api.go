package api

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/auth"
)

// Options are what the API is made of.
type Options struct {
	Version string // of the program, as "clew version" says it

	Guard    *auth.Guard
	Keys     auth.Keys
	Ledgers  []Ledger // in the order in which they are listed
	Requests Requests
	Cases    Cases
	Folders  Folders
	Notes    Notes
	History  History
	Traces   Traces
	Runs     Runs

	Console  http.Handler                // what is served beside the API; nil: nothing
	Registry *prometheus.Registry        // nil: a new one
	Ready    func(context.Context) error // beside the ledgers; nil: nothing more
	Log      *slog.Logger                // nil: nowhere
	Now      func() time.Time            // nil: the clock

	// CursorKey authenticates cursors; zero: a new one, so that those of an
	// earlier run are refused.
	CursorKey [32]byte
	// Rate is what one caller may ask, Anonymous what one address may without
	// logging in. Zero: 1200 and 300 a minute.
	Rate, Anonymous auth.Rate
	// Requests and streams of events that are answered at once; 0: 64 each.
	RequestsMax, StreamsMax int
}

func (o *Options) fill() {
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.CursorKey == [32]byte{} {
		rand.Read(o.CursorKey[:]) // never fails since Go 1.24
	}
	if o.Rate.Burst == 0 {
		o.Rate = auth.Rate{Burst: 1200, Window: time.Minute}
	}
	if o.Anonymous.Burst == 0 {
		o.Anonymous = auth.Rate{Burst: 300, Window: time.Minute}
	}
	if o.RequestsMax == 0 {
		o.RequestsMax = 64
	}
	if o.StreamsMax == 0 {
		o.StreamsMax = 64
	}
}

// server is the API with what it stands on.
type server struct {
	o       Options
	mux     *http.ServeMux
	huma    huma.API
	routes  map[string]*route // by pattern of net/http
	metrics *metrics

	callers, anonymous *auth.Limiter
	requests, streams  auth.Slots
}

// New returns the API. Of one registry it can be made once.
func New(o Options) (http.Handler, error) {
	o.fill()
	switch {
	case o.Guard == nil:
		return nil, errors.New("api: nobody guards it")
	case o.Keys == nil || o.Requests == nil || o.Cases == nil || o.Folders == nil || o.Notes == nil || o.History == nil || o.Traces == nil || o.Runs == nil:
		return nil, errors.New("api: something to answer from is missing")
	}
	s, err := build(o)
	if err != nil {
		return nil, err
	}
	if err := s.document(); err != nil {
		return nil, err
	}
	var h http.Handler = http.HandlerFunc(s.dispatch)
	h = s.o.Guard.Admit(h, s.deny)
	h = s.bound(h)
	h = s.o.Guard.Headers(h)
	return s.begin(h), nil
}

// build registers the operations; what answers them is not asked for yet.
func build(o Options) (*server, error) {
	o.fill()
	s := &server{
		o: o, mux: http.NewServeMux(), routes: map[string]*route{},
		callers: auth.NewLimiter(o.Rate, o.Now), anonymous: auth.NewLimiter(o.Anonymous, o.Now),
		requests: auth.NewSlots(o.RequestsMax), streams: auth.NewSlots(o.StreamsMax),
	}
	var err error
	if s.metrics, err = newMetrics(o.Registry, o.Ledgers); err != nil {
		return nil, err
	}
	format := huma.Format{Marshal: lookup.WriteJSON, Unmarshal: huma.DefaultJSONFormat.Unmarshal}
	s.huma = humago.New(s.mux, huma.Config{
		OpenAPI: description(), DefaultFormat: "application/json",
		Formats:      map[string]huma.Format{"application/json": format, "json": format},
		Transformers: []huma.Transformer{stampProblems},
	})
	s.huma.OpenAPI().Components.Schemas.Schema(problemType, true, "")
	for _, add := range []func(){s.addHealth, s.addSession, s.addKeys, s.addChains, s.addSearch, s.addTxs, s.addAddresses, s.addTraces, s.addGraph, s.addExport, s.addCases, s.addFolders, s.addNotes, s.addHistory} {
		add()
	}
	return s, nil
}
