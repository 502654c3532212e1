package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// Source gives the blocks of one chain. *blkfile.Dir is one. ReadBlock and
// FillSpent are called beside the others, from another goroutine.
type Source interface {
	Best(held *blkfile.Held) (blkfile.Branch, error)
	Forbid(ref blkfile.Ref, reason string)
	ReadBlock(ref blkfile.Ref, dst []byte) ([]byte, error)
	FillSpent(ref blkfile.Ref, b *ledger.Block) (bool, error)
	Skipped() []blkfile.Skipped
}

// Sink is a ledger that takes blocks. *flat.Writer is one. Prepare is called
// beside the others, from another goroutine. A block that Append refuses for
// what is in it is a *flat.InvalidBlock and leaves the ledger as it was.
type Sink interface {
	Held
	Prepare(b *ledger.Block)
	Append(b *ledger.Block) error
	Cut(to ledger.Height) error
}

// Held is the chain that a ledger holds.
type Held interface {
	Tip() (ledger.Tip, bool)
	HashAt(h ledger.Height) (ledger.Hash, bool)
	HeaderAt(h ledger.Height) ([ledger.HeaderSize]byte, bool)
}

// Store opens the ledger, or makes one once there is a block to put into it.
type Store interface {
	// Open returns the ledger, nil if there is none yet.
	Open() (Sink, error)
	// Create makes an empty ledger whose first block will have this height. It
	// is called only where Open found none, or an empty one.
	Create(first ledger.Height) (Sink, error)
}

// Options say how blocks are read. Network is needed.
type Options struct {
	Network *bitcoin.Network
	// FirstHeight is the height of the first block where the blocks do not tell
	// it; nil: not given. Given, it must not contradict them.
	FirstHeight *ledger.Height
	// NoPow accepts blocks without proof of work, for made-up chains.
	NoPow bool
	// Memory bounds what waits between the cores, as a share of the whole
	// program's; 0: no limit was asked for.
	Memory int64
	// Progress is told about it some times a second, by the goroutine that
	// called Run.
	Progress func(Progress)
}

// Result is what a run did. The counts are of blocks of the source; each is
// counted once.
type Result struct {
	Added   int // and still there at the end
	Known   int // held before, and kept
	Stale   int // on branches with less work
	Left    int // not appended, because the run ended before
	Skipped []blkfile.Skipped

	Interrupted bool // the context ended the run

	Held bool // there is a ledger with a block in it:
	Tip  ledger.Tip

	Txs     int   // of the blocks appended
	Bytes   int64 // of these
	Elapsed time.Duration
}

// triesMax bounds how often a chain is chosen again because a block turned out
// bad. Each bad block takes all that builds on it away, so an honest folder
// with some damaged blocks needs a try for each branch that they lie on.
const triesMax = 100

// run is one Run.
type run struct {
	Options
	src   Source
	store Store
	sink  Sink // nil: no ledger yet
	res   Result

	began  time.Time
	base   ledger.Height // blocks from here on were added by this run
	told   time.Time     // when Progress was called last
	blocks int           // appended
	left   int           // blocks still to append
	length int64         // bytes of these

	fromGenesis bool // the ledger knows every output that can be spent
}

// Run brings the ledger up to the best chain of the source. The caller commits
// and closes the ledger afterwards, whatever the outcome. When ctx ends, what
// was appended so far stays, the error is ctx's, and the Result is right; so it
// is on errors of the source, but not on those of the ledger, which may have
// lost what was not committed.
func Run(ctx context.Context, src Source, store Store, opt Options) (Result, error) {
	r := &run{Options: opt, src: src, store: store, began: time.Now()}
	err := r.open()
	if err == nil {
		err = r.follow(ctx)
	}
	r.res.Interrupted = err != nil && ctx.Err() != nil
	return r.finish(), err
}

func (r *run) open() error {
	sink, err := r.store.Open()
	if err != nil || sink == nil {
		return err
	}
	r.sink = sink
	if tip, ok := sink.Tip(); ok {
		r.base = tip.Height + 1
	} else {
		r.base = tip.FirstHeight
	}
	return nil
}

