package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"clew.example/clew/serve/auth"
	"clew.example/clew/store/flat"
)

// metrics are the figures of the server.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

func newMetrics(r *prometheus.Registry, ledgers []Ledger) (*metrics, error) {
	m := &metrics{
		registry: r,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "clew_http_requests_total", Help: "requests answered"}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "clew_http_request_seconds", Help: "time to answer",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "clew_http_requests_in_flight", Help: "requests being answered"}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.seconds, m.inFlight, tips(ledgers)} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return m, nil
}

func (s *server) addMetrics() {
	op := get("/metrics", "metrics", "server", "Figures of the server for Prometheus")
	h := promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})
	s.handleRaw(route{op: op, scope: auth.ScopeRead}, h.ServeHTTP, "text/plain")
}

// measured is an answer that is being measured.
type measured struct {
	http.ResponseWriter
	of     *metrics
	route  string
	begun  time.Time
	status int
}

// begin measures an answer. Paths that are no operation share one name: what
// strangers ask for must not become rows of a table.
func (m *metrics) begin(w http.ResponseWriter, rt *route) *measured {
	m.inFlight.Inc()
	name := "other"
	if rt != nil {
		name = pattern(rt.op)
	}
	return &measured{ResponseWriter: w, of: m, route: name, begun: time.Now()}
}

// Unwrap lets http.ResponseController reach the connection.
func (w *measured) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *measured) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *measured) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

func (w *measured) end() {
	w.of.inFlight.Dec()
	w.of.requests.WithLabelValues(w.route, strconv.Itoa(w.status)).Inc()
	w.of.seconds.WithLabelValues(w.route).Observe(time.Since(w.begun).Seconds())
}

// tips tells how far each ledger is, at the moment of asking.
type tips []Ledger

var (
	tipHeight = prometheus.NewDesc("clew_ledger_height", "newest block of the ledger", []string{"chain"}, nil)
	tipTime   = prometheus.NewDesc("clew_ledger_block_time_seconds", "time of the newest block, unix seconds", []string{"chain"}, nil)
)

// Describe implements prometheus.Collector.
func (tips) Describe(to chan<- *prometheus.Desc) { to <- tipHeight; to <- tipTime }

// Collect implements prometheus.Collector. A ledger without a block has no
// figure: 0 would be a height.
func (t tips) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readyTime)
	defer cancel()
	for i := range t {
		height, at, err := t[i].tip(ctx)
		if err != nil {
			if !errors.Is(err, flat.ErrNotFound) {
				to <- prometheus.NewInvalidMetric(tipHeight, err)
			}
			continue
		}
		chain := t[i].Network.Alias()
		to <- prometheus.MustNewConstMetric(tipHeight, prometheus.GaugeValue, float64(height), chain)
		to <- prometheus.MustNewConstMetric(tipTime, prometheus.GaugeValue, float64(at), chain)
	}
}
