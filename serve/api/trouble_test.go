package api_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/serve/api"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
	"clew.example/clew/store/flat"
)

// failing is a ledger that can not be read.
type failing struct{ err error }

func (f failing) Pin(context.Context, ledger.Height) (*flat.View, error) { return nil, f.err }

// TestLedgerFails: blocks that go again and again, and a disk that fails, are
// told as what they are; the words of the disk are in the log only.
func TestLedgerFails(t *testing.T) {
	for _, c := range []struct {
		err          error
		status       int
		code         string
		after, words string
	}{
		{flat.ErrMoved, 503, "chain_moved", "1", "taken back"},
		{errors.New("input/output error on /dev/sdb"), 500, "internal", "", "log"},
		{context.DeadlineExceeded, 503, "unavailable", "1", "too long"},
	} {
		h := newHouse(t, func(o *api.Options, _ *job.Options) { o.Ledgers[0].Pinner = failing{c.err} })
		a := h.key(auth.ScopeRead).get("/v1/chains")
		p := a.problem(c.status, c.code)
		if a.header.Get("Retry-After") != c.after || !strings.Contains(p.Detail, c.words) || strings.Contains(p.Detail, "/dev") {
			t.Errorf("%v: %v %s", c.err, a.header, a.body)
		}
		if c.code == "internal" && (!strings.Contains(h.log.String(), "/dev/sdb") || !strings.Contains(h.log.String(), p.RequestID)) {
			t.Errorf("the log says nothing: %s", h.log.String())
		}
		h.as().get("/healthz").want(200)
		ready := h.as().get("/readyz")
		ready.problem(503, "unavailable")
	}
}

func TestNotReady(t *testing.T) {
	h := newHouse(t, func(o *api.Options, _ *job.Options) {
		o.Ready = func(context.Context) error { return errors.New("disk full of secrets") }
	})
	a := h.as().get("/readyz")
	a.problem(503, "unavailable")
	if strings.Contains(string(a.body), "secrets") {
		t.Errorf("%s", a.body)
	}
}

// TestMissingParts: a server that lacks something to answer from does not
// begin.
func TestMissingParts(t *testing.T) {
	if _, err := api.New(api.Options{}); err == nil {
		t.Error("it begins without a guard")
	}
	s := &auth.Guard{}
	if _, err := api.New(api.Options{Guard: s}); err == nil {
		t.Error("it begins without stores")
	}
}

// TestManyClients: fifty at once, all kinds of them, are answered or told to
// come again.
func TestManyClients(t *testing.T) {
	h := newHouse(t, many)
	key := h.key(auth.ScopeRead, auth.ScopeWrite)
	done := h.ask(key, "")
	key.listen(done.ID, 0)
	paths := []string{"/v1/chains", "/v1/txs/bitcoin-regtest/" + h.txid("t2"), "/v1/traces/" + done.ID + "/graph", "/v1/traces/" + done.ID + "/result",
		"/v1/addresses/bitcoin-regtest/" + addressOf(t, "miner") + "/txs", "/v1/search?q=" + h.txid("t3"), "/v1/cases", "/v1/traces/" + done.ID + "/export?format=svg"}
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			for j := range 6 {
				if a := key.get(paths[(i+j)%len(paths)]); a.status != 200 && a.status != 503 {
					t.Errorf("%s: %d %.300s", a.what, a.status, a.body)
				}
			}
			a := key.send("POST", "/v1/cases", fmt.Sprintf(`{"title":"case %d","question":{"chain":"bitcoin-regtest","starts":["%s"]}}`, i, h.txid("t2")))
			if a.status != 201 && a.status != 503 {
				t.Errorf("%s: %d %.300s", a.what, a.status, a.body)
			}
		})
	}
	group.Wait()
}
