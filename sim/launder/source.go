package launder

import (
	"context"
	"fmt"
	"slices"

	"clew.example/clew/ledger"
)

// Source answers what a trace asks from a model, pinned at a height: handles
// are the model's rows, and every query looks the answer up again. It may be
// used until the model loses a block that it stands on.
type Source struct {
	m    *Model
	asOf ledger.Height
	end  Counts
}

// Source pins the model as of a height. Heights above the tip mean the tip,
// heights below the first block an empty ledger.
func (m *Model) Source(asOf ledger.Height) *Source {
	tip, _ := m.Tip()
	asOf = min(asOf, tip)
	return &Source{m, asOf, m.Counts(asOf)}
}

// Tip returns the block of the pin. Height and Hash are zero in an empty
// ledger.
func (s *Source) Tip() ledger.Tip {
	hash, ok := s.m.Hash(s.asOf)
	if !ok {
		return ledger.Tip{FirstHeight: s.m.first}
	}
	return ledger.Tip{FirstHeight: s.m.first, Height: s.asOf, Hash: hash}
}

// HashAt returns the hash of a block up to the pin.
func (s *Source) HashAt(_ context.Context, h ledger.Height) (ledger.Hash, error) {
	hash, ok := s.m.Hash(h)
	if !ok || h > s.asOf {
		return hash, fmt.Errorf("block %d: the made-up ledger has none as of %d", h, s.asOf)
	}
	return hash, nil
}

// HeightAt returns the greatest height whose header time is at or before a
// time, false if there is none. Header times may go back.
func (s *Source) HeightAt(_ context.Context, time uint32) (ledger.Height, bool, error) {
	for n := s.end.Blocks - 1; n >= 0; n-- {
		if s.m.blocks[n].time <= time {
			return s.m.first + ledger.Height(n), true, nil
		}
	}
	return 0, false, nil
}

// AppendTxs appends the transactions of refs, coinbase inputs left out. The
// slices of entries of dst beyond its length are reused, as a store may do.
func (s *Source) AppendTxs(ctx context.Context, dst []ledger.TxView, refs []ledger.TxRef) ([]ledger.TxView, error) {
	for _, ref := range refs {
		if uint64(ref) >= uint64(s.end.Txs) {
			return dst, s.noTx(ref)
		}
		n := len(dst)
		dst = slices.Grow(dst, 1)[:n+1]
		s.view(&dst[n], int(ref))
	}
	return dst, ctx.Err()
}

func (s *Source) noTx(ref ledger.TxRef) error {
	return fmt.Errorf("transaction %d: the made-up ledger has %d as of %d", ref, s.end.Txs, s.asOf)
}

func (s *Source) view(v *ledger.TxView, row int) {
	tx := s.m.Row(row)
	*v = ledger.TxView{
		Ref: ledger.TxRef(row), ID: tx.ID, Pos: tx.Pos, Time: tx.Time, Coinbase: tx.Coinbase,
		Ins: v.Ins[:0], Outs: v.Outs[:0],
	}
	for _, in := range s.m.ins[tx.FirstIn:tx.EndIn] {
		if !in.Coinbase {
			v.Ins = append(v.Ins, ledger.InView{Ref: outRef(in.Out), Prev: in.Prev, Known: in.Known, Value: in.Value})
		}
	}
	for out := tx.FirstOut; out < tx.EndOut; out++ {
		v.Outs = append(v.Outs, ledger.OutView{Ref: ledger.OutRef(out), Value: s.m.outs[out].value})
	}
}

func outRef(row int) ledger.OutRef {
	if row == None {
		return ledger.OutRef(ledger.NoRef)
	}
	return ledger.OutRef(row)
}

// AppendSpenders appends who spends each output as of the pin.
func (s *Source) AppendSpenders(ctx context.Context, dst []ledger.Spend, outs []ledger.OutRef) ([]ledger.Spend, error) {
	for _, ref := range outs {
		out, err := s.out(ref)
		if err != nil {
			return dst, err
		}
		dst = append(dst, ledger.Spend{Out: ref, Tx: txRef(out.Spender)})
	}
	return dst, ctx.Err()
}

