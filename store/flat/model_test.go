package flat_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// TestAgainstModel compares every answer with a naive model, as of the tip and
// as of random heights.
func TestAgainstModel(t *testing.T) {
	for seed := range uint64(runs(t, "CLEW_MODELS", 6)) {
		config := launder.Small(seed)
		if seed%3 == 0 {
			config = launder.Default(seed)
		}
		w := newWorld(t, config)
		rng := seeded(t, seed)
		fs := newFS(t, seed)
		build(t, w, fs, w.Chain())
		m, err := w.Truth(w.Tip().Hash)
		if err != nil {
			t.Fatal(err)
		}
		compareAt(t, fs, m, w.Tip().Height, rng)
		for range 4 {
			compareAt(t, fs, m, config.First+ledger.Height(rng.IntN(config.Blocks)), rng)
		}
	}
}

func compareAt(t *testing.T, fs vfs.FS, m *launder.Model, h ledger.Height, rng *rand.Rand) {
	t.Helper()
	l, err := flat.Open(fs, small)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	v, err := l.Pin(context.Background(), h)
	if err != nil {
		t.Fatal(err)
	}
	want, have := m.Counts(h), v.Counts()
	if have.Txs != uint64(want.Txs) || have.Outs != uint64(want.Outputs) || have.Ins != uint64(want.Inputs) ||
		have.Unknowns != uint64(want.Unknown) || have.Accounts != uint64(want.AllAccounts) || have.Blocks != uint64(want.Blocks) {
		t.Fatalf("counts as of %d: %+v, the model has %+v", h, have, want)
	}
	compareTxs(t, v, m, h, want.Txs)
	compareSpends(t, v, m, h, want.Outputs)
	compareLists(t, v, m, h, rng)
	compareGroups(t, v, m, h, want.Txs)
}

// compareGroups: what is asked for in groups is what is answered one by one,
// the unknown included.
func compareGroups(t *testing.T, v *flat.View, m *launder.Model, h ledger.Height, txs int) {
	t.Helper()
	ctx := context.Background()
	ids := []ledger.TxID{{1, 2, 3}}
	for row := range txs {
		ids = append(ids, m.Row(row).ID)
	}
	refs, err := v.AppendTxRefs(ctx, nil, ids)
	if err != nil || len(refs) != len(ids) || uint64(refs[0]) != ledger.NoRef {
		t.Fatalf("%d of %d ids: %v", len(refs), len(ids), err)
	}
	for i, id := range ids[1:] {
		if newest, _ := m.Tx(id, h); int(refs[i+1]) != newest.Row {
			t.Fatalf("tx %s as of %d: row %d, the model has %d", id, h, refs[i+1], newest.Row)
		}
	}
	accounts := append([]ledger.Account{[]byte("nobody")}, m.Accounts(h)...)
	outs, ends, err := v.AppendLists(ctx, nil, nil, accounts)
	if err != nil || len(ends) != len(accounts) || ends[0] != 0 {
		t.Fatalf("%d lists of %d: %v", len(ends), len(accounts), err)
	}
	for i, a := range accounts[1:] {
		list := outs[ends[i]:ends[i+1]]
		want := m.Outputs(a, h)
		if len(list) != len(want) {
			t.Fatalf("list of %x as of %d: %d outputs, the model has %d", a, h, len(list), len(want))
		}
		for k := range list {
			if int(list[k]) != want[k].Row {
				t.Fatalf("list of %x as of %d: %v", a, h, list)
			}
		}
	}
}

