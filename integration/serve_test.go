//go:build integration

package integration_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// logIn turns a one-time link into a session, as the console does.
func (s *server) logIn(link string) (a answered, session *http.Cookie) {
	s.t.Helper()
	_, token, ok := strings.Cut(link, "/login#token=")
	if !ok || !strings.HasPrefix(link, s.url) {
		s.t.Fatalf("no link to %s: %q", s.url, link)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/v1/session", strings.NewReader(`{"token":"`+token+`"}`))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if a = s.do(r); len(a.Cookies()) > 0 {
		session = a.Cookies()[0]
	}
	return a, session
}

// whoAmI asks as a browser with a session does.
func (s *server) whoAmI(session *http.Cookie) answered {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/v1/session", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: session.Name, Value: session.Value})
	return s.do(r)
}

// TestServeLogin: the printed link works once, another can be had while the
// server runs, and a session is still one after a restart; a link is not.
func TestServeLogin(t *testing.T) {
	db := filepath.Join(t.TempDir(), "ops.db")
	s := serve(t, servedLedger(t), db)
	a, session := s.logIn(s.link)
	if a.StatusCode != http.StatusOK || session == nil || !session.HttpOnly || session.SameSite != http.SameSiteStrictMode {
		t.Fatalf("first: %d %s, cookie %v", a.StatusCode, a.body, session)
	}
	if a, _ := s.logIn(s.link); a.StatusCode != http.StatusUnauthorized || a.code() != "link" {
		t.Errorf("again: %d %s", a.StatusCode, a.body)
	}
	another := strings.TrimSpace(must(t, "user", "link", "--db", db, "--url", s.url))
	if a, other := s.logIn(another); a.StatusCode != http.StatusOK || other.Value == session.Value {
		t.Errorf("of user link: %d %s", a.StatusCode, a.body)
	}
	unused := must(t, "user", "link", "--db", db, "--url", "")
	s.term(t)
	s = serve(t, servedLedger(t), db)
	if a := s.whoAmI(session); a.StatusCode != http.StatusOK {
		t.Errorf("the session after a restart: %d %s", a.StatusCode, a.body)
	}
	if a, _ := s.logIn(s.url + strings.TrimSpace(unused)); a.StatusCode != http.StatusOK {
		t.Errorf("a link from before a restart: %d %s", a.StatusCode, a.body)
	}
	if strings.Contains(s.complaints(), "token=") {
		t.Error("a link is in the log")
	}
}

// TestServeEnds: told to end, a server does so at once, with streams of events
// open and a trace that runs; what it did not finish it does when it is back.
func TestServeEnds(t *testing.T) {
	s := serve(t, servedLedger(t), filepath.Join(t.TempDir(), "ops.db"))
	running, waiting := s.ask(theft(3000, "haircut")), s.ask(theft(285_000, "haircut"))
	var streams []io.ReadCloser
	for i := range 40 {
		id := []string{running.ID, waiting.ID}[i%2]
		resp, err := s.http.Do(s.request(http.MethodGet, "/v1/traces/"+id+"/events", ""))
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(err, resp)
		}
		streams = append(streams, resp.Body)
	}
	began := time.Now()
	s.term(t)
	t.Logf("ended %v after it was told to, with %d streams open", time.Since(began), len(streams))
	for _, body := range streams {
		said, _ := io.ReadAll(body)
		body.Close()
		if bytes.Contains(said, []byte("id: end")) {
			t.Errorf("a stream says that a trace ended which did not: %s", said)
		}
	}
	again := serve(t, servedLedger(t), s.db)
	for _, id := range []string{running.ID, waiting.ID} {
		if r := again.finish(id); r.Status != "done" {
			t.Errorf("after a restart: %+v", r)
		}
	}
}

// TestServeKilled kills a server in the midst of a trace. When it is back the
// trace runs again and says what it would have said; cases, notes and what was
// done are there.
func TestServeKilled(t *testing.T) {
	l := servedLedger(t)
	s := serve(t, l, filepath.Join(t.TempDir(), "ops.db"))
	small := s.ask(theft(150_000))
	want := s.finish(small.ID)
	id := strings.TrimSpace(must(t, "case", "import", filepath.Join("..", "cases", "peel-2019", "case.yaml"), "--db", s.db))
	note := s.do(s.request(http.MethodPost, "/v1/cases/"+id+"/notes", `{"target":"tx:`+servedTx(150_000)+`","text":"seen before the crash"}`))
	if note.StatusCode/100 != 2 {
		t.Fatalf("note: %d %s", note.StatusCode, note.body)
	}
	large, behind := s.ask(theft(30_000, "haircut")), s.ask(theft(150_000))
	until(t, func() string { return "a trace that runs" }, func() bool {
		var r traceRun
		s.get("/v1/traces/"+large.ID, &r)
		return r.Status != "queued"
	})
	s.kill()
	s = serve(t, l, s.db)
	if r := s.finish(large.ID); r.Status != "done" || r.ResultDigest != digestOf(t, l, 30_000, "haircut") {
		t.Errorf("the trace that ran: %+v", r)
	}
	if r := s.finish(behind.ID); r.ResultDigest != want.ResultDigest {
		t.Errorf("the trace that waited: %+v, want %s", r, want.ResultDigest)
	}
	var kept traceRun
	if s.get("/v1/traces/"+small.ID, &kept); kept.Status != want.Status || kept.ResultDigest != want.ResultDigest {
		t.Errorf("the trace that was done: %+v, want %+v", kept, want)
	}
	if a := s.do(s.request(http.MethodGet, "/v1/cases/"+id+"/notes", "")); !bytes.Contains(a.body, []byte("seen before the crash")) {
		t.Errorf("notes: %s", a.body)
	}
}

