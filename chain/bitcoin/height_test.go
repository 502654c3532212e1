package bitcoin_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/txscript"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// coinbaseBlock decodes a block whose coinbase has the given scriptSig.
func coinbaseBlock(t *testing.T, version int32, script []byte) *ledger.Block {
	t.Helper()
	tx := coinbase(0)
	tx.Ins[0].Script = script
	b := new(ledger.Block)
	raw := bitcoin.AppendBlock(nil, bitcoin.Header{Version: version}, []bitcoin.RawTx{tx})
	if err := new(bitcoin.Decoder).Decode(b, raw); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestHeights writes and reads heights, with btcd's script builder as oracle.
func TestHeights(t *testing.T) {
	for _, h := range []ledger.Height{0, 1, 2, 16, 17, 127, 128, 255, 256, 32767, 32768, 227_931, 1<<23 - 1, 1 << 23, 1<<31 - 1, 1<<32 - 1} {
		script := bitcoin.CoinbaseScript(h, []byte("\x04text"))
		want, err := txscript.NewScriptBuilder().AddInt64(int64(h)).Script()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(script, want) {
			t.Errorf("%d: script %x, want %x first", h, script, want)
		}
		got, ok := bitcoin.CoinbaseHeight(coinbaseBlock(t, 2, script))
		if !ok || got != h {
			t.Errorf("%d is read as %d, %v", h, got, ok)
		}
	}
	if got := bitcoin.CoinbaseScript(3, nil); len(got) != 2 {
		t.Errorf("script %x is shorter than consensus allows", got)
	}
}

// TestNoHeight reads what is not a height as BIP 34 pushes it.
func TestNoHeight(t *testing.T) {
	for _, script := range []string{"", "ff", "01", "0101", "0110", "0100", "020100", "0180", "03000080", "03010000", "06010203040506", "4c0111", "05ffffffff7f", "4f"} {
		raw, err := hex.DecodeString(script)
		if err != nil {
			t.Fatal(err)
		}
		if h, ok := bitcoin.CoinbaseHeight(coinbaseBlock(t, 2, raw)); ok {
			t.Errorf("%s is read as height %d", script, h)
		}
	}
}

func TestBIP34(t *testing.T) {
	for _, c := range []struct {
		network string
		version int32
		height  ledger.Height
		want    bool
	}{
		{"mainnet", 2, 227_930, false}, {"mainnet", 2, 227_931, true}, {"mainnet", 1, 300_000, false}, {"mainnet", -1, 300_000, false},
		{"mainnet", 0x20000000, 700_000, true}, {"testnet", 2, 21_110, false}, {"testnet", 2, 21_111, true},
		{"signet", 2, 0, false}, {"signet", 2, 1, true}, {"regtest", 2, 0, true}, {"regtest", 1, 5, false}, {"simnet", 4, 1, true},
	} {
		n, err := bitcoin.NetworkByName(c.network)
		if err != nil {
			t.Fatal(err)
		}
		b := coinbaseBlock(t, c.version, bitcoin.CoinbaseScript(c.height, nil))
		h, ok, err := bitcoin.BIP34(b, n)
		if err != nil || ok != c.want || ok && h != c.height {
			t.Errorf("%+v: %d, %v, %v", c, h, ok, err)
		}
	}
	if _, _, err := bitcoin.BIP34(new(ledger.Block), bitcoin.Networks()[0]); err == nil {
		t.Error("a block that was not decoded has no height")
	}
}

// TestRealHeights reads heights of blocks on both sides of BIP 34, whose
// heights are in the names of the files, and of the 25.
func TestRealHeights(t *testing.T) {
	want := map[string]ledger.Height{"block333961": 333_961, "block363703": 363_703, "block370661": 370_661, "block383616": 383_616, "block481815": 481_815, "277647": 277_647}
	var d bitcoin.Decoder
	var b ledger.Block
	known, of25 := 0, make(map[ledger.Height]bool)
	for _, real := range realBlocks(t) {
		if err := d.Decode(&b, real.raw); err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(real.name, ".")
		h, ok, err := bitcoin.BIP34(&b, bitcoin.Networks()[0])
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case len(real.name) == 64:
			of25[h] = ok
		case want[name] != 0:
			known++
			if h != want[name] {
				t.Errorf("%s: height %d, %v", real.name, h, ok)
			}
		case ok && !strings.Contains(real.name, "testnet"):
			t.Errorf("%s: height %d is believed", real.name, h)
		}
	}
	if known == 0 {
		t.Skip("no real blocks")
	}
	if known != len(want) || len(of25) != 25 || !of25[560_062] || !of25[560_086] {
		t.Errorf("%d known heights, %v", known, of25)
	}
}
