package ingest

import (
	"context"
	"sync/atomic"
	"unsafe"

	"clew.example/clew/ledger"
)

// pool holds the blocks that travel between the two cores. There are few of
// them and their memory is used again, so that a run allocates nothing once
// they have grown. Bytes in flight are bounded beside their number, because a
// block is 200 bytes in one year and 4 MB in another. It has one taker.
type pool struct {
	free     chan *ledger.Block
	stash    []*ledger.Block // taken from free while waiting for bytes
	inFlight atomic.Int64
	bytesMax int64
}

// Sizes of a pool. Eight blocks ride out a commit, during which nothing is
// appended; more were measured to gain nothing.
const (
	poolBlocksMax = 8
	poolBlocksMin = 2
	poolBytesMax  = 32 << 20
	poolBytesMin  = 4 << 20
	// blockKeepMax is the most memory that a block keeps for the next one: four
	// times that of a full mainnet block.
	blockKeepMax = 16 << 20
)

// newPool makes a pool for a program that may use so many bytes; 0: any.
func newPool(memory int64) *pool {
	n, bytes := int64(poolBlocksMax), int64(poolBytesMax)
	if memory > 0 {
		n = min(max(memory/(64<<20), poolBlocksMin), poolBlocksMax)
		bytes = min(max(memory/16, poolBytesMin), poolBytesMax)
	}
	p := &pool{free: make(chan *ledger.Block, n), bytesMax: bytes}
	for range n {
		p.free <- &ledger.Block{}
	}
	return p
}

// take waits for a block, and for room for its bytes. A block larger than the
// whole room travels alone.
func (p *pool) take(ctx context.Context, size int64) (*ledger.Block, error) {
	for len(p.stash) == 0 || p.inFlight.Load() > 0 && p.inFlight.Load()+size > p.bytesMax {
		select {
		case b := <-p.free:
			p.stash = append(p.stash, b)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	b := p.stash[len(p.stash)-1]
	p.stash = p.stash[:len(p.stash)-1]
	p.inFlight.Add(size)
	return b, nil
}

// put gives a block of the size that it was taken for back.
func (p *pool) put(b *ledger.Block, size int64) {
	if footprint(b) > blockKeepMax {
		*b = ledger.Block{}
	}
	// What a source stated about spent outputs is in memory of its own.
	clear(b.Spent)
	p.inFlight.Add(-size)
	p.free <- b
}

// footprint returns the memory that a block holds on to.
func footprint(b *ledger.Block) int {
	return cap(b.Raw) + cap(b.Txs)*int(unsafe.Sizeof(ledger.Tx{})) + cap(b.Ins)*int(unsafe.Sizeof(ledger.In{})) +
		cap(b.Outs)*int(unsafe.Sizeof(ledger.Out{})) + cap(b.Spent)*int(unsafe.Sizeof(ledger.SpentOut{})) + 8*cap(b.Keys)
}
