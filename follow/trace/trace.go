package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"clew.example/clew/follow/lot"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// ErrMoved says that a source no longer holds the block up to which a trace was
// done: undo it to the last block they share.
var ErrMoved = errors.New("the chain was reorganised below the trace")

// Trace is a trace as of a block: a value that is advanced block by block or
// over many at once, undone, saved and loaded. What it holds follows from its
// starts, parameters and the chain up to its block, by whichever way it came
// there. It only grows at its end, in ledger order, so undoing is cutting.
// Handles of one chain's source are good for every pin of it. Not for
// concurrent use.
type Trace struct {
	params Params
	starts []Start // in ledger order once advanced: source n is starts[n-1]
	tip    ledger.Tip
	begun  bool
	runs   []*run
}

// New makes a trace that has seen no block. Starts named twice count once.
func New(p Params, starts []Start) *Trace {
	t := &Trace{params: p, starts: slices.Clone(starts)}
	slices.SortFunc(t.starts, func(a, b Start) int {
		return cmp.Or(cmp.Compare(a.Tx, b.Tx), cmp.Compare(a.Vout, b.Vout))
	})
	t.starts = slices.CompactFunc(t.starts, func(a, b Start) bool { return a.Tx == b.Tx && a.Vout == b.Vout })
	for i := range p.Policies {
		t.runs = append(t.runs, &run{t: t, index: i, policy: p.Policies[i]})
	}
	return t
}

// Tip is the block up to which the trace is done, false if it has seen none.
func (t *Trace) Tip() (ledger.Tip, bool) { return t.tip, t.begun }

// Advance follows the trace up to the tip of a source, which must hold the
// block where the trace stands: else ErrMoved. After an error the trace is of
// no use but to be undone to a block before it.
func (t *Trace) Advance(ctx context.Context, src UTXO) error {
	tip := src.Tip()
	if t.begun {
		if err := t.continues(ctx, src); err != nil {
			return err
		}
	} else if err := t.order(ctx, src); err != nil {
		return err
	}
	for _, r := range t.runs {
		if err := r.advance(ctx, src); err != nil {
			return fmt.Errorf("trace by %s: %w", r.policy, err)
		}
		r.tell(tip.Height)
		if n := r.totals(); r.policy != lot.Poison {
			invariant.Check(n.Sum() == n.Theft, "trace by %s: parts sum to %d of %d", r.policy, n.Sum(), n.Theft)
		}
	}
	t.tip, t.begun = tip, true
	return nil
}

// continues checks that a source holds the block where the trace stands.
func (t *Trace) continues(ctx context.Context, src UTXO) error {
	if src.Tip().Height < t.tip.Height {
		return fmt.Errorf("block %d: %w", t.tip.Height, ErrMoved)
	}
	hash, err := src.HashAt(ctx, t.tip.Height)
	if err != nil {
		return err
	}
	if hash != t.tip.Hash {
		return fmt.Errorf("block %d: %w", t.tip.Height, ErrMoved)
	}
	return nil
}

// order finds where the starts stand and numbers them in ledger order.
func (t *Trace) order(ctx context.Context, src UTXO) error {
	var refs []ledger.TxRef
	for _, s := range t.starts {
		if s.Pos == 0 && (len(refs) == 0 || refs[len(refs)-1] != s.Tx) {
			refs = append(refs, s.Tx)
		}
	}
	views, err := src.AppendTxs(ctx, nil, refs)
	if err != nil {
		return err
	}
	for i, k := 0, 0; i < len(t.starts); i++ {
		s := &t.starts[i]
		if s.Pos != 0 {
			continue
		}
		for views[k].Ref != s.Tx {
			k++
		}
		s.Pos = views[k].Pos
	}
	slices.SortStableFunc(t.starts, func(a, b Start) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Vout, b.Vout))
	})
	return nil
}

// maxIndex is the last place in a block that a position can say.
const maxIndex = 1<<24 - 1

// startsUpTo returns how many starts stand in blocks up to a height.
func (t *Trace) startsUpTo(h ledger.Height) int {
	limit := ledger.MakePos(h, maxIndex)
	return sort.Search(len(t.starts), func(i int) bool { return t.starts[i].Pos > limit })
}

// Undo takes the trace back to the tip of a source pinned at an earlier block,
// which both share.
func (t *Trace) Undo(ctx context.Context, src UTXO) error {
	if !t.begun {
		return nil
	}
	for _, r := range t.runs {
		if err := r.undo(ctx, src); err != nil {
			return fmt.Errorf("trace by %s: %w", r.policy, err)
		}
	}
	t.tip = src.Tip()
	return nil
}
