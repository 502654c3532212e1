package launder_test

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// source is what Source and Sparse have in common.
type source interface {
	Tip() ledger.Tip
	HashAt(ctx context.Context, h ledger.Height) (ledger.Hash, error)
	HeightAt(ctx context.Context, time uint32) (ledger.Height, bool, error)
	AppendTxs(ctx context.Context, dst []ledger.TxView, txs []ledger.TxRef) ([]ledger.TxView, error)
	AppendSpenders(ctx context.Context, dst []ledger.Spend, outs []ledger.OutRef) ([]ledger.Spend, error)
	AppendAccounts(ctx context.Context, dst []ledger.Account, outs []ledger.OutRef) ([]ledger.Account, error)
	AppendTxRefs(ctx context.Context, dst []ledger.TxRef, ids []ledger.TxID) ([]ledger.TxRef, error)
	AppendOutputs(ctx context.Context, dst []ledger.OutRef, of ledger.Account, from, to ledger.Pos) ([]ledger.OutRef, error)
	TxOf(out ledger.OutRef) (ledger.TxRef, uint32, error)
	TxByIDAt(id ledger.TxID, h ledger.Height) (ledger.TxRef, bool, error)
}

// must returns a value that no error came with.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// tell writes all that a source says of its transactions, found by their ids,
// without handles.
func tell(t *testing.T, s source, ids []ledger.TxID) []any {
	t.Helper()
	ctx := t.Context()
	var said []any
	var dst []ledger.TxView
	for _, id := range ids {
		ref := must(s.AppendTxRefs(ctx, nil, []ledger.TxID{id}))[0]
		if ref == ledger.TxRef(ledger.NoRef) {
			said = append(said, "none")
			continue
		}
		dst = must(s.AppendTxs(ctx, dst[:0], []ledger.TxRef{ref}))
		tx := dst[0]
		said = append(said, tx.ID, tx.Pos, tx.Time, tx.Coinbase)
		for _, in := range tx.Ins {
			said = append(said, in.Ref == ledger.OutRef(ledger.NoRef), in.Prev, in.Known, in.Value)
		}
		for i, out := range tx.Outs {
			said = append(said, out.Value, tellOut(t, s, out.Ref, ref, i))
		}
	}
	return said
}

func tellOut(t *testing.T, s source, out ledger.OutRef, tx ledger.TxRef, vout int) []any {
	t.Helper()
	if of, n, err := s.TxOf(out); err != nil || of != tx || n != uint32(vout) {
		t.Fatalf("output %d of transaction %d is %d of %d, %v", vout, tx, n, of, err)
	}
	account := must(s.AppendAccounts(t.Context(), nil, []ledger.OutRef{out}))[0]
	paid := must(s.AppendOutputs(t.Context(), nil, account, 0, math.MaxUint64))
	spend := must(s.AppendSpenders(t.Context(), nil, []ledger.OutRef{out}))[0]
	if spend.Out != out || !slices.Contains(paid, out) {
		t.Fatalf("output %d of transaction %d is not among those of its account, or its spender is another's", vout, tx)
	}
	said := []any{string(account), len(paid)}
	if spend.Tx == ledger.TxRef(ledger.NoRef) {
		return append(said, "unspent")
	}
	spender := must(s.AppendTxs(t.Context(), nil, []ledger.TxRef{spend.Tx}))[0]
	if spend.Pos > spender.Pos {
		t.Fatalf("the spender at %d is said to be at %d or after", spender.Pos, spend.Pos)
	}
	return append(said, spender.Pos)
}

// TestSourceAsOf compares a source pinned below the tip with the source of a
// ledger that ends there, and with the source that hides its order.
func TestSourceAsOf(t *testing.T) {
	for seed := range uint64(3) {
		w := world(t, launder.Small(300+seed))
		whole, cut := truth(t, w), launder.NewModel()
		ids := make([]ledger.TxID, whole.Counts(end).Txs)
		for i := range ids {
			ids[i] = whole.Row(i).ID
		}
		for i, ref := range w.Chain() {
			apply(t, cut, w, ref)
			if i%6 != 0 {
				continue
			}
			want := tell(t, cut.Source(end), ids)
			if !reflect.DeepEqual(tell(t, whole.Source(ref.Height), ids), want) {
				t.Errorf("seed %d: the source as of %d differs from that of a ledger to there", 300+seed, ref.Height)
			}
			if !reflect.DeepEqual(tell(t, whole.Source(ref.Height).Sparse(seed), ids), want) {
				t.Errorf("seed %d: the sparse source as of %d differs", 300+seed, ref.Height)
			}
		}
	}
}

