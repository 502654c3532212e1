package flat

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sort"

	"clew.example/clew/ledger"
)

// View is a ledger as of a block. Heads, spenders and slots that point at or
// beyond its counts are read as if they were not there, so it needs no lock
// and no copy. Safe for concurrent use.
type View struct {
	l *Ledger
	state
	idx    [numIndexes]slots
	skips  uint64        // published at the time of the pin: lists are entered at their newest end
	newest ledger.Height // published at the time of the pin
}

// asOf lowers the counts to a block.
func (v *View) asOf(h ledger.Height) error {
	if h == MaxHeight {
		return nil
	}
	first := v.l.meta.FirstHeight
	if h < first || uint64(h-first) >= v.C.Blocks {
		return fmt.Errorf("block %d: %w, which holds %s", h, ErrNotFound, v.heights())
	}
	files, names := v.C.Files, v.C.FileBytes
	v.C = v.l.end(uint64(h-first) + 1)
	v.C.Files, v.C.FileBytes = files, names
	v.state.Tip = ledger.Hash(v.l.cols[blocksHash].at(v.C.Blocks - 1))
	return nil
}

func (v *View) heights() string {
	if v.C.Blocks == 0 {
		return "no block"
	}
	t := v.Tip()
	return fmt.Sprintf("blocks %d to %d", t.FirstHeight, t.Height)
}

// moved returns ErrMoved if rows that this view may have met were taken back
// or are being applied again.
func (v *View) moved() error {
	if v.l.live.generation() != v.Generation {
		return ErrMoved
	}
	return nil
}

// Counts returns the lengths of the tables as of the pin; the files that blocks
// came from are as of now, since a cut does not take them back.
func (v *View) Counts() Counts { return v.C }

// Tip returns the pinned block. Height and Hash are zero in an empty ledger.
func (v *View) Tip() ledger.Tip {
	t := ledger.Tip{FirstHeight: v.l.meta.FirstHeight, Hash: v.state.Tip, Generation: v.Generation}
	if v.C.Blocks > 0 {
		t.Height = t.FirstHeight + ledger.Height(v.C.Blocks-1)
	}
	return t
}

// Newest returns the height of the newest block that the ledger held when the
// view was pinned, which says how deep the pin is; zero in an empty ledger.
func (v *View) Newest() ledger.Height { return v.newest }

// Dense returns the number of transactions: refs are 0 to Dense()-1, in ledger
// order.
func (v *View) Dense() uint64 { return v.C.Txs }

// TxByID returns the newest transaction of an id; false if there is none.
func (v *View) TxByID(id ledger.TxID) (ref ledger.TxRef, ok bool, err error) {
	defer guard(&err, faults())
	row, ok := v.l.newestTx(&v.idx[txIndex], &id, v.l.hash.sum(id[:]), v.C.Txs)
	return ledger.TxRef(row), ok, v.moved()
}

// TxByIDAt returns the transaction of an id in a certain block: how the older
// of two duplicates (BIP 30) is named.
func (v *View) TxByIDAt(id ledger.TxID, h ledger.Height) (ref ledger.TxRef, ok bool, err error) {
	defer guard(&err, faults())
	s, key := &v.idx[txIndex], v.l.hash.sum(id[:])
	for i := s.home(key); ; {
		row, next, more := s.find(key, i)
		if !more {
			return 0, false, v.moved()
		}
		if i = next; row < v.C.Txs && *v.l.txid(row) == id && v.pos(row).Height() == h {
			return ledger.TxRef(row), true, v.moved()
		}
	}
}

// blockOf returns the block row of a transaction.
func (v *View) blockOf(tx uint64) uint64 {
	return uint64(sort.Search(int(v.C.Blocks), func(i int) bool { return v.l.endTxs(uint64(i)+1) > tx }))
}

