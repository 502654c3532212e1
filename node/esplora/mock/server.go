package mock

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// Server is an Esplora server on a port of 127.0.0.1. Safe for concurrent use.
type Server struct {
	URL  string
	http *httptest.Server

	mu       sync.Mutex // guards all below
	chain    *chain
	latency  time.Duration
	pageSize int
	without  map[string]bool
	tamper   []func(path string, a *Answer)
	stats    Stats
	flying   int
	ended    int // rounds that an answer ended
}

// Stats count what was asked.
type Stats struct {
	Requests int
	ByKind   map[string]int // tip, blocks, block-height, block-header, block-txids, tx, merkle-proof, outspends, history
	InFlight int            // most at a time
	Agent    string         // of the last request
	// Rounds is the longest row of requests of which each came after the answer
	// to the one before: what a latency is multiplied with at least.
	Rounds int
}

// Serve starts a server of blocks, which follow each other.
func Serve(blocks []Block) (*Server, error) {
	c, err := newChain(blocks)
	if err != nil {
		return nil, err
	}
	s := &Server{chain: c, pageSize: 25, without: map[string]bool{}, stats: Stats{ByKind: map[string]int{}}}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s, nil
}

// Close ends the server.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// SetLatency has every answer take a while.
func (s *Server) SetLatency(d time.Duration) { s.with(func() { s.latency = d }) }

// SetPageSize sets how many transactions a page of history has; 25 unless said.
func (s *Server) SetPageSize(n int) { s.with(func() { s.pageSize = n }) }

// Without takes endpoints away, by their names in Stats.ByKind.
func (s *Server) Without(kinds ...string) {
	s.with(func() {
		for _, k := range kinds {
			s.without[k] = true
		}
	})
}

// Tamper has answers changed before they are sent, after all changes that were
// set before; nil takes all changes back. Change is called for one answer at a
// time.
func (s *Server) Tamper(change func(path string, a *Answer)) {
	s.with(func() {
		if change == nil {
			s.tamper = nil
			return
		}
		s.tamper = append(s.tamper, change)
	})
}

// Replace has another chain served: a longer one, or another branch.
func (s *Server) Replace(blocks []Block) error {
	c, err := newChain(blocks)
	if err != nil {
		return err
	}
	s.with(func() { s.chain = c })
	return nil
}

// Stats returns what was asked since the start or the last Reset.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	stats.ByKind = maps.Clone(stats.ByKind)
	return stats
}

// Reset counts from zero.
func (s *Server) Reset() {
	s.with(func() { s.stats, s.ended = Stats{ByKind: map[string]int{}}, 0 })
}

func (s *Server) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	a, latency, round := s.arrive(r)
	defer s.with(func() {
		s.flying--
		s.ended = max(s.ended, round)
	})
	select {
	case <-time.After(latency):
	case <-r.Context().Done():
		return
	}
	for k, v := range a.Header {
		w.Header()[k] = v
	}
	if a.Cut {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
		a.Body = a.Body[:len(a.Body)/2]
	}
	w.WriteHeader(a.Status)
	_, err := w.Write(a.Body)
	for a.Endless && err == nil && r.Context().Err() == nil {
		_, err = w.Write(a.Body)
	}
}

// arrive counts a request and finds its answer.
func (s *Server) arrive(r *http.Request) (a Answer, latency time.Duration, round int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := r.URL.Path
	kind, a := s.chain.answer(path, s.pageSize)
	if s.without[kind] {
		a = absent
	}
	a.Header = http.Header{}
	for _, change := range s.tamper {
		change(path, &a)
	}
	s.flying++
	round = s.ended + 1
	st := &s.stats
	st.Requests++
	st.ByKind[kind]++
	st.Agent = r.UserAgent()
	st.InFlight, st.Rounds = max(st.InFlight, s.flying), max(st.Rounds, round)
	return a, s.latency, round
}
