package ingest

import (
	"context"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// Bounds of the search for a height.
const (
	// statedMax is how many blocks are asked that state a height. One would do
	// on an honest chain; several keep one odd coinbase from shifting them all.
	statedMax = 8
	// nearRoot is how many blocks are read where another answer is at hand.
	nearRoot = 64
	// heightMax keeps a stated height from wrapping: regtest believes any, and a
	// chain has fewer blocks than this.
	heightMax = 1<<31 - 1
)

// firstHeight finds the height of the first block of a branch that starts a
// ledger: 0 or 1 if it is the network's genesis block or builds on it; else as
// the blocks state it (BIP 34); else as the user gave it; else 0 if it is of a
// made-up chain and has no block before it.
func (r *run) firstHeight(ctx context.Context, branch *blkfile.Branch) (ledger.Height, *badBlock, error) {
	root := &branch.Refs[0]
	if branch.Genesis {
		return 0, nil, r.agree(0, "it is the genesis block")
	}
	if root.Prev == r.Network.Genesis {
		return 1, nil, r.agree(1, "it builds on the genesis block")
	}
	made := r.NoPow && root.Prev.IsZero()
	limit := len(branch.Refs)
	if made || r.FirstHeight != nil {
		limit = min(limit, nearRoot)
	}
	s := search{run: r}
	bad, err := s.ask(ctx, branch.Refs[:limit])
	switch {
	case bad != nil || err != nil:
		return 0, bad, err
	case s.stated > 0:
		return s.first, nil, r.agree(s.first, "block "+s.by.String()+" states its own height")
	case r.FirstHeight != nil:
		return *r.FirstHeight, nil, nil
	case made:
		return 0, nil, nil
	}
	return 0, nil, fmt.Errorf("block %s: %w", root.Hash, ErrHeightUnknown)
}

// agree refuses a height that was given and is another.
func (r *run) agree(first ledger.Height, because string) error {
	if r.FirstHeight == nil || *r.FirstHeight == first {
		return nil
	}
	return fmt.Errorf("first height %d was given, but the first block's is %d, since %s: %w", *r.FirstHeight, first, because, ErrHeight)
}

// search asks blocks for the height of the first.
type search struct {
	run    *run
	first  ledger.Height
	by     ledger.Hash // who stated it first
	stated int
}

// ask reads the blocks until enough of them stated a height, which must all
// give the same one for the first.
func (s *search) ask(ctx context.Context, refs []blkfile.Ref) (*badBlock, error) {
	var reader reader
	for i := range refs {
		if s.stated == statedMax || s.stated > 0 && i >= nearRoot {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if bad := reader.read(s.run, refs[i]); bad != nil {
			return s.enough(bad), nil
		}
		if err := s.hear(&reader.block, i); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// enough lets a bad block pass once a height is known: what comes before it is
// to be kept, and it will be met again.
func (s *search) enough(bad *badBlock) *badBlock {
	if s.stated > 0 {
		return nil
	}
	return bad
}

func (s *search) hear(b *ledger.Block, at int) error {
	h, ok, err := bitcoin.BIP34(b, s.run.Network)
	if err != nil || !ok {
		return err
	}
	if uint64(h) < uint64(at) || h > heightMax {
		return fmt.Errorf("block %s states height %d, which can not be: %d blocks come before it: %w", b.Hash, h, at, ErrHeight)
	}
	first := h - ledger.Height(at)
	if s.stated > 0 && first != s.first {
		return fmt.Errorf("block %s states height %d, but by block %s it is %d: %w", b.Hash, h, s.by, s.first+ledger.Height(at), ErrHeight)
	}
	if s.stated == 0 {
		s.first, s.by = first, b.Hash
	}
	s.stated++
	return nil
}

// reader reads and decodes blocks one at a time.
type reader struct {
	decoder bitcoin.Decoder
	block   ledger.Block
}

func (d *reader) read(r *run, ref blkfile.Ref) *badBlock {
	return r.decode(&d.decoder, &d.block, ref)
}

// decode reads a block into b, whose memory it reuses.
func (r *run) decode(d *bitcoin.Decoder, b *ledger.Block, ref blkfile.Ref) *badBlock {
	raw, err := r.src.ReadBlock(ref, b.Raw[:0])
	b.Raw = raw
	if err == nil {
		err = d.Decode(b, raw)
	}
	if err == nil && !r.NoPow {
		h, _ := bitcoin.ParseHeader(raw)
		err = bitcoin.CheckPow(b.Hash, h.Bits, r.Network)
	}
	if err == nil && (b.Hash != ref.Hash || b.Prev != ref.Prev) {
		err = fmt.Errorf("header is of block %s on %s", b.Hash, b.Prev)
	}
	if err != nil {
		return &badBlock{ref, fmt.Sprintf("block %s: %s", ref.Hash, err)}
	}
	b.Source = ref.RawRef
	return nil
}