func (v *View) pos(tx uint64) ledger.Pos {
	b := v.blockOf(tx)
	return ledger.MakePos(v.l.meta.FirstHeight+ledger.Height(b), uint32(tx-v.l.endTxs(b)))
}

// txOf returns the transaction of an output row.
func (v *View) txOf(out uint64) uint64 {
	ends := v.l.cols[txsOut]
	return uint64(sort.Search(int(v.C.Txs), func(i int) bool { return ends.get40(uint64(i)+1) > out }))
}

// TxOf returns the transaction and the output number of an output.
func (v *View) TxOf(out ledger.OutRef) (tx ledger.TxRef, vout uint32, err error) {
	defer guard(&err, faults())
	if uint64(out) >= v.C.Outs {
		return 0, 0, fmt.Errorf("output %d: %w", out, ErrNotFound)
	}
	row := v.txOf(uint64(out))
	return ledger.TxRef(row), uint32(uint64(out) - v.l.cols[txsOut].get40(row)), v.moved()
}

// AppendTxs appends the transactions of refs to dst, in the order asked. The
// slices of entries of dst beyond its length are reused.
func (v *View) AppendTxs(ctx context.Context, dst []ledger.TxView, refs []ledger.TxRef) (_ []ledger.TxView, err error) {
	defer guard(&err, faults())
	for _, ref := range refs {
		if uint64(ref) >= v.C.Txs {
			return dst, fmt.Errorf("transaction %d: %w", ref, ErrNotFound)
		}
		n := len(dst)
		if n < cap(dst) {
			dst = dst[:n+1]
		} else {
			dst = append(dst, ledger.TxView{})
		}
		v.readTx(&dst[n], uint64(ref))
	}
	if err := ctx.Err(); err != nil {
		return dst, err
	}
	return dst, v.moved()
}

func (v *View) readTx(t *ledger.TxView, tx uint64) {
	c := &v.l.cols
	t.Ref, t.ID, t.Pos = ledger.TxRef(tx), *v.l.txid(tx), v.pos(tx)
	t.Time = binary.LittleEndian.Uint32(c[blocksHeader].at(v.blockOf(tx))[68:])
	t.Ins, t.Outs, t.Coinbase = t.Ins[:0], t.Outs[:0], false
	if c[txsIn].get40(tx+1) > v.C.Ins || c[txsOut].get40(tx+1) > v.C.Outs {
		stray(txsOut, tx+1, "ends outside its table")
	}
	for in, end := c[txsIn].get40(tx), c[txsIn].get40(tx+1); in < end; in++ {
		cell := c[insOut].get40(in)
		if cell == inCoinbase {
			t.Coinbase = true
			continue
		}
		t.Ins = append(t.Ins, v.readIn(cell))
	}
	for out, end := c[txsOut].get40(tx), c[txsOut].get40(tx+1); out < end; out++ {
		t.Outs = append(t.Outs, ledger.OutView{Ref: ledger.OutRef(out), Value: ledger.Amount(c[outsValue].get64(out))})
	}
}

func (v *View) readIn(cell uint64) ledger.InView {
	c := &v.l.cols
	if cell < inUnknown {
		tx := v.txOf(cell)
		return ledger.InView{Ref: ledger.OutRef(cell), Known: true, Value: ledger.Amount(c[outsValue].get64(cell)),
			Prev: ledger.Outpoint{TxID: *v.l.txid(tx), Vout: uint32(cell - c[txsOut].get40(tx))}}
	}
	row := cell &^ inUnknown
	in := ledger.InView{Ref: ledger.OutRef(ledger.NoRef), Prev: v.l.unknownPrev(row)}
	if value := c[unknownsValue].get64(row); value != noValue {
		in.Known, in.Value = true, ledger.Amount(value)
	}
	return in
}

func (t *tables) unknownPrev(row uint64) ledger.Outpoint {
	b := t.cols[unknownsPrev].at(row)
	return ledger.Outpoint{TxID: ledger.TxID(b[:32]), Vout: binary.LittleEndian.Uint32(b[32:])}
}

