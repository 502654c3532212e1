package flat

import (
	"context"
	"encoding/binary"
	"fmt"

	"clew.example/clew/ledger"
)

// AppendRows appends transactions in the form in which a sweep over the ledger
// reads them. It looks at each column in turn, so that misses overlap.
func (v *View) AppendRows(ctx context.Context, dst *ledger.Rows, refs []ledger.TxRef) (err error) {
	defer guard(&err, faults())
	c := &v.l.cols
	if n := len(refs); n > 1 && uint64(refs[n-1]-refs[0]) > 2*uint64(n) {
		v.touchRows(refs) // neighbours share their cache lines
	}
	first := len(dst.Ins)
	block, end := uint64(0), uint64(0) // of the transaction before, and where it ends
	for _, ref := range refs {
		tx := uint64(ref)
		if tx >= v.C.Txs {
			return fmt.Errorf("transaction %d: %w", ref, ErrNotFound)
		}
		if tx >= end || tx < v.l.endTxs(block) {
			block = v.blockOf(tx)
			end = v.l.endTxs(block + 1)
		}
		dst.Txs = append(dst.Txs, ledger.RowTx{Ref: ref, FirstIn: uint32(len(dst.Ins)), FirstOut: uint32(len(dst.Outs)),
			Pos: ledger.MakePos(v.l.meta.FirstHeight+ledger.Height(block), uint32(tx-v.l.endTxs(block)))})
		if c[txsIn].get40(tx+1) > v.C.Ins || c[txsOut].get40(tx+1) > v.C.Outs {
			stray(txsOut, tx+1, "ends outside its table")
		}
		v.appendInRows(dst, tx)
		v.appendOutRows(dst, tx)
	}
	v.valueIns(dst.Ins[first:])
	if err := ctx.Err(); err != nil {
		return err
	}
	return v.moved()
}

// touchRows reads the first cells of each transaction, a column after the
// other, and forgets them: short loops overlap their misses.
func (v *View) touchRows(refs []ledger.TxRef) {
	c, sink := &v.l.cols, uint64(0)
	for _, ref := range refs {
		if uint64(ref) < v.C.Txs {
			sink += c[txsIn].get40(uint64(ref)) + c[txsOut].get40(uint64(ref))
		}
	}
	for _, ref := range refs {
		if uint64(ref) >= v.C.Txs {
			continue
		}
		if in := c[txsIn].get40(uint64(ref)); in < v.C.Ins {
			sink += c[insOut].get40(in)
		}
		if out := c[txsOut].get40(uint64(ref)); out < v.C.Outs {
			sink += c[outsSpender].load(out) + c[outsValue].get64(out)
		}
	}
	touched(sink)
}

// appendInRows appends the inputs of a transaction; their values come later.
func (v *View) appendInRows(dst *ledger.Rows, tx uint64) {
	c := &v.l.cols
	for in, end := c[txsIn].get40(tx), c[txsIn].get40(tx+1); in < end; in++ {
		cell := c[insOut].get40(in)
		switch {
		case cell == inCoinbase:
			dst.Txs[len(dst.Txs)-1].Coinbase = true
		case cell < inUnknown:
			dst.Ins = append(dst.Ins, ledger.RowIn{Ref: ledger.OutRef(cell), Known: true})
		default:
			row := ledger.RowIn{Ref: ledger.OutRef(ledger.NoRef)}
			if value := c[unknownsValue].get64(cell &^ inUnknown); value != noValue {
				row.Known, row.Value = true, ledger.Amount(value)
			}
			dst.Ins = append(dst.Ins, row)
		}
	}
}

func (v *View) appendOutRows(dst *ledger.Rows, tx uint64) {
	c := &v.l.cols
	for out, end := c[txsOut].get40(tx), c[txsOut].get40(tx+1); out < end; out++ {
		spender := c[outsSpender].load(out) - 1
		if spender >= v.C.Txs {
			spender = ledger.NoRef
		}
		dst.Outs = append(dst.Outs, ledger.RowOut{Ref: ledger.OutRef(out), Value: ledger.Amount(c[outsValue].get64(out)), Spender: ledger.TxRef(spender)})
	}
}

// valueIns reads the values of what inputs spend: one miss each, nothing else.
func (v *View) valueIns(ins []ledger.RowIn) {
	values := v.l.cols[outsValue]
	for i := range ins {
		if in := &ins[i]; uint64(in.Ref) != ledger.NoRef {
			in.Value = ledger.Amount(values.get64(uint64(in.Ref)))
		}
	}
}

// AppendAccounts appends the scriptPubKey of each output. The bytes are the
// ledger's own: they must not be written to, and are good while it is open.
func (v *View) AppendAccounts(ctx context.Context, dst []ledger.Account, outs []ledger.OutRef) (_ []ledger.Account, err error) {
	defer guard(&err, faults())
	for _, out := range outs {
		if uint64(out) >= v.C.Outs {
			return dst, fmt.Errorf("output %d: %w", out, ErrNotFound)
		}
		dst = append(dst, v.l.script(v.l.cols[outsAccount].get40(uint64(out))))
	}
	if err := ctx.Err(); err != nil {
		return dst, err
	}
	return dst, v.moved()
}

// HashAt returns the hash of the block at a height, up to the tip.
func (v *View) HashAt(_ context.Context, h ledger.Height) (_ ledger.Hash, err error) {
	defer guard(&err, faults())
	first := v.l.meta.FirstHeight
	if h < first || uint64(h-first) >= v.C.Blocks {
		return ledger.Hash{}, fmt.Errorf("block %d: %w, which holds %s", h, ErrNotFound, v.heights())
	}
	return ledger.Hash(v.l.cols[blocksHash].at(uint64(h - first))), v.moved()
}

// HeightAt returns the greatest height whose header time is at or before a time
// in unix seconds; false if there is none. Header times may go back from one
// block to the next, so all are looked at.
func (v *View) HeightAt(_ context.Context, time uint32) (_ ledger.Height, ok bool, err error) {
	defer guard(&err, faults())
	for b := v.C.Blocks; b > 0; b-- {
		if binary.LittleEndian.Uint32(v.l.cols[blocksHeader].at(b - 1)[68:]) <= time {
			return v.l.meta.FirstHeight + ledger.Height(b-1), true, v.moved()
		}
	}
	return 0, false, v.moved()
}
