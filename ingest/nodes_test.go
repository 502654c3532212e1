package ingest_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ingest"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/node/bitcoind/mock"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// fromGenesis is a world from block 0 on, with forks.
func fromGenesis(t *testing.T, seed uint64) *launder.World {
	return worldOf(t, seed, func(c *launder.Config) { c.First, c.Prior, c.Forks, c.ForkDepthMax = 0, 0, 5, 8 })
}

// nodeOf starts a node that holds the blocks, and whose chain ends with the last.
func nodeOf(t *testing.T, w *launder.World, raws [][]byte) *mock.Node {
	t.Helper()
	n := mock.New(w.Config().First, raws)
	if w.Config().First == 0 {
		n.SetGenesis(w.Chain()[0].Hash)
	}
	t.Cleanup(n.Stop)
	return n
}

// nodesFor puts the ledger into dir.
func nodesFor(w *launder.World, dir string, nodes ...*mock.Node) ingest.NodesOptions {
	n := *optionsFor("").Network
	if w.Config().First == 0 {
		n.Genesis = w.Chain()[0].Hash
	}
	opt := ingest.NodesOptions{Ledger: vfs.NewOS(dir), Store: small, Nodes: bitcoind.Options{
		Network: &n, Poll: 10 * time.Millisecond, Timeout: 5 * time.Second, Backoff: 5 * time.Millisecond, Patience: 10 * time.Second,
	}}
	for _, n := range nodes {
		opt.Nodes.URLs = append(opt.Nodes.URLs, n.URL)
	}
	return opt
}

// folderOf ingests the chain of a world from files, for comparison.
func folderOf(t *testing.T, w *launder.World) string {
	t.Helper()
	dir := t.TempDir()
	opt := optionsFor(dir)
	n := *opt.Network
	if w.Config().First == 0 {
		n.Genesis = w.Chain()[0].Hash
	}
	opt.Network = &n
	if _, err := ingest.Folder(context.Background(), writeRaw(t, w.Raws(w.Chain())), opt); err != nil {
		t.Fatal(err)
	}
	return dump(t, dir)
}

// TestNodesFollow lets a node go from branch to branch while it is followed, by
// runs that are interrupted at any block: the ledger is the one that a folder
// of the last chain makes.
func TestNodesFollow(t *testing.T) {
	for seed := uint64(1); seed <= 12; seed++ {
		w := fromGenesis(t, 400+seed)
		dice := rand.New(rand.NewPCG(seed, 4))
		dir := t.TempDir()
		node := nodeOf(t, w, w.Raws(w.Blocks()))
		for _, tip := range tipsOf(w, dice) {
			node.SetTip(tip)
			followFor(t, nodesFor(w, dir, node), tip, 1+dice.IntN(12))
		}
		if got := dump(t, dir); got != folderOf(t, w) {
			t.Fatalf("seed %d: another ledger", seed)
		}
		sound(t, dir)
	}
}

// tipsOf returns some blocks of a world, each of more work than those before,
// and the last of its chain.
func tipsOf(w *launder.World, dice *rand.Rand) (tips []ledger.Hash) {
	high := ledger.Height(0)
	for _, b := range w.Blocks() {
		if b.Height > high && b.Height < w.Tip().Height && dice.IntN(4) == 0 {
			tips, high = append(tips, b.Hash), b.Height
		}
	}
	return append(tips, w.Tip().Hash)
}

// followFor follows to a tip in runs that end after each n blocks.
func followFor(t *testing.T, opt ingest.NodesOptions, tip ledger.Hash, n int) {
	t.Helper()
	opt.Follow = true
	for at := (ledger.Hash{}); at != tip; {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		seen := 0
		opt.Progress = func(p ingest.Progress) {
			if seen = p.Blocks; seen >= n || p.LeftCount == 0 {
				cancel()
			}
		}
		res, err := ingest.Nodes(ctx, opt)
		if !errors.Is(err, context.Canceled) || !res.Interrupted || !res.Held {
			t.Fatalf("ended with %v: %+v", err, res)
		}
		at = res.Tip.Hash
	}
}

