// Package chain makes a deterministic chain in the form of Bitcoin Core's
// blk*.dat files, together with its truth: the common workload on which Clew
// and its peers are measured.
//
// Wallets own addresses. The spender of a transaction is the owner of a past
// output and spends one to thirteen outputs of its own; a payee is a new
// wallet, an address that was paid before (so address reuse follows a power
// law) or a fresh address of a known wallet; change goes back to the first
// input's address or to a fresh one, in a random position.
//
// Links, txids and merkle roots are right. Proof of work, signatures, coinbase
// maturity and the subsidy are not, and there is one script type only, no
// witness, no CoinJoin and no reorg: read such a chain with --no-pow.
//
// The same Params give the same bytes in every version of this package;
// published figures rest on them. TestGolden holds the package to that.
package chain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Params choose a chain.
type Params struct {
	Txs      int   // transactions, coinbases included
	Seed     int64 // of every random draw
	PerBlock int   // transactions of a full block; the first 100 blocks ramp up to it
	EdgesCSV bool  // also write the spend edges as text, for engines that load CSV
}

// Defaults are the parameters of the published workload.
func Defaults() Params { return Params{Txs: 5_000_000, Seed: 1, PerBlock: 2000} }

// The bounds of Params. They keep every number of the format in its field:
// refs are 32 bits, a coinbase states its height in three bytes (of which the
// last may not have its top bit set), and a block of txsPerBlockMax
// transactions stays below the 4,000,000 bytes that readers accept.
const (
	txsMax         = 1 << 28
	txsPerBlockMax = 10_000
	blocksMax      = 1 << 22
)

func (p Params) check() error {
	if p.Txs < 1 || p.Txs > txsMax {
		return fmt.Errorf("number of transactions %d: want 1 to %d", p.Txs, txsMax)
	}
	if p.PerBlock < 1 || p.PerBlock > txsPerBlockMax {
		return fmt.Errorf("transactions per block %d: want 1 to %d", p.PerBlock, txsPerBlockMax)
	}
	if p.Txs/p.PerBlock > blocksMax {
		return fmt.Errorf("%d transactions in blocks of %d: more than %d blocks", p.Txs, p.PerBlock, blocksMax)
	}
	return nil
}

// BlocksDir returns the folder below dir that holds the blk*.dat files.
func BlocksDir(dir string) string { return filepath.Join(dir, "blocks") }

// Ensure returns the chain of p in dir: the one that lies there if it is
// complete and has the same parameters (reused is then true), else a new one.
func Ensure(ctx context.Context, dir string, p Params) (m Meta, reused bool, err error) {
	m, err = ReadMeta(dir)
	if err == nil && m.matches(p) && complete(dir, m, p) {
		return m, true, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Meta{}, false, err
	}
	m, err = Generate(ctx, dir, p)
	return m, false, err
}

// Generate writes the chain of p and its truth to dir, over what an earlier
// chain left there. The description is written last: a folder without one is
// not a whole chain.
func Generate(ctx context.Context, dir string, p Params) (Meta, error) {
	if err := p.check(); err != nil {
		return Meta{}, err
	}
	if err := clear(dir); err != nil {
		return Meta{}, fmt.Errorf("clear %s: %w", dir, err)
	}
	g, err := newGenerator(dir, p)
	if err != nil {
		return Meta{}, err
	}
	m, err := g.run(ctx)
	if err := errors.Join(err, g.close()); err != nil {
		return Meta{}, fmt.Errorf("generate chain in %s: %w", dir, err)
	}
	return m, writeMeta(dir, m)
}

// clear removes the files of an earlier chain, and no other: a longer one
// would leave block files behind that do not belong to the new one.
func clear(dir string) error {
	if err := os.MkdirAll(BlocksDir(dir), 0o755); err != nil {
		return err
	}
	blocks, err := filepath.Glob(filepath.Join(BlocksDir(dir), "blk[0-9][0-9][0-9][0-9][0-9].dat"))
	if err != nil {
		return err
	}
	for _, name := range []string{MetaFile, EdgesFile, EdgesCSVFile, OutputsFile, InAddrFile, TxIDsFile, OwnersFile} {
		blocks = append(blocks, filepath.Join(dir, name))
	}
	for _, name := range blocks {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// complete reports whether the files that m describes are there in full
// length.
func complete(dir string, m Meta, p Params) bool {
	var bytes int64
	for i := range m.Files {
		bytes += size(filepath.Join(BlocksDir(dir), blockFileName(i)))
	}
	return bytes == m.Bytes &&
		size(filepath.Join(BlocksDir(dir), blockFileName(m.Files))) == 0 &&
		size(filepath.Join(dir, EdgesFile)) == EdgeSize*int64(m.Inputs) &&
		size(filepath.Join(dir, OutputsFile)) == OutputSize*int64(m.Outputs) &&
		size(filepath.Join(dir, TxIDsFile)) == 32*int64(m.Txs) &&
		size(filepath.Join(dir, OwnersFile)) == 4*int64(m.Addresses) &&
		(!p.EdgesCSV || size(filepath.Join(dir, EdgesCSVFile)) > 0)
}

// size returns a file's length, 0 where there is none.
func size(name string) int64 {
	st, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return st.Size()
}
