package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/store/flat"
)

// NodesOptions say how the chain of one or several nodes is ingested.
type NodesOptions struct {
	// Nodes say who is asked. First is that of a ledger that is begun; one that
	// begins late asks for the values of what its inputs spend.
	Nodes  bitcoind.Options
	First  *ledger.Height // nil: 0, or as the ledger begins
	Follow bool           // go on at the newest block, until the context ends
	Ledger vfs.FS
	Store  flat.Options // Memory is taken from here

	// All three are called by the goroutine that called Nodes, and may be nil.
	Opened   func(flat.Meta) // the ledger is there, and locked
	Progress func(Progress)  // some times a second, and at the newest block once it is committed
	Reorged  func(Reorg)
}

// Reorg is blocks that were taken back for a branch with more work.
type Reorg struct {
	From  ledger.Tip   // the newest block before
	To    bitcoind.Ref // the newest that stays; no hash where none does
	Depth int          // blocks taken back
}

// NodesResult is what ingesting from nodes did.
type NodesResult struct {
	Added   int // and still there at the end
	Reorgs  int
	Deepest int // blocks that a reorg took back, at most
	Left    int // blocks known of that were not appended

	Interrupted bool // the context ended it

	Held bool // there is a ledger with a block in it:
	Tip  ledger.Tip

	Nodes   []bitcoind.Status
	Txs     int   // of the blocks appended
	Bytes   int64 // of these
	Elapsed time.Duration
}

// Nodes ingests the chain of nodes into a ledger in files, and closes it. It
// ends at the newest block, or, following, with the context: then what was
// appended is committed, and the error is the context's. Errors of the nodes
// wrap bitcoind.ErrUnreachable; once the newest block was reached, nodes that
// are of no use are waited for.
func Nodes(ctx context.Context, opt NodesOptions) (NodesResult, error) {
	n := &nodes{opt: opt, began: time.Now()}
	n.store = files{network: opt.Nodes.Network, noPow: opt.Nodes.NoPow, fs: opt.Ledger, opt: opt.Store}
	err := n.open()
	if err == nil {
		err = n.run(ctx)
	}
	n.finish(err != nil && ctx.Err() != nil)
	err = n.store.close(err)
	n.res.Elapsed = time.Since(n.began)
	return n.res, err
}

// nodes is one call of Nodes.
type nodes struct {
	opt   NodesOptions
	store files
	res   NodesResult

	prepares atomic.Pointer[flat.Writer] // for the goroutines that fetch; nil: no ledger yet

	began     time.Time
	base      ledger.Height // blocks from here on were added by this call
	told      time.Time     // when Progress was called last
	committed time.Time
	blocks    int // appended
}

// open opens the ledger, if there is one.
func (n *nodes) open() error {
	if _, err := n.store.Open(); err != nil {
		return err
	}
	first := ledger.Height(0)
	if n.opt.First != nil {
		first = *n.opt.First
	}
	if w := n.store.writer; w != nil {
		tip, held := w.Tip()
		if n.opt.First != nil && first != tip.FirstHeight {
			return fmt.Errorf("first height %d was given, but the ledger begins at %d: %w", first, tip.FirstHeight, ErrHeight)
		}
		if first, n.base = tip.FirstHeight, tip.FirstHeight; held {
			n.base = tip.Height + 1
		}
		n.opened()
	} else {
		n.base = first
	}
	n.opt.Nodes.First = first
	n.opt.Nodes.Values = n.opt.Nodes.Values || first > 0
	n.opt.Nodes.Prepare = n.prepare
	if m := n.opt.Store.Memory; m > 0 {
		n.opt.Nodes.Window = min(max(m/windowShare, windowMin), windowMax)
	}
	return nil
}

// A window of blocks that wait is bounded as a share of the memory that was
// asked for, small since a decoded block takes more than its bytes.
const (
	windowShare = 32
	windowMin   = 4 << 20
	windowMax   = 64 << 20
)

// prepare hashes what a block is looked up by, beside the appending.
func (n *nodes) prepare(b *ledger.Block) {
	if w := n.prepares.Load(); w != nil {
		w.Prepare(b)
	}
}

// opened notes that there is a ledger.
func (n *nodes) opened() {
	n.prepares.Store(n.store.writer)
	if n.opt.Opened != nil {
		n.opt.Opened(n.store.writer.Meta())
	}
}

