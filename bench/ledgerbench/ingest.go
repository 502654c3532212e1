package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"clew.example/clew/bench/chain"
	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/report"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ingest"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
)

// ingest makes the ledger that the other rows read.
func (b *bench) ingest(ctx context.Context) error {
	out, err := b.ingestFresh(ctx, b.chain, b.ledger, 0)
	if err != nil {
		return err
	}
	b.ingested = true
	rate := float64(b.meta.Txs) / out.Seconds
	b.add(report.Ingest, rate, 0, notesOf(out))
	b.add(report.IngestAnon, float64(out.Memory.Anon), 0,
		fmt.Sprintf("VmHWM %d MB, of which mapped files up to %d MB", out.Memory.Peak/1e6, out.Memory.File/1e6))
	use, err := meter.ReadDiskUse(b.ledger)
	if err != nil {
		return err
	}
	b.add(report.Disk, float64(use.Allocated), 0, fmt.Sprintf("files %d MB long, blocks %d MB", use.Length/1e6, b.meta.Bytes/1e6))
	return nil
}

// ingestSmall is the ingest under a goal for memory, beside an unbounded one.
func (b *bench) ingestSmall(ctx context.Context) error {
	dir := b.ledger + "-small"
	defer os.RemoveAll(dir)
	free, err := b.ingestFresh(ctx, b.chain, dir, 0)
	if err != nil {
		return err
	}
	bound, err := b.ingestFresh(ctx, b.chain, dir, b.memory)
	if err != nil {
		return err
	}
	b.add(report.IngestSmall, float64(b.meta.Txs)/bound.Seconds, 0, fmt.Sprintf("--memory %d MB: VmHWM %d MB, anonymous %d MB; %s",
		b.memory/1e6, bound.Memory.Peak/1e6, bound.Memory.Anon/1e6, bound.Usage))
	b.add(report.IngestSmallR, free.Seconds/bound.Seconds, 0)
	return nil
}

// ingestBig tells how the rate falls as the tables grow.
func (b *bench) ingestBig(ctx context.Context) error {
	p := b.params
	p.Txs *= 4
	dir := filepath.Join(b.dir, fmt.Sprintf("chain-%d-%d", p.Txs, p.Seed))
	m, err := b.ensureChain(ctx, dir, p)
	if err != nil {
		return err
	}
	out := b.ledger + "-big"
	defer os.RemoveAll(out)
	small, err := b.ingestFresh(ctx, b.chain, out, 0)
	if err != nil {
		return err
	}
	big, err := b.ingestFresh(ctx, dir, out, 0)
	if err != nil {
		return err
	}
	rate := float64(m.Txs) / big.Seconds
	b.add(report.IngestBig, rate, 0, fmt.Sprintf("%d transactions; %s", m.Txs, notesOf(big)))
	b.add(report.IngestBigR, rate/(float64(b.meta.Txs)/small.Seconds), 0)
	return nil
}

// ingestFresh ingests a chain into an empty folder, in a process of its own,
// with the blocks in the page cache.
func (b *bench) ingestFresh(ctx context.Context, chainDir, ledgerDir string, memory int64) (outcome, error) {
	if err := os.RemoveAll(ledgerDir); err != nil {
		return outcome{}, err
	}
	blocks := chain.BlocksDir(chainDir)
	if err := meter.Warm(blocks); err != nil {
		return outcome{}, err
	}
	return spawn(ctx, task{Blocks: blocks, Ledger: ledgerDir, Memory: memory})
}

func notesOf(out outcome) string { return fmt.Sprintf("%.2f s; %s", out.Seconds, out.Usage) }

// ingestAll ingests a folder of generated blocks into a new ledger, as the
// command does. Such blocks do not tell their heights.
func ingestAll(ctx context.Context, blocks, dir string, memory int64) error {
	opt := ingest.FolderOptions{Ledger: func(*bitcoin.Network) (vfs.FS, error) { return vfs.NewOS(dir), nil }}
	opt.FirstHeight, opt.NoPow, opt.Memory = new(ledger.Height), true, memory
	res, err := ingest.Folder(ctx, blocks, opt)
	if err != nil {
		return err
	}
	if len(res.Skipped) > 0 || res.Known > 0 || res.Stale > 0 {
		return fmt.Errorf("generated blocks left out: %d known, %d stale, skipped %v", res.Known, res.Stale, res.Skipped)
	}
	return nil
}

// ensureLedger makes the ledger if this run has not done so; what an earlier
// run left is of an unknown version of the code.
func (b *bench) ensureLedger(ctx context.Context) error {
	if b.ingested {
		return nil
	}
	_, err := b.ingestFresh(ctx, b.chain, b.ledger, 0)
	b.ingested = err == nil
	return err
}
