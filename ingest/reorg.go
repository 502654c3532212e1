package ingest

import (
	"context"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// replace takes the ledger's blocks above the fork back. Before that, as many
// blocks of the branch are decoded as have more work than those: headers alone
// promise it cheaply, and the ledger's blocks may be nowhere else.
func (r *run) replace(ctx context.Context, branch *blkfile.Branch, tip ledger.Tip) (*badBlock, error) {
	bad, err := r.prove(ctx, branch, r.workAbove(branch.ForkHeight, tip.Height))
	if bad != nil || err != nil {
		return bad, err
	}
	if err := r.sink.Cut(branch.ForkHeight); err != nil {
		return nil, fmt.Errorf("take back blocks %d to %d for a chain with more work: %w", branch.ForkHeight+1, tip.Height, err)
	}
	r.base = min(r.base, branch.ForkHeight+1)
	return nil, nil
}

// workAbove sums the work of the ledger's blocks above a height.
func (r *run) workAbove(h, tip ledger.Height) (sum bitcoin.Uint256) {
	for h++; h <= tip; h++ {
		header, _ := r.sink.HeaderAt(h)
		sum = sum.Add(bitcoin.Work(bitsOf(&header)))
	}
	return sum
}

// prove decodes blocks of a branch until their work reaches what is to be
// replaced.
func (r *run) prove(ctx context.Context, branch *blkfile.Branch, replaced bitcoin.Uint256) (*badBlock, error) {
	var reader reader
	var sum bitcoin.Uint256
	for i := range branch.Refs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if bad := reader.read(r, branch.Refs[i]); bad != nil {
			return bad, nil
		}
		sum = sum.Add(bitcoin.Work(bitsOf(&reader.block.Header)))
		if sum.Cmp(replaced) > 0 {
			break
		}
	}
	return nil, nil
}
