package watch

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clew.example/clew/internal/plain"
)

// PosterOptions say where changes are posted, and how.
type PosterOptions struct {
	// URL takes a POST. It may hold a token: errors name its host only.
	URL string
	// Secrets sign each message, all of them, so that a receiver can change
	// over: "whsec_" and the base64 of 24 to 64 bytes. None: not signed.
	Secrets []string
	// Lines posts several changes at a time, one on each line
	// (application/x-ndjson); else each is a request (application/json).
	Lines bool
	// Timeout is for one request, its answer included; 0: 10 s.
	Timeout time.Duration
	// Tries is how often a message is sent before Post gives up; 0: 5.
	Tries int
	// Failed, if set, is told of each failure.
	Failed func(error)
}

const (
	postTimeout  = 10 * time.Second
	postTries    = 5
	postBackoff  = time.Second
	retryMax     = 5 * time.Minute // of what a receiver asks to wait: it cannot stop a watch for ever
	postBytesMax = 1 << 20         // of lines in one message, if they are more than one
	answerMax    = 4 << 10         // bytes of an answer that are read
)

// Poster posts changes with the headers of Standard Webhooks 1.0: webhook-id,
// webhook-timestamp and webhook-signature, which is HMAC-SHA256 over
// "id.timestamp.body". It follows no redirects. Its Post is an Options.Emit.
type Poster struct {
	opt    PosterOptions
	host   string
	keys   [][]byte
	client *http.Client

	now   func() time.Time
	sleep func(context.Context, time.Duration) error
}

// NewPoster checks the options. Nothing is sent before Post.
func NewPoster(opt PosterOptions) (*Poster, error) {
	u, err := url.Parse(opt.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, errors.New("address to post to: want http:// or https://, a host, and no user before it")
	}
	if opt.Timeout == 0 {
		opt.Timeout = postTimeout
	}
	if opt.Tries == 0 {
		opt.Tries = postTries
	}
	p := &Poster{opt: opt, host: u.Host, now: time.Now, sleep: sleep}
	for i, secret := range opt.Secrets {
		key, err := parseSecret(secret)
		if err != nil {
			return nil, fmt.Errorf("secret %d: %w", i+1, err)
		}
		p.keys = append(p.keys, key)
	}
	p.client = &http.Client{
		Timeout:       opt.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return p, nil
}

func parseSecret(s string) ([]byte, error) {
	text, ok := strings.CutPrefix(s, "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("want whsec_ and the base64 of 24 to 64 bytes")
	}
	return key, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// message is the body of a request, and its id: the same whenever it is sent.
type message struct {
	id   string
	body []byte
}

// Post sends changes in their order and returns when the receiver took them
// all. ErrUndelivered: it did not; what came before may have arrived.
func (p *Poster) Post(ctx context.Context, changes []Change) error {
	messages, err := p.messages(changes)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if err := p.deliver(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (p *Poster) messages(changes []Change) (list []message, err error) {
	ids := sha256.New()
	for i := range changes {
		text, err := json.Marshal(&changes[i])
		if err != nil {
			return nil, fmt.Errorf("change %s: %w", changes[i].ID, err)
		}
		if !p.opt.Lines {
			list = append(list, message{changes[i].ID, text})
			continue
		}
		n := len(list) - 1
		if n < 0 || len(list[n].body)+len(text) > postBytesMax {
			list = append(list, message{})
			n++
			ids.Reset()
		}
		io.WriteString(ids, changes[i].ID)
		list[n].id = digest(ids.Sum(nil)).String()
		list[n].body = append(append(list[n].body, text...), '\n')
	}
	return list, nil
}

// deliver sends a message until it is taken, or there is no more sense in it.
func (p *Poster) deliver(ctx context.Context, m message) error {
	wait := postBackoff
	for try := 1; ; try++ {
		asked, again, err := p.send(ctx, m)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err = fmt.Errorf("post to %s: %w", p.host, err)
		if p.opt.Failed != nil {
			p.opt.Failed(err)
		}
		if !again || try == p.opt.Tries {
			return fmt.Errorf("%w: %w", ErrUndelivered, err)
		}
		if err := p.sleep(ctx, max(wait, min(asked, retryMax))); err != nil {
			return err
		}
		wait = min(2*wait, backoffMax)
	}
}

// send makes one request. It returns how long the receiver asks to wait, and
// whether another try makes sense.
func (p *Poster) send(ctx context.Context, m message) (wait time.Duration, again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.opt.URL, bytes.NewReader(m.body))
	if err != nil {
		return 0, false, errors.New("the address cannot be asked")
	}
	p.head(req.Header, m)
	answer, err := p.client.Do(req)
	if err != nil {
		return 0, true, bare(err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, answerMax)) // so that the connection is used again
	_ = answer.Body.Close()
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return 0, false, nil
	case code >= 300 && code < 400:
		return 0, false, fmt.Errorf("it answers %d, and redirects are not followed", code)
	default:
		again = code >= 500 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code == http.StatusTooEarly
		return p.retryAfter(answer.Header), again, fmt.Errorf("it answers %d", code)
	}
}

// head sets the headers of a message.
func (p *Poster) head(h http.Header, m message) {
	h.Set("Content-Type", "application/json")
	if p.opt.Lines {
		h.Set("Content-Type", "application/x-ndjson")
	}
	at := strconv.FormatInt(p.now().Unix(), 10)
	h.Set("webhook-id", m.id)
	h.Set("webhook-timestamp", at)
	var signatures []string
	for _, key := range p.keys {
		mac := hmac.New(sha256.New, key)
		io.WriteString(mac, m.id+"."+at+".")
		mac.Write(m.body)
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	if signatures != nil {
		h.Set("webhook-signature", strings.Join(signatures, " "))
	}
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3); 0: none, or
// nothing that can be read.
func (p *Poster) retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(p.now()))
	}
	return 0
}

// bare is an error of a request without the address, which may hold a token.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return errors.New(plain.Text(err.Error()))
}
