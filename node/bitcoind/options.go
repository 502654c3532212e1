package bitcoind

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Options say which nodes are asked, and how.
type Options struct {
	// URLs of the nodes, http://user:password@host:port. Without a user in it
	// CookieFile is read, or User and Password are taken.
	URLs       []string
	CookieFile string // Core's .cookie: read again when the node refuses what it said
	User       string
	Password   string
	// CertFile holds the certificates, PEM, that an https node is to show; empty:
	// those of the system. btcd writes its own to rpc.cert.
	CertFile string
	// ClearHTTP allows http to other machines: user, password and blocks can then
	// be read and changed on the way. Loopback needs no leave.
	ClearHTTP bool

	Network *bitcoin.Network // its genesis block is checked; needed
	NoPow   bool             // headers without proof of work pass, for made-up chains
	First   ledger.Height    // of the first block, where nothing is held

	// Values asks for the values of spent outputs too (getblock verbosity 3 of
	// Core 24 and later), at some five times the bytes.
	Values bool

	Poll     time.Duration // between looks for a new block, and the longest long poll; 0: 5 s
	Timeout  time.Duration // of one request, its body included; 0: 30 s
	Backoff  time.Duration // after a failure; it doubles up to 64 times as much; 0: 500 ms
	Patience time.Duration // how long no node need be of use; 0: 10 min, negative: no limit

	InFlight int   // requests to one node at a time; 0: 6 (btcd takes 10 of all its clients)
	Window   int64 // bytes of blocks fetched ahead of the one emitted; 0: 64 MiB

	// Prepare, if set, is called with each block before it is emitted, from
	// several goroutines: what a receiver can do beside his own work.
	Prepare func(*ledger.Block)

	// Status is told whenever what is known of a node changes, one at a time.
	Status func(Status)

	page, spare int // pageMax and spareMax, but in tests
}

func (o *Options) fill() error {
	if o.Network == nil {
		return errors.New("bitcoin nodes: no network given")
	}
	if len(o.URLs) == 0 || len(o.URLs) > nodesMax {
		return fmt.Errorf("bitcoin nodes: want 1 to %d URLs, have %d", nodesMax, len(o.URLs))
	}
	orTime(&o.Poll, 5*time.Second)
	orTime(&o.Timeout, 30*time.Second)
	orTime(&o.Backoff, 500*time.Millisecond)
	orTime(&o.Patience, 10*time.Minute)
	o.page, o.spare = pageMax, spareMax
	if o.InFlight <= 0 {
		o.InFlight = 6
	}
	if o.Window == 0 {
		o.Window = 64 << 20
	}
	o.Window = max(o.Window, bitcoin.MaxBlockSize)
	return nil
}

// nodesMax bounds the connections of one follower.
const nodesMax = 16

func orTime(d *time.Duration, otherwise time.Duration) {
	if *d == 0 {
		*d = otherwise
	}
}

// transport returns the connections to one node: one for each request at a
// time, and one for the long poll.
func (o *Options) transport() (*http.Transport, error) {
	t := &http.Transport{
		MaxConnsPerHost:        o.InFlight + 1,
		MaxIdleConnsPerHost:    o.InFlight + 1,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // a small body must not unpack to a large one
		DialContext:            (&net.Dialer{Timeout: o.Timeout}).DialContext,
		TLSHandshakeTimeout:    o.Timeout,
	}
	// btcd ends the connection after each answer: the next one is resumed.
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(o.InFlight + 1)}
	if o.CertFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(o.CertFile)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("certificates: %s: holds none in PEM form", o.CertFile)
	}
	t.TLSClientConfig.RootCAs = pool
	return t, nil
}

// parseURL takes user and password off a URL. Its errors do not repeat it,
// since it may hold a password.
func (o *Options) parseURL(text string) (*url.URL, login, error) {
	var who login
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, who, errors.New("is no URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, who, errors.New("want http:// or https:// and a host")
	case u.Scheme == "http" && !o.ClearHTTP && !loopback(u.Hostname()):
		return nil, who, errors.New("http to another machine sends user and password in the clear: use https or a tunnel, or allow it")
	}
	who.user, who.password, who.file = o.User, o.Password, o.CookieFile
	if u.User != nil {
		password, _ := u.User.Password()
		who = login{user: u.User.Username(), password: password}
	}
	if who.user == "" && who.file == "" {
		return nil, who, errors.New("neither user and password nor a cookie file are given")
	}
	u.User, u.Fragment, u.RawQuery = nil, "", ""
	return u, who, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
