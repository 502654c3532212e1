package bitcoind

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Bounds of requests.
const (
	triesMax   = 3        // of a request that fails on the way, before the node counts as down
	answerMax  = 1 << 10  // bytes of one short answer: a hash, a header, an error
	slackMax   = 64 << 10 // beside the answers
	retryPause = 50 * time.Millisecond
)

// rpc makes the calls of one node.
type rpc struct {
	name    string // host and port
	url     string
	keys    *keys
	http    *http.Client
	gate    chan struct{} // one place for each request under way
	timeout time.Duration
}

// one makes a call whose answer has at most limit bytes.
func (r *rpc) one(ctx context.Context, limit int64, method string, params ...any) (answer, error) {
	c := call{method, params}
	body, err := json.Marshal(requestOf(0, c))
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", c, err)
	}
	body, err = r.post(ctx, c, body, limit, r.timeout)
	if err != nil {
		return answer{}, err
	}
	a, err := parseOne(body)
	if err != nil {
		return a, r.lie(c, "%v", err)
	}
	return a, r.fault(c, a)
}

// batch makes calls with short answers in one request. Their faults are the
// caller's to judge, save that of a node that is starting.
func (r *rpc) batch(ctx context.Context, calls []call) ([]answer, error) {
	requests := make([]request, len(calls))
	for i, c := range calls {
		requests[i] = requestOf(i, c)
	}
	body, err := json.Marshal(requests)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", calls[0], err)
	}
	body, err = r.post(ctx, calls[0], body, slackMax+answerMax*int64(len(calls)), r.timeout)
	if err != nil {
		return nil, err
	}
	if a, err := parseOne(body); err == nil && a.fault != nil { // an error of the whole batch
		return nil, r.fault(calls[0], a)
	}
	answers, err := parseBatch(body, len(calls))
	if err != nil {
		return nil, r.lie(calls[0], "%v", err)
	}
	for i := range answers {
		if err := r.fault(calls[i], answers[i]); errors.Is(err, ErrStarting) {
			return nil, err
		}
	}
	return answers, nil
}

// fault names node and call of what was said instead of an answer.
func (r *rpc) fault(c call, a answer) error {
	if a.fault == nil {
		return nil
	}
	f := *a.fault
	f.Node, f.Call = r.name, c.String()
	return &f
}

func (r *rpc) lie(c call, format string, args ...any) error {
	cause := fmt.Errorf(format, args...)
	return &Lie{Node: r.name, Call: c.String(), Reason: cause.Error(), cause: cause}
}

// unreachable names the node of a failure on the way.
func (r *rpc) unreachable(cause error) error {
	return fmt.Errorf("%s: %w: %w", r.name, ErrUnreachable, cause)
}

// broken is a failure after which the same request may well succeed.
type broken struct{ error }

// post sends a request until it is answered, a few times. A node takes the
// same question twice without harm. Running out of time is not tried again: a
// node that stalls would hold us three times as long.
func (r *rpc) post(ctx context.Context, c call, body []byte, limit int64, timeout time.Duration) ([]byte, error) {
	for tries := 1; ; tries++ {
		got, err := r.admitted(ctx, c, body, limit, timeout)
		var b broken
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, ctx.Err()
		case !errors.As(err, &b):
			return got, err
		case tries == triesMax || errors.Is(err, context.DeadlineExceeded):
			return nil, r.unreachable(b.error)
		}
		if err := sleep(ctx, retryPause<<tries); err != nil {
			return nil, err
		}
	}
}

// admitted sends a request, and once more if the login was of an earlier start
// of the node.
func (r *rpc) admitted(ctx context.Context, c call, body []byte, limit int64, timeout time.Duration) ([]byte, error) {
	who, err := r.keys.get(nil)
	for again := false; ; again = true {
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", r.name, ErrRefused, err)
		}
		got, status, failed := r.exchange(ctx, body, who, limit, timeout)
		switch {
		case failed != nil:
			return nil, r.overflow(c, failed)
		case status == http.StatusUnauthorized && again:
			return nil, fmt.Errorf("%s: %w: user and password (401)", r.name, ErrRefused)
		case status != http.StatusUnauthorized:
			return r.judge(c, got, status)
		}
		who, err = r.keys.get(&who)
	}
}

var errTooLong = errors.New("answer too long")

func (r *rpc) overflow(c call, err error) error {
	if errors.Is(err, errTooLong) {
		return r.lie(c, "%w", err)
	}
	return broken{err}
}

// judge sorts answers by their status. Errors of a call come with 500 or 404
// and are in the body (Core, JSON-RPC 1.0).
func (r *rpc) judge(c call, body []byte, status int) ([]byte, error) {
	said := fmt.Errorf("says %d %s", status, http.StatusText(status))
	json := len(body) > 0 && (body[0] == '{' || body[0] == '[')
	switch {
	case status == http.StatusOK:
		return body, nil
	case status == http.StatusForbidden:
		return nil, fmt.Errorf("%s: %s: %w: %w", r.name, c, ErrRefused, said)
	case json && (status == http.StatusInternalServerError || status == http.StatusNotFound || status == http.StatusBadRequest):
		return body, nil
	case status >= http.StatusInternalServerError:
		return nil, broken{said} // 503: its work queue is full
	}
	return nil, r.unreachable(said)
}

// exchange makes one HTTP request. Its gate bounds what a node is asked at a
// time, and with the limits of bodies our memory.
func (r *rpc) exchange(ctx context.Context, body []byte, who login, limit int64, timeout time.Duration) ([]byte, int, error) {
	select {
	case r.gate <- struct{}{}:
		defer func() { <-r.gate }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return nil, 0, bare(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(who.user, who.password)
	resp, err := r.http.Do(req)
	if err != nil {
		return nil, 0, bare(err)
	}
	defer resp.Body.Close()
	got, err := readBody(resp, limit)
	return got, resp.StatusCode, err
}

// readBody reads at most limit bytes, into room made for what was announced.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	if resp.ContentLength > limit {
		return nil, fmt.Errorf("%w: %d bytes announced, above %d", errTooLong, resp.ContentLength, limit)
	}
	var b bytes.Buffer
	if resp.ContentLength > 0 {
		b.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(resp.Body, limit+1))
	switch {
	case n > limit:
		return nil, fmt.Errorf("%w: above %d bytes", errTooLong, limit)
	case err != nil:
		return nil, fmt.Errorf("the answer ends early: %w", bare(err))
	}
	return b.Bytes(), nil
}

// bare takes the address off an error: names are put before errors once.
func bare(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