// follow takes the best chain, and the best without the bad block where one
// turns up, until all of a chain is in.
func (r *run) follow(ctx context.Context) error {
	for range triesMax {
		branch, err := r.best()
		if err != nil || len(branch.Refs) == 0 {
			return err
		}
		bad, err := r.take(ctx, &branch)
		if err != nil || bad == nil {
			return err
		}
		r.src.Forbid(bad.ref, bad.reason)
	}
	return fmt.Errorf("gave up after %d bad blocks: %w", triesMax, ErrSource)
}

// badBlock is a block that can not be used, and why.
type badBlock struct {
	ref    blkfile.Ref
	reason string
}

func (r *run) best() (blkfile.Branch, error) {
	branch, err := r.src.Best(r.held())
	if err != nil {
		return branch, fmt.Errorf("%w: %w", ErrSource, err)
	}
	r.left, r.length = len(branch.Refs), 0
	for i := range branch.Refs {
		r.length += int64(branch.Refs[i].Size)
	}
	return branch, nil
}

// take adds a branch to the ledger, up to a bad block if there is one.
func (r *run) take(ctx context.Context, branch *blkfile.Branch) (*badBlock, error) {
	if !branch.OnLedger {
		bad, err := r.begin(ctx, branch)
		if bad != nil || err != nil {
			return bad, err
		}
		tip, _ := r.sink.Tip()
		r.fromGenesis = tip.FirstHeight == 0
		return r.feed(ctx, branch.Refs, tip.FirstHeight)
	}
	tip, ok := r.sink.Tip()
	invariant.Check(ok && branch.ForkHeight <= tip.Height, "branch leaves the ledger at %d, tip %d", branch.ForkHeight, tip.Height)
	r.fromGenesis = tip.FirstHeight == 0
	if branch.ForkHeight < tip.Height {
		bad, err := r.replace(ctx, branch, tip)
		if bad != nil || err != nil {
			return bad, err
		}
	}
	return r.feed(ctx, branch.Refs, branch.ForkHeight+1)
}

// begin makes the ledger of a branch that starts one.
func (r *run) begin(ctx context.Context, branch *blkfile.Branch) (*badBlock, error) {
	first, bad, err := r.firstHeight(ctx, branch)
	if bad != nil || err != nil {
		return bad, err
	}
	if r.sink != nil {
		if tip, _ := r.sink.Tip(); tip.FirstHeight == first {
			return nil, nil
		}
	}
	r.sink, err = r.store.Create(first)
	if err != nil {
		return nil, err
	}
	tip, held := r.sink.Tip()
	invariant.Check(!held && tip.FirstHeight == first, "a new ledger has a tip or begins at %d, not %d", tip.FirstHeight, first)
	r.base = first
	return nil, nil
}

// finish counts. It asks for the best chain once more: what it says then is
// about the ledger as it is now.
func (r *run) finish() Result {
	res := &r.res
	branch, err := r.src.Best(r.held())
	if err == nil {
		res.Left = len(branch.Refs)
	}
	if r.sink != nil {
		res.Tip, res.Held = r.sink.Tip()
	}
	if res.Held && res.Tip.Height >= r.base {
		res.Added = int(res.Tip.Height-r.base) + 1
	}
	res.Known, res.Stale = max(branch.Known-res.Added, 0), branch.Stale
	res.Skipped = append(res.Skipped, r.src.Skipped()...)
	res.Skipped = append(res.Skipped, branch.Skipped...)
	sortSkipped(res.Skipped)
	res.Elapsed = time.Since(r.began)
	return *res
}

// Errors of a run, besides those of the store.
var (
	// ErrSource: the source has no chain that can be used.
	ErrSource = errors.New("no usable chain")
	// ErrHeightUnknown: the blocks do not tell their heights, and nobody else did.
	ErrHeightUnknown = errors.New("the height of the first block is not known")
	// ErrHeight: the blocks tell another height than was given, or than each other.
	ErrHeight = errors.New("heights contradict each other")
)
