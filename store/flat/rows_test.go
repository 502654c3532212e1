package flat_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// TestRowsAgainstModel compares what a sweep reads with the model, as of the tip
// and as of random heights.
func TestRowsAgainstModel(t *testing.T) {
	met := map[string]int{}
	for seed := range uint64(runs(t, "CLEW_MODELS", 6)) {
		c := launder.Small(seed + 70)
		if seed%3 == 0 {
			c = launder.Default(seed + 70)
		}
		w, rng, fs := newWorld(t, c), seeded(t, seed+70), newFS(t, seed)
		build(t, w, fs, w.Chain())
		m, err := w.Truth(w.Tip().Hash)
		if err != nil {
			t.Fatal(err)
		}
		compareSweep(t, fs, m, w.Tip().Height, rng, met)
		for range 4 {
			compareSweep(t, fs, m, c.First+ledger.Height(rng.IntN(c.Blocks)), rng, met)
		}
	}
	t.Logf("met: %v", met)
	for _, what := range []string{"coinbase", "unknown", "unknown of known value", "spent above the pin", "spent", "unspent", "time goes back"} {
		if met[what] == 0 {
			t.Errorf("no ledger has %q: the worlds are too tame", what)
		}
	}
}

func compareSweep(t *testing.T, fs vfs.FS, m *launder.Model, h ledger.Height, rng *rand.Rand, met map[string]int) {
	t.Helper()
	l, err := flat.Open(fs, small)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	v, err := l.Pin(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	compareRows(t, v, m, h, rng)
	compareAccounts(t, v, m, h, rng)
	compareHeights(t, v, m, h)
	refuseBeyond(t, v, m, h)
	meet(m, h, met)
}

// compareRows reads all transactions, shuffled or in order, in batches of any
// size, behind others, and compares with the model, and with views and spenders.
func compareRows(t *testing.T, v *flat.View, m *launder.Model, h ledger.Height, rng *rand.Rand) {
	t.Helper()
	ctx, refs := t.Context(), make([]ledger.TxRef, v.Dense())
	for i := range refs {
		refs[i] = ledger.TxRef(i)
	}
	if rng.IntN(2) == 0 {
		rng.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
	}
	refs = append(refs, refs[rng.IntN(len(refs))]) // one twice
	var have, want ledger.Rows
	for len(refs) > 0 {
		n := 1 + rng.IntN(min(len(refs), 200))
		if rng.IntN(3) == 0 {
			have.Reset()
			want.Reset()
		}
		if err := v.AppendRows(ctx, &have, refs[:n]); err != nil {
			t.Fatal(err)
		}
		if err := m.Source(h).AppendRows(ctx, &want, refs[:n]); err != nil {
			t.Fatal(err)
		}
		if !sameRows(have, want) {
			t.Fatalf("rows of %v as of %d: %+v, the model has %+v", refs[:n], h, have, want)
		}
		var alone, views ledger.Rows
		rowsByViews(t, v, &views, refs[:n])
		if err := v.AppendRows(ctx, &alone, refs[:n]); err != nil || !sameRows(alone, views) {
			t.Fatalf("rows of %v as of %d: %+v, views say %+v: %v", refs[:n], h, alone, views, err)
		}
		refs = refs[n:]
	}
}

func sameRows(a, b ledger.Rows) bool {
	return len(a.Ins) == len(b.Ins) && reflect.DeepEqual(a.Txs, b.Txs) && (len(a.Ins) == 0 || reflect.DeepEqual(a.Ins, b.Ins)) && reflect.DeepEqual(a.Outs, b.Outs)
}

// rowsByViews appends rows as AppendTxs and AppendSpenders have them.
func rowsByViews(t *testing.T, v *flat.View, dst *ledger.Rows, refs []ledger.TxRef) {
	t.Helper()
	views, err := v.AppendTxs(t.Context(), nil, refs)
	if err != nil {
		t.Fatal(err)
	}
	for _, tx := range views {
		dst.Txs = append(dst.Txs, ledger.RowTx{Ref: tx.Ref, Pos: tx.Pos, FirstIn: uint32(len(dst.Ins)), FirstOut: uint32(len(dst.Outs)), Coinbase: tx.Coinbase})
		for _, in := range tx.Ins {
			dst.Ins = append(dst.Ins, ledger.RowIn{Ref: in.Ref, Value: in.Value, Known: in.Known})
		}
		for _, out := range tx.Outs {
			spends, err := v.AppendSpenders(t.Context(), nil, []ledger.OutRef{out.Ref})
			if err != nil {
				t.Fatal(err)
			}
			dst.Outs = append(dst.Outs, ledger.RowOut{Ref: out.Ref, Value: out.Value, Spender: spends[0].Tx})
		}
	}
}

func compareAccounts(t *testing.T, v *flat.View, m *launder.Model, h ledger.Height, rng *rand.Rand) {
	t.Helper()
	refs := make([]ledger.OutRef, m.Counts(h).Outputs)
	for i := range refs {
		refs[i] = ledger.OutRef(rng.IntN(len(refs)))
	}
	first := ledger.Account("what stands there already")
	accounts, err := v.AppendAccounts(t.Context(), []ledger.Account{first}, refs)
	if err != nil || len(accounts) != 1+len(refs) || string(accounts[0]) != string(first) {
		t.Fatalf("%d accounts of %d outputs: %v", len(accounts)-1, len(refs), err)
	}
	for i, ref := range refs {
		if want := m.Out(int(ref), h).Script; string(accounts[1+i]) != string(want) {
			t.Fatalf("account of output %d as of %d: %x, the model has %x", ref, h, accounts[1+i], want)
		}
	}
}

// compareHeights asks for each block by its height, and by its time and the
// seconds around it.
func compareHeights(t *testing.T, v *flat.View, m *launder.Model, h ledger.Height) {
	t.Helper()
	times := []uint32{0, math.MaxUint32}
	for row := range m.Counts(h).Txs {
		if tx := m.Row(row); tx.Coinbase {
			times = append(times, tx.Time-1, tx.Time, tx.Time+1)
		}
	}
	for at := m.First(); at <= h; at++ {
		want, _ := m.Hash(at)
		if have, err := v.HashAt(t.Context(), at); err != nil || have != want {
			t.Fatalf("block %d as of %d: %v %v, the model has %v", at, h, have, err, want)
		}
	}
	for _, time := range times {
		want, there, _ := m.Source(h).HeightAt(t.Context(), time)
		if have, ok, err := v.HeightAt(t.Context(), time); err != nil || ok != there || have != want {
			t.Fatalf("height at %d as of %d: %d, %v, %v, the model has %d, %v", time, h, have, ok, err, want, there)
		}
	}
}

// refuseBeyond asks for what is above the pin, and for what is nowhere.
func refuseBeyond(t *testing.T, v *flat.View, m *launder.Model, h ledger.Height) {
	t.Helper()
	c := m.Counts(h)
	for _, beyond := range []uint64{0, 1, 1 << 39, 1 << 40, math.MaxUint64 - uint64(max(c.Txs, c.Outputs))} {
		tx, out := ledger.TxRef(uint64(c.Txs)+beyond), ledger.OutRef(uint64(c.Outputs)+beyond)
		var rows ledger.Rows
		if err := v.AppendRows(t.Context(), &rows, []ledger.TxRef{0, tx}); !errors.Is(err, flat.ErrNotFound) {
			t.Errorf("row %d of %d: %v", tx, c.Txs, err)
		}
		if _, err := v.AppendAccounts(t.Context(), nil, []ledger.OutRef{out}); !errors.Is(err, flat.ErrNotFound) {
			t.Errorf("account of output %d of %d: %v", out, c.Outputs, err)
		}
	}
	for _, at := range []ledger.Height{h + 1, m.First() - 1, math.MaxUint32} {
		if _, err := v.HashAt(t.Context(), at); !errors.Is(err, flat.ErrNotFound) {
			t.Errorf("block %d as of %d: %v", at, h, err)
		}
	}
	off, cancel := context.WithCancel(t.Context())
	cancel()
	if err := v.AppendRows(off, &ledger.Rows{}, []ledger.TxRef{0}); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}

// meet counts what was compared.
func meet(m *launder.Model, h ledger.Height, met map[string]int) {
	c, last := m.Counts(h), uint32(0)
	met["unknown"] += c.Unknown
	met["unknown of known value"] += c.Valued
	for row := range c.Txs {
		if tx := m.Row(row); tx.Coinbase {
			met["coinbase"]++
			if tx.Time < last {
				met["time goes back"]++
			}
			last = tx.Time
		}
	}
	for row := range c.Outputs {
		switch {
		case m.Out(row, h).Spender != launder.None:
			met["spent"]++
		case m.Out(row, ledger.Height(math.MaxUint32)).Spender != launder.None:
			met["spent above the pin"]++
		default:
			met["unspent"]++
		}
	}
}

// TestRowsMoved cuts a ledger below a pin: every answer is ErrMoved then, and
// those of a pin made anew are the model's.
func TestRowsMoved(t *testing.T) {
	w, fs := newWorld(t, launder.Small(77)), newFS(t, 77)
	build(t, w, fs, w.Chain())
	l, v := open(t, fs)
	defer l.Close()
	s, err := flat.OpenWriter(fs, small)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CutTo(10); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	_, accounts := v.AppendAccounts(ctx, nil, []ledger.OutRef{0})
	_, hash := v.HashAt(ctx, v.Tip().FirstHeight)
	_, _, height := v.HeightAt(ctx, math.MaxUint32)
	for name, err := range map[string]error{
		"AppendRows": v.AppendRows(ctx, &ledger.Rows{}, []ledger.TxRef{0}), "AppendAccounts": accounts, "HashAt": hash, "HeightAt": height,
	} {
		if !errors.Is(err, flat.ErrMoved) {
			t.Errorf("%s below a cut: %v", name, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	m, err := w.Truth(w.Chain()[9].Hash)
	if err != nil {
		t.Fatal(err)
	}
	compareSweep(t, fs, m, w.Chain()[9].Height, seeded(t, 77), map[string]int{})
}
