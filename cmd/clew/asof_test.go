package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// asOfHeights is how many random heights are compared.
const asOfHeights = 50

// TestTraceAsOf: a trace as of a height of a whole ledger says what the same
// trace says on a ledger that ends there, to the digest.
func TestTraceAsOf(t *testing.T) {
	seed := uint64(1)
	if s := os.Getenv("CLEW_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("CLEW_SEED=%d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	const worlds = 5
	for range worlds {
		c := launder.Default(rng.Uint64())
		c.Blocks, c.TxPerBlock, c.Forks = 40, 8, 0
		w, err := launder.New(c)
		if err != nil {
			t.Fatal(err)
		}
		whole := ingestWorld(t, w, len(w.Chain()))
		for range asOfHeights / worlds {
			compareAsOf(t, rng, w, whole)
		}
	}
}

// ingestWorld makes a ledger of the first blocks of a world.
func ingestWorld(t *testing.T, w *launder.World, blocks int) string {
	t.Helper()
	dir := t.TempDir()
	n, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		t.Fatal(err)
	}
	if err := launder.WriteBlkFiles(filepath.Join(dir, "blocks"), launder.BlkFiles{Magic: n.Magic}, w.Raws(w.Chain()[:blocks])); err != nil {
		t.Fatal(err)
	}
	first := strconv.FormatUint(uint64(w.Chain()[0].Height), 10)
	said(t, "ingest", "bitcoin", "--blocks", filepath.Join(dir, "blocks"), "--network", "regtest", "--first-height", first, "--ledger", filepath.Join(dir, "L"))
	return filepath.Join(dir, "L")
}

// said runs a command that must end well, and returns what it said.
func said(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, err bytes.Buffer
	e := env{Out: &out, Err: &err, Getenv: func(string) string { return "" }}
	if code := run(args, e); code != exitOK {
		t.Fatalf("clew %v: exit %d\n%s", args, code, err.Bytes())
	}
	return out.Bytes()
}

// someTx draws a transaction that pays something.
func someTx(t *testing.T, rng *rand.Rand, w *launder.World, chain []launder.BlockRef) ledger.TxID {
	for {
		b, err := w.Block(chain[rng.IntN(len(chain))].Hash)
		if err != nil {
			t.Fatal(err)
		}
		i := rng.IntN(len(b.Txs))
		for from, to := b.OutsOf(i); from < to; from++ {
			if b.Outs[from].Value > 0 {
				return b.Txs[i].ID
			}
		}
	}
}

func compareAsOf(t *testing.T, rng *rand.Rand, w *launder.World, whole string) {
	chain := w.Chain()
	at := 1 + rng.IntN(len(chain)-1)
	start := fmt.Sprintf("bitcoin-regtest:%s", someTx(t, rng, w, chain[:at]))
	var digests [2]string
	for i, args := range [][]string{
		{"--ledger", whole, "--as-of", strconv.FormatUint(uint64(chain[at].Height), 10)},
		{"--ledger", ingestWorld(t, w, at+1)},
	} {
		var r struct {
			Digest string `json:"result_digest"`
		}
		if err := json.Unmarshal(said(t, append([]string{"trace", start, "--policy", "all", "--json"}, args...)...), &r); err != nil {
			t.Fatal(err)
		}
		digests[i] = r.Digest
	}
	if digests[0] != digests[1] || digests[0] == "" {
		t.Errorf("%s as of block %d: %s in the whole ledger, %s in one that ends there", start, chain[at].Height, digests[0], digests[1])
	}
}
