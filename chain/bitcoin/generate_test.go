package bitcoin_test

import (
	"math/rand/v2"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// newRand returns a source whose seed is printed when the test fails.
func newRand(tb testing.TB, seed uint64) *rand.Rand {
	tb.Helper()
	tb.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// randomScript returns a scriptPubKey of any kind, or nearly of one.
func randomScript(r *rand.Rand) []byte {
	templates := [][2]string{
		{"\x76\xa9\x14", "\x88\xac"}, {"\xa9\x14", "\x87"}, {"\x00\x14", ""}, {"\x00\x20", ""},
		{"\x51\x20", ""}, {"\x51\x02\x4e\x73", ""}, {"\x52\x10", ""}, {"\x60\x02", ""}, {"\x21\x02", "\xac"}, {"\x41\x04", "\xac"},
		{"\x6a\x08", ""}, {"", ""}, {"\x00\x10", ""}, {"\x51\x21\x03", "\x51\xae"},
	}
	sizes := []int{20, 20, 20, 32, 32, 0, 16, 2, 32, 64, 8, 0, 16, 32}
	i := r.IntN(len(templates))
	script := append([]byte(templates[i][0]), randomBytes(r, sizes[i])...)
	script = append(script, templates[i][1]...)
	if len(script) > 0 && r.IntN(8) == 0 {
		script[r.IntN(len(script))] = byte(r.Uint32())
	}
	return script
}

// randomTx returns a transaction of a few inputs and outputs.
func randomTx(r *rand.Rand, witness bool) bitcoin.RawTx {
	tx := bitcoin.RawTx{Version: int32(r.IntN(3)), LockTime: r.Uint32() >> r.IntN(32)}
	for range 1 + r.IntN(3) {
		in := bitcoin.RawIn{
			Prev:     ledger.Outpoint{TxID: ledger.Hash(randomBytes(r, 32)), Vout: uint32(r.IntN(3))},
			Script:   randomBytes(r, r.IntN(30)),
			Sequence: 0xffffffff - uint32(r.IntN(4)),
		}
		if witness {
			for range r.IntN(3) {
				in.Witness = append(in.Witness, randomBytes(r, r.IntN(40)))
			}
		}
		tx.Ins = append(tx.Ins, in)
	}
	for range 1 + r.IntN(3) {
		tx.Outs = append(tx.Outs, bitcoin.RawOut{Value: ledger.Amount(r.Uint64N(1e10)), Script: randomScript(r)})
	}
	return tx
}

// randomBlock returns a valid block, up to proof of work, of n transactions
// besides the coinbase.
func randomBlock(r *rand.Rand, n int, witness bool) []byte {
	txs := []bitcoin.RawTx{coinbase(ledger.Height(r.IntN(1 << 20)))}
	for range n {
		txs = append(txs, randomTx(r, witness))
	}
	if witness {
		bitcoin.CommitWitness(txs)
	}
	h := bitcoin.Header{Version: 2, Prev: ledger.Hash(randomBytes(r, 32)), Time: 1_500_000_000, Bits: 0x207fffff}
	return bitcoin.AppendBlock(nil, h, txs)
}

func coinbase(height ledger.Height) bitcoin.RawTx {
	return bitcoin.RawTx{
		Version: 1,
		Ins:     []bitcoin.RawIn{bitcoin.CoinbaseIn(bitcoin.CoinbaseScript(height, []byte("clew")))},
		Outs:    []bitcoin.RawOut{{Value: 50e8, Script: []byte{0x51}}},
	}
}
