package auth

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// CheckHost refuses a request that names a host which is not ours. A page of a
// stranger can give its own name the address of the loopback (DNS rebinding);
// then its scripts are of our origin in all but this name.
func (g *Guard) CheckHost(r *http.Request) error {
	if loopbackName(hostName(r.Host)) || slices.ContainsFunc(g.o.Hosts, func(h string) bool {
		return strings.EqualFold(h, r.Host) || strings.EqualFold(h, hostName(r.Host))
	}) {
		return nil
	}
	return denied(http.StatusMisdirectedRequest, CodeHost, "this server is not %.80q: call it by a loopback name, or name the host when it is started", r.Host)
}

// hostName takes the port off.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

func loopbackName(name string) bool {
	addr, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && addr.Zone() == "" && addr.Unmap().IsLoopback()
}

// CheckOrigin refuses a write that a page of another origin sends: browsers say
// so in Sec-Fetch-Site, older ones in Origin. Programs send neither.
func (g *Guard) CheckOrigin(r *http.Request) error {
	if err := g.origin.Check(r); err != nil {
		return denied(http.StatusForbidden, CodeOrigin, "a page of another origin may not write here")
	}
	return nil
}
