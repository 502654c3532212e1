package esplora

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"clew.example/clew/ledger"
)

// Bounds of answers in bytes. The largest transaction is below 4 MB; JSON has
// its bytes several times over, as hex and in words.
const (
	txMax     = 32 << 20
	spendsMax = 32 << 20
	pageMax   = 128 << 20
	txidsMax  = 8 << 20
	blocksMax = 1 << 20
	proofMax  = 64 << 10
	textMax   = 1 << 10
)

// deepBlocks is how far below the tip a block counts as settled.
const deepBlocks = 6

// View is a server's chain as of a block, with all that was learnt of it. Refs
// are numbers of txids as they were met, and OutRef is TxRef<<32 | output
// number. Safe for concurrent use. It ends with the context of its Pin.
type View struct {
	e      *Explorer
	tip    ledger.Tip
	top    ledger.Height // the server's tip when it was pinned
	ctx    context.Context
	cancel context.CancelFunc

	blocks memo[ledger.Height, block]
	groups memo[ledger.Height, []block]
	bodies memo[ledger.TxRef, *body]     // nil: the server holds no such transaction
	proofs memo[ledger.TxRef, *branch]   // nil: the server offers none
	places memo[ledger.TxRef, *standing] // nil: not in a block up to the pin
	values memo[ledger.TxRef, []ledger.InView]
	spends memo[ledger.TxRef, []spend]

	mu     sync.Mutex // guards all below
	closed bool
	work   sync.WaitGroup
	refs   map[ledger.TxID]ledger.TxRef
	ids    []ledger.TxID
	bonds  bonds
	hints  hints
}

// standing is where a transaction was found to stand.
type standing struct {
	pos  ledger.Pos
	time uint32
}

func (e *Explorer) newView(ctx context.Context, tip ledger.Tip, top ledger.Height) *View {
	v := &View{e: e, tip: tip, top: top, refs: map[ledger.TxID]ledger.TxRef{}, bonds: newBonds()}
	v.ctx, v.cancel = context.WithCancel(ctx)
	e.mu.Lock()
	e.views = append(e.views, v)
	e.mu.Unlock()
	return v
}

// Close ends what is under way and waits for it.
func (v *View) Close() error {
	v.mu.Lock()
	v.closed = true
	v.mu.Unlock()
	v.cancel()
	v.work.Wait()
	return nil
}

// spawn runs f beside the caller; false once the view is closed.
func (v *View) spawn(f func()) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return false
	}
	v.work.Go(f)
	return true
}

// Tip is the pinned block. A server holds the chain from its first block on.
func (v *View) Tip() ledger.Tip { return v.tip }

// Newest is the height of the server's tip when the view was pinned.
func (v *View) Newest() ledger.Height { return v.top }

// HashAt is the block of a height, up to the pin.
func (v *View) HashAt(ctx context.Context, h ledger.Height) (ledger.Hash, error) {
	if h > v.tip.Height {
		return ledger.Hash{}, fmt.Errorf("block %d: %w, which is block %d", h, ErrNotFound, v.tip.Height)
	}
	bl, err := v.block(h).wait(ctx)
	return bl.hash, v.moved(ctx, err)
}

// intern returns the ref of a txid.
func (v *View) intern(id ledger.TxID) ledger.TxRef {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.internLocked(id)
}

func (v *View) internLocked(id ledger.TxID) ledger.TxRef {
	ref, ok := v.refs[id]
	if !ok {
		ref = ledger.TxRef(len(v.ids))
		v.refs[id], v.ids = ref, append(v.ids, id)
	}
	return ref
}

// idOf returns the txid of a ref; false where it is none of ours.
func (v *View) idOf(ref ledger.TxRef) (ledger.TxID, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if uint64(ref) >= uint64(len(v.ids)) {
		return ledger.TxID{}, false
	}
	return v.ids[ref], true
}

func outRef(tx ledger.TxRef, vout uint32) ledger.OutRef {
	return ledger.OutRef(uint64(tx)<<32 | uint64(vout))
}

func splitOut(out ledger.OutRef) (ledger.TxRef, uint32) {
	return ledger.TxRef(out >> 32), uint32(out & math.MaxUint32)
}

// TxOf is the transaction of an output and its number there.
func (v *View) TxOf(out ledger.OutRef) (ledger.TxRef, uint32, error) {
	tx, vout := splitOut(out)
	if _, ok := v.idOf(tx); !ok {
		return 0, 0, fmt.Errorf("output %d: %w", out, ErrNotFound)
	}
	return tx, vout, nil
}

// deep reports whether a block is far enough below the server's tip to be kept
// for ever.
func (v *View) deep(h ledger.Height) bool { return uint64(h)+deepBlocks <= uint64(v.top) }

// pin names the folder of what is kept under the pin.
func (v *View) pin() string { return pinName(v.tip) }

func (v *View) cached(kind, name string, limit int64) ([]byte, bool) {
	b, ok := v.e.disk.get(place{kind: kind, name: name}, limit)
	if !ok {
		b, ok = v.e.disk.get(place{v.pin(), kind, name}, limit)
	}
	if ok {
		v.e.tally.add(func(p *Progress) { p.Cached++ })
	}
	return b, ok
}

func (v *View) keep(kind, name string, payload []byte, deep bool) {
	p := place{kind: kind, name: name}
	if !deep {
		p.pin = v.pin()
	}
	v.e.disk.put(p, payload)
}

func (v *View) forget(kind, name string) {
	v.e.disk.drop(place{kind: kind, name: name})
	v.e.disk.drop(place{v.pin(), kind, name})
}

// query is one thing to be read, from the cache or the server.
type query struct {
	kind, name string
	path       string
	limit      int64
	absent     []byte // what a 404 stands for; nil: errAbsent
}

// got is something read: what of it is kept, and whether for ever.
type got[T any] struct {
	val  T
	kept []byte
	deep bool
}

// read answers from the cache, else from the server. What the server says and
// parse refuses is a Lie.
func read[T any](ctx context.Context, v *View, q query, parse func([]byte) (got[T], error)) (T, error) {
	var none T
	if b, ok := v.cached(q.kind, q.name, q.limit); ok {
		if g, err := parse(b); err == nil {
			return g.val, nil
		}
	}
	if v.e.client == nil {
		return none, fmt.Errorf("%s: %w", q.path, ErrOffline)
	}
	b, err := v.e.client.get(ctx, q.path, q.limit)
	if q.absent != nil && errors.Is(err, errAbsent) {
		b, err = q.absent, nil
	}
	if err != nil {
		return none, err
	}
	g, err := parse(b)
	if err != nil {
		return none, lie(q.path, "%v", err)
	}
	v.keep(q.kind, q.name, g.kept, g.deep)
	return g.val, nil
}

// notHeld makes a Lie of a 404 for something that the server spoke of itself.
func notHeld(path string, err error) error {
	if errors.Is(err, errAbsent) {
		return lie(path, "the server does not hold what it spoke of")
	}
	return err
}

// moved looks behind a contradiction: an honest server contradicts itself
// where its chain changed between two answers.
func (v *View) moved(ctx context.Context, err error) error {
	var l *Lie
	if !errors.As(err, &l) || v.e.client == nil {
		return err
	}
	if again := v.holds(ctx); errors.Is(again, ErrMoved) {
		return again
	}
	return err
}
