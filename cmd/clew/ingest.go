package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"runtime/debug"
	"strconv"

	"github.com/spf13/cobra"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ingest"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
	"clew.example/clew/report/file"
)

func newIngest(e env) *cobra.Command {
	group := newGroup(&cobra.Command{
		Use:   "ingest",
		Short: "Take blocks into the ledger",
	})
	group.AddCommand(newIngestBitcoin(e))
	return group
}

// ingestFlags are those of "clew ingest bitcoin".
type ingestFlags struct {
	blocks, ledger, network, first, memory string
	noPow, asJSON                          bool
	nodes                                  nodeFlags
}

func newIngestBitcoin(e env) *cobra.Command {
	var f ingestFlags
	cmd := &cobra.Command{
		Use:   "bitcoin",
		Short: "Take in blocks from block files, or from nodes, and follow them",
		Long: `Takes in blocks from Bitcoin Core's blk*.dat files, xor-obfuscated too, or from files of raw blocks, in any order; or,
with --rpc, from nodes by JSON-RPC: Bitcoin Core or btcd, one or several of the same chain.

The chain with the most work is taken; merkle roots, header links and proof of work are checked. Running it again goes
on where the last run ended. What can not be used is listed as skipped, and the exit code is then 2. An interrupted run
keeps its blocks and exits with 5.

With --follow it goes on at the newest block, each of which is committed as it comes; blocks that the nodes take back
are taken back. SIGTERM ends it after a whole block, with exit code 0. Under systemd (Type=notify) it says when it is
ready. Block files are the faster way to begin: ingest them first, then follow.`,
		Args: exactArgs(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (f.blocks == "") == (len(f.nodes.urls) == 0) {
				return fail(exitUsage, errors.New("want --blocks DIR or --rpc URL, one of them"), helpHint(cmd))
			}
			opt, err := f.options()
			if err != nil {
				return fail(exitUsage, err, helpHint(cmd))
			}
			if f.blocks == "" {
				return f.ingestNodes(cmd.Context(), e, opt)
			}
			return f.run(cmd.Context(), e, opt)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.blocks, "blocks", "", "folder of the blocks, such as ~/.bitcoin/blocks")
	f.nodes.add(cmd)
	fs.StringVar(&f.first, "first-height", "", "height of the first block, where the blocks do not tell it")
	fs.StringVar(&f.network, "network", "", "network of the blocks (default: what the files say, else mainnet)")
	fs.BoolVar(&f.noPow, "no-pow", false, "accept blocks without proof of work: for made-up chains only")
	fs.StringVar(&f.memory, "memory", "", "memory to stay within, such as 300MB or 1GiB (default: no limit)")
	ledgerFlag(cmd, &f.ledger)
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
	return cmd
}

// options reads the flags that need reading.
func (f *ingestFlags) options() (opt ingest.FolderOptions, err error) {
	opt.NoPow = f.noPow
	if f.network != "" {
		if opt.Network, err = bitcoin.NetworkByName(f.network); err != nil {
			return opt, fmt.Errorf("--network: %w", err)
		}
	}
	if f.first != "" {
		n, err := strconv.ParseUint(f.first, 10, 31)
		if err != nil {
			return opt, fmt.Errorf("--first-height %.40q: want a block's height", f.first)
		}
		h := ledger.Height(n)
		opt.FirstHeight = &h
	}
	if f.memory != "" {
		if opt.Memory, err = parseSize(f.memory); err != nil {
			return opt, fmt.Errorf("--memory: %w", err)
		}
	}
	return opt, nil
}

func (f *ingestFlags) run(ctx context.Context, e env, opt ingest.FolderOptions) error {
	if opt.Memory > 0 {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(opt.Memory / heapShare))
	}
	var at place
	opt.Ledger = func(n *bitcoin.Network) (vfs.FS, error) {
		at = placeFor(e.ledgerPath(f.ledger), n)
		return at.fs(), nil
	}
	line := newStatusLine(e.Err)
	if line != nil {
		line.print("looking at " + filepath.Base(f.blocks))
		opt.Progress = func(p ingest.Progress) { line.print(progressText(p)) }
	}
	res, err := ingest.Folder(ctx, f.blocks, opt)
	line.clear()
	if res.Network != nil && answers(err) {
		if err := f.print(e.Out, at, &res); err != nil {
			return err
		}
	}
	if err != nil {
		return ingestFailure(at, err, &res)
	}
	if n := len(res.Skipped); n > 0 {
		return fail(exitInput, fmt.Errorf("%s of %s could not be used", file.Plural(n, "place"), f.blocks), "see what was skipped above; all that connects was taken in")
	}
	return nil
}

