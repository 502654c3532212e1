package auth

import (
	"fmt"
	"net/http"
	"time"
)

// Denial is a request that is refused before it is answered.
type Denial struct {
	Status int           // of HTTP
	Code   string        // stable, for programs: "host", "origin", "csrf", ...
	Detail string        // a sentence for people, without anything secret
	After  time.Duration // when to try again; zero: that would not help
}

func (d *Denial) Error() string { return d.Detail }

// Deny writes a refusal in the form that the caller's answers have.
type Deny func(w http.ResponseWriter, r *http.Request, d *Denial)

func denied(status int, code, format string, args ...any) *Denial {
	return &Denial{Status: status, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// The codes of denials.
const (
	CodeHost        = "host"
	CodeOrigin      = "origin"
	CodeCSRF        = "csrf"
	CodeNoLogin     = "not_logged_in"
	CodeSession     = "session_ended"
	CodeLink        = "link"
	CodePeer        = "not_loopback"
	CodeKey         = "key"
	CodeScope       = "scope"
	CodeRate        = "rate"
	CodeBusy        = "busy"
	CodeBodyTooLong = "body_too_long"
)
