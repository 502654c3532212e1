package esplora

import (
	"context"
	"fmt"

	"clew.example/clew/ledger"
)

// spendsOf starts to fetch who spends the outputs of a transaction. A spend
// above the pin is none.
func (v *View) spendsOf(ref ledger.TxRef) *cell[[]spend] {
	return v.spends.start(v, ref, func(ctx context.Context) ([]spend, error) {
		id, _ := v.idOf(ref)
		made := v.body(ref)
		q := query{kind: "spends", name: id.String(), path: txPath(id) + "/outspends", limit: spendsMax, absent: []byte("[]")}
		said, err := read(ctx, v, q, v.parseSpends)
		if err != nil {
			return nil, err
		}
		t, err := made.wait(ctx)
		switch {
		case err != nil:
			return nil, err
		case t == nil:
			return nil, fmt.Errorf("transaction %s: %w", id, ErrNotFound)
		case len(said) != len(t.outs):
			v.forget(q.kind, q.name)
			return nil, lie(q.path, "%d answers for %d outputs", len(said), len(t.outs))
		}
		if err := v.learn(ref, q.path, said); err != nil {
			v.forgetTx(t)
			return nil, err
		}
		return said, nil
	})
}

// parseSpends reads spends. They are kept for ever if all outputs are spent in
// deep blocks: an unspent one may be spent under the next pin.
func (v *View) parseSpends(b []byte) (got[[]spend], error) {
	said, err := decodeSpends(b)
	if err != nil {
		return got[[]spend]{}, err
	}
	deep := len(said) > 0
	for i := range said {
		deep = deep && said[i].spent && v.deep(said[i].height)
	}
	kept := encodeSpends(said)
	for i := range said {
		if said[i].height > v.tip.Height {
			said[i] = spend{}
		}
	}
	return got[[]spend]{said, kept, deep}, nil
}

// AppendSpenders says who spends each output as of the pin. Pos is the
// beginning of the block that the server names.
func (v *View) AppendSpenders(ctx context.Context, dst []ledger.Spend, outs []ledger.OutRef) ([]ledger.Spend, error) {
	start := len(dst)
	for _, out := range outs {
		if _, _, err := v.TxOf(out); err != nil {
			return dst, err
		}
	}
	err := inWindows(outs, func(out ledger.OutRef) { v.spendsOf(ledger.TxRef(out >> 32)) }, func(_ int, out ledger.OutRef) error {
		tx, vout := splitOut(out)
		said, err := v.spendsOf(tx).wait(ctx)
		if err != nil {
			return err
		}
		if uint64(vout) >= uint64(len(said)) {
			return fmt.Errorf("output %d of %d: %w", vout, len(said), ErrNotFound)
		}
		s := ledger.Spend{Out: out, Tx: ledger.TxRef(ledger.NoRef)}
		if by := said[vout]; by.spent {
			s.Tx, s.Pos = v.intern(by.tx), ledger.MakePos(by.height, 0)
		}
		dst = append(dst, s)
		return nil
	})
	if err != nil {
		return dst[:start], v.moved(ctx, err)
	}
	return dst, nil
}
