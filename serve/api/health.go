package api

import (
	"context"
	"net/http"
	"time"
)

// readyTime bounds how long it is waited for what the server stands on.
const readyTime = 2 * time.Second

// Health says how the server is.
type Health struct {
	Status  string `json:"status" enum:"ok"`
	Version string `json:"version" doc:"of the program"`
}

type healthOut struct{ Body Health }

func (s *server) addHealth() {
	s.addMetrics()
	alive := get("/healthz", "healthz", "server", "Whether the server runs")
	handle(s, route{op: alive, free: true}, func(context.Context, *struct{}) (*healthOut, error) { return s.ok() })
	ready := get("/readyz", "readyz", "server", "Whether the server can answer: its ledgers are readable and its database can be written")
	handle(s, route{op: ready, free: true}, func(ctx context.Context, _ *struct{}) (*healthOut, error) {
		ctx, cancel := context.WithTimeout(ctx, readyTime)
		defer cancel()
		if err := s.ready(ctx); err != nil {
			s.o.Log.WarnContext(ctx, "not ready", "error", err)
			return nil, later(http.StatusServiceUnavailable, codeUnavailable, "a ledger or the database can not be used; the server's log says why", readyTime)
		}
		return s.ok()
	})
}

func (s *server) ok() (*healthOut, error) {
	return &healthOut{Health{Status: "ok", Version: s.o.Version}}, nil
}

func (s *server) ready(ctx context.Context) error {
	for i := range s.o.Ledgers {
		if _, err := s.o.Ledgers[i].describe(ctx); err != nil {
			return err
		}
	}
	if s.o.Ready != nil {
		return s.o.Ready(ctx)
	}
	return nil
}
