package facts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"clew.example/clew/ledger"
)

// MaxHeight pins the last block.
const MaxHeight = ledger.Height(math.MaxUint32)

// ErrNotFound is what the file does not hold.
var ErrNotFound = errors.New("not in the file of facts")

// View is what the file holds as of a block. It answers as a ledger would;
// handles are rows, in ledger order. Safe for concurrent use.
type View struct {
	f      *Facts
	tip    ledger.Tip
	blocks int
	txs    uint32
	outs   uint32
}

// Pin returns the facts as of a block that the file holds, MaxHeight for the
// last.
func (f *Facts) Pin(asOf ledger.Height) (*View, error) {
	n := len(f.blocks) - 1
	if asOf != MaxHeight {
		var err error
		if n, err = f.findBlock(asOf); err != nil {
			return nil, err
		}
	}
	b := f.blocks[n]
	v := &View{f: f, blocks: n + 1, txs: b.endTx, tip: ledger.Tip{FirstHeight: f.blocks[0].height, Height: b.height, Hash: b.hash}}
	v.outs = f.firstOut(v.txs)
	return v, nil
}

func (f *Facts) findBlock(h ledger.Height) (int, error) {
	n := sort.Search(len(f.blocks), func(i int) bool { return f.blocks[i].height >= h })
	if n < len(f.blocks) && f.blocks[n].height == h {
		return n, nil
	}
	first, last := f.blocks[0].height, f.blocks[len(f.blocks)-1].height
	if h < first || h > last {
		return 0, fmt.Errorf("block %d: %w, which holds blocks %d to %d", h, ErrNotFound, first, last)
	}
	return 0, fmt.Errorf("block %d: %w, which has no facts between blocks %d and %d", h, ErrNotFound, f.blocks[n-1].height, f.blocks[n].height)
}

// Tip returns the pinned block.
func (v *View) Tip() ledger.Tip { return v.tip }

// Newest returns the height of the last block of the file.
func (v *View) Newest() ledger.Height { return v.f.blocks[len(v.f.blocks)-1].height }

// Dense returns the number of transactions: refs are 0 to Dense()-1, in ledger
// order.
func (v *View) Dense() uint64 { return uint64(v.txs) }

// HashAt returns the hash of a block up to the pin; ErrNotFound for one that
// the file leaves out.
func (v *View) HashAt(ctx context.Context, h ledger.Height) (ledger.Hash, error) {
	n, err := v.f.findBlock(h)
	if err == nil && n >= v.blocks {
		err = fmt.Errorf("block %d is above the pin, block %d: %w", h, v.tip.Height, ErrNotFound)
	}
	if err != nil {
		return ledger.Hash{}, err
	}
	return v.f.blocks[n].hash, ctx.Err()
}

// HeightAt returns the greatest height whose header time is at or before a
// time (unix seconds), up to the pin; false if there is none. Only the blocks
// of the file are looked at: those that it leaves out hold no facts, so up to
// the block found and up to one left out behind it the facts are the same.
func (v *View) HeightAt(ctx context.Context, time uint32) (ledger.Height, bool, error) {
	for n := v.blocks - 1; n >= 0; n-- {
		if b := v.f.blocks[n]; b.time <= time {
			return b.height, true, ctx.Err()
		}
	}
	return 0, false, ctx.Err()
}

func (v *View) checkTx(ref ledger.TxRef) error {
	if uint64(ref) >= uint64(v.txs) {
		return fmt.Errorf("transaction %d: %w as of block %d", ref, ErrNotFound, v.tip.Height)
	}
	return nil
}

// out returns an output that is there as of the pin.
func (v *View) out(ref ledger.OutRef) (*outRow, error) {
	if uint64(ref) >= uint64(v.outs) {
		return nil, fmt.Errorf("output %d: %w as of block %d", ref, ErrNotFound, v.tip.Height)
	}
	return &v.f.outs[ref], nil
}

// spenderOf returns who spends an output as of the pin.
func (v *View) spenderOf(o *outRow) ledger.TxRef {
	if o.spender >= v.txs {
		return ledger.TxRef(ledger.NoRef)
	}
	return ledger.TxRef(o.spender)
}

// AppendTxs appends the transactions of refs, in the order asked. The slices
// of entries of dst beyond its length are reused.
func (v *View) AppendTxs(ctx context.Context, dst []ledger.TxView, refs []ledger.TxRef) ([]ledger.TxView, error) {
	for _, ref := range refs {
		if err := v.checkTx(ref); err != nil {
			return dst, err
		}
		n := len(dst)
		dst = slices.Grow(dst, 1)[:n+1]
		v.readTx(&dst[n], uint32(ref))
	}
	return dst, ctx.Err()
}

