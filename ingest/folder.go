package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
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
	s := &folderStore{opt: &opt, bytes: uint64(d.Counts.Bytes)}
	if s.fs, err = opt.Ledger(d.Network); err != nil {
		return res, err
	}
	res.Result, err = Run(ctx, d, s, opt.Options)
	if s.writer != nil {
		if e := s.writer.Close(); err == nil && e != nil {
			err = fmt.Errorf("close the ledger: %w", e)
		}
	}
	res.Elapsed = time.Since(began)
	return res, err
}

// folderStore is the Store of a ledger in files.
type folderStore struct {
	opt    *FolderOptions
	fs     vfs.FS
	writer *flat.Writer
	bytes  uint64 // of the folder's blocks
}

// Mainnet has had a transaction every 400 to 600 bytes and a new script every
// 200 to 400; indexes that are too small grow, those too large waste disk.
const (
	bytesPerTx      = 450
	bytesPerAccount = 300
)

func (s *folderStore) use(w *flat.Writer) {
	s.writer = w
	w.Expect(s.bytes/bytesPerTx, s.bytes/bytesPerAccount)
}

func (s *folderStore) Open() (Sink, error) {
	w, err := flat.OpenWriter(s.fs, s.opt.Store)
	if errors.Is(err, flat.ErrNoLedger) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.use(w)
	return w, s.checkMeta(w.Meta())
}

func (s *folderStore) checkMeta(m flat.Meta) error {
	switch n := s.opt.Network; {
	case m.Chain != n.Chain:
		return fmt.Errorf("%w: it holds %s (%s), the blocks are of %s", ErrNetwork, m.Chain, m.Network, n.Name)
	case !m.NoPow && s.opt.NoPow:
		return fmt.Errorf("%w: proof of work was checked so far", ErrNetwork)
	}
	return nil
}

func (s *folderStore) Create(first ledger.Height) (Sink, error) {
	if s.writer != nil {
		return nil, fmt.Errorf("%w: it is empty and begins at block %d, the blocks begin at %d", ErrNetwork, s.writer.Meta().FirstHeight, first)
	}
	if err := s.fs.MkdirAll("."); err != nil {
		return nil, fmt.Errorf("create ledger: %w", err)
	}
	meta := flat.Meta{Chain: s.opt.Network.Chain, Network: s.opt.Network.Name, FirstHeight: first, NoPow: s.opt.NoPow}
	if _, err := rand.Read(meta.Key[:]); err != nil {
		return nil, fmt.Errorf("create ledger: draw the key of its indexes: %w", err)
	}
	w, err := flat.Create(s.fs, meta, s.opt.Store)
	if err != nil {
		return nil, err
	}
	s.use(w)
	return w, nil
}
