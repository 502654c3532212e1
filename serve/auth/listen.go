package auth

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// CheckListen refuses an address that others can reach, unless with TLS: keys
// and sessions would cross the network in the clear. A name counts as loopback
// only if it is localhost, since what other names mean is not ours to know.
func CheckListen(addr string, tls bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen on %.80q: want host:port: %w", addr, err)
	}
	if tls || loopbackName(host) {
		return nil
	}
	where := "every address of this machine"
	if host != "" {
		where = host
	}
	return fmt.Errorf("listen on %.80q: %.80s can be reached from other machines, and without TLS keys and sessions would cross the network in the clear: listen on 127.0.0.1, or give a certificate", addr, where)
}

// The times of a connection. A caller that sends a header or a body byte by
// byte holds a connection no longer than these; streams of events extend the
// time to write as they go.
const (
	headerTime = 5 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 60 * time.Second
	idleTime   = 2 * time.Minute
	headerMax  = 32 << 10 // bytes
)

// NewServer returns a server of a handler with all times and sizes bounded.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerMax,
	}
}
