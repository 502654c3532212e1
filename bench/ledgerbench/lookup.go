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

// The numbers of look-ups are the ones that the peers were measured with.
const (
	txLookups   = 500_000
	addrLookups = 200_000
)

// lookup finds distinct random transactions by id and outputs by address.
func (b *bench) lookup(ctx context.Context) error {
	return b.withView(ctx, func(v *flat.View) error {
		if err := b.lookupTxs(v); err != nil {
			return err
		}
		return b.lookupAddresses(ctx, v)
	})
}

// sample draws up to k distinct numbers below n.
func (b *bench) sample(n, k int) []int {
	return b.rng.Perm(n)[:min(n, k)]
}

func (b *bench) lookupTxs(v *flat.View) error {
	all, err := os.ReadFile(filepath.Join(b.chain, chain.TxIDsFile))
	if err != nil {
		return err
	}
	txs := b.sample(b.meta.Txs, txLookups)
	ids := make([]ledger.TxID, len(txs))
	for i, tx := range txs {
		ids[i] = ledger.TxID(all[tx*ledger.HashSize:][:ledger.HashSize])
	}
	plain := newPlainTable(all, ledger.HashSize)
	times, err := meter.Interleave(1,
		func(int) error {
			for i := range ids {
				if row, ok := plain.find(ids[i][:]); !ok || int(row) != txs[i] {
					return fmt.Errorf("txid %v: plain table has %d (%v), want %d", ids[i], row, ok, txs[i])
				}
			}
			return nil
		},
		func(int) error {
			for i := range ids {
				ref, ok, err := v.TxByID(ids[i])
				if err != nil || !ok || int(ref) != txs[i] {
					return fmt.Errorf("txid %v: have transaction %d (%v), want %d; error %w", ids[i], ref, ok, txs[i], err)
				}
			}
			return nil
		})
	if err != nil {
		return err
	}
	b.add(report.TxLookup, meter.PerSecond(len(ids), times[1].Sum()), meter.PerSecond(len(ids), times[0].Sum()),
		fmt.Sprintf("yardstick: a hash table in memory; %d distinct ids, each once, all right", len(ids)))
	return nil
}

func (b *bench) lookupAddresses(ctx context.Context, v *flat.View) error {
	plain, err := b.plainLists()
	if err != nil {
		return err
	}
	addrs := b.sample(b.meta.Addresses, addrLookups)
	scripts := make([]ledger.Account, len(addrs))
	for i, a := range addrs {
		scripts[i] = chain.Script(uint32(a))
	}
	right := func(i, n int) error {
		if want := int(plain.count[addrs[i]]); n != want {
			return fmt.Errorf("address %d: have %d outputs, want %d", addrs[i], n, want)
		}
		return nil
	}
	total, last := 0, ledger.MakePos(v.Tip().Height, 0xffffff)
	var plainOuts []uint32
	var outs []ledger.OutRef
	times, err := meter.Interleave(1,
		func(int) error {
			for i, script := range scripts {
				plainOuts = plain.appendOutputs(plainOuts[:0], script)
				if err := right(i, len(plainOuts)); err != nil {
					return err
				}
			}
			return nil
		},
		func(int) (err error) {
			for i, script := range scripts {
				if outs, err = v.AppendOutputs(ctx, outs[:0], script, 0, last); err != nil {
					return err
				}
				if err := right(i, len(outs)); err != nil {
					return err
				}
				total += len(outs)
			}
			return nil
		})
	if err != nil {
		return err
	}
	b.add(report.AddrLookup, meter.PerSecond(len(addrs), times[1].Sum()), meter.PerSecond(len(addrs), times[0].Sum()),
		fmt.Sprintf("yardstick: a hash table and lists in memory; %d distinct addresses, each once, %d outputs, all counts right", len(addrs), total))
	return nil
}
