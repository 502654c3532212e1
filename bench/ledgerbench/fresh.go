package main

import (
	"context"
	"errors"
	"fmt"

	"clew.example/clew/bench/meter"
	"clew.example/clew/bench/report"
	"clew.example/clew/store/flat"
)

// fresh walks from the smallest source in processes that were just started:
// what a person waits for who asks one question.
func (b *bench) fresh(ctx context.Context) error {
	if err := b.ensureLedger(ctx); err != nil {
		return err
	}
	if _, err := b.yardstick(); err != nil {
		return err
	}
	s := b.scaled(sources[len(sources)-1])
	if s.tx == 0 {
		return errors.New("the chain has no spent output there: take a longer one")
	}
	if err := meter.Warm(b.ledger); err != nil {
		return err
	}
	const rounds = 11
	warm, usage, err := b.freshTraces(ctx, s, rounds, func() error { return nil })
	if err != nil {
		return err
	}
	b.add(report.ReachFresh, warm.Median().Seconds(), 0,
		fmt.Sprintf("open, find the txid, walk; without the start of the process; median of %d; %s", rounds, usage))
	cold, usage, err := b.freshTraces(ctx, s, rounds, func() error { return meter.Evict(b.ledger) })
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return err
	}
	b.add(report.ReachEvicted, cold.Median().Seconds(), 0, fmt.Sprintf("the ledger's files evicted before each; median of %d; %s", rounds, usage))
	return meter.Warm(b.ledger)
}

// freshTraces starts a process for each round, after prepare, and checks its
// answer. usage is the last one's.
func (b *bench) freshTraces(ctx context.Context, s source, rounds int, prepare func() error) (times meter.Timings, usage meter.Usage, err error) {
	o, err := b.outpoint(s.tx, s.vout)
	if err != nil {
		return nil, usage, err
	}
	edges, txs := b.graph.Reach(s.tx, s.vout)
	want := flat.Reach{Edges: uint64(edges), Txs: uint64(txs)}
	for range rounds {
		if err := prepare(); err != nil {
			return nil, usage, err
		}
		out, err := spawn(ctx, task{Ledger: b.ledger, Trace: o.String()})
		if err != nil {
			return nil, usage, err
		}
		if out.Reach != want {
			return nil, usage, fmt.Errorf("reach %v: have %+v, want %+v", o, out.Reach, want)
		}
		times, usage = append(times, out.elapsed()), out.Usage
	}
	return times, usage, nil
}
