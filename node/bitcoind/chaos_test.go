package bitcoind_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"clew.example/clew/sim/launder"
)

// TestChaos: while three nodes change tips, go down, load and lie at random,
// every event fits the ledger that they are replayed into; and when one of them
// is well again, that ledger becomes the world's truth.
func TestChaos(t *testing.T) {
	t.Parallel()
	for range 6 {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			chaos(t, seed)
		})
	}
}

func chaos(t *testing.T, seed uint64) {
	t.Helper()
	dice := rand.New(rand.NewPCG(seed, 1))
	w, network := world(t, seed, func(c *launder.Config) { c.Blocks = 60; c.Forks = 8; c.ForkDepthMax = 30 })
	refs, wrongs := w.Blocks(), troubles(w.Chain()[1].Hash)
	a, b, c := serve(t, w, refs[0].Hash), serve(t, w, refs[0].Hash), serve(t, w, refs[0].Hash)
	b.SetBtcd()
	opt := options(network, a, b, c)
	opt.Timeout, opt.InFlight, opt.Poll = 100*time.Millisecond, 1+dice.IntN(4), 5*time.Millisecond
	client, r := open(t, opt), newReplica(w)
	client.SetPages(1+dice.IntN(9), 1000)
	following(t, client, r)
	for range 60 {
		pick(dice, a, b, c).SetTip(refs[dice.IntN(len(refs))].Hash)
		n := pick(dice, a, b, c)
		switch dice.IntN(5) {
		case 0:
			n.Tamper(wrongs[dice.IntN(len(wrongs))].tamper)
		case 1:
			n.SetDown(dice.IntN(2) == 0)
		case 2:
			n.SetWarm(dice.IntN(2) == 0)
		default:
			n.Tamper(nil)
		}
		time.Sleep(time.Duration(dice.IntN(15)) * time.Millisecond)
	}
	n := pick(dice, a, b, c)
	n.Tamper(nil)
	n.SetDown(false)
	n.SetWarm(false)
	n.SetTip(w.Tip().Hash)
	r.reach(t, w.Tip().Hash)
}

func pick[T any](dice *rand.Rand, of ...T) T { return of[dice.IntN(len(of))] }
