package evm_test

import (
	"testing"

	"clew.example/clew/chain/evm"
)

// BenchmarkDecode decodes recorded blocks of Ethereum with receipts and traces,
// one after the other, and counts what came of them.
func BenchmarkDecode(b *testing.B) {
	var blocks []evm.Answers
	var size int64
	for _, r := range chainstorage(b) {
		if r.chain.ID == 1 && cut[r.name] == "" && len(r.answers.Traces) > 0 {
			blocks = append(blocks, r.answers)
			size += int64(len(r.answers.Block) + len(r.answers.Receipts) + len(r.answers.Traces))
		}
	}
	ethereum, _ := evm.ChainByID(1)
	decoder := evm.NewDecoder(ethereum)
	var block evm.Block
	moves, txs := 0, 0
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, a := range blocks {
			if err := decoder.Decode(&block, a); err != nil {
				b.Fatal(err)
			}
			moves, txs = moves+len(block.Moves), txs+len(block.Txs)
		}
	}
	b.ReportMetric(float64(moves)/b.Elapsed().Seconds(), "moves/s")
	b.ReportMetric(float64(txs)/b.Elapsed().Seconds(), "txs/s")
}