func txRef(row int) ledger.TxRef {
	if row == None {
		return ledger.TxRef(ledger.NoRef)
	}
	return ledger.TxRef(row)
}

// out returns an output that the ledger holds as of the pin.
func (s *Source) out(ref ledger.OutRef) (Out, error) {
	if uint64(ref) >= uint64(s.end.Outputs) {
		return Out{}, fmt.Errorf("output %d: the made-up ledger has %d as of %d", ref, s.end.Outputs, s.asOf)
	}
	return s.m.Out(int(ref), s.asOf), nil
}

// AppendAccounts appends the script of each output.
func (s *Source) AppendAccounts(ctx context.Context, dst []ledger.Account, outs []ledger.OutRef) ([]ledger.Account, error) {
	for _, ref := range outs {
		out, err := s.out(ref)
		if err != nil {
			return dst, err
		}
		dst = append(dst, out.Script)
	}
	return dst, ctx.Err()
}

// AppendTxRefs appends the newest transaction of each id, or NoRef.
func (s *Source) AppendTxRefs(ctx context.Context, dst []ledger.TxRef, ids []ledger.TxID) ([]ledger.TxRef, error) {
	for _, id := range ids {
		dst = append(dst, txRef(s.m.txRow(id, s.asOf)))
	}
	return dst, ctx.Err()
}

// TxByIDAt returns the transaction of an id in a certain block: how the older
// of two of one id (BIP 30) is named.
func (s *Source) TxByIDAt(id ledger.TxID, h ledger.Height) (ref ledger.TxRef, ok bool, err error) {
	if h > s.asOf {
		return ledger.TxRef(ledger.NoRef), false, nil
	}
	tx, ok := s.m.TxAt(id, h)
	if !ok {
		return ledger.TxRef(ledger.NoRef), false, nil
	}
	return ledger.TxRef(tx.Row), true, nil
}

// AppendOutputs appends what was paid to an account in the transactions from
// and to, ends included, oldest first.
func (s *Source) AppendOutputs(ctx context.Context, dst []ledger.OutRef, of ledger.Account, from, to ledger.Pos) ([]ledger.OutRef, error) {
	for _, out := range s.m.Outputs(of, s.asOf) {
		if pos := s.m.txs[out.Tx].pos; from <= pos && pos <= to {
			dst = append(dst, ledger.OutRef(out.Row))
		}
	}
	return dst, ctx.Err()
}

// TxOf returns the transaction of an output and its number there.
func (s *Source) TxOf(ref ledger.OutRef) (ledger.TxRef, uint32, error) {
	out, err := s.out(ref)
	return ledger.TxRef(out.Tx), out.Vout, err
}

// Dense returns the number of transactions as of the pin.
func (s *Source) Dense() uint64 { return uint64(s.end.Txs) }

// AppendRows appends transactions with their inputs, outputs and spenders.
func (s *Source) AppendRows(ctx context.Context, dst *ledger.Rows, refs []ledger.TxRef) error {
	for _, ref := range refs {
		if uint64(ref) >= uint64(s.end.Txs) {
			return s.noTx(ref)
		}
		s.appendRow(dst, int(ref))
	}
	return ctx.Err()
}

func (s *Source) appendRow(dst *ledger.Rows, row int) {
	tx := s.m.Row(row)
	dst.Txs = append(dst.Txs, ledger.RowTx{
		Ref: ledger.TxRef(row), Pos: tx.Pos, Coinbase: tx.Coinbase,
		FirstIn: uint32(len(dst.Ins)), FirstOut: uint32(len(dst.Outs)),
	})
	for _, in := range s.m.ins[tx.FirstIn:tx.EndIn] {
		if !in.Coinbase {
			dst.Ins = append(dst.Ins, ledger.RowIn{Ref: outRef(in.Out), Value: in.Value, Known: in.Known})
		}
	}
	for out := tx.FirstOut; out < tx.EndOut; out++ {
		o := s.m.Out(out, s.asOf)
		dst.Outs = append(dst.Outs, ledger.RowOut{Ref: ledger.OutRef(out), Value: o.Value, Spender: txRef(o.Spender)})
	}
}