func (v *View) readTx(t *ledger.TxView, row uint32) {
	tx := &v.f.txs[row]
	*t = ledger.TxView{Ref: ledger.TxRef(row), ID: tx.id, Pos: tx.pos, Time: tx.time, Coinbase: tx.isCoinbase(), Ins: t.Ins[:0], Outs: t.Outs[:0]}
	for _, in := range v.f.ins[v.f.firstIn(row):tx.endIn] {
		t.Ins = append(t.Ins, ledger.InView{Ref: in.ref(), Prev: in.prev, Known: in.known, Value: in.value})
	}
	for out := v.f.firstOut(row); out < tx.endOut; out++ {
		t.Outs = append(t.Outs, ledger.OutView{Ref: ledger.OutRef(out), Value: v.f.outs[out].value})
	}
}

func (in *inRow) ref() ledger.OutRef {
	if in.out == none {
		return ledger.OutRef(ledger.NoRef)
	}
	return ledger.OutRef(in.out)
}

// AppendRows appends transactions with their inputs, outputs and spenders.
func (v *View) AppendRows(ctx context.Context, dst *ledger.Rows, refs []ledger.TxRef) error {
	for _, ref := range refs {
		if err := v.checkTx(ref); err != nil {
			return err
		}
		row := uint32(ref)
		tx := &v.f.txs[row]
		dst.Txs = append(dst.Txs, ledger.RowTx{Ref: ref, FirstIn: uint32(len(dst.Ins)), FirstOut: uint32(len(dst.Outs)), Coinbase: tx.isCoinbase(), Pos: tx.pos})
		for _, in := range v.f.ins[v.f.firstIn(row):tx.endIn] {
			dst.Ins = append(dst.Ins, ledger.RowIn{Ref: in.ref(), Value: in.value, Known: in.known})
		}
		for out := v.f.firstOut(row); out < tx.endOut; out++ {
			o := &v.f.outs[out]
			dst.Outs = append(dst.Outs, ledger.RowOut{Ref: ledger.OutRef(out), Value: o.value, Spender: v.spenderOf(o)})
		}
	}
	return ctx.Err()
}

// AppendSpenders appends who spends each output as of the pin.
func (v *View) AppendSpenders(ctx context.Context, dst []ledger.Spend, outs []ledger.OutRef) ([]ledger.Spend, error) {
	for _, ref := range outs {
		o, err := v.out(ref)
		if err != nil {
			return dst, err
		}
		dst = append(dst, ledger.Spend{Out: ref, Tx: v.spenderOf(o)})
	}
	return dst, ctx.Err()
}

// AppendAccounts appends the scriptPubKey of each output. The bytes must not
// be written to.
func (v *View) AppendAccounts(ctx context.Context, dst []ledger.Account, outs []ledger.OutRef) ([]ledger.Account, error) {
	for _, ref := range outs {
		o, err := v.out(ref)
		if err != nil {
			return dst, err
		}
		dst = append(dst, o.account)
	}
	return dst, ctx.Err()
}

// AppendTxRefs appends the newest transaction of each id, NoRef where the file
// holds none as of the pin.
func (v *View) AppendTxRefs(ctx context.Context, dst []ledger.TxRef, ids []ledger.TxID) ([]ledger.TxRef, error) {
	for _, id := range ids {
		newest := ledger.TxRef(ledger.NoRef)
		for _, row := range v.f.byID[id] {
			if row < v.txs {
				newest = ledger.TxRef(row)
			}
		}
		dst = append(dst, newest)
	}
	return dst, ctx.Err()
}

// AppendOutputs appends the outputs paid to an account in the transactions
// from and to, ends included, oldest first.
func (v *View) AppendOutputs(ctx context.Context, dst []ledger.OutRef, of ledger.Account, from, to ledger.Pos) ([]ledger.OutRef, error) {
	for _, row := range v.f.byAccount[string(of)] {
		if row >= v.outs {
			break
		}
		if pos := v.f.txs[v.f.outs[row].tx].pos; from <= pos && pos <= to {
			dst = append(dst, ledger.OutRef(row))
		}
	}
	return dst, ctx.Err()
}

// TxOf returns the transaction of an output and its number there.
func (v *View) TxOf(ref ledger.OutRef) (ledger.TxRef, uint32, error) {
	o, err := v.out(ref)
	if err != nil {
		return 0, 0, err
	}
	return ledger.TxRef(o.tx), uint32(ref) - v.f.firstOut(o.tx), nil
}
