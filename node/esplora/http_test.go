package esplora_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"clew.example/clew/node/esplora"
	"clew.example/clew/node/esplora/mock"
)

// TestComeLater: 429 and 503 with Retry-After stop all requests for as long as
// the server asked, whether in seconds or as a date, and then the trace goes on.
func TestComeLater(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		after  func() string
	}{
		{429, func() string { return "1" }},
		{503, func() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) }},
	} {
		story := mock.Peel(3)
		s := serve(t, story.Blocks)
		var mu sync.Mutex
		var refused, next time.Time
		e := open(t, esplora.Options{URL: s.URL})
		v := pin(t, e, newest)
		before := e.Every()
		s.Tamper(func(_ string, a *mock.Answer) {
			mu.Lock()
			defer mu.Unlock()
			if now := time.Now(); refused.IsZero() {
				refused = now
				mock.First(1, tc.status, tc.after())("", a)
			} else if next.IsZero() && now.Sub(refused) > 400*time.Millisecond {
				next = now // what was under way beside the first may still come
			}
		})
		if _, err := follow(context.Background(), v, story.Start); err != nil {
			t.Fatal(err)
		}
		if gap := next.Sub(refused); gap < 950*time.Millisecond {
			t.Errorf("%d: asked again after %v", tc.status, gap)
		}
		if e.Every() < 2*before {
			t.Errorf("%d: goes on as fast as before", tc.status)
		}
	}
}

// TestNotToday: a server that asks for more patience than there is, or that
// always refuses, is not reachable.
func TestNotToday(t *testing.T) {
	t.Parallel()
	s := serve(t, mock.Peel(1).Blocks)
	for _, lie := range []func(string, *mock.Answer){
		mock.First(1000, 429, "3600"),
		mock.First(1000, 429, ""),
		mock.First(1000, 503, ""),
		mock.First(1000, 500, ""),
		mock.First(1000, 403, ""),
		mock.On("", mock.Cut),
		mock.On("/tip/height", func(a *mock.Answer) { a.Status = 404 }),
		mock.On("", func(a *mock.Answer) { a.Status = 302; a.Header.Set("Location", "http://localhost.example/") }),
		mock.On("", func(a *mock.Answer) { a.Status = 302; a.Header.Set("Location", "/again") }),
	} {
		s.Tamper(nil)
		s.Tamper(lie)
		s.Reset()
		_, err := open(t, esplora.Options{URL: s.URL}).Pin(context.Background(), newest)
		if !errors.Is(err, esplora.ErrUnreachable) {
			t.Errorf("answered with %v", err)
		}
		if n := s.Stats().Requests; n > 30 {
			t.Errorf("%v: %d requests", err, n)
		}
	}
}

// TestTroubles: failures that pass do no harm.
func TestTroubles(t *testing.T) {
	t.Parallel()
	story := mock.Peel(5)
	s := serve(t, story.Blocks)
	for _, lie := range []func(string, *mock.Answer){
		mock.First(3, 500, ""), mock.First(3, 502, ""), mock.First(2, 503, ""), mock.First(2, 429, ""),
		func() func(string, *mock.Answer) {
			n := 0
			return func(_ string, a *mock.Answer) { n++; a.Cut = n%7 == 0 }
		}(),
	} {
		s.Tamper(nil)
		s.Tamper(lie)
		v := pinAgain(t, s)
		if ids, err := follow(context.Background(), v, story.Start); err != nil || len(ids) != 5 {
			t.Errorf("%d transactions, %v", len(ids), err)
		}
	}
}

// TestSlowBody: an answer that does not end in time is not waited for.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(stop)
	e := open(t, esplora.Options{URL: s.URL, Timeout: 20 * time.Millisecond})
	if _, err := e.Pin(context.Background(), newest); !errors.Is(err, esplora.ErrUnreachable) {
		t.Errorf("answered with %v", err)
	}
}

// TestNobody: no server, an address that is none, and a context that ended.
func TestNobody(t *testing.T) {
	t.Parallel()
	s := serve(t, mock.Peel(1).Blocks)
	gone := s.URL
	s.Close()
	if _, err := open(t, esplora.Options{URL: gone}).Pin(context.Background(), newest); !errors.Is(err, esplora.ErrUnreachable) {
		t.Errorf("answered with %v", err)
	}
	for _, bad := range []string{"", "explorer.example", "ftp://explorer.example", "file:///etc", "http://", "http://h/api?x=1", "http://u:secret@h/api?x", "http://a b/"} {
		_, err := esplora.Open(context.Background(), esplora.Options{URL: bad})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	e := open(t, esplora.Options{URL: gone})
	cancel()
	if _, err := e.Pin(ctx, newest); !errors.Is(err, context.Canceled) {
		t.Errorf("answered with %v", err)
	}
}

// TestSecrets: a password in the address is sent and never shown.
func TestSecrets(t *testing.T) {
	t.Parallel()
	s := serve(t, mock.Peel(1).Blocks)
	u, _ := url.Parse(s.URL)
	u.User = url.UserPassword("me", "hush")
	v := pin(t, open(t, esplora.Options{URL: u.String(), UserAgent: "clew/test"}), newest)
	if agent := s.Stats().Agent; agent != "clew/test" {
		t.Errorf("says to be %q", agent)
	}
	s.Close()
	if err := v.Recheck(context.Background()); err == nil || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), s.URL) {
		t.Errorf("answered with %v", err)
	}
}

// TestRedirect: the same host may lead elsewhere on it.
func TestRedirect(t *testing.T) {
	t.Parallel()
	s := serve(t, mock.Peel(1).Blocks)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.URL+strings.TrimPrefix(r.URL.Path, "/api"), http.StatusMovedPermanently)
	}))
	defer front.Close()
	pin(t, open(t, esplora.Options{URL: front.URL + "/api/"}), newest)
}

// TestRate: requests keep to the rate, and no more are under way than may be.
func TestRate(t *testing.T) {
	story := mock.Fan(20, 20)
	s := serve(t, story.Blocks)
	s.SetLatency(2 * time.Millisecond)
	last := esplora.Progress{}
	e := open(t, esplora.Options{URL: s.URL, PerSecond: 100, InFlight: 3, Progress: func(p esplora.Progress) { last = p }})
	began := time.Now()
	if _, err := follow(context.Background(), pin(t, e, newest), story.Start); err != nil {
		t.Fatal(err)
	}
	e.Close()
	stats := s.Stats()
	if least := time.Duration(stats.Requests-17) * 10 * time.Millisecond; time.Since(began) < least {
		t.Errorf("%d requests in %v", stats.Requests, time.Since(began))
	}
	if stats.InFlight > 3 || last.Requests != stats.Requests {
		t.Errorf("%d at a time, %+v told of %d", stats.InFlight, last, stats.Requests)
	}
}
