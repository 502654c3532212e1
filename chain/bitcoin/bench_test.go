package bitcoin_test

import (
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// BenchmarkDecode decodes 32 distinct blocks of 2,000 transactions of one P2PKH
// input and two outputs (226 bytes), so that the input is not all in cache.
//
// On an Intel Xeon with SHA extensions (1.4 GB/s in crypto/sha256), one thread:
// 700 ns a transaction, 1.4 M tx/s. Of these 330 ns are the txid and 240 ns its
// share of the merkle tree, so reading, checking and traits take 130 ns.
func BenchmarkDecode(b *testing.B) {
	r := newRand(b, 1)
	blocks := make([][]byte, 32)
	size := 0
	for i := range blocks {
		txs := []bitcoin.RawTx{coinbase(ledger.Height(i))}
		for range 2000 {
			txs = append(txs, smallTx(randomBytes(r, 32)))
		}
		blocks[i] = bitcoin.AppendBlock(nil, bitcoin.Header{}, txs)
		size += len(blocks[i])
	}
	benchmarkBlocks(b, blocks, size)
}

// BenchmarkDecodeReal decodes the real blocks of 2019.
func BenchmarkDecodeReal(b *testing.B) {
	var blocks [][]byte
	size := 0
	for _, real := range realBlocks(b) {
		if len(real.name) == 64 {
			blocks, size = append(blocks, real.raw), size+len(real.raw)
		}
	}
	if len(blocks) == 0 {
		b.Skip("no real blocks")
	}
	benchmarkBlocks(b, blocks, size)
}

func benchmarkBlocks(b *testing.B, blocks [][]byte, size int) {
	var d bitcoin.Decoder
	var block ledger.Block
	txs := 0
	b.SetBytes(int64(size / len(blocks)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := d.Decode(&block, blocks[i%len(blocks)]); err != nil {
			b.Fatal(err)
		}
		txs += len(block.Txs)
	}
	b.ReportMetric(float64(txs)/b.Elapsed().Seconds(), "tx/s")
}

// smallTx is a transaction with the sizes of a common payment.
func smallTx(prev []byte) bitcoin.RawTx {
	signature := append([]byte{0x30, 0x44, 0x02, 0x20}, make([]byte, 68)...)
	signature[4], signature[36], signature[37], signature[38], signature[71] = 1, 0x02, 0x20, 1, 1
	key := append([]byte{0x02}, prev...)
	script := append(append(append([]byte{72}, signature...), 33), key...)
	pay := append(append([]byte("\x76\xa9\x14"), prev[:20]...), "\x88\xac"...)
	return bitcoin.RawTx{
		Version: 1,
		Ins:     []bitcoin.RawIn{{Prev: ledger.Outpoint{TxID: ledger.Hash(prev)}, Script: script, Sequence: 0xffffffff}},
		Outs:    []bitcoin.RawOut{{Value: 1, Script: pay}, {Value: 2, Script: pay}},
	}
}
