package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"

	"clew.example/clew/bench/chain"
	"clew.example/clew/bench/refbfs"
	"clew.example/clew/bench/report"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// bench is one run: the workload, and what was measured so far.
type bench struct {
	config
	stderr   io.Writer
	chain    string // folder of the chain
	ledger   string // folder of the ledger
	ingested bool   // the ledger was made by this run
	meta     chain.Meta
	rng      *rand.Rand
	graph    *refbfs.Graph // built when first asked for

	plainArrays *refbfs.Chain // likewise
	results     []report.Result
}

func newBench(ctx context.Context, c config, stderr io.Writer) (*bench, error) {
	b := &bench{
		config: c,
		stderr: stderr,
		chain:  filepath.Join(c.dir, fmt.Sprintf("chain-%d-%d", c.params.Txs, c.params.Seed)),
		ledger: filepath.Join(c.dir, fmt.Sprintf("ledger-%d-%d", c.params.Txs, c.params.Seed)),
		rng:    rand.New(rand.NewPCG(uint64(c.params.Seed), 0)),
	}
	var err error
	b.meta, err = b.ensureChain(ctx, b.chain, c.params)
	return b, err
}

func (b *bench) ensureChain(ctx context.Context, dir string, p chain.Params) (chain.Meta, error) {
	b.progress("chain of %d transactions in %s", p.Txs, dir)
	m, reused, err := chain.Ensure(ctx, dir, p)
	if err == nil && !reused {
		b.progress("generated")
	}
	return m, err
}

// machine says what the figures were taken on, and how busy it was.
func (b *bench) machine() string {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		load = []byte("unknown")
	}
	return fmt.Sprintf("%s %s/%s, %d cpus, load average %s, chain of %d transactions, sha256 %.8s",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), bytes.TrimSpace(load), b.meta.Txs, b.meta.SHA256)
}

func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(b.stderr, "ledgerbench: "+format+"\n", args...)
}

// add takes down a measured row. Goals and gates are for the published
// workload: small chains live in the caches, where plain arrays win.
func (b *bench) add(g report.Goal, here, yardstick float64, notes ...string) {
	if b.meta.SHA256 != publishedSum {
		g.Want, g.Gate = 0, 0
	}
	b.results = append(b.results, report.Result{Goal: g, Here: here, Yardstick: yardstick, Notes: notes})
}

// yardstick returns the plain arrays of the chain's edges.
func (b *bench) yardstick() (*refbfs.Graph, error) {
	if b.graph != nil {
		return b.graph, nil
	}
	edges, err := os.ReadFile(filepath.Join(b.chain, chain.EdgesFile))
	if err != nil {
		return nil, err
	}
	b.graph, err = refbfs.Build(edges)
	return b.graph, err
}

// withView opens the ledger, ingesting the chain first if no row did so yet,
// and shows its newest state to use. Nothing stays mapped behind it: pages of
// a mapped file can not be evicted.
func (b *bench) withView(ctx context.Context, use func(*flat.View) error) error {
	if err := b.ensureLedger(ctx); err != nil {
		return err
	}
	return withViewAt(ctx, b.ledger, flat.MaxHeight, use)
}

// withViewAt shows the ledger in dir as of a block to use.
func withViewAt(ctx context.Context, dir string, at ledger.Height, use func(*flat.View) error) error {
	l, err := flat.Open(vfs.NewOS(dir), flat.Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	v, err := l.Pin(ctx, at)
	if err != nil {
		return err
	}
	return use(v)
}
