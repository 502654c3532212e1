package trace

import (
	"cmp"
	"container/heap"
	"context"

	"clew.example/clew/ledger"
)

// walk advances a run over a source whose handles say nothing of order, and
// where each answer may take a while. A transaction waits at the position that
// is known of it, at or before its own, and is asked for only when it comes
// first: until then whatever else is under way goes on.
type walk struct {
	*run
	src   UTXO
	ahead Ahead // nil: the source takes no hints

	wait   waiting
	queued map[ledger.TxRef]bool
	rows   ledger.Rows
	refs   []ledger.OutRef
	outs   []uint32 // their rows
	spends []ledger.Spend
	hints  []ledger.TxRef
}

// waiter is a transaction in the queue; tx is nil until it was asked for.
type waiter struct {
	pos ledger.Pos
	ref ledger.TxRef
	tx  *ledger.TxView
}

func (w *walk) do(ctx context.Context) error {
	w.queued = map[ledger.TxRef]bool{}
	if err := w.seed(ctx); err != nil {
		return err
	}
	for len(w.wait) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		next := heap.Pop(&w.wait).(waiter)
		if next.tx == nil {
			if err := w.ask(ctx, next); err != nil {
				return err
			}
			continue
		}
		if err := w.take(ctx, next.tx); err != nil {
			return err
		}
	}
	return nil
}

// seed queues the starts that the source holds, and who spends what rested.
func (w *walk) seed(ctx context.Context) error {
	last := w.t.startsUpTo(w.src.Tip().Height)
	for _, s := range w.t.starts[w.next:max(last, w.next)] {
		w.push(s.Tx, s.Pos)
	}
	refs, rows := w.resting()
	return w.follow(ctx, refs, rows)
}

// askMax is how many transactions are asked for at a time.
const askMax = 64

// ask reads a transaction, and with it the others that may be next.
func (w *walk) ask(ctx context.Context, first waiter) error {
	refs := []ledger.TxRef{first.ref}
	var known []waiter
	for len(w.wait) > 0 && len(refs) < askMax && w.wait[0].pos <= first.pos {
		if next := heap.Pop(&w.wait).(waiter); next.tx == nil {
			refs = append(refs, next.ref)
		} else {
			known = append(known, next)
		}
	}
	views, err := w.src.AppendTxs(ctx, nil, refs)
	if err != nil {
		return err
	}
	for i := range views {
		heap.Push(&w.wait, waiter{views[i].Pos, refs[i], &views[i]})
	}
	for _, k := range known {
		heap.Push(&w.wait, k)
	}
	return nil
}

// take visits a transaction and queues who spends what it passed on.
func (w *walk) take(ctx context.Context, tx *ledger.TxView) error {
	rowsOf(&w.rows, tx)
	if err := w.visit(ctx, w.src, &w.rows, 0); err != nil {
		return err
	}
	w.refs, w.outs = w.refs[:0], w.outs[:0]
	for _, f := range w.now.followed {
		w.refs, w.outs = append(w.refs, w.rows.Outs[f.out].Ref), append(w.outs, f.row)
	}
	return w.follow(ctx, w.refs, w.outs)
}

// rowsOf makes rows of one transaction as its view has it.
func rowsOf(rows *ledger.Rows, tx *ledger.TxView) {
	rows.Reset()
	rows.Txs = append(rows.Txs, ledger.RowTx{Ref: tx.Ref, Pos: tx.Pos, Coinbase: tx.Coinbase})
	for i := range tx.Ins {
		in := &tx.Ins[i]
		rows.Ins = append(rows.Ins, ledger.RowIn{Ref: in.Ref, Value: in.Value, Known: in.Known})
	}
	for i := range tx.Outs {
		rows.Outs = append(rows.Outs, ledger.RowOut{Ref: tx.Outs[i].Ref, Value: tx.Outs[i].Value, Spender: ledger.TxRef(ledger.NoRef)})
	}
}

// follow queues who spends outputs.
func (w *walk) follow(ctx context.Context, outs []ledger.OutRef, rows []uint32) (err error) {
	if w.spends, err = w.src.AppendSpenders(ctx, w.spends[:0], outs); err != nil {
		return err
	}
	w.hints = w.hints[:0]
	for i, s := range w.spends {
		if uint64(s.Tx) == ledger.NoRef {
			continue
		}
		w.at.put(outs[i], rows[i])
		if w.queued[s.Tx] {
			continue
		}
		w.push(s.Tx, s.Pos)
		w.hints = append(w.hints, s.Tx)
	}
	if w.ahead != nil && len(w.hints) > 0 {
		w.ahead.Ahead(w.hints)
	}
	return nil
}

func (w *walk) push(ref ledger.TxRef, pos ledger.Pos) {
	if !w.queued[ref] {
		w.queued[ref] = true
		heap.Push(&w.wait, waiter{pos: pos, ref: ref})
	}
}

// waiting is a heap of transactions by position. Of two at one position the one
// not asked for yet comes first: its own may be later, but not earlier.
type waiting []waiter

func (q waiting) Len() int      { return len(q) }
func (q waiting) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *waiting) Push(x any)   { *q = append(*q, x.(waiter)) }
func (q *waiting) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

func (q waiting) Less(i, j int) bool {
	if c := cmp.Compare(q[i].pos, q[j].pos); c != 0 {
		return c < 0
	}
	return q[i].tx == nil && q[j].tx != nil
}