// digestOf is the digest of a trace by the command line.
func digestOf(t *testing.T, l string, tx int, policy string) string {
	t.Helper()
	var r struct {
		Digest string `json:"result_digest"`
	}
	out := must(t, "trace", "bitcoin:"+servedTx(tx)+":0", "--ledger", l, "--policy", policy, "--format", "json")
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	return r.Digest
}

// TestServeBackup takes backups while cases, notes and traces are made, and
// restores the last one elsewhere: what had been answered before it is there,
// byte for byte, and keys open both.
func TestServeBackup(t *testing.T) {
	l, dir := servedLedger(t), t.TempDir()
	s := serve(t, l, filepath.Join(dir, "ops.db"))
	done := s.ask(theft(285_000))
	s.finish(done.ID)
	for i := range 20 {
		must(t, "case", "import", filepath.Join("..", "cases", "peel-2019", "case.yaml"), "--db", s.db)
		s.ask(theft(285_000 + i))
		if i%5 == 4 {
			must(t, "backup", filepath.Join(dir, fmt.Sprintf("backup-%d", i)), "--db", s.db)
		}
	}
	cases := must(t, "case", "list", "--db", s.db)
	result := s.do(s.request(http.MethodGet, "/v1/traces/"+done.ID+"/result", "")).body
	elsewhere := filepath.Join(dir, "elsewhere.db")
	must(t, "restore", filepath.Join(dir, "backup-19"), "--db", elsewhere)
	if again := must(t, "case", "list", "--db", elsewhere); again != cases || strings.Count(cases, "\n") != 20 {
		t.Errorf("cases\n%swant\n%s", again, cases)
	}
	other := serve(t, l, elsewhere)
	other.key = s.key
	if again := other.do(other.request(http.MethodGet, "/v1/traces/"+done.ID+"/result", "")); !bytes.Equal(again.body, result) {
		t.Errorf("the result is %d %.200s, want %.200s", again.StatusCode, again.body, result)
	}
	if n := other.traces(); n != 21 {
		t.Errorf("%d traces, want 21", n)
	}
	other.term(t)
	s.term(t)
	if code, _, errs := clew("restore", filepath.Join(dir, "backup-4"), "--db", elsewhere); code != 1 || !strings.Contains(errs, "there is a file of that name already") {
		t.Errorf("over another database: exits %d: %s", code, errs)
	}
}

// TestServeListen: other machines reach a server only over TLS.
func TestServeListen(t *testing.T) {
	for _, at := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		code, _, errs := clew("serve", "--ledger", servedLedger(t), "--db", filepath.Join(t.TempDir(), "ops.db"), "--listen", at)
		if code != 1 || !strings.Contains(errs, "without TLS keys and sessions would cross the network in the clear") {
			t.Errorf("%s: exits %d: %s", at, code, errs)
		}
	}
	cert, key, pool := selfMade(t)
	s := serve(t, servedLedger(t), filepath.Join(t.TempDir(), "ops.db"), "--tls-cert", cert, "--tls-key", key)
	s.http = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	t.Cleanup(s.http.CloseIdleConnections)
	if !strings.HasPrefix(s.url, "https://") {
		t.Fatalf("it serves %s", s.url)
	}
	a, session := s.logIn(s.link)
	if a.StatusCode != http.StatusOK || !session.Secure || !strings.HasPrefix(session.Name, "__Host-") || a.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %s, cookie %v, header %v", a.StatusCode, a.body, session, a.Header)
	}
	if resp, err := http.Get(strings.Replace(s.url, "https", "http", 1) + "/healthz"); err == nil {
		defer resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			t.Error("it answers in the clear")
		}
	}
	s.term(t)
}

// selfMade makes a certificate for 127.0.0.1 and who believes it.
func selfMade(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	put(t, cert, text)
	put(t, key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return cert, key, pool
}

// TestServeLog: what was asked is nobody's business who reads the log, nor are
// keys; each failure has the id that its caller was told.
func TestServeLog(t *testing.T) {
	s := serve(t, servedLedger(t), filepath.Join(t.TempDir(), "ops.db"))
	missing := strings.Repeat("ab", 32)
	for _, path := range []string{"/v1/txs/bitcoin/" + missing, "/v1/search?q=" + missing, "/v1/traces/nope", "/v1/chains"} {
		a := s.do(s.request(http.MethodGet, path, ""))
		if !regexp.MustCompile(`^[a-z2-7]{16}$`).MatchString(a.Header.Get("X-Request-Id")) {
			t.Errorf("%s has no id: %v", path, a.Header)
		}
	}
	s.term(t)
	if said := s.complaints(); strings.Contains(said, missing) || strings.Contains(said, s.key) {
		t.Errorf("the log tells: %s", said)
	}
}
