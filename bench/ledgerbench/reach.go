package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"clew.example/clew/bench/chain"
	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/report"
	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// publishedSum is the sha256 of the published workload's block files: for that
// chain the answers below are known from five engines.
const publishedSum = "17fa71aca423dfe35451b0203ed034302fe0b47c655ec23adff97da76c2908d0"

// publishedTxs is the number of its transactions: sources of other chains are
// scaled from it.
const publishedTxs = 5_000_000

// source is an output that walks start from. edges and txs are the published
// answer.
type source struct {
	goal       report.Goal
	tx, vout   uint32
	edges, txs uint64
	rounds     int
}

// sources are those of the published workload. BlockSci, PostgreSQL, DuckDB,
// networkx and plain arrays agree on every answer that they gave.
var sources = []source{
	{report.Reach, 500_000, 0, 7_469_322, 4_122_030, 7},
	{report.ReachSecond, 453_101, 0, 7_752_933, 4_258_356, 7},
	{report.ReachMiddle, 2_500_000, 1, 555_242, 376_562, 15},
	{report.ReachLate, 4_500_001, 0, 252_929, 179_048, 15},
	{report.ReachSmall, 4_950_000, 0, 2_747, 2_442, 101},
}

// reach walks forward from the published sources, then from many small ones.
func (b *bench) reach(ctx context.Context) error {
	return b.withView(ctx, func(v *flat.View) error {
		w, err := b.newWalks(v)
		if err != nil {
			return err
		}
		for _, s := range sources {
			if err := b.reachSource(ctx, w, b.scaled(s)); err != nil {
				return err
			}
		}
		return b.reachMany(ctx, w)
	})
}

// scaled returns the source itself on the published chain, else the first
// spent output at or after the same fraction of this one.
func (b *bench) scaled(s source) source {
	if b.meta.SHA256 == publishedSum {
		return s
	}
	s.tx = uint32(int64(s.tx) * int64(b.meta.Txs) / publishedTxs)
	s.tx, s.vout = b.spentFrom(s.tx)
	s.edges, s.txs = 0, 0
	return s
}

// spentFrom returns the first spent output of a transaction or, if it has
// none, of one after it.
func (b *bench) spentFrom(tx uint32) (at, vout uint32) {
	for ; int64(tx) < int64(b.meta.Txs); tx++ {
		if vouts := b.graph.AppendVouts(nil, tx); len(vouts) > 0 {
			return tx, vouts[0]
		}
	}
	return 0, 0
}

// walks does the same walk on the yardstick and on the ledger.
type walks struct {
	b     *bench
	v     *flat.View
	sweep *flat.Sweep
	yard  flat.Reach // of the last walk
	here  flat.Reach
}

func (b *bench) newWalks(v *flat.View) (*walks, error) {
	if _, err := b.yardstick(); err != nil {
		return nil, err
	}
	return &walks{b: b, v: v, sweep: v.NewSweep()}, nil
}

// outpoint names an output of the chain by its transaction's number.
func (b *bench) outpoint(tx, vout uint32) (ledger.Outpoint, error) {
	o := ledger.Outpoint{Vout: vout}
	f, err := os.Open(filepath.Join(b.chain, chain.TxIDsFile))
	if err != nil {
		return o, err
	}
	defer f.Close()
	_, err = f.ReadAt(o.TxID[:], int64(tx)*ledger.HashSize)
	return o, err
}

// start returns the ledger's handle of an output.
func (w *walks) start(ctx context.Context, tx, vout uint32) (ledger.OutRef, error) {
	o, err := w.b.outpoint(tx, vout)
	if err != nil {
		return 0, err
	}
	return findOut(ctx, w.v, o)
}

func (w *walks) walkYardstick(tx, vout uint32) {
	edges, txs := w.b.graph.Reach(tx, vout)
	w.yard = flat.Reach{Edges: uint64(edges), Txs: uint64(txs)}
}

func (w *walks) walkHere(ctx context.Context, out ledger.OutRef) (err error) {
	w.here, err = w.sweep.From(ctx, []ledger.OutRef{out})
	return err
}

// agree checks the two answers against each other, and against the published
// one where there is one.
func (w *walks) agree(s source) error {
	if w.here != w.yard {
		return fmt.Errorf("reach %d:%d: the ledger says %+v, plain arrays say %+v", s.tx, s.vout, w.here, w.yard)
	}
	if want := (flat.Reach{Edges: s.edges, Txs: s.txs}); s.edges != 0 && w.here != want {
		return fmt.Errorf("reach %d:%d: have %+v, published is %+v", s.tx, s.vout, w.here, want)
	}
	return nil
}

func (b *bench) reachSource(ctx context.Context, w *walks, s source) error {
	out, err := w.start(ctx, s.tx, s.vout)
	if err != nil {
		return err
	}
	times, err := meter.Interleave(s.rounds,
		func(int) error { w.walkYardstick(s.tx, s.vout); return nil },
		func(int) error { return w.walkHere(ctx, out) })
	if err != nil {
		return err
	}
	if err := w.agree(s); err != nil {
		return err
	}
	edges := int(w.here.Edges)
	note := fmt.Sprintf("%d:%d reaches %d edges, %d transactions, as it should; median of %d", s.tx, s.vout, w.here.Edges, w.here.Txs, s.rounds)
	yard, here := times[0].Median(), times[1].Median()
	if s.goal.Unit == report.Seconds {
		b.add(s.goal, here.Seconds(), yard.Seconds(), note)
	} else {
		b.add(s.goal, meter.PerSecond(edges, here), meter.PerSecond(edges, yard), note)
	}
	return nil
}

// manySources is how many distinct small sources are walked, each once.
const manySources = 600

// reachMany walks from distinct outputs spread over a hundredth of the chain,
// 98 % into it: repeats of one small walk flatter by a factor of two.
func (b *bench) reachMany(ctx context.Context, w *walks) error {
	starts, outs, err := b.manyStarts(ctx, w)
	if err != nil {
		return err
	}
	yards, heres := make([]flat.Reach, len(starts)), make([]flat.Reach, len(starts))
	times, err := meter.Interleave(len(starts),
		func(i int) error { w.walkYardstick(starts[i].tx, starts[i].vout); yards[i] = w.yard; return nil },
		func(i int) (err error) { err = w.walkHere(ctx, outs[i]); heres[i] = w.here; return err })
	if err != nil {
		return err
	}
	edges := 0
	for i, s := range starts {
		w.yard, w.here = yards[i], heres[i]
		if err := w.agree(s); err != nil {
			return err
		}
		edges += int(w.here.Edges)
	}
	yard, here := times[0], times[1]
	b.add(report.ReachMany, meter.PerSecond(edges, here.Sum()), meter.PerSecond(edges, yard.Sum()),
		fmt.Sprintf("%d sources, %d edges in all; median %v here, %v plain arrays", len(starts), edges, here.Median(), yard.Median()))
	return nil
}

func (b *bench) manyStarts(ctx context.Context, w *walks) (starts []source, outs []ledger.OutRef, err error) {
	step := max(b.meta.Txs/100/manySources, 1)
	tx := uint32(int64(b.meta.Txs) * 98 / 100)
	for len(starts) < manySources {
		at, vout := b.spentFrom(tx)
		if at == 0 {
			break // a small chain has fewer
		}
		out, err := w.start(ctx, at, vout)
		if err != nil {
			return nil, nil, err
		}
		starts, outs = append(starts, source{tx: at, vout: vout}), append(outs, out)
		tx = max(at+1, tx+uint32(step))
	}
	return starts, outs, nil
}
