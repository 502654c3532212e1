package bitcoind_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/node/bitcoind/mock"
	"clew.example/clew/sim/launder"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world makes a ledger from block 0 on, and the network that it is of.
func world(t *testing.T, seed uint64, change func(*launder.Config)) (*launder.World, *bitcoin.Network) {
	t.Helper()
	c := launder.Small(seed)
	c.First, c.Prior, c.Forks, c.ForkDepthMax = 0, 0, 4, 8
	if change != nil {
		change(&c)
	}
	w, err := launder.New(c)
	if err != nil {
		t.Fatal(err)
	}
	regtest, _ := bitcoin.NetworkByName("regtest")
	n := *regtest
	n.Genesis = w.Chain()[0].Hash
	return w, &n
}

// serve starts a node that holds all blocks of a world.
func serve(t *testing.T, w *launder.World, tip ledger.Hash) *mock.Node {
	t.Helper()
	n := mock.New(w.Config().First, w.Raws(w.Blocks()))
	n.SetGenesis(w.Chain()[0].Hash)
	n.SetTip(tip)
	t.Cleanup(n.Stop)
	return n
}

func options(n *bitcoin.Network, nodes ...*mock.Node) bitcoind.Options {
	opt := bitcoind.Options{
		Network: n, Poll: 20 * time.Millisecond, Timeout: 5 * time.Second,
		Backoff: 5 * time.Millisecond, Patience: 10 * time.Second,
	}
	for _, n := range nodes {
		opt.URLs = append(opt.URLs, n.URL)
	}
	return opt
}

func open(t *testing.T, opt bitcoind.Options) *bitcoind.Client {
	t.Helper()
	c, err := bitcoind.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// replica is the ledger that events are replayed into.
type replica struct {
	w       *launder.World
	mu      sync.Mutex
	m       *launder.Model
	events  []string
	changed chan struct{}
	last    *bitcoind.Event
}

func newReplica(w *launder.World) *replica {
	return &replica{w: w, m: launder.NewModel(), changed: make(chan struct{}, 1)}
}

func (r *replica) emit(e bitcoind.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = &e
	select {
	case r.changed <- struct{}{}:
	default:
	}
	if e.Kind == bitcoind.Disconnected {
		r.events = append(r.events, fmt.Sprintf("to %d", e.To.Height))
		if at, ok := r.m.Hash(e.To.Height); !ok || at != e.To.Hash {
			return fmt.Errorf("disconnected to %d %s, which is not held", e.To.Height, e.To.Hash)
		}
		r.m.UndoTo(e.To.Height)
		return nil
	}
	r.events = append(r.events, fmt.Sprintf("%d", e.Block.Height))
	want, err := r.w.Block(e.Block.Hash)
	if err != nil {
		return err
	}
	if want.Height != e.Block.Height || len(want.Txs) != len(e.Block.Txs) {
		return fmt.Errorf("block %s: %d at %d", e.Block.Hash, len(e.Block.Txs), e.Block.Height)
	}
	return r.m.Apply(e.Block)
}

// The replica as what is held.

func (r *replica) Tip() (ledger.Tip, bool) {
	h, hash := r.m.Tip()
	return ledger.Tip{FirstHeight: r.m.First(), Height: h, Hash: hash}, !hash.IsZero()
}

func (r *replica) HashAt(h ledger.Height) (ledger.Hash, bool) { return r.m.Hash(h) }

func (r *replica) HeaderAt(h ledger.Height) (head [ledger.HeaderSize]byte, ok bool) {
	hash, ok := r.m.Hash(h)
	copy(head[:], r.w.Raw(hash))
	return head, ok
}

func (r *replica) tip() ledger.Hash {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, hash := r.m.Tip()
	return hash
}

// reach waits until the replica ends with a block.
func (r *replica) reach(t *testing.T, want ledger.Hash) {
	t.Helper()
	late := time.After(10 * time.Second)
	for r.tip() != want {
		select {
		case <-r.changed:
		case <-late:
			t.Fatalf("ends with %s, want %s; events %v", r.tip(), want, r.events)
		}
	}
}

// following runs Follow until the test ends.
func following(t *testing.T, c *bitcoind.Client, r *replica) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	var held bitcoind.Held
	if !r.tip().IsZero() {
		held = r
	}
	go func() { done <- c.Follow(ctx, held, r.emit) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("follow ended with %v", err)
		}
	})
}

// TestCatchUpProperty: whatever tips several nodes have, one after the other,
// what is held afterwards is the chain with the most work among what was held
// and what they have, and its ledger is the world's truth. All blocks of these
// worlds are of the same work.
func TestCatchUpProperty(t *testing.T) {
	t.Parallel()
	for range 12 {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, 0))
			w, network := world(t, seed, func(c *launder.Config) { c.Blocks = 10 + dice.IntN(40) })
			refs := w.Blocks()
			nodes := []*mock.Node{serve(t, w, refs[0].Hash), serve(t, w, refs[0].Hash), serve(t, w, refs[0].Hash)}
			if dice.IntN(2) == 0 {
				nodes[1].SetBtcd()
			}
			c := open(t, options(network, nodes...))
			c.SetPages(1+dice.IntN(12), 1000)
			r := newReplica(w)
			for range 8 {
				step(t, dice, w, c, r, nodes)
			}
			truth, err := w.Truth(r.tip())
			if err != nil {
				t.Fatal(err)
			}
			h, _ := r.m.Tip()
			if got, want := r.m.Counts(h), truth.Counts(h); got != want {
				t.Errorf("ledger %+v, truth %+v", got, want)
			}
		})
	}
}

