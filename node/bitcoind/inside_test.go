package bitcoind_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/sim/launder"
)

// TestChainWork: work by runs of targets is the sum over the blocks.
func TestChainWork(t *testing.T) {
	seed := rand.Uint64()
	dice := rand.New(rand.NewPCG(seed, 0))
	targets := []uint32{0x207fffff, 0x1d00ffff, 0x1b0404cb, 0x1703a30c}
	for range 200 {
		bits := make([]uint32, dice.IntN(60))
		for i := range bits {
			bits[i] = targets[0]
			if i > 0 && dice.IntN(4) > 0 {
				bits[i] = bits[i-1]
			} else if i > 0 {
				bits[i] = targets[dice.IntN(len(targets))]
			}
		}
		from := dice.IntN(len(bits) + 1)
		to := from + dice.IntN(len(bits)-from+1)
		var want bitcoin.Uint256
		for _, b := range bits[from:to] {
			want = want.Add(bitcoin.Work(b))
		}
		if got := bitcoind.NewChainWork(bits, from, to); got != want.String() {
			t.Fatalf("seed %d: %d to %d of %x: %s, want %s", seed, from, to, bits, got, want)
		}
	}
}

// TestSpread: what is probed between two bounds lies between them, rises, and
// ends with the upper one, so that each round brings a search further.
func TestSpread(t *testing.T) {
	for high := range 600 {
		for low := range high {
			for _, doubling := range []bool{false, true} {
				counts := bitcoind.Spread(low, high, doubling)
				for i, c := range counts {
					if c <= low || c > high || i > 0 && c <= counts[i-1] {
						t.Fatalf("%d to %d: %v", low, high, counts)
					}
				}
				if n := len(counts); n == 0 || n > 16 || counts[n-1] != high {
					t.Fatalf("%d to %d: %v", low, high, counts)
				}
			}
		}
	}
}

// TestCheckTarget: on mainnet, bits changed from 1d00ffff to 1d00d86a at block
// 32,256, and from 1b0404cb to 1b038dee somewhat later.
func TestCheckTarget(t *testing.T) {
	for _, tc := range []struct {
		height       ledger.Height
		before, bits uint32
		ok           bool
	}{
		{32_256, 0x1d00ffff, 0x1d00d86a, true},
		{32_257, 0x1d00ffff, 0x1d00d86a, false},
		{32_257, 0x1d00d86a, 0x1d00d86a, true},
		{2016 * 50, 0x1b0404cb, 0x1b10132c, true}, // four times easier
		{2016 * 50, 0x1b0404cb, 0x1b10132d, false},
		{2016 * 50, 0x1b0404cb, 0x1d00ffff, false},
		{2016 * 50, 0x1b0404cb, 0x1a0404cb, true}, // harder only costs
	} {
		if err := bitcoind.CheckTarget(tc.height, tc.before, tc.bits); (err == nil) != tc.ok {
			t.Errorf("%d: %08x to %08x: %v", tc.height, tc.before, tc.bits, err)
		}
	}
}

// TestFirst: a ledger may begin later than block 0. A node that has not come so
// far is behind, and one whose chain leaves ours before the first is foreign.
func TestFirst(t *testing.T) {
	t.Parallel()
	w, network := world(t, 51, nil)
	fork := w.Forks[0]
	n := serve(t, w, fork.Leaves.Hash)
	opt := options(network, n)
	opt.First = fork.Leaves.Height + 1
	var got []bitcoind.Ref
	keep := func(on bitcoind.Ref, refs []bitcoind.Ref) error {
		if len(got) > 0 && got[len(got)-1] != on || len(got) == 0 && on != (bitcoind.Ref{}) {
			return fmt.Errorf("on %v, but held is %v", on, got)
		}
		got = append(got, refs...)
		return nil
	}
	c := open(t, opt)
	if err := c.Headers(context.Background(), nil, keep); err != nil || len(got) > 0 || c.Nodes()[0].State != bitcoind.StateBehind {
		t.Errorf("behind: %v, %v, %v", err, got, c.Nodes())
	}
	n.SetTip(fork.Tip().Hash)
	if err := c.Headers(context.Background(), nil, keep); err != nil || len(got) != len(fork.Blocks) {
		t.Errorf("%v, %v", err, got)
	}
	n.SetTip(w.Tip().Hash)
	held := newReplica(w)
	for _, ref := range fork.Blocks {
		b, _ := w.Block(ref.Hash)
		if err := held.m.Apply(b); err != nil {
			t.Fatal(err)
		}
	}
	opt.Patience = 100 * time.Millisecond
	c = open(t, opt)
	if err := c.CatchUp(context.Background(), held, held.emit); err == nil || c.Nodes()[0].State != bitcoind.StateForeign {
		t.Errorf("foreign: %v, %v", err, c.Nodes())
	}
}

// TestTLS: a node with a certificate of its own is asked with that certificate,
// and not without.
func TestTLS(t *testing.T) {
	t.Parallel()
	w, network := world(t, 52, func(c *launder.Config) { c.Blocks = 3 })
	n := serve(t, w, w.Tip().Hash)
	s := httptest.NewTLSServer(n)
	defer s.Close()
	opt := options(network)
	opt.URLs = []string{strings.Replace(s.URL, "https://", "https://user:password@", 1)}
	opt.Patience = 50 * time.Millisecond
	if _, err := open(t, opt).Block(context.Background(), w.Tip().Hash); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("without: %v", err)
	}
	opt.CertFile = filepath.Join(t.TempDir(), "rpc.cert")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(opt.CertFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, opt).Block(context.Background(), w.Tip().Hash); err != nil {
		t.Errorf("with: %v", err)
	}
}

// TestOptions: what can not work is refused at once, and no password is shown.
func TestOptions(t *testing.T) {
	network, _ := bitcoin.NetworkByName("mainnet")
	for want, opt := range map[string]bitcoind.Options{
		"no network":         {URLs: []string{"http://a:b@localhost"}},
		"want 1 to 16 URLs":  {Network: network},
		"in the clear":       {Network: network, URLs: []string{"http://u:secret@example.com:8332"}},
		"is no URL":          {Network: network, URLs: []string{"http://u:secret@[::1"}},
		"want http://":       {Network: network, URLs: []string{"ftp://u:secret@localhost"}},
		"given twice":        {Network: network, URLs: []string{"http://u:secret@localhost:1", "http://v:secret@localhost:1/"}},
		"neither user":       {Network: network, URLs: []string{"http://localhost:1"}},
		"certificates: open": {Network: network, URLs: []string{"https://u:secret@localhost:1"}, CertFile: "none.pem"},
	} {
		c, err := bitcoind.Open(opt)
		if c != nil || err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("want %q, have %v", want, err)
		}
	}
}
