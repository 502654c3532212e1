package esplora_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/node/esplora"
	"clew.example/clew/sim/launder"
)

// TestAgainstModel: every answer about a random ledger is the model's, as of
// the tip and as of heights below, with either way to learn positions and
// headers.
func TestAgainstModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		config := launder.Small(seed)
		// No outpoint names an output that was made twice, and header times heed
		// the rule of medians: see the package on BIP 30, and HeightAt.
		config.Rates[launder.Bare], config.Rates[launder.Duplicate], config.Rates[launder.TimeBack] = 0, 0, 0
		w, err := launder.New(config)
		if err != nil {
			t.Fatal(err)
		}
		m, err := w.Truth(w.Tip().Hash)
		if err != nil {
			t.Fatal(err)
		}
		s := serve(t, blocksOf(w))
		if seed%2 == 1 {
			s.Without("merkle-proof", "blocks")
		}
		s.SetPageSize(3 + int(seed))
		e := open(t, esplora.Options{URL: s.URL, PerSecond: -1})
		rng := rand.New(rand.NewPCG(seed, 1))
		t.Logf("seed %d", seed)
		for _, h := range []ledger.Height{w.Tip().Height, config.First + ledger.Height(rng.IntN(config.Blocks))} {
			compare(t, pin(t, e, h), m, h, rng)
		}
	}
}

func compare(t *testing.T, v *esplora.View, m *launder.Model, h ledger.Height, rng *rand.Rand) {
	t.Helper()
	ctx := context.Background()
	hash, _ := m.Hash(h)
	if tip := v.Tip(); tip.Height != h || tip.Hash != hash || tip.FirstHeight != 0 {
		t.Fatalf("tip %v, want %d %s", tip, h, hash)
	}
	var ids []ledger.TxID
	for row := range m.Counts(h).Txs {
		ids = append(ids, m.Row(row).ID)
	}
	rng.Shuffle(len(ids), func(i, k int) { ids[i], ids[k] = ids[k], ids[i] })
	refs, err := v.AppendTxRefs(ctx, nil, ids)
	if err != nil {
		t.Fatal(err)
	}
	txs, err := v.AppendTxs(ctx, make([]ledger.TxView, 0, 3), refs)
	if err != nil {
		t.Fatal(err)
	}
	for i := range txs {
		compareTx(t, v, m, h, ids[i], &txs[i])
	}
	compareOutside(t, v, m, h)
	accounts := m.Accounts(h)
	for range 12 {
		compareOutputs(t, v, m, h, accounts[rng.IntN(len(accounts))], rng)
	}
	compareTimes(t, v, m, h)
	if err := v.Recheck(ctx); err != nil {
		t.Fatal(err)
	}
}

func compareTx(t *testing.T, v *esplora.View, m *launder.Model, h ledger.Height, id ledger.TxID, have *ledger.TxView) {
	t.Helper()
	ctx := context.Background()
	want, _ := m.Tx(id, h)
	if have.ID != id || have.Pos != want.Pos || have.Time != want.Time || have.Coinbase != want.Coinbase || len(have.Outs) != want.EndOut-want.FirstOut {
		t.Fatalf("tx %s: %+v, the model has %+v", id, have, want)
	}
	ins := 0
	for row := want.FirstIn; row < want.EndIn; row++ {
		in := m.In(row)
		if in.Coinbase {
			continue
		}
		x := have.Ins[ins]
		// What came before the ledger the server does not hold.
		known := in.Out != launder.None
		if x.Prev != in.Prev || x.Known != known || known && x.Value != in.Value || known == (uint64(x.Ref) == ledger.NoRef) {
			t.Fatalf("tx %s: input %d is %+v, the model has %+v", id, ins, x, in)
		}
		ins++
	}
	var outs []ledger.OutRef
	for _, o := range have.Outs {
		outs = append(outs, o.Ref)
	}
	spends, err := v.AppendSpenders(ctx, nil, outs)
	accounts, err2 := v.AppendAccounts(ctx, nil, outs)
	if err = errors.Join(err, err2); err != nil || len(have.Ins) != ins {
		t.Fatalf("tx %s: %d inputs for %d: %v", id, len(have.Ins), ins, err)
	}
	for i, s := range spends {
		o := m.Out(want.FirstOut+i, h)
		if have.Outs[i].Value != o.Value || !bytes.Equal(accounts[i], o.Script) || s.Out != outs[i] {
			t.Fatalf("tx %s: output %d is %v of %x, the model has %+v", id, i, have.Outs[i].Value, accounts[i], o)
		}
		compareSpend(t, v, m, s, o)
		if ref, vout, err := v.TxOf(outs[i]); err != nil || ref != have.Ref || int(vout) != i {
			t.Fatalf("output %d of tx %s: of %d %d, %v", i, id, ref, vout, err)
		}
	}
}