// TestNodesReorg counts what a reorganisation does.
func TestNodesReorg(t *testing.T) {
	w := fromGenesis(t, 431)
	tip, shared := longFork(w)
	dir := t.TempDir()
	node := nodeOf(t, w, w.Raws(w.Blocks()))
	node.SetTip(tip)
	opt := nodesFor(w, dir, node)
	first, err := ingest.Nodes(context.Background(), opt)
	if err != nil || first.Added != len(w.Path(tip)) || first.Tip.Hash != tip {
		t.Fatalf("to the fork: %+v, %v", first, err)
	}
	node.SetTip(w.Tip().Hash)
	var told []ingest.Reorg
	opt.Reorged = func(r ingest.Reorg) { told = append(told, r) }
	res, err := ingest.Nodes(context.Background(), opt)
	depth := len(w.Path(tip)) - shared
	if err != nil || res.Reorgs != 1 || res.Deepest != depth || res.Added != len(w.Chain())-shared || res.Left != 0 {
		t.Errorf("to the chain: %+v, %v; want depth %d", res, err, depth)
	}
	if len(told) != 1 || told[0].Depth != depth || told[0].From.Hash != tip || told[0].To.Hash != w.Chain()[shared-1].Hash {
		t.Errorf("told %+v", told)
	}
}

// longFork returns the tip of the longest stale branch, and how many blocks it
// shares with the chain.
func longFork(w *launder.World) (tip ledger.Hash, shared int) {
	on := map[ledger.Hash]bool{}
	for _, b := range w.Chain() {
		on[b.Hash] = true
	}
	longest := 0
	for _, b := range w.Blocks() {
		if on[b.Hash] {
			continue
		}
		path, n := w.Path(b.Hash), 0
		for n < len(path) && on[path[n].Hash] {
			n++
		}
		if len(path)-n > longest {
			longest, tip, shared = len(path)-n, b.Hash, n
		}
	}
	return tip, shared
}

// TestNodesRefuse has a node with the most work whose newest block spends an
// output twice: the ledger does without it, and takes the other node's chain.
func TestNodesRefuse(t *testing.T) {
	w := fromGenesis(t, 432)
	raws := append(w.Raws(w.Chain()), minedOn(w.Tip().Hash, secondSpend(t, w)))
	opt := nodesFor(w, t.TempDir(), nodeOf(t, w, raws), nodeOf(t, w, w.Raws(w.Chain())))
	lies := 0
	opt.Nodes.Status = func(s bitcoind.Status) {
		if s.State == bitcoind.StateLying && strings.Contains(s.Detail, "spent") {
			lies++
		}
	}
	res, err := ingest.Nodes(context.Background(), opt)
	if err != nil || res.Tip.Hash != w.Tip().Hash || lies == 0 {
		t.Errorf("at %+v, %v; %d lies", res.Tip, err, lies)
	}
}

// secondSpend spends again what a transaction of the chain spends.
func secondSpend(t *testing.T, w *launder.World) ledger.Outpoint {
	t.Helper()
	for _, ref := range w.Chain() {
		b, err := w.Block(ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Ins) > 1 {
			return b.Ins[1].Prev
		}
	}
	t.Fatal("no transaction spends anything")
	return ledger.Outpoint{}
}

