package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"clew.example/clew/bench/chain"
	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/report"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// scan sums all outputs, transaction by transaction.
func (b *bench) scan(ctx context.Context) error {
	const rounds = 15
	plain, err := b.plainValues()
	if err != nil {
		return err
	}
	right := func(sum uint64) error {
		if int64(sum) != b.meta.TotalOut {
			return fmt.Errorf("sum of outputs: have %d, want %d", sum, b.meta.TotalOut)
		}
		return nil
	}
	return b.withView(ctx, func(v *flat.View) error {
		times, err := meter.Interleave(rounds,
			func(int) error { return right(uint64(plain.sum())) },
			func(int) error {
				sum, err := v.SumOutputs(ctx)
				return errors.Join(err, right(sum))
			})
		if err != nil {
			return err
		}
		yard, here := times[0].Median(), times[1].Median()
		b.add(report.Scan, meter.PerSecond(b.meta.Txs, here), meter.PerSecond(b.meta.Txs, yard),
			fmt.Sprintf("yardstick: one array in memory; sum %d sat, as it should; first %v, median of %d %v", b.meta.TotalOut, times[1][0], rounds, here))
		return nil
	})
}

// decode parses the blocks of the first file, txids and merkle roots included,
// from memory.
func (b *bench) decode(ctx context.Context) error {
	const rounds = 7
	file, err := os.ReadFile(filepath.Join(chain.BlocksDir(b.chain), "blk00000.dat"))
	if err != nil {
		return err
	}
	var d bitcoin.Decoder
	var block ledger.Block
	txs, err := decodeRecords(&d, &block, file) // grows the decoder's memory
	if err != nil {
		return err
	}
	before := meter.ReadUsage()
	times, err := meter.Interleave(rounds,
		func(int) error { hashOnly(file, txs); return nil },
		func(int) error { _, err := decodeRecords(&d, &block, file); return err })
	if err != nil {
		return err
	}
	allocs := meter.ReadUsage().Sub(before).Allocs
	yard, here := times[0].Median(), times[1].Median()
	b.add(report.Decode, meter.PerSecond(txs, here), meter.PerSecond(txs, yard),
		fmt.Sprintf("yardstick: the hashing alone, which no decoder can beat; %d transactions, merkle roots too, median of %d", txs, rounds))
	b.add(report.DecodeAllocs, float64(allocs)/float64(txs*rounds), 0, fmt.Sprintf("%d in %d transactions", allocs, txs*rounds))
	return ctx.Err()
}

// decodeRecords decodes the records of a blk*.dat and counts transactions.
func decodeRecords(d *bitcoin.Decoder, block *ledger.Block, file []byte) (txs int, err error) {
	for len(file) >= 8 {
		n := int64(binary.LittleEndian.Uint32(file[4:]))
		if n > int64(len(file)-8) {
			return txs, fmt.Errorf("record of %d bytes where the file has %d", n, len(file)-8)
		}
		if err := d.Decode(block, file[8:8+n]); err != nil {
			return txs, err
		}
		txs += len(block.Txs)
		file = file[8+n:]
	}
	return txs, nil
}
