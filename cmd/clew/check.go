package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
	"clew.example/clew/report/file"
	"clew.example/clew/store/flat"
)

func newLedgerCheck(e env) *cobra.Command {
	var f ledgerFlags
	var blocks string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Compute everything in the ledger again and compare",
		Long: `Computes everything in the ledger that follows from something else again, and compares: index entries, spenders,
lists, heads, merkle roots, proof of work, checksums. Findings name file, row and column, and the exit code is then 4.
With --blocks, the blocks that damage is found in are read again, so that it is named more closely.`,
		Args: exactArgs(),
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen, err := f.chosen(e)
			if err != nil {
				return err
			}
			var all error
			for _, p := range chosen {
				all = errors.Join(all, checkLedger(cmd.Context(), e, p, blocks, f.asJSON))
			}
			return all
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&blocks, "blocks", "", "folder that the blocks were ingested from")
	return cmd
}

// checkAnswer is what "clew ledger check --json" prints.
type checkAnswer struct {
	Schema  string       `json:"schema"`
	Network string       `json:"network"`
	OK      bool         `json:"ok"`
	Strict  bool         `json:"strict"` // no writer was at work: what lies beyond the tip was checked too
	Tip     *tipAnswer   `json:"tip"`
	Blocks  uint64       `json:"blocks"`
	Txs     uint64       `json:"txs"`
	Damages []damageLine `json:"damages"`
	Cut     bool         `json:"cut"` // there may be more damage than is listed
}

type damageLine struct {
	File   string `json:"file"` // of a column: table and column
	Row    uint64 `json:"row"`
	Rows   uint64 `json:"rows"`
	Reason string `json:"reason"`
}

func checkLedger(ctx context.Context, e env, p place, blocks string, asJSON bool) error {
	line := newStatusLine(e.Err)
	opt := flat.CheckOptions{Progress: line.share("checking " + p.name)}
	if blocks != "" {
		again, err := openAgain(ctx, p, blocks)
		if err != nil {
			return err
		}
		defer again.dir.Close()
		opt.ReadBlock = again.read
	}
	report, err := flat.Check(ctx, p.fs(), opt)
	line.clear()
	if err != nil {
		return ledgerFailure(p.dir, err)
	}
	if err := printCheck(e, p, report, asJSON); err != nil {
		return err
	}
	if n := len(report.Damages); n > 0 {
		return fail(exitLedger, fmt.Errorf("ledger %s is damaged: %d findings", p.dir, n),
			"restore a copy, or ingest again into a new folder; 'clew ledger copy' mends damaged cells and indexes, not rows")
	}
	return nil
}

func printCheck(e env, at place, r *flat.CheckReport, asJSON bool) error {
	a := checkAnswer{
		Schema: "clew.check/1", Network: at.network.Name, OK: len(r.Damages) == 0, Strict: r.Strict,
		Blocks: r.Counts.Blocks, Txs: r.Counts.Txs, Damages: []damageLine{}, Cut: r.Cut,
	}
	if r.Counts.Blocks > 0 {
		a.Tip = &tipAnswer{Height: r.Tip.Height, Hash: r.Tip.Hash.String()}
	}
	for _, d := range r.Damages {
		a.Damages = append(a.Damages, damageLine{d.File, d.Row, max(d.Rows, 1), d.Reason})
	}
	if asJSON {
		return writeJSON(e.Out, a)
	}
	p := file.NewPage(e.Out)
	for i := range r.Damages {
		p.Linef("damaged: %s", r.Damages[i].Error())
	}
	if r.Cut {
		p.Linef("there may be more: the check ended here")
	}
	if a.OK {
		p.Linef("%s is sound: %s blocks, %s transactions", at.dir, file.Count(a.Blocks), file.Count(a.Txs))
	}
	if !a.Strict {
		p.Linef("not locked, since a writer is at work or the folder can not be written: what lies beyond the tip was not checked")
	}
	return p.Err()
}

// again reads blocks of a ledger from the folder that they were ingested from.
type again struct {
	dir    *blkfile.Dir
	place  place
	ctx    context.Context
	hashes map[ledger.RawRef]ledger.Hash // nil: not asked for yet
}

func openAgain(ctx context.Context, p place, blocks string) (*again, error) {
	dir, err := blkfile.Open(ctx, blocks, blkfile.Options{Network: p.network, NoPow: true})
	if err != nil {
		return nil, fail(exitSource, err, "")
	}
	return &again{dir: dir, place: p, ctx: ctx}, nil
}

// read returns the bytes of a block. Which block lies where is looked up in
// the ledger when damage is first found.
func (a *again) read(ref ledger.RawRef) ([]byte, error) {
	if a.hashes == nil {
		a.hashes = map[ledger.RawRef]ledger.Hash{}
		if err := a.place.read(a.ctx, flat.MaxHeight, a.index); err != nil {
			return nil, err
		}
	}
	hash, ok := a.hashes[ref]
	if !ok {
		return nil, fmt.Errorf("block at %s %d: %w", ref.File, ref.Offset, flat.ErrNotFound)
	}
	return a.dir.ReadBlock(blkfile.Ref{Hash: hash, RawRef: ref}, nil)
}

func (a *again) index(_ *flat.Ledger, v *flat.View) error {
	tip := v.Tip()
	for i := range v.Counts().Blocks {
		b, err := v.Block(tip.FirstHeight + ledger.Height(i))
		if err != nil {
			continue // what is damaged here is reported by the check
		}
		a.hashes[b.Raw] = bitcoin.HashHeader(b.Header[:])
	}
	return nil
}
