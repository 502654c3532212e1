package bitcoind

import (
	"context"
	"errors"
	"sync"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// window fetches blocks ahead, several at a time, and hands them out in order.
type window struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
	slots  chan chan fetched // in order; each gets one block
	room   *room
	last   int64 // bytes of the block handed out last
	ready  []fetched
}

type fetched struct {
	block *ledger.Block
	from  *node
	err   error
}

// aheadPerPlace is how many blocks may wait for each request under way, so that
// small blocks last while the receiver commits. Bytes are bounded by room.
const aheadPerPlace = 4

// fetch begins to fetch the blocks of headers.
func (f *follower) fetch(ctx context.Context, b *branch, headers []header) *window {
	ctx, cancel := context.WithCancel(ctx)
	w := &window{
		cancel: cancel, room: newRoom(f.opt.Window),
		slots: make(chan chan fetched, aheadPerPlace*f.opt.InFlight*len(f.nodes)),
	}
	ids := make([]ledger.Hash, len(headers)) // the caller's headers stay his
	for i := range headers {
		ids[i] = headers[i].Hash
	}
	w.done.Go(func() { f.dispatch(ctx, w, b, ids) })
	return w
}

// dispatch starts a fetch for each block, as long as there is room. A block is
// taken for the largest possible until it is there.
func (f *follower) dispatch(ctx context.Context, w *window, b *branch, ids []ledger.Hash) {
	for i, id := range ids {
		if w.room.take(ctx, bitcoin.MaxBlockSize) != nil {
			return
		}
		slot := make(chan fetched, 1)
		select {
		case w.slots <- slot:
		case <-ctx.Done():
			return
		}
		w.done.Go(func() {
			got := f.fetchBlock(ctx, b, i, id)
			if got.err == nil {
				w.room.give(bitcoin.MaxBlockSize - int64(len(got.block.Raw)))
				if f.opt.Prepare != nil {
					f.opt.Prepare(got.block)
				}
			}
			slot <- got
		})
	}
}

// next returns the next block.
func (w *window) next(ctx context.Context) (fetched, error) {
	if len(w.ready) > 0 {
		got := w.ready[0]
		w.ready = w.ready[1:]
		return got, nil
	}
	return w.receive(ctx)
}

// gather makes the next blocks ready: n of them, or as many as have size bytes.
// A branch that takes blocks back is begun only when it can be had: all of it,
// or as much as we want in memory.
func (w *window) gather(ctx context.Context, n int, size int64) error {
	for len(w.ready) < n && size > 0 {
		got, err := w.receive(ctx)
		if err != nil {
			return err
		}
		w.ready = append(w.ready, got)
		size -= int64(len(got.block.Raw))
	}
	return nil
}

// receive returns the next block that was fetched. The room of the one before
// is given back: its receiver keeps it or not.
func (w *window) receive(ctx context.Context) (fetched, error) {
	w.room.give(w.last)
	w.last = 0
	select {
	case slot := <-w.slots:
		select {
		case got := <-slot:
			if got.err == nil {
				w.last = int64(len(got.block.Raw))
			}
			return got, got.err
		case <-ctx.Done():
		}
	case <-ctx.Done():
	}
	return fetched{}, ctx.Err()
}

// stop ends all fetches and waits for them.
func (w *window) stop() {
	w.cancel()
	w.done.Wait()
}

// fetchBlock asks the nodes for a block, another one first each time, until one
// has it. Those that fail or lie are left out from then on.
func (f *follower) fetchBlock(ctx context.Context, b *branch, turn int, id ledger.Hash) fetched {
	nodes := f.usable(b.node)
	var last error
	for i := range nodes {
		n := nodes[(i+turn)%len(nodes)]
		block, err := n.block(ctx, id)
		if err == nil {
			return fetched{block: block, from: n}
		}
		if ctx.Err() != nil {
			return fetched{err: ctx.Err()}
		}
		var fault *RPCError
		if errors.As(err, &fault) && fault.Code == codeNoBlock && n != b.node {
			continue // it is behind, or on another branch
		}
		last = err
		f.failed(n, err)
	}
	return fetched{err: last}
}

// usable returns the nodes that are not left out, and one that is asked anyway.
func (f *follower) usable(always *node) (nodes []*node) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, n := range f.nodes {
		if f.seen[i].usable || n == always {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// room is a number of bytes that are shared out.
type room struct {
	mu    sync.Mutex // guards left
	left  int64
	freed chan struct{}
}

func newRoom(size int64) *room { return &room{left: size, freed: make(chan struct{}, 1)} }

// take waits until n bytes are left. One goroutine takes.
func (r *room) take(ctx context.Context, n int64) error {
	for {
		r.mu.Lock()
		if r.left >= n {
			r.left -= n
			r.mu.Unlock()
			return nil
		}
		r.mu.Unlock()
		select {
		case <-r.freed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *room) give(n int64) {
	r.mu.Lock()
	r.left += n
	r.mu.Unlock()
	select {
	case r.freed <- struct{}{}:
	default:
	}
}
