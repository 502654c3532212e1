package main

import (
	"context"
	"fmt"
	"os"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
	"clew.example/clew/store/flat"
)

// ingestAll ingests a folder of blocks into a new ledger.
func ingestAll(ctx context.Context, blocks, dir string, memory int64) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := openFeed(ctx, blocks)
	if err != nil {
		return err
	}
	defer f.dir.Close()
	meta := flat.Meta{Chain: f.dir.Network.Chain, Network: f.dir.Network.Name, NoPow: true}
	w, err := flat.Create(vfs.NewOS(dir), meta, flat.Options{Memory: memory})
	if err != nil {
		return err
	}
	if err := f.appendTo(ctx, w); err != nil {
		w.Abort()
		return err
	}
	return w.Close()
}

// feed is a folder of blocks in the order of their chain.
type feed struct {
	dir  *blkfile.Dir
	refs []blkfile.Ref
}

func openFeed(ctx context.Context, blocks string) (*feed, error) {
	d, err := blkfile.Open(ctx, blocks, blkfile.Options{NoPow: true})
	if err != nil {
		return nil, err
	}
	branch, err := d.Best(nil)
	if err != nil {
		d.Close()
		return nil, err
	}
	if len(branch.Skipped) > 0 || len(d.Skipped()) > 0 {
		d.Close()
		return nil, fmt.Errorf("generated blocks of no use: %v %v", d.Skipped(), branch.Skipped)
	}
	return &feed{dir: d, refs: branch.Refs}, nil
}

// ahead is how many decoded blocks wait for the writer at most.
const ahead = 8

// appendTo decodes on one goroutine and appends on another.
func (f *feed) appendTo(ctx context.Context, w *flat.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	free, full, failed := make(chan *ledger.Block, ahead), make(chan *ledger.Block, ahead), make(chan error, 1)
	for range ahead {
		free <- new(ledger.Block)
	}
	go func() {
		defer close(full)
		failed <- f.decodeAll(ctx, w, free, full)
	}()
	for b := range full {
		if err := w.Append(b); err != nil {
			cancel()
			for range full {
			}
			return err
		}
		free <- b
	}
	return <-failed
}

func (f *feed) decodeAll(ctx context.Context, w *flat.Writer, free <-chan *ledger.Block, full chan<- *ledger.Block) error {
	var d bitcoin.Decoder
	for i := range f.refs {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b := <-free:
			if err := f.decode(&d, i, b); err != nil {
				return err
			}
			w.Prepare(b)
			full <- b
		}
	}
	return nil
}

// decode reads the block at a height into b.
func (f *feed) decode(d *bitcoin.Decoder, height int, b *ledger.Block) error {
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
