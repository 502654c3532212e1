package esplora

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"clew.example/clew/ledger"
)

func txPath(id ledger.TxID) string { return "/tx/" + id.String() }

// body starts to fetch a transaction; its cell holds nil where the server has none.
func (v *View) body(ref ledger.TxRef) *cell[*body] {
	return v.bodies.start(v, ref, func(ctx context.Context) (*body, error) {
		id, _ := v.idOf(ref)
		q := query{kind: "tx", name: id.String(), path: txPath(id), limit: txMax, absent: []byte("null")}
		return read(ctx, v, q, func(b []byte) (got[*body], error) {
			if bytes.Equal(b, q.absent) {
				return got[*body]{kept: q.absent}, nil
			}
			t, w, err := decodeTx(id, b)
			if err != nil {
				return got[*body]{}, err
			}
			return got[*body]{t, w.kept(), t.status.confirmed && v.deep(t.status.height)}, nil
		})
	})
}

// branch starts to fetch the way from a transaction to the root of its block;
// its cell holds nil where the server offers none.
func (v *View) branch(ref ledger.TxRef) *cell[*branch] {
	return v.proofs.start(v, ref, func(ctx context.Context) (*branch, error) {
		id, _ := v.idOf(ref)
		q := query{kind: "proof", name: id.String(), path: txPath(id) + "/merkle-proof", limit: proofMax, absent: []byte("null")}
		return read(ctx, v, q, func(b []byte) (got[*branch], error) {
			if bytes.Equal(b, q.absent) {
				return got[*branch]{kept: q.absent}, nil
			}
			p, err := decodeBranch(b)
			if err != nil {
				return got[*branch]{}, err
			}
			return got[*branch]{p, p.kept(), v.deep(p.height)}, nil
		})
	})
}

// standing starts to find where a transaction stands; its cell holds nil where
// that is not in a block up to the pin.
func (v *View) standing(ref ledger.TxRef) *cell[*standing] {
	return v.places.start(v, ref, func(ctx context.Context) (*standing, error) {
		if h, ok := v.claimedHeight(ref); ok {
			v.block(h) // is wanted, and this saves a round trip
		}
		v.branch(ref)
		t, err := v.body(ref).wait(ctx)
		if err != nil {
			return nil, err
		}
		s, err := v.stand(ctx, ref, t)
		var l *Lie
		if errors.As(err, &l) && t != nil {
			v.forgetTx(t)
		}
		return s, err
	})
}

// forgetTx takes a transaction out of the cache that did not fit to the rest,
// so that another run asks for it anew.
func (v *View) forgetTx(t *body) {
	for _, kind := range []string{"tx", "proof", "place", "spends"} {
		v.forget(kind, t.id.String())
	}
	v.forget("header", heightName(t.status.height))
}

// stand checks where a transaction says that it stands.
func (v *View) stand(ctx context.Context, ref ledger.TxRef, t *body) (*standing, error) {
	if t == nil || !t.status.confirmed || t.status.height > v.tip.Height {
		return nil, v.unclaimed(ref)
	}
	path := txPath(t.id)
	bl, err := v.block(t.status.height).wait(ctx)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, lie(path, "in block %d, which the server does not hold", t.status.height)
	case err != nil:
		return nil, err
	case bl.hash != t.status.hash:
		return nil, lie(path, "in block %s, where the chain has %s at height %d", t.status.hash, bl.hash, t.status.height)
	case t.status.time != 0 && t.status.time != bl.time:
		return nil, lie(path, "time %d, where its block has %d", t.status.time, bl.time)
	}
	p, path, err := v.branchOf(ctx, ref, t)
	if err != nil {
		return nil, err
	}
	if err := p.leads(t, bl); err != nil {
		return nil, lie(path, "%v", err)
	}
	s := &standing{ledger.MakePos(p.height, p.pos), bl.time}
	return s, v.bind(ref, t, s.pos)
}

