package api

import (
	"io"
	"net/http"
	"time"
)

// sendTime is how long a caller may take for each part of a long answer.
const sendTime = 30 * time.Second

// send writes a long answer. Who reads slowly has time as long as he reads at
// all; what fails in the midst breaks the connection.
func (s *server) send(w http.ResponseWriter, r *http.Request, write func(io.Writer) error) {
	p := &patient{w: w, c: http.NewResponseController(w)}
	if err := write(p); err != nil {
		s.o.Log.WarnContext(r.Context(), "answer broken off", "request_id", requestID(r.Context()), "error", err)
		panic(http.ErrAbortHandler)
	}
}

// patient gives each write its own time.
type patient struct {
	w http.ResponseWriter
	c *http.ResponseController
}

func (p *patient) Write(b []byte) (int, error) {
	_ = p.c.SetWriteDeadline(time.Now().Add(sendTime)) // not there in tests; the server's own holds then
	return p.w.Write(b)
}

func (p *patient) flush() error { return p.c.Flush() }
