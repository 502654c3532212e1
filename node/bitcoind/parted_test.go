package bitcoind_test

import (
	"slices"
	"testing"
	"time"

	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
)

// TestLeftBehind: a node that stays where it is while another one leads us to a
// better branch is said to have another, though nothing came from it.
func TestLeftBehind(t *testing.T) {
	t.Parallel()
	w, network := world(t, 7, nil)
	stays := w.Forks[0].Tip().Hash
	first, second := serve(t, w, stays), serve(t, w, stays)
	c, r := open(t, options(network, first, second)), newReplica(w)
	if err := c.CatchUp(t.Context(), nil, r.emit); err != nil {
		t.Fatal(err)
	}
	following(t, c, r)
	settle(t, c, stays, bitcoind.StateOK, bitcoind.StateOK)
	second.SetTip(w.Tip().Hash)
	r.reach(t, w.Tip().Hash)
	settle(t, c, stays, bitcoind.StateOther, bitcoind.StateOK)
	first.SetTip(w.Tip().Hash)
	settle(t, c, w.Tip().Hash, bitcoind.StateOK, bitcoind.StateOK)
}

// settle waits until the nodes are in some states, the first of them at a block.
func settle(t *testing.T, c *bitcoind.Client, at ledger.Hash, want ...bitcoind.State) {
	t.Helper()
	for late := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		var have []bitcoind.State
		nodes := c.Nodes()
		for _, s := range nodes {
			have = append(have, s.State)
		}
		if slices.Equal(have, want) && nodes[0].Hash == at {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("nodes are %v, want %v", nodes, want)
		}
	}
}
