package auth

import (
	"net/http"
	"time"
)

// Slots bound how many requests are answered at once. What does not fit is
// refused at once: a queue would hold memory for callers that are gone.
type Slots chan struct{}

// NewSlots returns n slots.
func NewSlots(n int) Slots { return make(Slots, n) }

// Take takes a slot and returns how to give it back, or a denial.
func (s Slots) Take() (release func(), d *Denial) {
	select {
	case s <- struct{}{}:
		return func() { <-s }, nil
	default:
		d = denied(http.StatusServiceUnavailable, CodeBusy, "all %d places are taken: try again", cap(s))
		d.After = time.Second
		return nil, d
	}
}

// CheckLength refuses a body that says it is longer than max bytes, before any
// of it is read. One that does not say is cut by http.MaxBytesReader.
func CheckLength(r *http.Request, limit int64) *Denial {
	if r.ContentLength <= limit {
		return nil
	}
	return denied(http.StatusRequestEntityTooLarge, CodeBodyTooLong, "the body has %d bytes, and %d are read", r.ContentLength, limit)
}
