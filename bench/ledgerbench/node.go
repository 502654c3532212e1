package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"clew.example/clew/bench/chain"
	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/report"
	"clew.example/clew/bench/simnet"
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ingest"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/node/bitcoind"
	"clew.example/clew/node/bitcoind/mock"
)

// nodeTxs bounds the stretch of the chain that nodes are asked for: each of
// them holds it, and it is ingested nodeRounds times from each.
const (
	nodeTxs    = 300_000
	nodeRounds = 3
)

// node ingests one stretch of the chain from block files and from nodes over
// JSON-RPC on loopback. The blocks are made anew so that a real btcd takes
// them; the scripted node holds the same.
func (b *bench) node(ctx context.Context) error {
	s, err := b.newStretch(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	if err := s.write(); err != nil {
		return err
	}
	scripted := mock.New(0, s.raws())
	defer scripted.Stop()
	files, node := task{Blocks: s.path("blocks"), Network: s.network().Name}, task{Node: scripted.URL}
	of, err := s.measure(ctx, files, node)
	if err != nil {
		return err
	}
	b.add(report.NodeFiles, s.rate(&of[0]), 0, s.notes(&of[0]))
	b.add(report.NodeMock, s.rate(&of[1]), s.rate(&of[0]), s.notes(&of[1])+"; the node is our own, in the bench's process")
	return s.btcd(ctx, files)
}

// btcd does the same with a real node, where there is one.
func (s *stretch) btcd(ctx context.Context, files task) error {
	bin, err := simnet.Find(filepath.Join("bin", "btcd"))
	if errors.Is(err, simnet.ErrMissing) {
		s.b.progress("left out: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.path("btcd"), 0o700); err != nil {
		return err
	}
	last := s.blocks[len(s.blocks)-1]
	n, err := simnet.Start(simnet.Options{Bin: bin, Dir: s.path("btcd"), Args: []string{fmt.Sprintf("--addcheckpoint=%d:%s", last.Height, last.Hash)}})
	if err != nil {
		return err
	}
	defer n.Kill()
	for _, block := range s.blocks[1:] {
		if err := n.Submit(ctx, block); err != nil {
			return err
		}
	}
	of, err := s.measure(ctx, files, task{Node: n.URL()})
	if err != nil {
		return err
	}
	s.b.add(report.NodeBtcd, s.rate(&of[1]), s.rate(&of[0]), s.notes(&of[1])+"; btcd without TLS, its scripts unchecked")
	return n.Stop()
}

// stretch is the first part of the bench's chain, in blocks that nodes take.
type stretch struct {
	b      *bench
	dir    string
	blocks []*simnet.Block
	txs    int
	bytes  int64
}

func (b *bench) newStretch(ctx context.Context) (*stretch, error) {
	f, err := openBlocks(ctx, chain.BlocksDir(b.chain))
	if err != nil {
		return nil, err
	}
	defer f.dir.Close()
	s := &stretch{b: b, dir: b.ledger + "-node"}
	a := simnet.NewAdopter()
	var d bitcoin.Decoder
	var block ledger.Block
	for height := 0; height < len(f.refs) && s.txs < nodeTxs; height++ {
		if err := f.decode(&d, height, &block); err != nil {
			return nil, err
		}
		s.txs += len(block.Txs)
		if err := a.Add(&block); err != nil {
			return nil, err
		}
	}
	s.blocks = a.Blocks()
	s.txs += len(s.blocks) // their own coinbases
	for _, block := range s.blocks {
		s.bytes += int64(len(block.Raw))
	}
	return s, nil
}

func (s *stretch) network() *bitcoin.Network { return simnet.Network() }

func (s *stretch) path(name string) string { return filepath.Join(s.dir, name) }

func (s *stretch) raws() [][]byte {
	raws := make([][]byte, len(s.blocks))
	for i := range s.blocks {
		raws[i] = s.blocks[i].Raw
	}
	return raws
}

// write writes the blocks as a node keeps them, into one file.
func (s *stretch) write() error {
	if err := errors.Join(os.RemoveAll(s.dir), os.MkdirAll(s.path("blocks"), 0o755)); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(s.path("blocks"), "blk00000.dat"))
	if err != nil {
		return err
	}
	var head [8]byte
	binary.LittleEndian.PutUint32(head[:], s.network().Magic)
	for _, b := range s.blocks {
		binary.LittleEndian.PutUint32(head[4:], uint32(len(b.Raw)))
		_, err := f.Write(head[:])
		if err == nil {
			_, err = f.Write(b.Raw)
		}
		if err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}

// measured is what the rounds of one task took.
type measured struct {
	times meter.Timings
	usage meter.Usage // of the last one's process
}

// measure does tasks in turn, nodeRounds times, each into a new ledger and in a
// process of its own. All must lead to the same block.
func (s *stretch) measure(ctx context.Context, tasks ...task) ([]measured, error) {
	of := make([]measured, len(tasks))
	for range nodeRounds {
		for i, t := range tasks {
			t.Ledger = s.path("ledger")
			if err := os.RemoveAll(t.Ledger); err != nil {
				return nil, err
			}
			out, err := spawn(ctx, t)
			if err != nil {
				return nil, err
			}
			if last := s.blocks[len(s.blocks)-1].Hash.String(); out.Tip != last {
				return nil, fmt.Errorf("the ledger ends with %s, the blocks with %s", out.Tip, last)
			}
			of[i].times, of[i].usage = append(of[i].times, out.elapsed()), out.Usage
		}
	}
	return of, nil
}

func (s *stretch) rate(m *measured) float64 { return meter.PerSecond(s.txs, m.times.Median()) }

func (s *stretch) notes(m *measured) string {
	t := m.times.Median()
	return fmt.Sprintf("%d blocks, %d transactions: %.0f blocks/s, %.1f MB/s; median %v of %d; %s",
		len(s.blocks), s.txs, meter.PerSecond(len(s.blocks), t), meter.PerSecond(int(s.bytes), t)/1e6, t, len(m.times), m.usage)
}

// ingestNode ingests the chain of a node into a new ledger and returns its
// newest block.
func ingestNode(ctx context.Context, url, dir string) (string, error) {
	res, err := ingest.Nodes(ctx, ingest.NodesOptions{
		Ledger: vfs.NewOS(dir),
		Nodes:  bitcoind.Options{URLs: []string{url}, Network: simnet.Network()},
	})
	return res.Tip.Hash.String(), err
}

// ingestNetwork ingests a folder of blocks of a network, as the command does.
func ingestNetwork(ctx context.Context, blocks, network, dir string) (string, error) {
	n, err := bitcoin.NetworkByName(network)
	if err != nil {
		return "", err
	}
	res, err := ingest.Folder(ctx, blocks, ingest.FolderOptions{
		Options: ingest.Options{Network: n},
		Ledger:  func(*bitcoin.Network) (vfs.FS, error) { return vfs.NewOS(dir), nil },
	})
	return res.Tip.Hash.String(), err
}
