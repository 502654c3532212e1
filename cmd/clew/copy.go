package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/report/file"
	"clew.example/clew/store/flat"
)

func newLedgerCopy(e env) *cobra.Command {
	var f ledgerFlags
	cmd := &cobra.Command{
		Use:   "copy DEST",
		Short: "Copy the ledger to another folder, while it grows too",
		Long: `Copies the ledger, as of its newest block, to a folder that holds no ledger of that chain. An ingest may run beside it.
Cells and indexes are computed from the rows, not copied. DEST is then a ledger for --ledger.`,
		Args: exactArgs("DEST"),
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen, err := f.chosen(e)
			if err != nil {
				return err
			}
			for _, p := range chosen {
				if err := copyLedger(cmd.Context(), e, p, args[0], f.asJSON); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f.add(cmd)
	return cmd
}

// copyAnswer is what "clew ledger copy --json" prints.
type copyAnswer struct {
	Schema  string    `json:"schema"`
	Network string    `json:"network"`
	To      string    `json:"to"`
	Tip     tipAnswer `json:"tip"`
}

func copyLedger(ctx context.Context, e env, p place, dest string, asJSON bool) error {
	to := filepath.Join(dest, p.name)
	dst := vfs.NewOS(to)
	if err := dst.MkdirAll("."); err != nil {
		return fail(exitSource, fmt.Errorf("copy to %s: %w", to, err), "")
	}
	line := newStatusLine(e.Err)
	tip, err := flat.Copy(ctx, p.fs(), dst, flat.CopyOptions{Progress: line.share("copying " + p.name)})
	line.clear()
	if err != nil {
		return copyFailure(p, to, err)
	}
	if asJSON {
		return writeJSON(e.Out, copyAnswer{"clew.copy/1", p.network.Name, to, tipAnswer{Height: tip.Height, Hash: tip.Hash.String()}})
	}
	pg := file.NewPage(e.Out)
	pg.Linef("copied blocks %d to %d %s to %s", tip.FirstHeight, tip.Height, tip.Hash, to)
	return pg.Err()
}

// copyFailure tells a destination that can not be written from a source that
// can not be read.
func copyFailure(p place, to string, err error) error {
	switch {
	case errors.Is(err, flat.ErrExists):
		return fail(exitUsage, fmt.Errorf("copy to %s: %w", to, err), "choose a folder that holds no ledger")
	case errors.Is(err, vfs.ErrNoSpace), errors.Is(err, fs.ErrPermission):
		return fail(exitUsage, fmt.Errorf("copy to %s: %w", to, err), "")
	}
	return ledgerFailure(p.dir, err)
}
