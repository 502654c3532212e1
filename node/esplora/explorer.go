package esplora

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"clew.example/clew/chain/bitcoin"
)

// Options say which server is asked, and how.
type Options struct {
	URL       string           // of the API, http or https, such as https://host/api; not needed offline
	CacheDir  string           // where answers are kept; empty: nowhere
	Offline   bool             // the cache only: what is missing is ErrOffline
	Network   *bitcoin.Network // mainnet where nil
	InFlight  int              // requests under way at a time; 16 where 0
	PerSecond int              // requests in a second; 400 where 0, no limit where below: see DefaultPerSecond
	Timeout   time.Duration    // of a request, its body included; 30 s where 0
	UserAgent string           // "clew" where empty
	Client    *http.Client     // its Transport and Jar are used; nil: one of our own, which heeds proxy variables
	Progress  func(Progress)   // told what was done so far, from one goroutine at a time; must not block
}

// Progress counts what was done so far.
type Progress struct {
	Requests int           // sent, repetitions included
	Cached   int           // answers that the cache gave
	Retries  int           // requests that were made again
	Waited   time.Duration // what the server asked to wait, summed up
}

// The defaults of Options. 16 requests under way at 50 ms make 320 a second, so
// the rate bounds near servers only; servers that want less say 429, which is
// obeyed and halves it.
const (
	DefaultInFlight  = 16
	DefaultPerSecond = 400
	DefaultTimeout   = 30 * time.Second
)

// inFlightMax bounds Options.InFlight: more is an attack on a public server.
const inFlightMax = 256

// Explorer is a server with what is kept of it. Safe for concurrent use.
type Explorer struct {
	net    *bitcoin.Network
	client *client // nil offline
	disk   *disk
	tally  *tally
	own    bool // the client's connections are ours to close

	mu    sync.Mutex // guards views
	views []*View
}

// Open makes an Explorer. It asks nothing yet.
func Open(ctx context.Context, o Options) (*Explorer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e := &Explorer{net: o.Network, tally: &tally{tell: o.Progress}, own: o.Client == nil}
	if e.net == nil {
		e.net = bitcoin.Networks()[0]
	}
	if o.Offline && o.CacheDir == "" {
		return nil, errors.New("explorer: offline without a folder of cached answers")
	}
	var err error
	if e.disk, err = openDisk(o.CacheDir, e.net.Name, o.Offline); err != nil {
		return nil, err
	}
	if !o.Offline {
		e.client, err = newClient(o, e.tally)
	}
	return e, err
}

func newClient(o Options, t *tally) (*client, error) {
	base, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	c := &client{base: base, agent: o.UserAgent, timeout: o.Timeout, backoff: 500 * time.Millisecond, tally: t}
	if o.InFlight <= 0 {
		o.InFlight = DefaultInFlight
	}
	if o.PerSecond == 0 {
		o.PerSecond = DefaultPerSecond
	}
	if c.timeout <= 0 {
		c.timeout = DefaultTimeout
	}
	if c.agent == "" {
		c.agent = "clew"
	}
	o.InFlight = min(o.InFlight, inFlightMax)
	c.gate, c.pace = make(chan struct{}, o.InFlight), newPace(o.PerSecond)
	c.http = &http.Client{CheckRedirect: sameHost}
	if o.Client != nil {
		c.http.Transport, c.http.Jar = o.Client.Transport, o.Client.Jar
		return c, nil
	}
	c.http.Transport = transport(o.InFlight)
	return c, nil
}

func transport(inFlight int) *http.Transport {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second}
	t.MaxIdleConns, t.MaxIdleConnsPerHost = inFlight, inFlight
	t.IdleConnTimeout = 90 * time.Second
	t.MaxResponseHeaderBytes = 64 << 10
	return t
}

// parseURL checks the address of an API and takes off a slash at its end.
func parseURL(s string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", fmt.Errorf("explorer address: %w", bare(err))
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("explorer address %.100q: want http:// or https://", u.Redacted())
	case u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return "", fmt.Errorf("explorer address %.100q: want a host and a path", u.Redacted())
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// CacheErr returns the first error met in writing to the cache: answers are
// right without it, but a run offline may miss some.
func (e *Explorer) CacheErr() error { return e.disk.failed() }

// Close ends the views and the connections.
func (e *Explorer) Close() error {
	e.mu.Lock()
	views := slices.Clone(e.views)
	e.views = nil
	e.mu.Unlock()
	for _, v := range views {
		v.Close()
	}
	if e.own && e.client != nil {
		e.client.http.CloseIdleConnections()
	}
	return nil
}
