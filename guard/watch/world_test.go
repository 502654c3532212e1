package watch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/guard/watch"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// chain is a made-up ledger whose head a test moves: a block of any branch.
type chain struct {
	branches []*launder.Model
	now      *launder.Model
	head     ledger.Height
	sparse   uint64     // 0: rows are handles
	again    *rand.Rand // asks twice now and then; nil: never
	pins     int
}

func (c *chain) pin(_ context.Context, asOf ledger.Height, question func(trace.Source) error) error {
	c.pins++
	if asOf == watch.Newest {
		asOf = c.head
	}
	if asOf > c.head || asOf < c.now.First() {
		return fmt.Errorf("block %d: %w", asOf, watch.ErrNoBlock)
	}
	times := 1
	if c.again != nil && c.again.IntN(20) == 0 {
		times = 2 // as a source does that finds its first answer mixed
	}
	var err error
	for range times {
		var src trace.Source = c.now.Source(asOf)
		if c.sparse != 0 {
			src = c.now.Source(asOf).Sparse(c.sparse)
		}
		err = question(src)
	}
	return err
}

// question is what a test watches.
type question struct {
	params trace.Params
	starts []ledger.Outpoint
}

// find finds the starts that a source holds.
func (q *question) find(ctx context.Context, src trace.Source) (list []trace.Start, err error) {
	for _, o := range q.starts {
		refs, err := src.AppendTxRefs(ctx, nil, []ledger.TxID{o.TxID})
		if err != nil {
			return nil, err
		}
		if uint64(refs[0]) == ledger.NoRef {
			continue
		}
		txs, err := src.AppendTxs(ctx, nil, refs)
		if err != nil {
			return nil, err
		}
		list = append(list, trace.Start{Tx: refs[0], Vout: o.Vout, Pos: txs[0].Pos})
	}
	return list, nil
}

func addressOf(a ledger.Account) string {
	if len(a)%3 == 0 {
		return ""
	}
	return fmt.Sprintf("address-%x", []byte(a[:min(len(a), 24)]))
}

// inbox is a receiver that drops what it has seen, by id.
type inbox struct {
	seen map[string]bool
	live []watch.Change
	all  []watch.Change
	fail func(n int) bool // whether to break off before the n-th change; nil: never
	n    int
}

var errKilled = errors.New("killed on purpose")

func (b *inbox) emit(_ context.Context, changes []watch.Change) error {
	for _, c := range changes {
		if b.n++; b.fail != nil && b.fail(b.n) {
			return errKilled
		}
		b.take(c)
	}
	return nil
}

func (b *inbox) take(c watch.Change) {
	b.all = append(b.all, c)
	if b.seen == nil {
		b.seen = map[string]bool{}
	}
	if b.seen[c.ID] || c.Kind == watch.Watching {
		return
	}
	b.seen[c.ID] = true
	if c.Kind != watch.Undone {
		b.live = append(b.live, c)
		return
	}
	b.live = slices.DeleteFunc(b.live, func(l watch.Change) bool { return l.ID == c.Undoes })
}

// words are the changes that stand, without rounds and ids.
func words(changes []watch.Change, from ledger.Height) (list []string) {
	for _, c := range changes {
		if c.Block.Height < from {
			continue
		}
		c.Round, c.ID = 0, ""
		text, err := trace.Canonical(c)
		if err != nil {
			panic(err)
		}
		list = append(list, string(text))
	}
	return list
}

// options of a watch of q on c, told to b.
func options(c *chain, q *question, b *inbox, fs vfs.FS) watch.Options {
	return watch.Options{Case: "CASE-1", Params: q.params, Starts: q.find, Pin: c.pin, Address: addressOf, Folder: fs, Emit: b.emit, BehindMax: -1}
}

