package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/node/blkfile"
	"clew.example/clew/store/flat"
)

// FolderOptions say how a folder of blocks is ingested.
type FolderOptions struct {
	// Options.Network nil: the one whose magic the files carry, mainnet where
	// none does.
	Options
	// Ledger returns where the ledger of a network lies, or is to lie.
	Ledger func(*bitcoin.Network) (vfs.FS, error)
	// Store tunes the ledger's writer; Memory is taken from Options.
	Store flat.Options
}

// FolderResult is what ingesting a folder did.
type FolderResult struct {
	Result
	Network *bitcoin.Network
	Padding int64 // zero bytes behind the last records of files
	CutTail int   // last records of blk*.dat that are cut, as a stopped node leaves them
}

// ErrBlocks: the folder of blocks can not be read.
var ErrBlocks = errors.New("the folder of blocks can not be read")

// ErrNetwork: the ledger is one of another chain, or of a chain whose proof of
// work was checked where it now is not to be.
var ErrNetwork = errors.New("the ledger is of another kind of chain")

// Folder ingests a folder of blk*.dat or raw block files into a ledger in
// files, and closes it. On errors the result is as right as that of Run; it is
// empty, without a Network, where the folder could not be looked at.
func Folder(ctx context.Context, dir string, opt FolderOptions) (FolderResult, error) {
	began := time.Now()
	d, err := blkfile.Open(ctx, dir, blkfile.Options{Network: opt.Network, NoPow: opt.NoPow})
	if ctx.Err() != nil {
		return FolderResult{}, ctx.Err()
	}
	if err != nil {
		return FolderResult{}, fmt.Errorf("%w: %w", ErrBlocks, err)
	}
	defer d.Close()
	res := FolderResult{Network: d.Network, Padding: d.Counts.Padding, CutTail: d.Counts.CutTail}
	opt.Network = d.Network
	opt.Store.Memory = opt.Memory
	s := &files{network: opt.Network, noPow: opt.NoPow, opt: opt.Store, bytes: uint64(d.Counts.Bytes)}
	if s.fs, err = opt.Ledger(d.Network); err != nil {
		return res, err
	}
	res.Result, err = Run(ctx, d, s, opt.Options)
	err = s.close(err)
	res.Elapsed = time.Since(began)
	return res, err
}
