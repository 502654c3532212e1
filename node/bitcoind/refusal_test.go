package bitcoind_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/sim/launder"
)

// TestRefusal has a block refused in the middle of the branch with the most
// work: the other node's branch is followed, and the node that goes on showing
// the refused block is said to lie. The block is not fetched again.
func TestRefusal(t *testing.T) {
	w, n := world(t, 31, func(c *launder.Config) { c.Forks = 6 })
	other, bad := fork(w)
	liar, honest := serve(t, w, w.Tip().Hash), serve(t, w, other)
	lying := map[string]string{}
	opt := options(n, liar, honest)
	opt.Status = func(s bitcoind.Status) {
		if s.State == bitcoind.StateLying {
			lying[s.Node] = s.Detail
		}
	}
	c, r := open(t, opt), newReplica(w)
	refused := 0
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := c.Follow(ctx, r, func(e bitcoind.Event) error {
		if e.Kind == bitcoind.Connected && e.Block.Hash == bad {
			refused++
			return &bitcoind.Refusal{Reason: "it spends an output twice"}
		}
		if err := r.emit(e); err != nil {
			return err
		}
		if r.tip() == other && refused > 0 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || refused != 1 {
		t.Fatalf("error %v, refused %d times; at %s, want %s", err, refused, r.tip(), other)
	}
	if len(lying) != 1 {
		t.Errorf("said to lie: %v", lying)
	}
}

// fork returns the tip of the last branch beside the chain of a world, and the
// chain's first block that the branch does not have.
func fork(w *launder.World) (tip, apart ledger.Hash) {
	on := map[ledger.Hash]bool{}
	for _, b := range w.Chain() {
		on[b.Hash] = true
	}
	for _, b := range w.Blocks() {
		if !on[b.Hash] {
			tip = b.Hash
		}
	}
	for i, b := range w.Path(tip) {
		if at := w.Chain()[i].Hash; at != b.Hash {
			return tip, at
		}
	}
	return tip, apart
}
