package ingest

import (
	"context"
	"errors"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
	"clew.example/clew/store/flat"
)

// item is a block on its way from the reading goroutine to the appending one:
// decoded, or bad.
type item struct {
	ref    blkfile.Ref
	block  *ledger.Block
	bad    *badBlock
	remark string // a complaint that does not make the block bad
}

// feed appends the blocks of a branch, the first of which has the height from.
// One goroutine reads, decodes and hashes, this one appends; a block that is
// bad ends it, after those before it were appended.
func (r *run) feed(ctx context.Context, refs []blkfile.Ref, from ledger.Height) (*badBlock, error) {
	inner, cancel := context.WithCancel(ctx)
	p := newPool(r.Memory)
	items := make(chan item, cap(p.free))
	go r.produce(inner, p, refs, from, items)
	defer func() {
		cancel()
		for range items { // until the other goroutine has ended
		}
	}()
	for it := range items {
		if it.bad != nil {
			return it.bad, nil
		}
		if bad, err := r.append(&it); bad != nil || err != nil {
			return bad, err
		}
		p.put(it.block, int64(it.ref.Size))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return nil, ctx.Err()
}

// produce reads, decodes and hashes blocks, in order, and closes items at the
// end, at the first bad block, or when ctx ends.
func (r *run) produce(ctx context.Context, p *pool, refs []blkfile.Ref, from ledger.Height, items chan<- item) {
	defer close(items)
	var d bitcoin.Decoder
	for i, ref := range refs {
		b, err := p.take(ctx, int64(ref.Size))
		if err != nil {
			return
		}
		it := item{ref: ref, block: b}
		if it.bad = r.decode(&d, b, ref); it.bad == nil {
			b.Height = from + ledger.Height(i)
			it.remark = r.fillSpent(ref, b)
			r.sink.Prepare(b)
		}
		select {
		case items <- it:
		case <-ctx.Done():
			return
		}
		if it.bad != nil {
			return
		}
	}
}

// fillSpent asks the source what the inputs spend, where the ledger can not
// know it. Values that can not be read stay unknown.
func (r *run) fillSpent(ref blkfile.Ref, b *ledger.Block) (remark string) {
	if r.fromGenesis {
		return ""
	}
	if _, err := r.src.FillSpent(ref, b); err != nil {
		b.Spent = b.Spent[:0]
		return err.Error()
	}
	return ""
}

// append adds a block to the ledger.
func (r *run) append(it *item) (*badBlock, error) {
	err := r.sink.Append(it.block)
	var invalid *flat.InvalidBlock
	if errors.As(err, &invalid) {
		return &badBlock{it.ref, invalid.Error()}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("append block %d %s: %w", it.block.Height, it.block.Hash, err)
	}
	if it.remark != "" {
		r.res.Skipped = append(r.res.Skipped, blkfile.Skipped{File: it.ref.File, Offset: it.ref.Offset, Reason: it.remark})
	}
	r.report(it.block)
	return nil, nil
}
