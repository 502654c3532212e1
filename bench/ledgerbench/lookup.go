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

// The numbers of look-ups in a pass are the ones that the peers were measured with.
const (
	txLookups   = 500_000
	addrLookups = 200_000
	// lookGroup ids are asked for in one call.
	lookGroup = 500
)

// lookup finds distinct random transactions by id and outputs by address.
func (b *bench) lookup(ctx context.Context) error {
	return b.withView(ctx, func(v *flat.View) error {
		if err := b.lookupTxs(ctx, v); err != nil {
			return err
		}
		return b.lookupAddresses(ctx, v)
	})
}

// sample draws up to k distinct numbers below n.
func (b *bench) sample(n, k int) []int {
	return b.rng.Perm(n)[:min(n, k)]
}

// lookups times two ways of looking the same things up, each thing once. It
// does so in two halves: the first pass of the ledger pays for mapping its
// pages into this process, the second shows what a process that runs on has.
type lookups struct {
	n           int // in all
	plain, here func(i int) error
}

func (l *lookups) run() (yard, first, here float64, err error) {
	half := l.n / 2
	pass := func(one func(int) error, from, to int) func(int) error {
		return func(int) error {
			for i := from; i < to; i++ {
				if err := one(i); err != nil {
					return err
				}
			}
			return nil
		}
	}
	times, err := meter.Interleave(1, pass(l.plain, 0, half), pass(l.here, 0, half), pass(l.plain, half, l.n), pass(l.here, half, l.n))
	if err != nil {
		return 0, 0, 0, err
	}
	rate := func(k, n int) float64 { return meter.PerSecond(n, times[k].Sum()) }
	return rate(2, l.n-half), rate(1, half), rate(3, l.n-half), nil
}

func (b *bench) lookupTxs(ctx context.Context, v *flat.View) error {
	all, err := os.ReadFile(filepath.Join(b.chain, chain.TxIDsFile))
	if err != nil {
		return err
	}
	txs := b.sample(b.meta.Txs, 2*txLookups)
	ids := make([]ledger.TxID, len(txs))
	for i, tx := range txs {
		ids[i] = ledger.TxID(all[tx*ledger.HashSize:][:ledger.HashSize])
	}
	var refs []ledger.TxRef
	table := newPlainTable(all, ledger.HashSize)
	l := lookups{
		n: len(ids),
		plain: func(i int) error {
			if row, ok := table.find(ids[i][:]); !ok || int(row) != txs[i] {
				return fmt.Errorf("txid %v: plain table has %d (%v), want %d", ids[i], row, ok, txs[i])
			}
			return nil
		},
		here: func(i int) (err error) {
			if i%lookGroup != 0 {
				return nil // done with those before
			}
			end := min(i+lookGroup, len(ids))
			if refs, err = v.AppendTxRefs(ctx, refs[:0], ids[i:end]); err != nil {
				return err
			}
			for k, ref := range refs {
				if int(ref) != txs[i+k] {
					return fmt.Errorf("txid %v: have transaction %d, want %d", ids[i+k], ref, txs[i+k])
				}
			}
			return nil
		},
	}
	yard, first, here, err := l.run()
	if err != nil {
		return err
	}
	b.add(report.TxLookup, here, yard, fmt.Sprintf("yardstick: a hash table in memory; %d distinct ids, each once, 500 in a call, all right; %s before the pages were mapped",
		l.n, report.LookRate.Format(first)))
	return nil
}

func (b *bench) lookupAddresses(ctx context.Context, v *flat.View) error {
	lists, err := b.plainLists()
	if err != nil {
		return err
	}
	addrs := b.sample(b.meta.Addresses, 2*addrLookups)
	scripts := make([]ledger.Account, len(addrs))
	for i, a := range addrs {
		scripts[i] = chain.Script(uint32(a))
	}
	right := func(i, n int) error {
		if want := int(lists.count[addrs[i]]); n != want {
			return fmt.Errorf("address %d: have %d outputs, want %d", addrs[i], n, want)
		}
		return nil
	}
	total := 0
	var ends []int
	var plainOuts []uint32
	var outs []ledger.OutRef
	l := lookups{
		n: len(addrs),
		plain: func(i int) error {
			plainOuts = lists.appendOutputs(plainOuts[:0], scripts[i])
			return right(i, len(plainOuts))
		},
		here: func(i int) (err error) {
			if i%lookGroup != 0 {
				return nil // done with those before
			}
			end := min(i+lookGroup, len(scripts))
			if outs, ends, err = v.AppendLists(ctx, outs[:0], ends[:0], scripts[i:end]); err != nil {
				return err
			}
			from := 0
			for k, to := range ends {
				if err := right(i+k, to-from); err != nil {
					return err
				}
				from = to
			}
			total += len(outs)
			return nil
		},
	}
	yard, first, here, err := l.run()
	if err != nil {
		return err
	}
	b.add(report.AddrLookup, here, yard, fmt.Sprintf("yardstick: a hash table and lists in memory; %d distinct addresses, each once, 500 in a call, %d outputs, all counts right; %s before the pages were mapped",
		l.n, total, report.LookRate.Format(first)))
	return nil
}
