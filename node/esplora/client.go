package esplora

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds of requests.
const (
	triesMax     = 5  // of a request that fails
	refusalsMax  = 10 // of a request that is told to come later
	redirectsMax = 5
)

// What a server says of the question itself.
var (
	errAbsent  = errors.New("no such thing")   // 404
	errRefused = errors.New("does not answer") // another of the 400s
)

// client asks one server, politely.
type client struct {
	base    string
	agent   string
	http    *http.Client
	gate    chan struct{} // one place for each request under way
	pace    *pace
	timeout time.Duration // of one request, its body included
	backoff time.Duration // before the second try; it doubles
	tally   *tally
}

// again is a failure after which it makes sense to ask again.
type again struct {
	err     error
	refused bool          // told to come later, rather than failed
	after   time.Duration // what the server asked for; 0: nothing
}

func (a *again) Error() string { return a.err.Error() }

// get returns the body of an answer of at most limit bytes.
func (c *client) get(ctx context.Context, path string, limit int64) ([]byte, error) {
	for failures, refusals := 0, 0; ; {
		body, err := c.once(ctx, path, limit)
		var a *again
		if !errors.As(err, &a) {
			return body, err
		}
		if a.refused {
			refusals++
		} else {
			failures++
		}
		if failures == triesMax || refusals == refusalsMax || a.after > waitMax {
			return nil, unreachable(path, a.err)
		}
		c.tally.add(func(p *Progress) { p.Retries++ })
		if err := c.rest(ctx, a, failures, refusals); err != nil {
			return nil, err
		}
	}
}

// rest waits before a request is made again.
func (c *client) rest(ctx context.Context, a *again, failures, refusals int) error {
	if !a.refused {
		return sleep(ctx, c.backoff<<(failures-1))
	}
	wait := a.after
	if wait == 0 {
		wait = min(c.backoff<<refusals, waitMax)
	}
	c.pace.pause(wait)
	c.tally.add(func(p *Progress) { p.Waited += wait })
	return nil // the next request waits with all others
}

// once asks one time.
func (c *client) once(ctx context.Context, path string, limit int64) ([]byte, error) {
	select {
	case c.gate <- struct{}{}:
		defer func() { <-c.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := c.pace.wait(ctx); err != nil {
		return nil, err
	}
	c.tally.add(func(p *Progress) { p.Requests++ })
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	body, err := c.exchange(timed, path, limit)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return body, err
}

func (c *client) exchange(ctx context.Context, path string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	req.Header.Set("User-Agent", c.agent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &again{err: bare(err)}
	}
	defer resp.Body.Close()
	if err := judge(resp, path); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case int64(len(body)) > limit:
		return nil, lie(path, "an answer above %d bytes", limit)
	case err != nil:
		return nil, &again{err: fmt.Errorf("the answer ends early: %w", bare(err))}
	}
	return body, nil
}

// judge sorts answers by their status.
func judge(resp *http.Response, path string) error {
	status := resp.StatusCode
	said := fmt.Errorf("the server says %d %s", status, http.StatusText(status))
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusNotFound:
		return fmt.Errorf("%s: %w: %w", path, errAbsent, said)
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		after := retryAfter(resp.Header.Get("Retry-After"))
		if after > waitMax {
			said = fmt.Errorf("%w and to come back in %v", said, after)
		}
		refused := status == http.StatusTooManyRequests || after > 0
		return &again{err: said, refused: refused, after: after}
	case status >= 500:
		return &again{err: said}
	}
	return unreachable(path, fmt.Errorf("%w: %w", errRefused, said))
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3); 0 where it is neither.
func retryAfter(header string) time.Duration {
	header = strings.TrimSpace(header)
	if n, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}

// bare takes the address off an error: it may hold a password.
func bare(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// sameHost refuses to be led to another machine, or from https to http.
func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) > redirectsMax:
		return fmt.Errorf("more than %d redirects", redirectsMax)
	case req.URL.Hostname() != first.Hostname():
		return fmt.Errorf("redirect to another host, %.100q", req.URL.Hostname())
	case req.URL.Scheme != first.Scheme && req.URL.Scheme != "https":
		return fmt.Errorf("redirect from %s to %.10q", first.Scheme, req.URL.Scheme)
	}
	return nil
}

// tally counts what is done and tells it, one at a time.
type tally struct {
	mu   sync.Mutex // guards now, and that tell is not called twice at once
	now  Progress
	tell func(Progress)
}

func (t *tally) add(change func(*Progress)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.now)
	if t.tell != nil {
		t.tell(t.now)
	}
}
