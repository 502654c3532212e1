package watch_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"clew.example/clew/guard/watch"
)

const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"

// receiver answers with the codes it is given, then with 204, and keeps what
// it took.
type receiver struct {
	codes  []int
	after  string
	bodies []string
	heads  []http.Header
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.bodies, r.heads = append(r.bodies, string(body)), append(r.heads, req.Header)
	code := http.StatusNoContent
	if len(r.codes) > 0 {
		code, r.codes = r.codes[0], r.codes[1:]
	}
	if r.after != "" {
		w.Header().Set("Retry-After", r.after)
	}
	if code == http.StatusFound {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(code)
}

var postedAt = time.Unix(1_700_000_000, 0)

// poster posts to a receiver; it does not sleep but says for how long.
func poster(t *testing.T, r http.Handler, opt watch.PosterOptions) (*watch.Poster, *[]time.Duration) {
	t.Helper()
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	opt.URL = server.URL + "/hook?token=hidden"
	p, err := watch.NewPoster(opt)
	if err != nil {
		t.Fatal(err)
	}
	return p, p.Still(postedAt)
}

func someChanges(n int) (list []watch.Change) {
	for i := range n {
		list = append(list, watch.Change{Schema: watch.Schema, ID: fmt.Sprintf("sha256:%064x", i), Kind: watch.Undone, Undoes: "sha256:00"})
	}
	return list
}

// verify is what a receiver does (Standard Webhooks 1.0), written from its text.
func verify(h http.Header, body string) bool {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	io.WriteString(mac, h.Get("webhook-id")+"."+h.Get("webhook-timestamp")+"."+body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return slices.Contains(strings.Fields(h.Get("webhook-signature")), want)
}

func TestPost(t *testing.T) {
	r := &receiver{}
	other := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	p, _ := poster(t, r, watch.PosterOptions{Secrets: []string{other, secret}})
	if err := p.Post(t.Context(), someChanges(2)); err != nil {
		t.Fatal(err)
	}
	for i, h := range r.heads {
		if h.Get("Content-Type") != "application/json" || h.Get("webhook-id") != someChanges(2)[i].ID || h.Get("webhook-timestamp") != "1700000000" {
			t.Errorf("headers %v", h)
		}
		if !verify(h, r.bodies[i]) || verify(h, r.bodies[i]+" ") {
			t.Errorf("message %d: the signature %q is wrong", i, h.Get("webhook-signature"))
		}
	}
	if len(r.bodies) != 2 || strings.Contains(r.bodies[0], "\n") {
		t.Errorf("bodies %q", r.bodies)
	}
}

func TestPostLines(t *testing.T) {
	r := &receiver{}
	p, _ := poster(t, r, watch.PosterOptions{Lines: true})
	big := someChanges(3)
	big[1].Undoes = strings.Repeat("x", 1<<20)
	if err := p.Post(t.Context(), big); err != nil {
		t.Fatal(err)
	}
	if err := p.Post(t.Context(), big[:1]); err != nil {
		t.Fatal(err)
	}
	if len(r.bodies) != 4 {
		t.Fatalf("%d messages, want one for each that is as long as may be, and one", len(r.bodies))
	}
	for i, b := range r.bodies {
		if !strings.HasSuffix(b, "}\n") || r.heads[i].Get("Content-Type") != "application/x-ndjson" || r.heads[i].Get("webhook-signature") != "" {
			t.Errorf("message %d: %v", i, r.heads[i])
		}
	}
	if a, b := r.heads[0].Get("webhook-id"), r.heads[3].Get("webhook-id"); a != b || a == r.heads[1].Get("webhook-id") {
		t.Errorf("ids %s and %s of the same message", a, b)
	}
}

func TestPostRetries(t *testing.T) {
	for _, c := range []struct {
		codes []int
		after string
		waits []time.Duration
		fails bool
	}{
		{codes: []int{500, 429, 503}, waits: []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}},
		{codes: []int{429}, after: "7", waits: []time.Duration{7 * time.Second}},
		{codes: []int{503}, after: "99999999", waits: []time.Duration{5 * time.Minute}},
		{codes: []int{503}, after: postedAt.Add(3 * time.Second).UTC().Format(http.TimeFormat), waits: []time.Duration{3 * time.Second}},
		{codes: []int{503}, after: "soon", waits: []time.Duration{time.Second}},
		{codes: []int{500, 500, 500, 500, 500}, waits: []time.Duration{1e9, 2e9, 4e9, 8e9}, fails: true},
		{codes: []int{401}, fails: true},
		{codes: []int{302}, fails: true},
		{codes: []int{410}, fails: true},
	} {
		r := &receiver{codes: slices.Clone(c.codes), after: c.after}
		failed := 0
		p, waits := poster(t, r, watch.PosterOptions{Failed: func(err error) {
			if failed++; strings.Contains(err.Error(), "hidden") {
				t.Errorf("an error shows the token: %v", err)
			}
		}})
		err := p.Post(t.Context(), someChanges(1))
		if errors.Is(err, watch.ErrUndelivered) != c.fails || !c.fails && err != nil {
			t.Errorf("%v: %v", c.codes, err)
		}
		if !slices.Equal(*waits, c.waits) || failed != len(c.codes) {
			t.Errorf("%v: waits %v, want %v; %d failures told", c.codes, *waits, c.waits, failed)
		}
		for _, b := range r.bodies {
			if b != r.bodies[0] {
				t.Errorf("%v: another body at another try", c.codes)
			}
		}
	}
}

// TestPostAnswers meets receivers that stall, break off, or answer without end.
func TestPostAnswers(t *testing.T) {
	stall := make(chan struct{})
	defer close(stall)
	for name, answer := range map[string]http.HandlerFunc{
		"stalls":     func(_ http.ResponseWriter, r *http.Request) { <-stall },
		"breaks off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		p, _ := poster(t, answer, watch.PosterOptions{Timeout: 20 * time.Millisecond, Tries: 2})
		err := p.Post(t.Context(), someChanges(1))
		if !errors.Is(err, watch.ErrUndelivered) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", name, err)
		}
		if name == "stalls" {
			stall <- struct{}{}
			stall <- struct{}{}
		}
	}
	endless := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	})
	p, _ := poster(t, endless, watch.PosterOptions{})
	if err := p.Post(t.Context(), someChanges(1)); err != nil {
		t.Errorf("an endless answer: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Post(ctx, someChanges(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("when told to end: %v", err)
	}
}

func TestNewPosterRefuses(t *testing.T) {
	for _, opt := range []watch.PosterOptions{
		{URL: ""}, {URL: "ftp://host/"}, {URL: "http://"}, {URL: "https://user:word@host/"}, {URL: ":"},
		{URL: "http://host/", Secrets: []string{"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"}},
		{URL: "http://host/", Secrets: []string{"whsec_c2hvcnQ="}},
		{URL: "http://host/", Secrets: []string{secret, "whsec_?"}},
	} {
		if _, err := watch.NewPoster(opt); err == nil || strings.Contains(err.Error(), "word") {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}
