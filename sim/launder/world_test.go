package launder_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// End is a height above every tip: as of now.
const end = ledger.Height(1 << 31)

// Golden is the SHA-256 of the blocks of Small(1), one behind the other. It
// changes when the generator does; a change on one machine only is a bug.
const golden = "9b603e1d5b5ac0dad29ee20d0342e8dca301ec6677672cfad03dd5651622946d"

func TestSameSeedSameBytes(t *testing.T) {
	for range 2 {
		w := world(t, launder.Small(1))
		if have := digest(w, w.Blocks()); have != golden {
			t.Errorf("blocks of seed 1: have %s, want %s", have, golden)
		}
	}
	a, b := world(t, launder.Small(2)), world(t, launder.Small(3))
	if digest(a, a.Chain()) == digest(b, b.Chain()) {
		t.Error("seeds 2 and 3 make the same blocks")
	}
}

// TestForksLeaveMainAlone shows that forks are additions.
func TestForksLeaveMainAlone(t *testing.T) {
	config := launder.Small(4)
	with := world(t, config)
	config.Forks = 0
	without := world(t, config)
	if len(without.Forks) != 0 || len(with.Forks) < 3 {
		t.Fatalf("forks: have %d and %d", len(without.Forks), len(with.Forks))
	}
	if digest(with, with.Chain()) != digest(without, without.Chain()) {
		t.Error("the main branch depends on the forks")
	}
}

func TestBlocksAreValid(t *testing.T) {
	regtest, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		t.Fatal(err)
	}
	w := world(t, launder.Default(5))
	for _, ref := range w.Blocks() {
		b, err := w.Block(ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		if b.Hash != ref.Hash || b.Height != ref.Height {
			t.Errorf("block %d %v decodes as %d %v", ref.Height, ref.Hash, b.Height, b.Hash)
		}
		if err := bitcoin.CheckPow(b.Hash, 0x207fffff, regtest); err != nil {
			t.Errorf("block %d: %v", ref.Height, err)
		}
		if h, ok := w.Header(ref.Hash); !ok || h.Prev != b.Prev || h.Time != b.Time {
			t.Errorf("block %d: header %+v", ref.Height, h)
		}
		if len(b.Spent) != 0 && len(b.Spent) != len(b.Ins) {
			t.Errorf("block %d: %d spent outputs for %d inputs", ref.Height, len(b.Spent), len(b.Ins))
		}
	}
}

// TestTree checks that branches hang together and that no fork is as high as
// the main branch.
func TestTree(t *testing.T) {
	for seed := range uint64(20) {
		w := world(t, launder.Small(seed))
		for _, f := range w.Forks {
			path := w.Path(f.Tip().Hash)
			if path[0] != w.Chain()[0] {
				t.Errorf("seed %d: fork at %d has another first block", seed, f.Leaves.Height)
			}
			n := len(path) - len(f.Blocks)
			if path[n-1] != f.Leaves || path[n] != f.Blocks[0] {
				t.Errorf("seed %d: fork does not leave %v", seed, f.Leaves)
			}
			if f.Tip().Height >= w.Tip().Height {
				t.Errorf("seed %d: fork ends at %d, the main branch at %d", seed, f.Tip().Height, w.Tip().Height)
			}
		}
	}
}

func TestConfigRefused(t *testing.T) {
	for name, change := range map[string]func(*launder.Config){
		"no blocks":       func(c *launder.Config) { c.Blocks = 0 },
		"prior to zero":   func(c *launder.Config) { c.First = 0 },
		"below zero":      func(c *launder.Config) { c.TxPerBlock = -1 },
		"too many inputs": func(c *launder.Config) { c.HugeInsMax = 10_001 },
		"no kinds":        func(c *launder.Config) { c.Kinds = launder.Kinds{} },
		"too high":        func(c *launder.Config) { c.First = 1<<31 - 3 },
	} {
		config := launder.Small(1)
		change(&config)
		if _, err := launder.New(config); err == nil {
			t.Errorf("%s: made all the same", name)
		}
	}
}

// TestPlain makes the least worlds: no rates, no transactions, one block.
func TestPlain(t *testing.T) {
	config := launder.Config{Seed: 6, Blocks: 1, Kinds: launder.DefaultKinds()}
	m := truth(t, world(t, config))
	if c := m.Counts(end); c.Blocks != 1 || c.Txs != 1 || c.Inputs != 1 || c.Unknown != 0 {
		t.Errorf("one block from height 0: %+v", c)
	}
	config.Blocks, config.TxPerBlock, config.Forks, config.ForkDepthMax = 30, 5, 2, 10
	truth(t, world(t, config))
}

func world(t testing.TB, config launder.Config) *launder.World {
	t.Helper()
	w, err := launder.New(config)
	if err != nil {
		t.Fatalf("seed %d: %v", config.Seed, err)
	}
	return w
}

func truth(t testing.TB, w *launder.World) *launder.Model {
	t.Helper()
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatalf("seed %d: %v", w.Config().Seed, err)
	}
	return m
}

func digest(w *launder.World, refs []launder.BlockRef) string {
	h := sha256.New()
	for _, raw := range w.Raws(refs) {
		h.Write(raw)
	}
	return hex.EncodeToString(h.Sum(nil))
}
