package api

import (
	"errors"
	"fmt"
	"net/http"

	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
	"clew.example/clew/serve/opsdb"
)

func (s *server) addEvents() {
	op := get("/v1/traces/{id}/events", "followTrace", "traces", "The events of a trace as they happen (server-sent events)")
	explain(op, "progress tells how far it is; done, failed, cancelled or interrupted is the last. With Last-Event-ID it goes on behind that event; who has seen the last is answered 204.")
	op.Parameters = append(op.Parameters, pathParam("id", "of the trace"), headerParam("Last-Event-ID", "the id of the event that was seen last", 100))
	s.handleRaw(route{op: op, scope: auth.ScopeRead, stream: true}, s.follow, "text/event-stream")
}

// retryMs is when a browser asks again after the line was lost.
const retryMs = 2000

// follow sends events in the form of the HTML standard, section 9.2. The status
// is sent with the first event, so that a trace that is not there is a problem.
func (s *server) follow(w http.ResponseWriter, r *http.Request) {
	id, after := r.PathValue("id"), r.Header.Get("Last-Event-ID")
	if _, err := s.o.Traces.Trace(r.Context(), id); err != nil {
		s.fail(w, r, err)
		return
	}
	if after == job.EndID {
		w.WriteHeader(http.StatusNoContent) // what stops a browser's EventSource
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	p := &patient{w: w, c: http.NewResponseController(w)}
	if err := say(p, fmt.Sprintf("retry: %d\n\n", retryMs)); err != nil {
		return
	}
	err := s.o.Runs.Follow(r.Context(), id, after, func(e job.Event) error {
		if e.Kind == "" {
			return say(p, ":\n\n")
		}
		return say(p, fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Kind, e.Data))
	})
	if err != nil && r.Context().Err() == nil && !errors.Is(err, opsdb.ErrNotFound) {
		s.o.Log.InfoContext(r.Context(), "events broken off", "request_id", requestID(r.Context()), "error", err)
	}
}

func say(p *patient, text string) error {
	if _, err := p.Write([]byte(text)); err != nil {
		return err
	}
	return p.flush()
}