// fresh replays the chain as it is for a watcher that knows nothing.
func fresh(t *testing.T, c *chain, q *question) (*watch.Watcher, *inbox) {
	t.Helper()
	fs := vfs.NewCrashable(1)
	fs.MaxReserve = 1 << 22
	defer fs.Free()
	b := &inbox{}
	still := *c
	still.again = nil
	opt := options(&still, q, b, fs)
	opt.Replay = true
	w := watch.New(opt)
	if err := errors.Join(w.Open(), w.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	return w, b
}

// saved is the trace of a watch as a file.
func saved(ctx context.Context, w *watch.Watcher) ([]byte, error) {
	var b bytes.Buffer
	err := w.Read(ctx, func(t *trace.Trace, src trace.Source) error { return t.Save(ctx, src, &b) })
	return b.Bytes(), err
}

// straight is the saved trace that went to the head at once.
func straight(ctx context.Context, c *chain, q *question) ([]byte, error) {
	var b bytes.Buffer
	src := c.now.Source(c.head)
	list, err := q.find(ctx, src)
	if err != nil {
		return nil, err
	}
	t := trace.New(q.params, list)
	if err := t.Advance(ctx, src); err != nil {
		return nil, err
	}
	err = t.Save(ctx, src, &b)
	return b.Bytes(), err
}

// randomChain is a small ledger with all its branches, at its first block.
func randomChain(t *testing.T, r *rand.Rand) (*chain, *question) {
	t.Helper()
	cfg := launder.Small(r.Uint64())
	cfg.Blocks, cfg.TxPerBlock, cfg.Prior, cfg.Forks = 10+r.IntN(30), 1+r.IntN(5), r.IntN(40), 1+r.IntN(4)
	cfg.Rates[launder.Duplicate], cfg.Rates[launder.DuplicateSpend], cfg.Rates[launder.Bare] = 0, 0, 0
	cfg.Rates[launder.SpentPartly], cfg.Rates[launder.Contested], cfg.Rates[launder.Remined] = 300, 500, 500
	w, err := launder.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	tips := []ledger.Hash{w.Tip().Hash}
	for _, f := range w.Forks {
		tips = append(tips, f.Tip().Hash)
	}
	c := &chain{}
	for _, tip := range tips {
		m, err := w.Truth(tip)
		if err != nil {
			t.Fatal(err)
		}
		c.branches = append(c.branches, m)
	}
	c.now = c.branches[0]
	c.head = c.now.First()
	if r.IntN(2) == 0 {
		c.sparse = r.Uint64() | 1
	}
	if r.IntN(2) == 0 {
		c.again = rand.New(rand.NewPCG(r.Uint64(), 3))
	}
	return c, randomQuestion(r, c)
}

func randomQuestion(r *rand.Rand, c *chain) *question {
	q := &question{params: trace.Params{Policies: lot.Policies(), Names: randomNames(r, c)}}
	for range 1 + r.IntN(3) {
		m := c.branches[r.IntN(len(c.branches))]
		tip, _ := m.Tip()
		row := r.IntN(1 + r.IntN(m.Counts(tip).Outputs))
		out := m.Out(row, tip)
		q.starts = append(q.starts, ledger.Outpoint{TxID: m.Row(out.Tx).ID, Vout: out.Vout})
	}
	if r.IntN(3) == 0 {
		q.params.Policies = []lot.Policy{lot.FIFO, lot.Haircut, lot.Poison}
	}
	tip, _ := c.now.Tip()
	if r.IntN(4) == 0 {
		q.params.MinValue = ledger.Amount(r.IntN(1 << r.IntN(33)))
	}
	if r.IntN(4) == 0 {
		hops := uint32(r.IntN(8))
		q.params.MaxHops = &hops
	}
	if r.IntN(4) == 0 {
		until := c.now.First() + ledger.Height(r.IntN(int(tip-c.now.First())+1))
		q.params.Until = &until
	}
	return q
}

func randomNames(r *rand.Rand, c *chain) trace.Names {
	names := trace.Names{}
	for _, m := range c.branches {
		tip, _ := m.Tip()
		for _, a := range m.Accounts(tip) {
			kinds := []trace.Kind{trace.KindNone, trace.KindService, trace.KindListed, trace.KindMixer}
			if k := r.IntN(60); k < len(kinds) {
				names[string(a)] = trace.Name{Stop: kinds[k], Entity: fmt.Sprint("entity ", k), Category: "exchange", Source: "list"}
			}
		}
	}
	return names
}

// wander moves the head: mostly on, sometimes to any block of any branch.
func (c *chain) wander(r *rand.Rand) {
	if r.IntN(3) == 0 {
		c.now = c.branches[r.IntN(len(c.branches))]
	}
	tip, _ := c.now.Tip()
	switch r.IntN(4) {
	case 0:
		c.head = c.now.First() + ledger.Height(r.IntN(int(tip-c.now.First())+1))
	case 1:
		c.head = tip
	default:
		c.head = min(c.head+ledger.Height(1+r.IntN(3)), tip)
	}
}

// seeds are those to try: as many as usual, or CLEW_SEED alone.
func seeds(t *testing.T, usual int) (list []uint64) {
	t.Helper()
	if text := os.Getenv("CLEW_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("CLEW_SEED: %v", err)
		}
		return []uint64{seed}
	}
	for seed := range uint64(usual) {
		list = append(list, seed)
	}
	return list
}

func rand64(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// newDisk is a file system in memory.
func newDisk(t testing.TB) *vfs.Crashable {
	fs := vfs.NewCrashable(1)
	fs.MaxReserve = 1 << 20
	t.Cleanup(fs.Free)
	return fs
}