// TestSourceNamesakes finds every transaction by its id and block, the older of
// two of one id too, and none in other blocks or above the pin.
func TestSourceNamesakes(t *testing.T) {
	older := 0
	for seed := range uint64(3) {
		c := launder.Small(600 + seed)
		c.Rates[launder.Duplicate] = 200
		m := truth(t, world(t, c))
		tip, _ := m.Tip()
		dense := m.Source(tip - 2)
		sparse := dense.Sparse(seed)
		for row := range m.Counts(tip).Txs {
			tx := m.Row(row)
			h := tx.Pos.Height()
			if newest, _ := m.Tx(tx.ID, tip-2); h <= tip-2 && newest.Row != row {
				older++
			}
			ref, ok, err := dense.TxByIDAt(tx.ID, h)
			if err != nil || ok != (h <= tip-2) || ok && int(ref) != row {
				t.Fatalf("seed %d: transaction %d in block %d is %d, %v, %v", 600+seed, row, h, ref, ok, err)
			}
			hidden, also, err := sparse.TxByIDAt(tx.ID, h)
			if err != nil || also != ok || ok && hidden != sparse.TxRef(row) {
				t.Fatalf("seed %d: transaction %d in block %d is %d, %v, %v in the sparse source", 600+seed, row, h, hidden, also, err)
			}
			if _, ok, _ := dense.TxByIDAt(tx.ID, m.First()-1); ok {
				t.Fatalf("seed %d: transaction %d is in a block before the first", 600+seed, row)
			}
		}
	}
	if older == 0 {
		t.Error("no id was taken by a newer transaction")
	}
}

// TestSourceHeights asks for blocks by height and time, before, within and
// after a ledger.
func TestSourceHeights(t *testing.T) {
	m := truth(t, world(t, launder.Small(7)))
	tip, _ := m.Tip()
	s := m.Source(tip - 1)
	if hash, _ := m.Hash(tip - 1); s.Tip() != (ledger.Tip{FirstHeight: m.First(), Height: tip - 1, Hash: hash}) {
		t.Errorf("the tip is %+v", s.Tip())
	}
	if _, err := s.HashAt(t.Context(), tip); err == nil || !strings.Contains(err.Error(), "has none as of") {
		t.Errorf("a block above the pin: %v", err)
	}
	if _, ok, _ := s.HeightAt(t.Context(), 0); ok {
		t.Error("there is a block at time 0")
	}
	if h, ok, _ := s.HeightAt(t.Context(), math.MaxUint32); !ok || h != tip-1 {
		t.Errorf("the last block is %d", h)
	}
	for row := range m.Counts(tip - 1).Txs {
		at := m.Row(row)
		if h, ok, _ := s.HeightAt(t.Context(), at.Time); !ok || h < at.Pos.Height() {
			t.Errorf("at the time of block %d the last block is %d", at.Pos.Height(), h)
		}
	}
	if m.Source(0).Dense() != 0 || launder.NewModel().Source(end).Dense() != 0 {
		t.Error("an empty ledger holds transactions")
	}
}

// TestSourceRows compares rows with views, and refuses what no row has.
func TestSourceRows(t *testing.T) {
	m := truth(t, world(t, launder.Small(8)))
	s := m.Source(m.First() + 20)
	refs := make([]ledger.TxRef, s.Dense())
	for i := range refs {
		refs[i] = ledger.TxRef(i)
	}
	var rows ledger.Rows
	if err := s.AppendRows(t.Context(), &rows, refs); err != nil {
		t.Fatal(err)
	}
	in, out := 0, 0
	for i, tx := range must(s.AppendTxs(t.Context(), nil, refs)) {
		if rows.Txs[i] != (ledger.RowTx{Ref: tx.Ref, Pos: tx.Pos, FirstIn: uint32(in), FirstOut: uint32(out), Coinbase: tx.Coinbase}) {
			t.Fatalf("row %d is %+v", i, rows.Txs[i])
		}
		for _, v := range tx.Ins {
			if rows.Ins[in] != (ledger.RowIn{Ref: v.Ref, Value: v.Value, Known: v.Known}) {
				t.Fatalf("input %d is %+v", in, rows.Ins[in])
			}
			in++
		}
		for _, v := range tx.Outs {
			spend := must(s.AppendSpenders(t.Context(), nil, []ledger.OutRef{v.Ref}))[0]
			if rows.Outs[out] != (ledger.RowOut{Ref: v.Ref, Value: v.Value, Spender: spend.Tx}) {
				t.Fatalf("output %d is %+v", out, rows.Outs[out])
			}
			out++
		}
	}
	last := len(refs) - 1
	if tx := must(s.Sparse(8).AppendTxs(t.Context(), nil, []ledger.TxRef{s.Sparse(8).TxRef(last)}))[0]; tx.Pos != m.Row(last).Pos {
		t.Errorf("the last transaction of the sparse source is at %d", tx.Pos)
	}
	beyond := ledger.TxRef(s.Dense())
	if s.AppendRows(t.Context(), &rows, []ledger.TxRef{beyond}) == nil {
		t.Error("there is a row beyond the last")
	}
	if _, err := s.AppendTxs(t.Context(), nil, []ledger.TxRef{beyond}); err == nil {
		t.Error("there is a transaction beyond the last")
	}
}
