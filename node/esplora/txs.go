package esplora

import (
	"context"
	"fmt"

	"clew.example/clew/ledger"
)

// want starts to fetch all that a trace asks of a transaction, at once: one
// hop then costs one round trip.
func (v *View) want(ref ledger.TxRef) {
	v.standing(ref)
	v.spendsOf(ref)
	v.inputs(ref)
}

// AppendTxs appends transactions in the order asked, ErrNotFound for one that
// is not in a block up to the pin. The slices of entries of dst beyond its
// length are reused.
func (v *View) AppendTxs(ctx context.Context, dst []ledger.TxView, refs []ledger.TxRef) ([]ledger.TxView, error) {
	for _, ref := range refs {
		if _, ok := v.idOf(ref); !ok {
			return dst, fmt.Errorf("transaction %d: %w", ref, ErrNotFound)
		}
	}
	start := len(dst)
	err := inWindows(refs, v.want, func(_ int, ref ledger.TxRef) error {
		n := len(dst)
		if n < cap(dst) {
			dst = dst[:n+1]
		} else {
			dst = append(dst, ledger.TxView{})
		}
		return v.readTx(ctx, &dst[n], ref)
	})
	if err != nil {
		return dst[:start], v.moved(ctx, err)
	}
	return dst, nil
}

func (v *View) readTx(ctx context.Context, t *ledger.TxView, ref ledger.TxRef) error {
	id, _ := v.idOf(ref)
	s, err := v.standing(ref).wait(ctx)
	if err != nil {
		return err
	}
	if s == nil {
		return fmt.Errorf("transaction %s: %w", id, ErrNotFound)
	}
	ins, err := v.inputs(ref).wait(ctx)
	if err != nil {
		return err
	}
	made, err := v.body(ref).wait(ctx)
	if err != nil {
		return err
	}
	t.Ref, t.ID, t.Pos, t.Time, t.Coinbase = ref, id, s.pos, s.time, made.coinbase
	t.Ins = append(t.Ins[:0], ins...)
	t.Outs = t.Outs[:0]
	for i := range made.outs {
		t.Outs = append(t.Outs, ledger.OutView{Ref: outRef(ref, uint32(i)), Value: made.outs[i].value})
	}
	return nil
}

// AppendTxRefs finds the transaction of each id; NoRef where it is not in a
// block up to the pin.
func (v *View) AppendTxRefs(ctx context.Context, dst []ledger.TxRef, ids []ledger.TxID) ([]ledger.TxRef, error) {
	start := len(dst)
	err := inWindows(ids, func(id ledger.TxID) { v.want(v.intern(id)) }, func(_ int, id ledger.TxID) error {
		ref := v.intern(id)
		s, err := v.standing(ref).wait(ctx)
		if s == nil {
			ref = ledger.TxRef(ledger.NoRef)
		}
		dst = append(dst, ref)
		return err
	})
	if err != nil {
		return dst[:start], v.moved(ctx, err)
	}
	return dst, nil
}

// AppendAccounts says who each output pays. The bytes stay the view's.
func (v *View) AppendAccounts(ctx context.Context, dst []ledger.Account, outs []ledger.OutRef) ([]ledger.Account, error) {
	start := len(dst)
	for _, out := range outs {
		if _, _, err := v.TxOf(out); err != nil {
			return dst, err
		}
	}
	err := inWindows(outs, func(out ledger.OutRef) { v.body(ledger.TxRef(out >> 32)) }, func(_ int, out ledger.OutRef) error {
		tx, vout := splitOut(out)
		t, err := v.body(tx).wait(ctx)
		if err != nil {
			return err
		}
		if t == nil || uint64(vout) >= uint64(len(t.outs)) {
			return fmt.Errorf("output %d: %w", out, ErrNotFound)
		}
		script := t.outs[vout].script
		dst = append(dst, script[:len(script):len(script)])
		return nil
	})
	if err != nil {
		return dst[:start], v.moved(ctx, err)
	}
	return dst, nil
}
