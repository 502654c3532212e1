package esplora

import "time"

// Hurry shortens the time between two tries of a request that failed.
func (e *Explorer) Hurry() {
	if e.client != nil {
		e.client.backoff = time.Millisecond
	}
}

// Every returns the time between two requests.
func (e *Explorer) Every() time.Duration {
	e.client.pace.mu.Lock()
	defer e.client.pace.mu.Unlock()
	return e.client.pace.every
}
