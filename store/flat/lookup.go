package flat

import (
	"context"

	"clew.example/clew/ledger"
)

// lookGroup is how many look-ups are under way at a time: their cache misses
// then overlap. On a busy machine 5.8 M txids a second were found so, and 1.0 M
// one by one; the loops must be short for it, with nothing else in them.
const lookGroup = 64

// AppendTxRefs appends the newest transaction of each id, NoRef where there is
// none.
func (v *View) AppendTxRefs(ctx context.Context, dst []ledger.TxRef, ids []ledger.TxID) (_ []ledger.TxRef, err error) {
	defer guard(&err, faults())
	for len(ids) > 0 {
		n := min(len(ids), lookGroup)
		dst = v.appendTxRefs(dst, ids[:n])
		ids = ids[n:]
	}
	if err := ctx.Err(); err != nil {
		return dst, err
	}
	return dst, v.moved()
}

func (v *View) appendTxRefs(dst []ledger.TxRef, ids []ledger.TxID) []ledger.TxRef {
	var room [lookGroup]uint64
	s, sink, keys := &v.idx[txIndex], uint64(0), room[:len(ids)]
	for i := range ids {
		keys[i] = v.l.hash.sum(ids[i][:])
	}
	for _, key := range keys {
		sink += s.w[s.home(key)]
	}
	for _, key := range keys {
		if row, ok := s.first(key); ok && row < v.C.Txs {
			sink += uint64(v.l.txid(row)[0])
		}
	}
	touched(sink)
	for i := range ids {
		row, ok := v.l.newestTx(s, &ids[i], keys[i], v.C.Txs)
		if !ok {
			row = ledger.NoRef
		}
		dst = append(dst, ledger.TxRef(row))
	}
	return dst
}

// AppendLists appends every output paid to each account as of the pin, oldest
// first, and to ends where in dst the outputs of each account end.
func (v *View) AppendLists(ctx context.Context, dst []ledger.OutRef, ends []int, accounts []ledger.Account) (_ []ledger.OutRef, _ []int, err error) {
	defer guard(&err, faults())
	for len(accounts) > 0 {
		n := min(len(accounts), lookGroup)
		rows := v.findAccounts(accounts[:n])
		for _, row := range rows[:n] {
			if row != ledger.NoRef {
				if dst, err = v.appendList(ctx, dst, row, 0, v.C.Outs); err != nil {
					return dst, ends, err
				}
			}
			ends = append(ends, len(dst))
		}
		accounts = accounts[n:]
	}
	if err := ctx.Err(); err != nil {
		return dst, ends, err
	}
	return dst, ends, v.moved()
}

// findAccounts returns the rows of up to lookGroup accounts, NoRef where there
// is none.
func (v *View) findAccounts(accounts []ledger.Account) (rows [lookGroup]uint64) {
	var room [lookGroup]uint64
	s, sink, keys := &v.idx[accountIndex], uint64(0), room[:len(accounts)]
	for i, a := range accounts {
		keys[i] = v.l.hash.sum(a)
	}
	for _, key := range keys {
		sink += s.w[s.home(key)]
	}
	scripts, heads := v.l.cols[accountsScript], v.l.cols[accountsHead]
	for i, key := range keys {
		row, ok := s.first(key)
		if !ok || row >= v.C.Accounts {
			row = 0
		}
		rows[i] = row
		sink += scripts.get40(row) + heads.load(row)
	}
	heap, prevs := v.l.cols[heapBytes].b, v.l.cols[outsPrev]
	for _, row := range rows[:len(accounts)] {
		if at, head := scripts.get40(row), heads.load(row); at < v.C.Heap && head != 0 && head <= v.C.Outs {
			sink += uint64(heap[at]) + prevs.get64(head-1)
		}
	}
	touched(sink)
	for i, a := range accounts {
		row, ok := v.l.findAccount(s, a, keys[i], v.C.Accounts)
		if !ok {
			row = ledger.NoRef
		}
		rows[i] = row
	}
	return rows
}
