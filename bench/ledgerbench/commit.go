package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"clew.example/clew/bench/chain"
	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/report"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
	"clew.example/clew/store/flat"
)

// commitBlocks is how many blocks are taken back and appended one by one.
const commitBlocks = 200

// commit takes the newest blocks of the ledger back and appends each with a
// commit of its own, as a ledger that follows a node does.
func (b *bench) commit(ctx context.Context) error {
	if err := b.ensureLedger(ctx); err != nil {
		return err
	}
	f, err := openBlocks(ctx, chain.BlocksDir(b.chain))
	if err != nil {
		return err
	}
	defer f.dir.Close()
	w, err := flat.OpenWriter(vfs.NewOS(b.ledger), flat.Options{})
	if err != nil {
		return err
	}
	n := min(commitBlocks, len(f.refs)/2)
	times, err := commitSingly(ctx, w, f, len(f.refs)-n)
	if err != nil {
		w.Abort()
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	worst := slices.Max(times)
	b.add(report.Commit, times.Median().Seconds(), 0,
		fmt.Sprintf("append and commit of %d blocks of %d transactions in a ledger of %d; worst %v", n, b.params.PerBlock, b.meta.Txs, worst))
	return nil
}

func commitSingly(ctx context.Context, w *flat.Writer, f *blocks, from int) (times meter.Timings, err error) {
	if err := w.CutTo(uint64(from)); err != nil {
		return nil, err
	}
	var d bitcoin.Decoder
	var block ledger.Block
	for height := from; height < len(f.refs); height++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := f.decode(&d, height, &block); err != nil {
			return nil, err
		}
		w.Prepare(&block)
		start := time.Now()
		if err := w.Append(&block); err != nil {
			return nil, err
		}
		if err := w.Commit(); err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
	}
	return times, nil
}

// blocks is a folder of blocks in the order of their chain.
type blocks struct {
	dir  *blkfile.Dir
	refs []blkfile.Ref
}

func openBlocks(ctx context.Context, folder string) (*blocks, error) {
	d, err := blkfile.Open(ctx, folder, blkfile.Options{NoPow: true})
	if err != nil {
		return nil, err
	}
	branch, err := d.Best(nil)
	if err != nil {
		d.Close()
		return nil, err
	}
	return &blocks{dir: d, refs: branch.Refs}, nil
}

// decode reads the block at a height into b.
func (f *blocks) decode(d *bitcoin.Decoder, height int, b *ledger.Block) error {
	raw, err := f.dir.ReadBlock(f.refs[height], b.Raw[:0])
	if err != nil {
		return err
	}
	if err := d.Decode(b, raw); err != nil {
		return fmt.Errorf("block %d: %w", height, err)
	}
	b.Height, b.Source = ledger.Height(height), f.refs[height].RawRef
	return nil
}
