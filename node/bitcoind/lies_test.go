package bitcoind_test

import (
	"context"
	"encoding/hex"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/node/bitcoind/mock"
)

// on tampers with the answers to one method.
func on(method string, with func(params []any, a *mock.Answer)) func(string, []any, *mock.Answer) {
	return func(m string, params []any, a *mock.Answer) {
		if m == method {
			with(params, a)
		}
	}
}

// always gives one result.
func always(result any) func([]any, *mock.Answer) {
	return func(_ []any, a *mock.Answer) { a.Result = result }
}

// trouble is something that may be wrong with a node.
type trouble struct {
	name   string
	tamper func(method string, params []any, a *mock.Answer)
	state  bitcoind.State
	want   string // in the error
}

func troubles(second ledger.Hash) []trouble {
	flip := func(at int) func([]any, *mock.Answer) {
		return func(_ []any, a *mock.Answer) {
			b, _ := hex.DecodeString(a.Result.(string))
			b[at%len(b)] ^= 1
			a.Result = hex.EncodeToString(b)
		}
	}
	shift := func(params []any, a *mock.Answer) {
		if params[0].(float64) == 9 {
			a.Result = second.String()
		}
	}
	whole := func(change func(*mock.Answer)) func(string, []any, *mock.Answer) {
		return func(_ string, _ []any, a *mock.Answer) { change(a) }
	}
	return []trouble{
		{"wrong previous hash", on("getblockheader", flip(10)), bitcoind.StateLying, "it is the header of"},
		{"header cut", on("getblockheader", always("00")), bitcoind.StateLying, "want a header in hex"},
		{"another header", on("getblockhash", shift), bitcoind.StateLying, "headers do not build on each other"},
		{"block altered", on("getblock", flip(200)), bitcoind.StateLying, "getblock "},
		{"block cut", on("getblock", cutHex), bitcoind.StateLying, "getblock"},
		{"no hex", on("getblock", always("zz")), bitcoind.StateLying, "want hex"},
		{"no text", on("getblock", always(12)), bitcoind.StateLying, "want hex"},
		{"height", on("getblockcount", always(-3)), bitcoind.StateLying, "want a height"},
		{"height of no chain", on("getblockcount", always(1<<30)), bitcoind.StateLying, "want a height"},
		{"more height than blocks", on("getblockcount", always(1_000_000)), bitcoind.StateLying, "headers do not build on each other"},
		{"tip", on("getbestblockhash", always("\x1b[31mred")), bitcoind.StateLying, `want a hash, have "\u001b[31mred"`},
		{"genesis", on("getblockhash", foreign), bitcoind.StateForeign, "block 0 is"},
		{"endless", on("getblock", func(_ []any, a *mock.Answer) { a.Endless = true }), bitcoind.StateLying, "answer too long"},
		{"endless batch", on("getblockcount", func(_ []any, a *mock.Answer) { a.Endless = true }), bitcoind.StateLying, "answer too long"},
		{"page of a router", whole(func(a *mock.Answer) { a.Body = "<html>\x1b]0;title" }), bitcoind.StateLying, `no answer of JSON-RPC, but "<html>\\x1b]0;title`},
		{"one for all", on("getblockhash", func(_ []any, a *mock.Answer) { a.Body = "[]" }), bitcoind.StateLying, "0 answers to"},
		{"cut", whole(func(a *mock.Answer) { a.Cut = true }), bitcoind.StateDown, "the answer ends early"},
		{"stall", whole(func(a *mock.Answer) { a.Stall = 20 * time.Second }), bitcoind.StateDown, "deadline exceeded"},
		{"busy", whole(func(a *mock.Answer) { a.Status = 503 }), bitcoind.StateDown, "503"},
		{"elsewhere", whole(func(a *mock.Answer) { a.Status = 301 }), bitcoind.StateDown, "301"},
		{"forbidden", whole(func(a *mock.Answer) { a.Status = 403 }), bitcoind.StateRefused, "403"},
		{"pruned", on("getblock", func(_ []any, a *mock.Answer) { a.Code, a.Message = -1, "Block not available (pruned data)" }), bitcoind.StateFailing, "pruned data"},
		{"warm", whole(func(a *mock.Answer) { a.Code, a.Message = -28, "Loading\x07" }), bitcoind.StateStarting, `Loading\a`},
	}
}

func foreign(params []any, a *mock.Answer) {
	if params[0].(float64) == 0 {
		a.Result = strings.Repeat("1", 64)
	}
}

func cutHex(_ []any, a *mock.Answer) { s := a.Result.(string); a.Result = s[:len(s)/4*2] }