// leads checks that a branch leads from a transaction to the root of its block.
func (p *branch) leads(t *body, bl block) error {
	if p.height != t.status.height {
		return fmt.Errorf("block %d, where the transaction has %d", p.height, t.status.height)
	}
	if t.coinbase != (p.pos == 0) {
		return fmt.Errorf("place %d, where the first and it alone makes coins", p.pos)
	}
	root, err := p.root(t.id)
	if err == nil && root != bl.merkle {
		err = fmt.Errorf("leads to %s, where the header has %s", root, bl.merkle)
	}
	return err
}

// branchOf returns the branch of a transaction, made from the list of its
// block where the server offers none, and the path that it came from.
func (v *View) branchOf(ctx context.Context, ref ledger.TxRef, t *body) (*branch, string, error) {
	path := txPath(t.id) + "/merkle-proof"
	p, err := v.branch(ref).wait(ctx)
	if err != nil || p != nil {
		return p, path, err
	}
	path = "/block/" + t.status.hash.String() + "/txids"
	q := query{kind: "place", name: t.id.String(), path: path, limit: txidsMax}
	b, err := read(ctx, v, q, func(b []byte) (got[*branch], error) {
		if p, err := decodeBranch(b); err == nil { // as we keep it
			return got[*branch]{val: p}, nil
		}
		p, err := decodeTxids(b, t.id, t.status.height)
		if err != nil {
			return got[*branch]{}, err
		}
		return got[*branch]{p, p.kept(), v.deep(p.height)}, nil
	})
	return b, path, notHeld(path, err)
}

// inputs starts to find what the inputs of a transaction spend.
func (v *View) inputs(ref ledger.TxRef) *cell[[]ledger.InView] {
	return v.values.start(v, ref, func(ctx context.Context) ([]ledger.InView, error) {
		t, err := v.body(ref).wait(ctx)
		if err != nil || t == nil || t.coinbase {
			return nil, err
		}
		prevs := make([]ledger.TxRef, len(t.ins))
		for i := range t.ins {
			prevs[i] = v.intern(t.ins[i].prev.TxID)
		}
		views := make([]ledger.InView, len(t.ins))
		return views, inWindows(prevs, func(ref ledger.TxRef) { v.body(ref) }, func(i int, prev ledger.TxRef) error {
			made, err := v.body(prev).wait(ctx)
			if err != nil {
				return err
			}
			views[i], err = t.input(i, prev, made)
			return err
		})
	})
}

// input compares what an input is said to spend with the transaction that made
// it. Where the server does not hold that one the value is not known: what is
// stated could be anything.
func (t *body) input(i int, prev ledger.TxRef, made *body) (ledger.InView, error) {
	in := ledger.InView{Ref: ledger.OutRef(ledger.NoRef), Prev: t.ins[i].prev}
	if made == nil {
		return in, nil
	}
	path := txPath(t.id)
	if uint64(in.Prev.Vout) >= uint64(len(made.outs)) {
		return in, lie(path, "input %d spends output %d of %s, which has %d", i, in.Prev.Vout, made.id, len(made.outs))
	}
	out := made.outs[in.Prev.Vout]
	if s := t.ins[i].stated; s != nil && (s.value != out.value || !bytes.Equal(s.script, out.script)) {
		return in, lie(path, "input %d spends %v of %x, where %s has %v of %x", i, s.value, head20(s.script), in.Prev, out.value, head20(out.script))
	}
	in.Ref, in.Known, in.Value = outRef(prev, in.Prev.Vout), true, out.value
	return in, nil
}

// head20 bounds how much of a stranger's script an error quotes.
func head20(script []byte) []byte { return script[:min(len(script), 20)] }

// window is how many things are asked for ahead of the one that is waited for.
const window = 256

// inWindows starts each thing some way ahead of waiting for it, in order.
func inWindows[T any](list []T, start func(T), wait func(int, T) error) error {
	for i := range list {
		if i == 0 {
			for _, t := range list[:min(window, len(list))] {
				start(t)
			}
		} else if next := i + window - 1; next < len(list) {
			start(list[next])
		}
		if err := wait(i, list[i]); err != nil {
			return err
		}
	}
	return nil
}