func compareSpend(t *testing.T, v *esplora.View, m *launder.Model, s ledger.Spend, o launder.Out) {
	t.Helper()
	if o.Spender == launder.None {
		if uint64(s.Tx) != ledger.NoRef || s.Pos != 0 {
			t.Fatalf("output %d is spent by %v, the model has none", o.Row, s)
		}
		return
	}
	want := m.Row(o.Spender)
	txs, err := v.AppendTxs(context.Background(), nil, []ledger.TxRef{s.Tx})
	if err != nil || txs[0].ID != want.ID || s.Pos != ledger.MakePos(want.Pos.Height(), 0) {
		t.Fatalf("output %d is spent by %v, the model has %s: %v", o.Row, s, want.ID, err)
	}
}

// compareOutside: what is above the pin or nowhere is not found.
func compareOutside(t *testing.T, v *esplora.View, m *launder.Model, h ledger.Height) {
	t.Helper()
	ctx := context.Background()
	top, _ := m.Tip()
	ids := []ledger.TxID{{1, 2, 3}}
	for row := m.Counts(h).Txs; row < min(m.Counts(top).Txs, m.Counts(h).Txs+20); row++ {
		ids = append(ids, m.Row(row).ID)
	}
	refs, err := v.AppendTxRefs(ctx, nil, ids)
	if err != nil {
		t.Fatal(err)
	}
	for i, ref := range refs {
		if uint64(ref) != ledger.NoRef {
			t.Fatalf("tx %s is found as of %d", ids[i], h)
		}
	}
	if _, err := v.HashAt(ctx, h+1); !errors.Is(err, esplora.ErrNotFound) {
		t.Fatalf("hash above the pin: %v", err)
	}
	for at := m.First(); at <= h; at++ {
		want, _ := m.Hash(at)
		if have, err := v.HashAt(ctx, at); err != nil || have != want {
			t.Fatalf("hash at %d: %s %v, the model has %s", at, have, err, want)
		}
	}
	if _, err := v.AppendTxs(ctx, nil, []ledger.TxRef{1 << 40}); !errors.Is(err, esplora.ErrNotFound) {
		t.Fatalf("a ref of nobody: %v", err)
	}
}

func compareOutputs(t *testing.T, v *esplora.View, m *launder.Model, h ledger.Height, of ledger.Account, rng *rand.Rand) {
	t.Helper()
	list := m.Outputs(of, h)
	from, to := ledger.Pos(0), ledger.Pos(1<<63)
	if rng.IntN(2) == 0 {
		a, b := m.Row(list[rng.IntN(len(list))].Tx).Pos, m.Row(list[rng.IntN(len(list))].Tx).Pos
		from, to = min(a, b), max(a, b)
	}
	var want, have []ledger.Outpoint
	for _, o := range list {
		if tx := m.Row(o.Tx); tx.Pos >= from && tx.Pos <= to {
			want = append(want, ledger.Outpoint{TxID: tx.ID, Vout: o.Vout})
		}
	}
	outs, err := v.AppendOutputs(context.Background(), nil, of, from, to)
	if err != nil {
		t.Fatalf("outputs of %x: %v", of, err)
	}
	for _, o := range outs {
		ref, vout, err := v.TxOf(o)
		if err != nil {
			t.Fatal(err)
		}
		txs, err := v.AppendTxs(context.Background(), nil, []ledger.TxRef{ref})
		if err != nil {
			t.Fatal(err)
		}
		have = append(have, ledger.Outpoint{TxID: txs[0].ID, Vout: vout})
	}
	if !slices.Equal(have, want) {
		t.Fatalf("outputs of %x in %d..%d: %v, the model has %v", of, from, to, have, want)
	}
}

// compareTimes: the height of a time is what a search of all headers finds.
func compareTimes(t *testing.T, v *esplora.View, m *launder.Model, h ledger.Height) {
	t.Helper()
	times := map[ledger.Height]uint32{}
	for row := range m.Counts(h).Txs {
		tx := m.Row(row)
		times[tx.Pos.Height()] = tx.Time
	}
	for height := m.First(); height <= h; height += 5 {
		for _, at := range []uint32{times[height] - 1, times[height], times[height] + 1} {
			var want ledger.Height
			found := false
			for height, of := range times {
				if of <= at && (!found || height > want) {
					want, found = height, true
				}
			}
			have, ok, err := v.HeightAt(context.Background(), at)
			if err != nil || ok != found || have != want {
				t.Fatalf("height at %d: %d %v %v, want %d %v", at, have, ok, err, want, found)
			}
		}
	}
}