// AppendSpenders appends who spends each output as of the pin.
func (v *View) AppendSpenders(ctx context.Context, dst []ledger.Spend, outs []ledger.OutRef) (_ []ledger.Spend, err error) {
	defer guard(&err, faults())
	for _, out := range outs {
		if uint64(out) >= v.C.Outs {
			return dst, fmt.Errorf("output %d: %w", out, ErrNotFound)
		}
		s := ledger.Spend{Out: out, Tx: ledger.TxRef(ledger.NoRef)}
		if tx := v.l.cols[outsSpender].load(uint64(out)) - 1; tx < v.C.Txs {
			s.Tx = ledger.TxRef(tx)
		}
		dst = append(dst, s)
	}
	if err := ctx.Err(); err != nil {
		return dst, err
	}
	return dst, v.moved()
}

// AppendOutputs appends the outputs paid to an account in the transactions
// from and to, ends included, oldest first.
func (v *View) AppendOutputs(ctx context.Context, dst []ledger.OutRef, of ledger.Account, from, to ledger.Pos) (_ []ledger.OutRef, err error) {
	defer guard(&err, faults())
	account, ok := v.l.findAccount(&v.idx[accountIndex], of, v.l.hash.sum(of), v.C.Accounts)
	if !ok {
		return dst, v.moved()
	}
	low, limit := v.outsFrom(from), v.C.Outs
	if to != ledger.Pos(math.MaxUint64) {
		limit = v.outsFrom(to + 1)
	}
	if dst, err = v.appendList(ctx, dst, account, low, limit); err != nil {
		return dst, err
	}
	return dst, v.moved()
}

// appendList appends the outputs [low, limit) of an account, oldest first.
func (v *View) appendList(ctx context.Context, dst []ledger.OutRef, account, low, limit uint64) ([]ledger.OutRef, error) {
	head, start := v.l.before(v.l.cols[accountsHead].load(account), limit, v.skips), len(dst)
	for n := 0; head > low; n++ {
		dst = append(dst, ledger.OutRef(head-1))
		head = v.l.prevOf(head - 1)
		if n&0xffff == 0xffff && ctx.Err() != nil {
			return dst[:start], ctx.Err()
		}
	}
	slices.Reverse(dst[start:])
	return dst, nil
}

// outsFrom returns the first output row at or after a position, within the pin.
func (v *View) outsFrom(p ledger.Pos) uint64 {
	height, first := uint64(p>>24), uint64(v.l.meta.FirstHeight)
	if height < first {
		return 0
	}
	block := height - first
	if block >= v.C.Blocks {
		return v.C.Outs
	}
	tx := min(v.l.endTxs(block)+uint64(p.Index()), v.l.endTxs(block+1))
	return v.l.cols[txsOut].get40(tx)
}

// AppendValues appends the value of each output.
func (v *View) AppendValues(ctx context.Context, dst []ledger.Amount, outs []ledger.OutRef) (_ []ledger.Amount, err error) {
	defer guard(&err, faults())
	for _, out := range outs {
		if uint64(out) >= v.C.Outs {
			return dst, fmt.Errorf("output %d: %w", out, ErrNotFound)
		}
		dst = append(dst, ledger.Amount(v.l.cols[outsValue].get64(uint64(out))))
	}
	if err := ctx.Err(); err != nil {
		return dst, err
	}
	return dst, v.moved()
}

// Account returns the scriptPubKey of an output.
func (v *View) Account(out ledger.OutRef) (_ ledger.Account, err error) {
	defer guard(&err, faults())
	if uint64(out) >= v.C.Outs {
		return nil, fmt.Errorf("output %d: %w", out, ErrNotFound)
	}
	script := append(ledger.Account(nil), v.l.script(v.l.cols[outsAccount].get40(uint64(out)))...)
	return script, v.moved()
}