func compareTxs(t *testing.T, v *flat.View, m *launder.Model, h ledger.Height, txs int) {
	t.Helper()
	var views []ledger.TxView
	for row := range txs {
		want := m.Row(row)
		newest, _ := m.Tx(want.ID, h)
		ref, ok, err := v.TxByID(want.ID)
		if err != nil || !ok || int(ref) != newest.Row {
			t.Fatalf("tx %s as of %d: row %d, %v, %v; the model has %d", want.ID, h, ref, ok, err, newest.Row)
		}
		if ref, ok, err = v.TxByIDAt(want.ID, want.Pos.Height()); err != nil || !ok || m.Row(int(ref)).ID != want.ID {
			t.Fatalf("tx %s at %d: %v %v", want.ID, want.Pos.Height(), ok, err)
		}
		views, err = v.AppendTxs(context.Background(), views[:0], []ledger.TxRef{ledger.TxRef(row)})
		if err != nil {
			t.Fatal(err)
		}
		compareTx(t, &views[0], m, want)
		traits, weight, err := v.Traits(ledger.TxRef(row))
		if err != nil || traits != want.Traits || weight != want.Weight {
			t.Fatalf("traits of %s: %x %d %v, the model has %x %d", want.ID, traits, weight, err, want.Traits, want.Weight)
		}
	}
}

func compareTx(t *testing.T, have *ledger.TxView, m *launder.Model, want launder.Tx) {
	t.Helper()
	if have.ID != want.ID || have.Pos != want.Pos || have.Time != want.Time || have.Coinbase != want.Coinbase {
		t.Fatalf("row %d: %+v, the model has %+v", want.Row, have, want)
	}
	i := 0
	for row := want.FirstIn; row < want.EndIn; row++ {
		in := m.In(row)
		if in.Coinbase {
			continue
		}
		got := have.Ins[i]
		ref := uint64(ledger.NoRef)
		if in.Out != launder.None {
			ref = uint64(in.Out)
		}
		if uint64(got.Ref) != ref || got.Prev != in.Prev || got.Known != in.Known || got.Value != in.Value {
			t.Fatalf("input %d of %s: %+v, the model has %+v", i, want.ID, got, in)
		}
		i++
	}
	if i != len(have.Ins) || len(have.Outs) != want.EndOut-want.FirstOut {
		t.Fatalf("%s: %d inputs and %d outputs", want.ID, len(have.Ins), len(have.Outs))
	}
}

func compareSpends(t *testing.T, v *flat.View, m *launder.Model, h ledger.Height, outs int) {
	t.Helper()
	refs := make([]ledger.OutRef, outs)
	for i := range refs {
		refs[i] = ledger.OutRef(i)
	}
	spends, err := v.AppendSpenders(context.Background(), nil, refs)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range spends {
		want := m.Out(i, h)
		ref := uint64(ledger.NoRef)
		if want.Spender != launder.None {
			ref = uint64(want.Spender)
		}
		if uint64(s.Tx) != ref {
			t.Fatalf("spender of output %d as of %d: %d, the model has %d", i, h, s.Tx, want.Spender)
		}
		if tx, vout, err := v.TxOf(s.Out); err != nil || int(tx) != want.Tx || vout != want.Vout {
			t.Fatalf("output %d: %d:%d %v, the model has %d:%d", i, tx, vout, err, want.Tx, want.Vout)
		}
	}
}

func compareLists(t *testing.T, v *flat.View, m *launder.Model, h ledger.Height, rng *rand.Rand) {
	t.Helper()
	first := m.First()
	for i, account := range m.Accounts(h) {
		from, to := ledger.Pos(0), ledger.Pos(1<<56)
		if i%3 == 0 {
			from = ledger.MakePos(first+ledger.Height(rng.IntN(int(h-first)+1)), uint32(rng.IntN(4)))
			to = from + ledger.Pos(rng.IntN(3<<24))
		}
		have, err := v.AppendOutputs(context.Background(), nil, account, from, to)
		if err != nil {
			t.Fatal(err)
		}
		k := 0
		for _, want := range m.Outputs(account, h) {
			if pos := m.Row(want.Tx).Pos; pos < from || pos > to {
				continue
			}
			if k >= len(have) || int(have[k]) != want.Row {
				t.Fatalf("list of %x as of %d, %d to %d: %v; the model has row %d at %d", account, h, from, to, have, want.Row, k)
			}
			k++
		}
		if k != len(have) {
			t.Fatalf("list of %x as of %d: %d outputs, the model has %d", account, h, len(have), k)
		}
	}
}
