package esplora_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/esplora"
	"clew.example/clew/node/esplora/mock"
)

// realBlocks reads blocks 560062 to 560086 of mainnet.
func realBlocks(t *testing.T) []mock.Block {
	t.Helper()
	dir := filepath.Join(os.Getenv("CLEW_DATA"), "bitcoin", "mainnet-560062-560086")
	entries, err := os.ReadDir(dir)
	if os.Getenv("CLEW_DATA") == "" || err != nil {
		t.Skip("no blocks: set CLEW_DATA to a folder that holds bitcoin/mainnet-560062-560086")
	}
	next := map[ledger.Hash][]byte{}
	hashes := map[ledger.Hash]bool{}
	for _, entry := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if h, err := bitcoin.ParseHeader(raw); err == nil && bitcoin.CheckPow(bitcoin.HashHeader(raw), h.Bits, bitcoin.Networks()[0]) == nil {
			next[h.Prev], hashes[bitcoin.HashHeader(raw)] = raw, true
		}
	}
	var blocks []mock.Block
	for prev, raw := range next {
		if hashes[prev] {
			continue
		}
		for h := ledger.Height(560062); raw != nil; h++ {
			blocks = append(blocks, mock.Block{Height: h, Raw: raw})
			raw = next[bitcoin.HashHeader(raw)]
		}
	}
	if len(blocks) != 25 {
		t.Fatalf("%d blocks", len(blocks))
	}
	return blocks
}

// TestRealBlocks: what can be reached from the peel chains of 2019 over HTTP
// is as many transactions as from the blocks themselves.
func TestRealBlocks(t *testing.T) {
	t.Parallel()
	s := serve(t, realBlocks(t))
	dir := t.TempDir()
	for _, offline := range []bool{false, true} {
		e, err := esplora.Open(context.Background(), esplora.Options{URL: s.URL, PerSecond: -1, CacheDir: dir, Offline: offline})
		if err != nil {
			t.Fatal(err)
		}
		v := pin(t, e, newest)
		for start, want := range map[string]int{
			"0f8c45e0cb1203bf7b6f2e484b3cc6f0d2887bfcdcc8acf42f4505934c9dbd34": 203,
			"70f8021c2287d45f93335ddd99201b0b3a04c5d48f3243652743eabf6d0752ff": 1137,
		} {
			id, err := ledger.ParseHash(start)
			if err != nil {
				t.Fatal(err)
			}
			if ids, err := follow(context.Background(), v, id); err != nil || len(ids) != want {
				t.Errorf("%d transactions from %s, want %d: %v", len(ids), start, want, err)
			}
		}
		if err := v.Recheck(context.Background()); err != nil {
			t.Error(err)
		}
		e.Close()
	}
	t.Logf("%v", s.Stats())
}
