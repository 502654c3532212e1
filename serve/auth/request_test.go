package auth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"clew.example/clew/serve/auth"
)

func TestHost(t *testing.T) {
	h := newHouse(t, auth.Options{Hosts: []string{"clew.corp.example", "x.example:8443"}})
	for host, ours := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:8420": true, "localhost:8420": true, "LOCALHOST": true, "[::1]:8420": true, "[::1]": true, "127.9.9.9": true,
		"[::ffff:127.0.0.1]:1": true, "clew.corp.example": true, "Clew.Corp.Example:443": true, "x.example:8443": true,
		"x.example": false, "x.example:1": false, "attacker.example": false, "attacker.example:8420": false, "localhost.attacker.example": false,
		"127.0.0.1.attacker.example": false, "": false, "[::1%lo]": false, "192.168.1.2:8420": false, "0.0.0.0:8420": false, "localhost.": false,
	} {
		err := h.CheckHost(local("GET", func(r *http.Request) { r.Host = host }))
		if ours && err != nil {
			t.Errorf("%q: %v", host, err)
		}
		if !ours {
			wantDenial(t, err, 421, auth.CodeHost)
		}
	}
}

func TestOrigin(t *testing.T) {
	h := newHouse(t, auth.Options{})
	for _, c := range []struct {
		method, name, value string
		ok                  bool
	}{
		{"POST", "Origin", "http://127.0.0.1:8420", true}, {"POST", "Sec-Fetch-Site", "same-origin", true}, {"POST", "X-None", "", true},
		{"GET", "Origin", "http://attacker.example", true},
		{"POST", "Origin", "http://attacker.example", false}, {"DELETE", "Origin", "null", false}, {"PUT", "Origin", "http://127.0.0.1:3000", false},
		{"POST", "Sec-Fetch-Site", "cross-site", false}, {"PATCH", "Sec-Fetch-Site", "same-site", false},
	} {
		err := h.CheckOrigin(local(c.method, header(c.name, c.value)))
		if c.ok != (err == nil) {
			t.Errorf("%+v: %v", c, err)
		}
		if !c.ok {
			wantDenial(t, err, 403, auth.CodeOrigin)
		}
	}
}

func TestListen(t *testing.T) {
	for addr, ok := range map[string]bool{
		"127.0.0.1:8420": true, "localhost:0": true, "[::1]:8420": true, "127.1.2.3:1": true,
		":8420": false, "0.0.0.0:8420": false, "[::]:8420": false, "192.168.0.5:8420": false, "clew.example:443": false, "8420": false, "": false,
	} {
		if err := auth.CheckListen(addr, false); (err == nil) != ok {
			t.Errorf("%q: %v", addr, err)
		}
	}
	if err := auth.CheckListen("0.0.0.0:443", true); err != nil {
		t.Error(err)
	}
	err := auth.CheckListen(":8420", false)
	if !strings.Contains(err.Error(), "every address") || !strings.Contains(err.Error(), "TLS") || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("the refusal gives no reason: %v", err)
	}
}

// TestHeaders: they stand on refusals too.
func TestHeaders(t *testing.T) {
	h := newHouse(t, auth.Options{TLS: true})
	deny := func(w http.ResponseWriter, r *http.Request, d *auth.Denial) { w.WriteHeader(d.Status) }
	handler := h.Headers(h.Admit(http.NotFoundHandler(), deny))
	for host, status := range map[string]int{"localhost": 404, "attacker.example": 421} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, local("GET", func(r *http.Request) { r.Host = host }))
		if w.Code != status {
			t.Errorf("%s: %d", host, w.Code)
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy",
			"Cross-Origin-Resource-Policy", "Cache-Control", "Strict-Transport-Security"} {
			if w.Header().Get(name) == "" {
				t.Errorf("%s: no %s", host, name)
			}
		}
	}
}