// answers reports whether there is something to print: what was taken in so
// far, or what kept all from being taken in.
func answers(err error) bool {
	return err == nil || errors.Is(err, context.Canceled) || errors.Is(err, ingest.ErrSource)
}

// heapShare is the part of --memory that the heap may have, as a divisor: the
// rest is for mapped pages.
const heapShare = 2

// ingestFailure gives an error its exit code and a hint.
func ingestFailure(at place, err error, res *ingest.FolderResult) error {
	switch {
	case errors.Is(err, context.Canceled) && res.Network == nil:
		return fail(exitIncomplete, errors.New("interrupted while looking at the blocks; nothing was changed"), "")
	case errors.Is(err, context.Canceled):
		return fail(exitIncomplete, fmt.Errorf("interrupted, %s left; those before are committed", file.Plural(res.Left, "block")), "run it again to go on")
	case errors.Is(err, ingest.ErrBlocks):
		return fail(exitSource, err, "")
	case errors.Is(err, ingest.ErrHeightUnknown):
		return fail(exitInput, err, "give the height of the first block with --first-height N")
	case errors.Is(err, ingest.ErrHeight):
		return fail(exitInput, err, "leave --first-height out where the blocks tell their height; else the blocks are of no honest chain")
	case errors.Is(err, ingest.ErrNetwork):
		return fail(exitInput, fmt.Errorf("ledger %s: %w", at.dir, err), "use another folder with --ledger, or --network and --no-pow as they were")
	case errors.Is(err, ingest.ErrSource):
		return fail(exitInput, err, "")
	}
	return ledgerFailure(at.dir, err)
}

// ingestAnswer is what "clew ingest bitcoin --json" prints.
type ingestAnswer struct {
	Schema      string            `json:"schema"`
	Network     string            `json:"network"`
	Added       int               `json:"blocks_added"`
	Known       int               `json:"blocks_known"`
	Stale       int               `json:"stale"`
	Left        int               `json:"blocks_left"` // of an interrupted run
	Skipped     []blkfile.Skipped `json:"skipped"`
	Padding     int64             `json:"padding"`  // bytes
	CutTail     int               `json:"cut_tail"` // records
	Interrupted bool              `json:"interrupted"`
	Tip         *tipAnswer        `json:"tip"` // null: no block in the ledger
	Seconds     float64           `json:"seconds"`
}

// tipAnswer names a block.
type tipAnswer struct {
	Height ledger.Height `json:"height"`
	Hash   string        `json:"hash"`
	Time   string        `json:"time,omitempty"`
}

func (f *ingestFlags) print(w io.Writer, at place, res *ingest.FolderResult) error {
	if !f.asJSON {
		return printIngest(w, at, res)
	}
	a := ingestAnswer{
		Schema: "clew.ingest/1", Network: res.Network.Name,
		Added: res.Added, Known: res.Known, Stale: res.Stale, Left: res.Left, Interrupted: res.Interrupted,
		Skipped: append([]blkfile.Skipped{}, res.Skipped...),
		Padding: res.Padding, CutTail: res.CutTail,
		Seconds: math.Round(res.Elapsed.Seconds()*1000) / 1000,
	}
	if res.Held {
		a.Tip = &tipAnswer{Height: res.Tip.Height, Hash: res.Tip.Hash.String()}
	}
	return writeJSON(w, a)
}

// skippedShown is how many skipped places are printed for people; JSON has all.
const skippedShown = 20

func printIngest(w io.Writer, at place, res *ingest.FolderResult) error {
	p := file.NewPage(w)
	p.Linef("%s added, %s known, %s stale", file.Plural(res.Added, "block"), file.Count(res.Known), file.Count(res.Stale))
	if res.CutTail > 0 {
		p.Linef("left out: %s cut at the end of a file, as a stopped node leaves it", file.Plural(res.CutTail, "record"))
	}
	if res.Added > 0 {
		p.Linef("%s, %s of blocks in %s", file.Plural(res.Txs, "transaction"), size(res.Bytes), clock(res.Elapsed))
	}
	if res.Held {
		p.Linef("%s holds %s blocks %d to %d %s", at.dir, res.Network.Name, res.Tip.FirstHeight, res.Tip.Height, res.Tip.Hash)
	} else {
		p.Linef("%s holds no block", at.dir)
	}
	for i, s := range res.Skipped {
		if i == skippedShown {
			p.Linef("skipped: %s more (--json lists all)", file.Count(len(res.Skipped)-i))
			break
		}
		p.Linef("skipped: %s at byte %d: %s", s.File, s.Offset, s.Reason)
	}
	return p.Err()
}