// step gives each node another tip, catches up and checks what is held then.
func step(t *testing.T, dice *rand.Rand, w *launder.World, c *bitcoind.Client, r *replica, nodes []*mock.Node) {
	t.Helper()
	refs := w.Blocks()
	before := r.tip()
	most, _ := r.m.Tip()
	if before.IsZero() {
		most = 0
	}
	better := []ledger.Hash{before}
	for _, n := range nodes {
		at := refs[dice.IntN(len(refs))]
		n.SetTip(at.Hash)
		switch {
		case at.Height > most || before.IsZero() && len(better) == 1 && better[0].IsZero():
			most, better = at.Height, []ledger.Hash{at.Hash}
		case at.Height == most && better[0] != before:
			better = append(better, at.Hash)
		}
	}
	if err := c.CatchUp(context.Background(), r, r.emit); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(better, r.tip()) {
		t.Fatalf("ends with %s, want one of %v; events %v", r.tip(), better, r.events)
	}
}

// TestFollow: new blocks and changes of branch are told as they come, whether
// the node knows the long poll or not.
func TestFollow(t *testing.T) {
	t.Parallel()
	for _, btcd := range []bool{false, true} {
		w, network := world(t, 7, nil)
		n := serve(t, w, w.Chain()[0].Hash)
		if btcd {
			n.SetBtcd()
		}
		c, r := open(t, options(network, n)), newReplica(w)
		following(t, c, r)
		r.reach(t, w.Chain()[0].Hash)
		forks := slices.Clone(w.Forks)
		slices.SortFunc(forks, func(a, b launder.Fork) int { return int(a.Tip().Height) - int(b.Tip().Height) })
		highest := ledger.Height(0)
		for _, f := range forks {
			n.SetTip(f.Tip().Hash)
			if f.Tip().Height > highest {
				highest = f.Tip().Height
				r.reach(t, f.Tip().Hash)
			}
		}
		n.SetTip(w.Tip().Hash)
		r.reach(t, w.Tip().Hash)
		if r.last.Left != 0 {
			t.Errorf("%d blocks left at the end", r.last.Left)
		}
	}
}

// TestBranchWithoutBlocks: nothing is taken back for a branch whose blocks the
// node does not give, not even the last of them.
func TestBranchWithoutBlocks(t *testing.T) {
	t.Parallel()
	w, network := world(t, 9, nil)
	n := serve(t, w, w.Forks[0].Tip().Hash)
	opt := options(network, n)
	opt.Patience = 200 * time.Millisecond
	c, r := open(t, opt), newReplica(w)
	if err := c.CatchUp(context.Background(), nil, r.emit); err != nil {
		t.Fatal(err)
	}
	n.SetTip(w.Tip().Hash)
	n.Tamper(on("getblock", func(params []any, a *mock.Answer) {
		if params[0] == w.Tip().Hash.String() {
			a.Code, a.Message = -1, "Block not available (not fully downloaded)"
		}
	}))
	err := c.CatchUp(context.Background(), r, r.emit)
	var fault *bitcoind.RPCError
	if !errors.As(err, &fault) || r.tip() != w.Forks[0].Tip().Hash {
		t.Errorf("ends with %s: %v", r.tip(), err)
	}
}

// TestWindow: while the receiver takes its time, only so much is fetched.
func TestWindow(t *testing.T) {
	t.Parallel()
	w, network := world(t, 8, func(c *launder.Config) { c.Blocks = 100 })
	n := serve(t, w, w.Tip().Hash)
	opt := options(network, n)
	opt.InFlight, opt.Window = 2, 1
	c, r := open(t, opt), newReplica(w)
	err := c.CatchUp(context.Background(), nil, func(e bitcoind.Event) error {
		if e.Block.Height == 20 {
			time.Sleep(200 * time.Millisecond)
			if asked := n.Requests("getblock"); asked > 21+1 {
				return fmt.Errorf("%d blocks were fetched ahead of 20", asked)
			}
		}
		return r.emit(e)
	})
	if err != nil || r.tip() != w.Tip().Hash {
		t.Error(err)
	}
}

// TestDeepReorg: a branch that leaves at the first block replaces all but that.
func TestDeepReorg(t *testing.T) {
	t.Parallel()
	long, network := world(t, 3, func(c *launder.Config) { c.Blocks, c.TxPerBlock, c.Forks, c.ForkDepthMax = 700, 0, 1, 600 })
	fork := long.Forks[0]
	n := serve(t, long, fork.Tip().Hash)
	c, r := open(t, options(network, n)), newReplica(long)
	if err := c.CatchUp(context.Background(), r, r.emit); err != nil {
		t.Fatal(err)
	}
	n.SetTip(long.Tip().Hash)
	r.events = nil
	if err := c.CatchUp(context.Background(), r, r.emit); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("to %d", fork.Leaves.Height); r.events[0] != want || r.tip() != long.Tip().Hash {
		t.Errorf("began with %s, want %s", r.events[0], want)
	}
	if got, want := len(r.events), 1+int(long.Tip().Height-fork.Leaves.Height); got != want {
		t.Errorf("%d events, want %d", got, want)
	}
}
