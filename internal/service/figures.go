package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// NewRegistry returns a registry that knows the process and the Go runtime.
func NewRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// ErrPublic: an address that other machines reach.
var ErrPublic = errors.New("not a loopback address")

// Figures serves what a registry gathers, in Prometheus's text format, at
// /metrics, and 200 at /healthz.
type Figures struct {
	listener net.Listener
	server   *http.Server
	failed   chan error
}

// ListenFigures serves on an address such as 127.0.0.1:9332; port 0 picks a
// free one. Another address than loopback is ErrPublic: the figures tell
// strangers how a defence is doing, and there is no log-in here.
func ListenFigures(ctx context.Context, address string, r *prometheus.Registry) (*Figures, error) {
	if err := loopback(address); err != nil {
		return nil, fmt.Errorf("serve figures on %.80q: %w", address, err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serve figures: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	f := &Figures{listener: l, failed: make(chan error, 1), server: &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}}
	go func() { f.failed <- f.server.Serve(l) }()
	return f, nil
}

// loopback resolves nothing: a name may mean something else tomorrow.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return ErrPublic
	}
	return nil
}

// Address returns the host and port that are listened on.
func (f *Figures) Address() string { return f.listener.Addr().String() }

// Close ends the server, and its connections.
func (f *Figures) Close() error {
	err := f.server.Close()
	<-f.failed
	return err
}
