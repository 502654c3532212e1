package launder

import (
	"context"

	"clew.example/clew/ledger"
)

// Sparse answers as a Source does, but as a source far away would: it cannot
// be swept, its handles say nothing about the order of the ledger, and with
// each spender comes the least position that its block allows.
type Sparse struct {
	s           *Source
	times, back uint64 // odd, and inverse to each other mod 2^64
}

// Sparse returns the source with handles shuffled by a seed.
func (s *Source) Sparse(seed uint64) *Sparse {
	// An odd product never makes two rows one, and the top bit keeps it from
	// being small. Newton's step doubles the bits of the inverse that are right.
	times := seed*0x9e3779b97f4a7c15 | 1<<63 | 1
	back := times
	for range 6 {
		back *= 2 - times*back
	}
	return &Sparse{s, times, back}
}

// hide and show turn rows into handles and back; NoRef stays what it is. Row 0
// would be handle 0 under any factor, so rows count from 1 here.
func (p *Sparse) hide(row uint64) uint64 {
	if row == ledger.NoRef {
		return row
	}
	return (row + 1) * p.times
}

// TxRef returns the handle of a transaction's row.
func (p *Sparse) TxRef(row int) ledger.TxRef { return ledger.TxRef(p.hide(uint64(row))) }

func (p *Sparse) show(ref uint64) uint64 { return ref*p.back - 1 }

func shown[R ~uint64](p *Sparse, refs []R) []R {
	rows := make([]R, len(refs))
	for i, ref := range refs {
		rows[i] = R(p.show(uint64(ref)))
	}
	return rows
}

func hidden[R ~uint64](p *Sparse, rows []R) {
	for i, row := range rows {
		rows[i] = R(p.hide(uint64(row)))
	}
}

// Tip returns the block of the pin.
func (p *Sparse) Tip() ledger.Tip { return p.s.Tip() }

// HashAt returns the hash of a block up to the pin.
func (p *Sparse) HashAt(ctx context.Context, h ledger.Height) (ledger.Hash, error) {
	return p.s.HashAt(ctx, h)
}

// HeightAt returns the greatest height whose header time is at or before a time.
func (p *Sparse) HeightAt(ctx context.Context, time uint32) (ledger.Height, bool, error) {
	return p.s.HeightAt(ctx, time)
}

// AppendTxs appends the transactions of refs.
func (p *Sparse) AppendTxs(ctx context.Context, dst []ledger.TxView, refs []ledger.TxRef) ([]ledger.TxView, error) {
	from := len(dst)
	dst, err := p.s.AppendTxs(ctx, dst, shown(p, refs))
	for i := from; i < len(dst); i++ {
		tx := &dst[i]
		tx.Ref = ledger.TxRef(p.hide(uint64(tx.Ref)))
		for j := range tx.Ins {
			tx.Ins[j].Ref = ledger.OutRef(p.hide(uint64(tx.Ins[j].Ref)))
		}
		for j := range tx.Outs {
			tx.Outs[j].Ref = ledger.OutRef(p.hide(uint64(tx.Outs[j].Ref)))
		}
	}
	return dst, err
}

// AppendSpenders appends who spends each output as of the pin, with the first
// position of the spender's block.
func (p *Sparse) AppendSpenders(ctx context.Context, dst []ledger.Spend, outs []ledger.OutRef) ([]ledger.Spend, error) {
	from := len(dst)
	dst, err := p.s.AppendSpenders(ctx, dst, shown(p, outs))
	for i := from; i < len(dst); i++ {
		spend := &dst[i]
		if spend.Tx != ledger.TxRef(ledger.NoRef) {
			spend.Pos = ledger.MakePos(p.s.m.Row(int(spend.Tx)).Pos.Height(), 0)
		}
		spend.Out = ledger.OutRef(p.hide(uint64(spend.Out)))
		spend.Tx = ledger.TxRef(p.hide(uint64(spend.Tx)))
	}
	return dst, err
}

// AppendAccounts appends the script of each output.
func (p *Sparse) AppendAccounts(ctx context.Context, dst []ledger.Account, outs []ledger.OutRef) ([]ledger.Account, error) {
	return p.s.AppendAccounts(ctx, dst, shown(p, outs))
}

// AppendTxRefs appends the newest transaction of each id, or NoRef.
func (p *Sparse) AppendTxRefs(ctx context.Context, dst []ledger.TxRef, ids []ledger.TxID) ([]ledger.TxRef, error) {
	from := len(dst)
	dst, err := p.s.AppendTxRefs(ctx, dst, ids)
	hidden(p, dst[from:])
	return dst, err
}

// TxByIDAt returns the transaction of an id in a certain block.
func (p *Sparse) TxByIDAt(id ledger.TxID, h ledger.Height) (ref ledger.TxRef, ok bool, err error) {
	ref, ok, err = p.s.TxByIDAt(id, h)
	return ledger.TxRef(p.hide(uint64(ref))), ok, err
}

// AppendOutputs appends what was paid to an account, oldest first.
func (p *Sparse) AppendOutputs(ctx context.Context, dst []ledger.OutRef, of ledger.Account, from, to ledger.Pos) ([]ledger.OutRef, error) {
	had := len(dst)
	dst, err := p.s.AppendOutputs(ctx, dst, of, from, to)
	hidden(p, dst[had:])
	return dst, err
}

// TxOf returns the transaction of an output and its number there.
func (p *Sparse) TxOf(out ledger.OutRef) (ledger.TxRef, uint32, error) {
	tx, vout, err := p.s.TxOf(ledger.OutRef(p.show(uint64(out))))
	return ledger.TxRef(p.hide(uint64(tx))), vout, err
}
