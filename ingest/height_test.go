package ingest_test

import (
	"context"
	"errors"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ingest"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// TestHeights covers who tells the height of the first block.
func TestHeights(t *testing.T) {
	stated := worldOf(t, 71, func(c *launder.Config) { c.Forks = 0; c.Rates[launder.Bare] = 0 })
	silent := worldOf(t, 72, func(c *launder.Config) { c.Forks = 0; c.Rates[launder.Bare] = 1000; c.Rates[launder.Duplicate] = 0 })
	first := stated.Config().First
	given := func(h ledger.Height) *ledger.Height { return &h }
	for _, c := range []struct {
		name  string
		w     *launder.World
		skip  int // blocks left out at the front
		given *ledger.Height
		noPow bool
		first ledger.Height
		err   error
	}{
		{"stated", stated, 0, nil, false, first, nil},
		{"stated further up", stated, 3, nil, false, first + 3, nil},
		{"stated and given", stated, 0, given(first), false, first, nil},
		{"stated and contradicted", stated, 0, given(first + 1), false, 0, ingest.ErrHeight},
		{"not known", silent, 2, nil, false, 0, ingest.ErrHeightUnknown},
		{"given", silent, 2, given(7), false, 7, nil},
		{"made up, but stated", stated, 0, nil, true, first, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := optionsFor(t.TempDir())
			opt.FirstHeight, opt.NoPow = c.given, c.noPow
			res, err := ingest.Folder(context.Background(), writeRaw(t, c.w.Raws(c.w.Chain()[c.skip:])), opt)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err == nil && (!res.Held || res.Tip.FirstHeight != c.first) {
				t.Errorf("first height %d, want %d; skipped %v", res.Tip.FirstHeight, c.first, res.Skipped)
			}
			if err != nil && res.Held {
				t.Error("a ledger was begun all the same")
			}
		})
	}
}

// lie makes a chain of n blocks on prev that state the heights of state.
func lie(prev ledger.Hash, n int, state func(i int) ledger.Height) [][]byte {
	var raws [][]byte
	for i := range n {
		tx := bitcoin.RawTx{
			Version: 1,
			Ins:     []bitcoin.RawIn{bitcoin.CoinbaseIn(bitcoin.CoinbaseScript(state(i), []byte{byte(i), byte(i)}))},
			Outs:    []bitcoin.RawOut{{Value: 50, Script: []byte{0x51}}},
		}
		h := bitcoin.Header{Version: 4, Prev: prev, Bits: 0x207fffff, Time: uint32(1_600_000_000 + i)}
		raw := bitcoin.AppendBlock(nil, h, []bitcoin.RawTx{tx})
		prev = bitcoin.HashHeader(raw)
		raws = append(raws, raw)
	}
	return raws
}

// TestHeightsContradict refuses a chain whose blocks disagree.
func TestHeightsContradict(t *testing.T) {
	for name, state := range map[string]func(int) ledger.Height{
		"one is off":             func(i int) ledger.Height { return ledger.Height(100 + i + i/3) },
		"beyond any chain":       func(i int) ledger.Height { return ledger.Height(1<<32 - 3 + i) },
		"below the first height": func(i int) ledger.Height { return ledger.Height(0) },
	} {
		opt := optionsFor(t.TempDir())
		opt.NoPow = true
		_, err := ingest.Folder(context.Background(), writeRaw(t, lie(ledger.Hash{1}, 6, state)), opt)
		if !errors.Is(err, ingest.ErrHeight) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHeightsMadeUp lets a chain without proof of work begin at 0 where its
// first block has none before it and nobody states another height: on mainnet
// nobody is believed below 227,931.
func TestHeightsMadeUp(t *testing.T) {
	other := ledger.Height(7)
	for _, c := range []struct {
		prev  ledger.Hash
		given *ledger.Height
		first ledger.Height
		err   error
	}{
		{ledger.Hash{}, nil, 0, nil},
		{ledger.Hash{}, &other, 7, nil},
		{ledger.Hash{1}, nil, 0, ingest.ErrHeightUnknown},
		{ledger.Hash{1}, &other, 7, nil},
	} {
		opt := optionsFor(t.TempDir())
		opt.Network, opt.NoPow, opt.FirstHeight = bitcoin.Networks()[0], true, c.given
		res, err := ingest.Folder(context.Background(), writeRaw(t, lie(c.prev, 6, func(i int) ledger.Height { return ledger.Height(i) })), opt)
		if !errors.Is(err, c.err) || err == nil && (res.Tip.FirstHeight != c.first || res.Added != 6) {
			t.Errorf("%+v: tip %+v, error %v", c, res.Tip, err)
		}
	}
}

// TestOtherChain refuses to mix chains, and checked blocks with unchecked.
func TestOtherChain(t *testing.T) {
	w := worldOf(t, 73, func(c *launder.Config) { c.Forks = 0 })
	blocks, dir := writeRaw(t, w.Raws(w.Chain())), t.TempDir()
	take(t, blocks, dir)
	opt := optionsFor(dir)
	opt.NoPow = true
	if _, err := ingest.Folder(context.Background(), blocks, opt); !errors.Is(err, ingest.ErrNetwork) {
		t.Errorf("unchecked blocks: %v", err)
	}
	opt = optionsFor(dir)
	opt.Network, _ = bitcoin.NetworkByName("simnet")
	if _, err := ingest.Folder(context.Background(), blocks, opt); !errors.Is(err, ingest.ErrNetwork) {
		t.Errorf("another network: %v", err)
	}
	if _, err := ingest.Folder(context.Background(), blocks+"/none", optionsFor(dir)); !errors.Is(err, ingest.ErrBlocks) {
		t.Errorf("no folder: %v", err)
	}
}