// TestTroubles: a node with a trouble is left out for a plain reason, and taken
// back when it is well. Not a block comes of it that is not the world's.
func TestTroubles(t *testing.T) {
	t.Parallel()
	w, network := world(t, 11, nil)
	for _, tc := range troubles(w.Chain()[1].Hash) {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			n := serve(t, w, w.Tip().Hash)
			n.Tamper(tc.tamper)
			opt := options(network, n)
			if tc.name == "stall" {
				opt.Timeout = 200 * time.Millisecond
			}
			told := make(chan bitcoind.Status, 1000)
			opt.Status = func(s bitcoind.Status) { told <- s }
			c, r := open(t, opt), newReplica(w)
			c.SetPages(50, 1000)
			following(t, c, r)
			for s := range told {
				if s.State == tc.state {
					if !strings.Contains(s.Detail, tc.want) {
						t.Errorf("want %q, have %s", tc.want, s.Detail)
					}
					break
				}
			}
			n.Tamper(nil)
			r.reach(t, w.Tip().Hash)
		})
	}
}

// TestPatience: where no node is of use for a while, following ends with the
// reasons of all.
func TestPatience(t *testing.T) {
	t.Parallel()
	w, network := world(t, 14, nil)
	liar, gone := serve(t, w, w.Tip().Hash), serve(t, w, w.Tip().Hash)
	liar.Tamper(on("getblock", always("zz")))
	gone.SetDown(true)
	opt := options(network, liar, gone)
	opt.Patience = time.Second
	c, r := open(t, opt), newReplica(w)
	err := c.Follow(context.Background(), nil, r.emit)
	var lie *bitcoind.Lie
	if !errors.Is(err, bitcoind.ErrUnreachable) || !errors.As(err, &lie) || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("follow: %v", err)
	}
	if _, err := c.Block(context.Background(), w.Tip().Hash); !errors.Is(err, bitcoind.ErrUnreachable) {
		t.Errorf("block: %v", err)
	}
	gone.SetDown(false)
	if _, err := c.Block(context.Background(), w.Tip().Hash); err != nil {
		t.Errorf("block of the other: %v", err)
	}
	var fault *bitcoind.RPCError
	if _, err := c.Block(context.Background(), ledger.Hash{1}); !errors.As(err, &fault) || fault.Code != -5 {
		t.Errorf("no block: %v", err)
	}
}

// TestBesideTrouble: with one good node among several, what befalls the others
// does not matter, save that it is told.
func TestBesideTrouble(t *testing.T) {
	t.Parallel()
	w, network := world(t, 12, nil)
	for _, tc := range troubles(w.Chain()[1].Hash) {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			bad, good := serve(t, w, w.Tip().Hash), serve(t, w, w.Tip().Hash)
			bad.Tamper(tc.tamper)
			good.SetDown(true)
			opt := options(network, bad, good)
			if tc.name == "stall" {
				opt.Timeout = time.Second
			}
			var mu sync.Mutex
			said := map[bitcoind.State]bool{}
			opt.Status = func(s bitcoind.Status) {
				mu.Lock()
				defer mu.Unlock()
				if strings.Contains(bad.URL, s.Node) {
					said[s.State] = true
					if s.State == tc.state { // before, the good one would do all
						good.SetDown(false)
					}
				}
			}
			c, r := open(t, opt), newReplica(w)
			c.SetPages(50, 1000)
			if err := c.CatchUp(context.Background(), nil, r.emit); err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if r.tip() != w.Tip().Hash || !said[tc.state] {
				t.Errorf("ends with %s; said %v", r.tip(), said)
			}
		})
	}
}

// TestRestart: a node that goes down, loads and comes back with another cookie
// is followed on.
func TestRestart(t *testing.T) {
	t.Parallel()
	w, network := world(t, 5, nil)
	n := serve(t, w, w.Chain()[3].Hash)
	opt := options(network, n)
	opt.URLs[0] = strings.Replace(opt.URLs[0], "user:password@", "", 1)
	opt.CookieFile = cookie(t, "", "user:password")
	var mu sync.Mutex
	var states []bitcoind.State
	seen := make(chan bitcoind.State, 1000)
	opt.Status = func(s bitcoind.Status) {
		mu.Lock()
		states = append(states, s.State)
		mu.Unlock()
		seen <- s.State
	}
	c, r := open(t, opt), newReplica(w)
	following(t, c, r)
	r.reach(t, w.Chain()[3].Hash)
	until := func(want bitcoind.State) {
		t.Helper()
		for late := time.After(10 * time.Second); ; {
			select {
			case s := <-seen:
				if s == want {
					return
				}
			case <-late:
				t.Fatalf("never %v", want)
			}
		}
	}
	n.SetDown(true)
	until(bitcoind.StateDown)
	n.SetWarm(true)
	n.SetDown(false)
	until(bitcoind.StateStarting)
	n.SetLogin("__cookie__:new")
	until(bitcoind.StateRefused)
	cookie(t, opt.CookieFile, "__cookie__:new")
	n.SetTip(w.Tip().Hash)
	n.SetWarm(false)
	r.reach(t, w.Tip().Hash)
	mu.Lock()
	defer mu.Unlock()
	if slices.Contains(states, bitcoind.StateLying) {
		t.Errorf("states %v", states)
	}
}