// run catches up first: nodes that never were of any use are an error then, and
// one to wait out once they were.
func (n *nodes) run(ctx context.Context) error {
	err := n.ask(ctx, n.opt.Nodes, (*bitcoind.Client).CatchUp)
	if err != nil || !n.opt.Follow {
		return err
	}
	patient := n.opt.Nodes
	patient.Patience = -1
	return n.ask(ctx, patient, (*bitcoind.Client).Follow)
}

// follow is one of the ways in which a client tells a chain.
type follow func(*bitcoind.Client, context.Context, bitcoind.Held, func(bitcoind.Event) error) error

func (n *nodes) ask(ctx context.Context, opt bitcoind.Options, how follow) error {
	client, err := bitcoind.Open(opt)
	if err != nil {
		return err
	}
	defer client.Close()
	defer func() { n.res.Nodes = client.Nodes() }()
	var held bitcoind.Held
	if n.store.writer != nil {
		held = n.store.writer
	}
	return how(client, ctx, held, n.take)
}

// take carries one change of the chain into the ledger.
func (n *nodes) take(e bitcoind.Event) error {
	n.res.Left = e.Left
	if e.Kind == bitcoind.Disconnected {
		return n.cut(e.To)
	}
	if err := n.append(e.Block); err != nil {
		return err
	}
	n.res.Left = e.Left
	if e.Left <= nearTip || time.Since(n.committed) >= commitEach {
		if err := n.store.writer.Commit(); err != nil {
			return err
		}
		n.committed = time.Now()
	}
	n.report(e)
	return nil
}

// A commit costs 6 to 10 ms. Near the newest block each is worth it, since
// somebody waits for it; before that, one in a while keeps what was fetched.
const (
	nearTip    = 2
	commitEach = 2 * time.Second
)

func (n *nodes) append(b *ledger.Block) error {
	if n.store.writer == nil {
		if _, err := n.store.Create(n.opt.Nodes.First); err != nil {
			return err
		}
		n.opened()
	}
	err := n.store.writer.Append(b)
	var invalid *flat.InvalidBlock
	if errors.As(err, &invalid) {
		return &bitcoind.Refusal{Reason: invalid.Reason}
	}
	if err != nil {
		return fmt.Errorf("append block %d %s: %w", b.Height, b.Hash, err)
	}
	n.blocks++
	n.res.Txs += len(b.Txs)
	n.res.Bytes += int64(len(b.Raw))
	return nil
}

// cut takes back what comes after a block.
func (n *nodes) cut(to bitcoind.Ref) error {
	w := n.store.writer
	tip, _ := w.Tip()
	r := Reorg{From: tip, To: to, Depth: int(tip.Height-tip.FirstHeight) + 1}
	keep := uint64(0)
	if !to.Hash.IsZero() {
		r.Depth = int(tip.Height - to.Height)
		keep = uint64(to.Height-tip.FirstHeight) + 1
	}
	if err := w.CutTo(keep); err != nil {
		return fmt.Errorf("take back %d blocks for a chain with more work: %w", r.Depth, err)
	}
	n.base = min(n.base, tip.FirstHeight+ledger.Height(keep))
	n.res.Reorgs++
	n.res.Deepest = max(n.res.Deepest, r.Depth)
	if n.opt.Reorged != nil {
		n.opt.Reorged(r)
	}
	return nil
}

func (n *nodes) report(e bitcoind.Event) {
	if n.opt.Progress == nil {
		return
	}
	now := time.Now()
	if e.Left > 0 && now.Sub(n.told) < reportEach {
		return
	}
	n.told = now
	n.opt.Progress(Progress{
		Height: e.Block.Height, Time: e.Block.Time, Blocks: n.blocks, Txs: n.res.Txs, Bytes: n.res.Bytes,
		LeftCount: e.Left, Elapsed: now.Sub(n.began),
	})
}

func (n *nodes) finish(interrupted bool) {
	n.res.Interrupted = interrupted
	if n.store.writer == nil {
		return
	}
	n.res.Tip, n.res.Held = n.store.writer.Tip()
	if n.res.Held && n.res.Tip.Height >= n.base {
		n.res.Added = int(n.res.Tip.Height-n.base) + 1
	}
}
