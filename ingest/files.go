package ingest

import (
	"crypto/rand"
	"errors"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// files is the Store of a ledger in files.
type files struct {
	network *bitcoin.Network
	noPow   bool
	fs      vfs.FS
	opt     flat.Options
	writer  *flat.Writer
	bytes   uint64 // of the blocks to come; 0: not known
}

// Mainnet has had a transaction every 400 to 600 bytes and a new script every
// 200 to 400; indexes that are too small grow, those too large waste disk.
const (
	bytesPerTx      = 450
	bytesPerAccount = 300
)

func (s *files) use(w *flat.Writer) {
	s.writer = w
	w.Expect(s.bytes/bytesPerTx, s.bytes/bytesPerAccount)
}

// close closes the ledger, if there is one, and returns the error before it, or
// its own.
func (s *files) close(before error) error {
	if s.writer == nil {
		return before
	}
	if err := s.writer.Close(); before == nil && err != nil {
		return fmt.Errorf("close the ledger: %w", err)
	}
	return before
}

func (s *files) Open() (Sink, error) {
	w, err := flat.OpenWriter(s.fs, s.opt)
	if errors.Is(err, flat.ErrNoLedger) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.use(w)
	return w, s.checkMeta(w.Meta())
}

func (s *files) checkMeta(m flat.Meta) error {
	switch n := s.network; {
	case m.Chain != n.Chain:
		return fmt.Errorf("%w: it holds %s (%s), the blocks are of %s", ErrNetwork, m.Chain, m.Network, n.Name)
	case !m.NoPow && s.noPow:
		return fmt.Errorf("%w: proof of work was checked so far", ErrNetwork)
	}
	return nil
}

func (s *files) Create(first ledger.Height) (Sink, error) {
	if s.writer != nil {
		return nil, fmt.Errorf("%w: it is empty and begins at block %d, the blocks begin at %d", ErrNetwork, s.writer.Meta().FirstHeight, first)
	}
	if err := s.fs.MkdirAll("."); err != nil {
		return nil, fmt.Errorf("create ledger: %w", err)
	}
	meta := flat.Meta{Chain: s.network.Chain, Network: s.network.Name, FirstHeight: first, NoPow: s.noPow}
	if _, err := rand.Read(meta.Key[:]); err != nil {
		return nil, fmt.Errorf("create ledger: draw the key of its indexes: %w", err)
	}
	w, err := flat.Create(s.fs, meta, s.opt)
	if err != nil {
		return nil, err
	}
	s.use(w)
	return w, nil
}