func TestLimiter(t *testing.T) {
	now := time.Unix(1000, 0)
	l := auth.NewLimiter(auth.Rate{Burst: 5, Window: 10 * time.Second}, func() time.Time { return now })
	take := func(caller string) string {
		q := l.Take(caller)
		return fmt.Sprintf("%d left, %v", q.Left, q.After)
	}
	for want := 4; want >= 0; want-- {
		if got := take("a"); got != fmt.Sprintf("%d left, 0s", want) {
			t.Errorf("%s, want %d", got, want)
		}
	}
	if got := take("a"); got != "0 left, 2s" {
		t.Error(got)
	}
	if got := take("b"); got != "4 left, 0s" {
		t.Errorf("another caller: %s", got)
	}
	now = now.Add(2 * time.Second)
	if got := take("a"); got != "0 left, 0s" {
		t.Errorf("a fifth of the window later: %s", got)
	}
	now = now.Add(time.Hour)
	if got := take("a"); got != "4 left, 0s" {
		t.Errorf("long after: %s", got)
	}
}

// TestLimiterLaw: in any window a caller gets its burst and what grows back,
// never more, however it asks.
func TestLimiterLaw(t *testing.T) {
	rng := seed(t)
	now := time.Unix(1000, 0)
	rate := auth.Rate{Burst: 7, Window: 7 * time.Second}
	l := auth.NewLimiter(rate, func() time.Time { return now })
	var let []time.Time
	for range 5000 {
		now = now.Add(time.Duration(rng.IntN(1500)) * time.Millisecond)
		if q := l.Take("a"); q.Denial() == nil {
			let = append(let, now)
		} else if q.After <= 0 || q.Left != 0 {
			t.Fatalf("%+v", q)
		}
	}
	for i := range let {
		n := 0
		for _, at := range let[i:] {
			if at.Sub(let[i]) < rate.Window {
				n++
			}
		}
		if n > 2*rate.Burst {
			t.Fatalf("%d in one window", n)
		}
	}
}

func TestLimiterHeaders(t *testing.T) {
	now := time.Unix(1000, 0)
	l := auth.NewLimiter(auth.Rate{Burst: 1, Window: 3 * time.Second}, func() time.Time { return now })
	l.Take("a")
	q := l.Take("a")
	h := http.Header{}
	q.SetHeaders(h)
	q.Denial().SetRetryAfter(h)
	want := `map[Ratelimit:["caller";r=0;t=3] Ratelimit-Policy:["caller";q=1;w=3] Retry-After:[3]]`
	if got := fmt.Sprint(h); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	wantDenial(t, q.Denial(), 429, auth.CodeRate)
}

// TestLimiterForgets: a hundred thousand callers do not grow it without end,
// and who was seen last is remembered.
func TestLimiterForgets(t *testing.T) {
	l := auth.NewLimiter(auth.Rate{Burst: 2, Window: time.Hour}, func() time.Time { return time.Unix(1, 0) })
	l.Take("first")
	for i := range 100_000 {
		l.Take(fmt.Sprint(i))
	}
	if q := l.Take("99999"); q.Left != 0 {
		t.Errorf("the newest is forgotten: %d left", q.Left)
	}
	if q := l.Take("first"); q.Left != 1 {
		t.Errorf("the oldest is kept: %d left", q.Left)
	}
}

func TestSlots(t *testing.T) {
	s := auth.NewSlots(1)
	release, d := s.Take()
	if d != nil {
		t.Fatal(d)
	}
	_, d = s.Take()
	wantDenial(t, d, 503, auth.CodeBusy)
	if d.After == 0 {
		t.Error("it does not say when to try again")
	}
	release()
	if _, d := s.Take(); d != nil {
		t.Error(d)
	}
}

func TestLength(t *testing.T) {
	r := local("POST")
	r.ContentLength = 100 << 20
	wantDenial(t, auth.CheckLength(r, 1<<20), 413, auth.CodeBodyTooLong)
	r.ContentLength = 1 << 20
	if d := auth.CheckLength(r, 1<<20); d != nil {
		t.Error(d)
	}
}