// minedOn is a block that spends one output, under regtest's target.
func minedOn(prev ledger.Hash, spends ledger.Outpoint) []byte {
	txs := []bitcoin.RawTx{
		{Version: 1, Ins: []bitcoin.RawIn{bitcoin.CoinbaseIn([]byte{2, 1, 1})}, Outs: []bitcoin.RawOut{{Value: 50, Script: []byte{0x51}}}},
		{Version: 1, Ins: []bitcoin.RawIn{{Prev: spends}}, Outs: []bitcoin.RawOut{{Value: 1, Script: []byte{0x51}}}},
	}
	regtest := optionsFor("").Network
	for nonce := uint32(0); ; nonce++ {
		h := bitcoin.Header{Version: 4, Prev: prev, Bits: regtest.PowLimitBits, Time: 1_900_000_000, Nonce: nonce}
		raw := bitcoin.AppendBlock(nil, h, txs)
		if bitcoin.CheckPow(bitcoin.HashHeader(raw), h.Bits, regtest) == nil {
			return raw
		}
	}
}

// TestNodesLate begins a ledger in the middle of a chain: what its inputs spend
// is asked for, and the ledger is that of the same blocks in files.
func TestNodesLate(t *testing.T) {
	w := worldOf(t, 433, func(c *launder.Config) { c.First, c.Prior, c.Forks = 0, 0, 0 })
	spent := map[ledger.Hash][]ledger.SpentOut{}
	for _, ref := range w.Chain() {
		spent[ref.Hash] = w.Spent(ref.Hash)
	}
	node, from := nodeOf(t, w, w.Raws(w.Chain())), ledger.Height(7)
	node.SetSpent(spent)
	dir := t.TempDir()
	opt := nodesFor(w, dir, node)
	opt.First = &from
	res, err := ingest.Nodes(context.Background(), opt)
	if err != nil || res.Tip.FirstHeight != from || res.Added != len(w.Chain())-int(from) {
		t.Fatalf("%+v, %v", res, err)
	}
	l, err := flat.Open(vfs.NewOS(dir), small)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	v, err := l.Pin(context.Background(), flat.MaxHeight)
	if err != nil {
		t.Fatal(err)
	}
	if c := v.Counts(); c.Unknowns == 0 {
		t.Error("nothing older was spent")
	}
	other := from + 1
	opt.First = &other
	if _, err := ingest.Nodes(context.Background(), opt); !errors.Is(err, ingest.ErrHeight) {
		t.Errorf("another first height: %v", err)
	}
}

// TestNodesNone begins no ledger where no node is of use.
func TestNodesNone(t *testing.T) {
	w := fromGenesis(t, 434)
	node := nodeOf(t, w, w.Raws(w.Chain()))
	node.SetDown(true)
	dir := t.TempDir()
	opt := nodesFor(w, dir, node)
	opt.Nodes.Patience = 50 * time.Millisecond
	res, err := ingest.Nodes(context.Background(), opt)
	if !errors.Is(err, bitcoind.ErrUnreachable) || res.Held || len(res.Nodes) != 1 {
		t.Errorf("%+v, %v", res, err)
	}
	if _, err := flat.Open(vfs.NewOS(dir), small); !errors.Is(err, flat.ErrNoLedger) {
		t.Errorf("a ledger: %v", err)
	}
}

// TestNodesFullDisk: the error says so, and what was committed stays.
func TestNodesFullDisk(t *testing.T) {
	w := fromGenesis(t, 435)
	node := nodeOf(t, w, w.Raws(w.Chain()))
	want := folderOf(t, w)
	for at := 1; ; at += 7 {
		faults := &vfs.Faults{Ops: vfs.OpAllocate, At: at, Sticky: true, Partial: true}
		dir := t.TempDir()
		opt := nodesFor(w, dir, node)
		opt.Ledger = vfs.NewFaulty(vfs.NewOS(dir), faults)
		_, err := ingest.Nodes(context.Background(), opt)
		if faults.Fired() == 0 {
			break
		}
		if !errors.Is(err, vfs.ErrNoSpace) {
			t.Fatalf("allocation %d: %v", at, err)
		}
		if _, err := ingest.Nodes(context.Background(), nodesFor(w, dir, node)); err != nil {
			t.Fatalf("allocation %d: again: %v", at, err)
		}
		if dump(t, dir) != want {
			t.Fatalf("allocation %d: another ledger", at)
		}
	}
}