// TestAlternatingTips: a node that shows another tip each time is only followed
// where there is more work.
func TestAlternatingTips(t *testing.T) {
	t.Parallel()
	w, network := world(t, 21, nil)
	n := serve(t, w, w.Forks[0].Tip().Hash)
	c, r := open(t, options(network, n)), newReplica(w)
	following(t, c, r)
	refs := w.Blocks()
	for i := range 200 {
		n.SetTip(refs[i*7%len(refs)].Hash)
		time.Sleep(time.Millisecond)
	}
	n.SetTip(w.Tip().Hash)
	r.reach(t, w.Tip().Hash)
	for i, e := range r.events {
		if strings.HasPrefix(e, "to ") && i+1 == len(r.events) {
			t.Errorf("ended with taking back: %v", r.events)
		}
	}
}

// TestHugeBody: a gigabyte is not read, and costs no memory.
func TestHugeBody(t *testing.T) {
	w, network := world(t, 13, nil)
	n := serve(t, w, w.Tip().Hash)
	n.Tamper(on("getblock", func(_ []any, a *mock.Answer) { a.Endless = true }))
	c := open(t, options(network, n))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.Block(context.Background(), w.Tip().Hash)
	runtime.ReadMemStats(&after)
	var lie *bitcoind.Lie
	if !errors.As(err, &lie) {
		t.Errorf("block: %v", err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
		t.Errorf("%d bytes allocated", got)
	}
	if n.Written() > 32<<20 {
		t.Errorf("%d bytes sent", n.Written())
	}
}

// endless is a node whose empty blocks of the least work never end.
type endless struct {
	mu      sync.Mutex
	first   ledger.Height // of the first of the headers
	bits    uint32
	headers [][ledger.HeaderSize]byte
	byHash  map[string]int
}

// mine returns the header at a height.
func (e *endless) mine(prev ledger.Hash, h ledger.Height) [ledger.HeaderSize]byte {
	for ledger.Height(len(e.headers)) <= h-e.first {
		if n := len(e.headers); n > 0 {
			prev = bitcoin.HashHeader(e.headers[n-1][:])
		}
		head := bitcoin.Header{Version: 4, Prev: prev, Time: 1_600_000_000, Bits: e.bits}
		raw := [ledger.HeaderSize]byte(head.Append(nil))
		for e.check(raw) != nil {
			head.Nonce++
			raw = [ledger.HeaderSize]byte(head.Append(nil))
		}
		id := bitcoin.HashHeader(raw[:])
		e.byHash[id.String()] = len(e.headers)
		e.headers = append(e.headers, raw)
	}
	return e.headers[h-e.first]
}

func (e *endless) check(raw [ledger.HeaderSize]byte) error {
	return bitcoin.CheckPow(bitcoin.HashHeader(raw[:]), e.bits, &bitcoin.Network{PowLimitBits: e.bits})
}

// tamper shows the headers after a block of the node's chain.
func (e *endless) tamper(prev ledger.Hash, end ledger.Height) func(string, []any, *mock.Answer) {
	return func(method string, params []any, a *mock.Answer) {
		e.mu.Lock()
		defer e.mu.Unlock()
		switch method {
		case "getblockcount":
			a.Result = end
		case "getblockhash":
			if h := ledger.Height(params[0].(float64)); h >= e.first {
				raw := e.mine(prev, h)
				*a = mock.Answer{Result: bitcoin.HashHeader(raw[:]).String()}
			}
		case "getblockheader":
			if i, ok := e.byHash[params[0].(string)]; ok {
				*a = mock.Answer{Result: hex.EncodeToString(e.headers[i][:])}
			}
		}
	}
}

// TestEndlessLowWork: headers of little work are refused once there are more of
// them than an honest branch could need, and at the first one where the network
// does not let targets fall like that. A good node beside is followed.
func TestEndlessLowWork(t *testing.T) {
	for _, tc := range []struct{ network, want string }{
		{"regtest", "with less work than our"},
		{"mainnet", "between retargets"},
	} {
		w, network := world(t, 31, nil)
		network.Name, network.PowLimitBits = tc.network, 0x2100ffff
		fork := w.Chain()[5]
		n := serve(t, w, w.Tip().Hash)
		c, r := open(t, options(network, n)), newReplica(w)
		if err := c.CatchUp(context.Background(), nil, r.emit); err != nil {
			t.Fatal(err)
		}
		low := &endless{first: fork.Height + 1, bits: 0x2100ffff, byHash: map[string]int{}}
		bad := serve(t, w, w.Tip().Hash)
		bad.Tamper(low.tamper(fork.Hash, 1<<24))
		ctx, cancel := context.WithCancel(context.Background())
		var said bitcoind.Status
		opt := options(network, bad)
		opt.Status = func(s bitcoind.Status) { said = s; cancel() }
		c = open(t, opt)
		c.SetPages(4, 5)
		held := r.tip()
		if err := c.Follow(ctx, r, r.emit); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if said.State != bitcoind.StateLying || !strings.Contains(said.Detail, tc.want) || r.tip() != held {
			t.Errorf("%s: want %q, have %v", tc.network, tc.want, said)
		}
		if len(low.headers) > 40 {
			t.Errorf("%s: %d headers were read", tc.network, len(low.headers))
		}
	}
}
