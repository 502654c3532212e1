package flat

// apply writes the cells and index slots of the rows [from, to). Every final
// value is a function of the rows, so doing it again, over whatever a crash
// left of an earlier time, ends in the same bytes.
func (w *Writer) apply(from, to *Counts) {
	clear(w.cols[outsSpender].span(from.Outs, to.Outs))
	clear(w.cols[accountsHead].span(from.Accounts, to.Accounts))
	w.applySpends(from.Txs, to)
	heads, accounts := w.cols[accountsHead], w.cols[outsAccount]
	for out := from.Outs; out < to.Outs; out++ {
		heads.store(w.within(outsAccount, out, accounts.get40(out), to.Accounts), out+1)
		w.breatheAt(out)
	}
	if t := &w.batch; from.Txs+uint64(len(t.txKeys)) == to.Txs && from.Accounts+uint64(len(t.accountKeys)) == to.Accounts {
		w.insertAll(w.idx[txIndex], t.txKeys, from.Txs)
		w.insertAll(w.idx[accountIndex], t.accountKeys, from.Accounts)
		return
	}
	w.fillIndex(w.idx[txIndex], txIndex, from.Txs, to)
	w.fillIndex(w.idx[accountIndex], accountIndex, from.Accounts, to)
}

// applySpends writes spenders: the row of the spending transaction plus one.
func (w *Writer) applySpends(from uint64, to *Counts) {
	ends, ins, spender := w.cols[txsIn], w.cols[insOut], w.cols[outsSpender]
	in := ends.get40(from)
	for tx := from; tx < to.Txs; tx++ {
		for end := ends.get40(tx + 1); in < end; in++ {
			if out := ins.get40(in); out < inUnknown {
				spender.store(w.within(insOut, in, out, to.Outs), tx+1)
			}
			w.breatheAt(in)
		}
	}
}

// within returns a row that another points at, which must be below limit: a
// damaged one must not lead to writing where nothing is.
func (w *Writer) within(id colID, row, to, limit uint64) uint64 {
	if to >= limit {
		stray(id, row, "a row leads outside its table")
	}
	return to
}

// insertAll inserts the keys of the rows from first on.
func (w *Writer) insertAll(x *index, keys []uint64, first uint64) {
	for len(keys) > 0 {
		n := min(len(keys), lookGroup)
		sink := uint64(0)
		for _, key := range keys[:n] {
			sink += x.w[x.home(key)]
		}
		touched(sink)
		for i, key := range keys[:n] {
			x.insert(key, first+uint64(i))
		}
		w.breathe(2 * n)
		keys, first = keys[n:], first+uint64(n)
	}
}

// fillIndex inserts rows in row order.
func (w *Writer) fillIndex(x *index, which int, from uint64, to *Counts) {
	switch which {
	case txIndex:
		for tx := from; tx < to.Txs; tx++ {
			x.insert(w.hash.sum(w.txid(tx)[:]), tx)
			w.breatheAt(tx)
		}
	case accountIndex:
		for a := from; a < to.Accounts; a++ {
			x.insert(w.hash.sum(w.script(a)), a)
			w.breatheAt(a)
		}
	}
}

// undo takes the cells and slots of the rows [fork, old) back, top down. A
// crash inside it, even one inside a repetition, leaves holes in the indexes,
// past which no search can find the rows behind them: so all are inserted
// again first, in row order, and then cleared in the reverse order, each then
// being the last one inserted.
func (w *Writer) undo(fork, old *Counts) {
	if !mutantNoReinsert {
		w.fillIndex(w.idx[txIndex], txIndex, fork.Txs, old)
		w.fillIndex(w.idx[accountIndex], accountIndex, fork.Accounts, old)
	}
	for tx := old.Txs; tx > fork.Txs; tx-- {
		w.idx[txIndex].clearRow(w.hash.sum(w.txid(tx - 1)[:]), tx-1)
	}
	for a := old.Accounts; a > fork.Accounts; a-- {
		w.idx[accountIndex].clearRow(w.hash.sum(w.script(a-1)), a-1)
	}
	heads, accounts := w.cols[accountsHead], w.cols[outsAccount]
	for out := old.Outs; out > fork.Outs; out-- {
		heads.store(w.within(outsAccount, out-1, accounts.get40(out-1), old.Accounts), w.prevOf(out-1))
	}
	ins, spender := w.cols[insOut], w.cols[outsSpender]
	for in := old.Ins; in > fork.Ins; in-- {
		if out := ins.get40(in - 1); out < fork.Outs {
			spender.store(out, 0)
		}
	}
}

// mutantNoReinsert leaves the first step of undo out. Only the test that
// proves that this would be noticed sets it.
var mutantNoReinsert bool
