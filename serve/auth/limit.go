package auth

import (
	"container/list"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Rate is how much a caller may ask: Burst at once, and that much again for
// each Window.
type Rate struct {
	Burst  int
	Window time.Duration
}

// callersMax bounds the memory of a limiter, some 200 bytes for each. Whoever
// was not seen for longest is forgotten, and starts afresh.
const callersMax = 8192

// Limiter counts what callers ask. Safe for concurrent use.
type Limiter struct {
	rate Rate
	now  func() time.Time

	mu      sync.Mutex // guards what follows
	callers map[string]*list.Element
	order   *list.List // of *bucket, those seen last in front
}

// bucket is the moment at which a caller has its whole burst again: the
// generic cell rate algorithm keeps nothing else.
type bucket struct {
	caller string
	full   time.Time
}

// NewLimiter returns a limiter; a nil now is the clock.
func NewLimiter(r Rate, now func() time.Time) *Limiter {
	if now == nil {
		now = time.Now
	}
	return &Limiter{rate: r, now: now, callers: map[string]*list.Element{}, order: list.New()}
}

// Quota is what a caller has left.
type Quota struct {
	Rate
	Left  int
	Reset time.Duration // until the burst is whole again
	After time.Duration // until the next request is let through; zero: this one is
}

// Take counts a request of a caller.
func (l *Limiter) Take(caller string) Quota {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.of(caller)
	if b.full.Before(now) {
		b.full = now
	}
	step := l.rate.Window / time.Duration(l.rate.Burst)
	next := b.full.Add(step)
	q := Quota{Rate: l.rate}
	if wait := next.Sub(now) - l.rate.Window; wait > 0 {
		q.After, q.Reset = wait, b.full.Sub(now)
		return q
	}
	b.full = next
	q.Reset = next.Sub(now)
	q.Left = int((l.rate.Window - q.Reset) / step)
	return q
}

// of returns the bucket of a caller and makes it the newest.
func (l *Limiter) of(caller string) *bucket {
	if e, ok := l.callers[caller]; ok {
		l.order.MoveToFront(e)
		return e.Value.(*bucket)
	}
	if l.order.Len() >= callersMax {
		oldest := l.order.Remove(l.order.Back()).(*bucket)
		delete(l.callers, oldest.caller)
	}
	b := &bucket{caller: caller}
	l.callers[caller] = l.order.PushFront(b)
	return b
}

// SetHeaders says what is left, in the fields of
// draft-ietf-httpapi-ratelimit-headers-10.
func (q *Quota) SetHeaders(h http.Header) {
	h.Set("RateLimit-Policy", fmt.Sprintf(`"caller";q=%d;w=%d`, q.Burst, wholeSeconds(q.Window)))
	h.Set("RateLimit", fmt.Sprintf(`"caller";r=%d;t=%d`, q.Left, wholeSeconds(q.Reset)))
}

// Denial is nil if the request was let through.
func (q *Quota) Denial() *Denial {
	if q.After == 0 {
		return nil
	}
	d := denied(http.StatusTooManyRequests, CodeRate, "more than %d requests in %d seconds", q.Burst, wholeSeconds(q.Window))
	d.After = q.After
	return d
}

// SetRetryAfter says when to try again, in whole seconds and at least one (RFC
// 9110, 10.2.3).
func (d *Denial) SetRetryAfter(h http.Header) {
	if d.After > 0 {
		h.Set("Retry-After", strconv.Itoa(max(wholeSeconds(d.After), 1)))
	}
}

// wholeSeconds rounds up: who waits that long has waited long enough.
func wholeSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
