package launder_test

import (
	"reflect"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// TestUndoIsInverse walks a model over every branch by undoing to the fork
// and applying the other side, and compares it with one that went straight.
func TestUndoIsInverse(t *testing.T) {
	for seed := range uint64(8) {
		w := world(t, launder.Small(seed))
		m := truth(t, w)
		tips := []launder.BlockRef{}
		for _, f := range w.Forks {
			tips = append(tips, f.Tip())
		}
		for _, tip := range append(tips, w.Tip()) {
			reorganise(t, m, w, tip)
			straight, err := w.Truth(tip.Hash)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(m, straight) {
				t.Fatalf("seed %d: the way to block %d matters", seed, tip.Height)
			}
		}
	}
}

// reorganise takes a model from its tip to another.
func reorganise(t *testing.T, m *launder.Model, w *launder.World, tip launder.BlockRef) {
	t.Helper()
	path := w.Path(tip.Hash)
	shared := 0
	for shared < len(path) {
		if hash, ok := m.Hash(path[shared].Height); !ok || hash != path[shared].Hash {
			break
		}
		shared++
	}
	m.UndoTo(path[shared-1].Height)
	for _, ref := range path[shared:] {
		apply(t, m, w, ref)
	}
}

func apply(t *testing.T, m *launder.Model, w *launder.World, ref launder.BlockRef) {
	t.Helper()
	b, err := w.Block(ref.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Apply(b); err != nil {
		t.Fatal(err)
	}
}

// TestAsOf compares a model at its tip, asked as of each height, with one that
// has no later block.
func TestAsOf(t *testing.T) {
	for seed := range uint64(3) {
		w := world(t, launder.Small(100+seed))
		whole, cut := truth(t, w), launder.NewModel()
		for _, ref := range w.Chain() {
			apply(t, cut, w, ref)
			compareAsOf(t, whole, cut, ref.Height)
		}
		if t.Failed() {
			t.Fatalf("seed %d", 100+seed)
		}
	}
}

func compareAsOf(t *testing.T, whole, cut *launder.Model, h ledger.Height) {
	t.Helper()
	same := func(what string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			t.Errorf("as of %d: %s differ", h, what)
		}
	}
	same("counts", whole.Counts(h), cut.Counts(end))
	same("accounts", whole.Accounts(h), cut.Accounts(end))
	same("unspent outputs", whole.Unspent(h), cut.Unspent(end))
	for _, a := range cut.Accounts(end) {
		same("outputs of an account", whole.Outputs(a, h), cut.Outputs(a, end))
		held, lost := whole.Balance(a, h)
		heldCut, lostCut := cut.Balance(a, end)
		same("balances", []ledger.Amount{held, lost}, []ledger.Amount{heldCut, lostCut})
	}
	for row := range cut.Counts(end).Inputs {
		at := cut.In(row).Prev
		tx, ok := whole.Spender(at, h)
		txCut, okCut := cut.Spender(at, end)
		same("spenders", []any{tx, ok}, []any{txCut, okCut})
	}
}

// TestDuplicates tells the story of BIP 30 by hand: a coinbase comes again
// while one of its outputs is spent and the other is not.
func TestDuplicates(t *testing.T) {
	m := launder.NewModel()
	again := bitcoin.RawTx{
		Version: 1, Ins: []bitcoin.RawIn{bitcoin.CoinbaseIn([]byte("again"))},
		Outs: []bitcoin.RawOut{{Value: 30, Script: []byte("a")}, {Value: 20, Script: []byte("b")}},
	}
	id := again.TxID()
	first, second := ledger.Outpoint{TxID: id, Vout: 0}, ledger.Outpoint{TxID: id, Vout: 1}

	extend(t, m, again)
	extend(t, m, coinbase(1), spend(first, 30, "c"))
	extend(t, m, again)
	if out, _ := m.Outpoint(first, 0); out.Spender != launder.None {
		t.Error("as of 0 the older coinbase is spent")
	}
	if _, spent := m.Spender(first, 1); !spent {
		t.Error("as of 1 the older coinbase is not spent")
	}
	if _, spent := m.Spender(first, 2); spent {
		t.Error("as of 2 the outpoint still means the older coinbase")
	}
	held, lost := m.Balance(ledger.Account("b"), 2)
	if held != 20 || lost != 20 {
		t.Errorf("b holds %v and lost %v, want 20 and 20", held, lost)
	}
	extend(t, m, coinbase(3), spend(first, 30, "d"), spend(second, 20, "d"))
	if tx, _ := m.Spender(second, end); tx.Pos != ledger.MakePos(3, 2) {
		t.Errorf("the newer coinbase is spent at %d", tx.Pos)
	}
	older, _ := m.TxAt(id, 0)
	if _, ok := m.TxAt(id, 1); ok || older.Row != 0 {
		t.Error("txid@height finds the wrong transaction")
	}
	m.UndoTo(1)
	if tx, ok := m.Spender(first, end); !ok || tx.Pos.Height() != 1 {
		t.Error("undone, the outpoint does not mean the older coinbase again")
	}
}

// TestRefused checks that what a model refuses leaves no trace.
func TestRefused(t *testing.T) {
	m := launder.NewModel()
	extend(t, m, coinbase(0))
	cb, _ := m.Tx(m.Row(0).ID, end)
	at := ledger.Outpoint{TxID: cb.ID}
	twice := spend(at, 25, "x")
	twice.Ins = append(twice.Ins, bitcoin.RawIn{Prev: ledger.Outpoint{TxID: ledger.Hash{1}}})
	extend(t, m, coinbase(1))
	for name, b := range map[string]*ledger.Block{
		"spent twice":  made(t, m, coinbase(2), twice, spend(at, 50, "y")),
		"wrong height": made(t, launder.NewModel(), coinbase(2)),
	} {
		before, _ := m.Tip()
		counts := m.Counts(end)
		if err := m.Apply(b); err == nil {
			t.Errorf("%s: applied", name)
		}
		if tip, _ := m.Tip(); tip != before || m.Counts(end) != counts {
			t.Errorf("%s: the model changed", name)
		}
		if _, spent := m.Spender(at, end); spent {
			t.Errorf("%s: a spend is left", name)
		}
	}
	extend(t, m, coinbase(2), spend(at, 50, "y"))
}

// TestEmptyModel checks that there is an answer to every question.
func TestEmptyModel(t *testing.T) {
	m := launder.NewModel()
	m.Undo()
	if m.Counts(end) != (launder.Counts{}) || m.Unspent(end) != nil || len(m.Accounts(end)) != 0 {
		t.Error("an empty model holds something")
	}
	if _, ok := m.Tx(ledger.TxID{}, end); ok {
		t.Error("an empty model holds a transaction")
	}
}

func coinbase(height ledger.Height) bitcoin.RawTx {
	return bitcoin.RawTx{
		Version: 1, Ins: []bitcoin.RawIn{bitcoin.CoinbaseIn(bitcoin.CoinbaseScript(height, []byte{0, 0}))},
		Outs: []bitcoin.RawOut{{Value: 50, Script: []byte("m")}},
	}
}

func spend(at ledger.Outpoint, value ledger.Amount, to string) bitcoin.RawTx {
	return bitcoin.RawTx{
		Version: 1, Ins: []bitcoin.RawIn{{Prev: at}},
		Outs: []bitcoin.RawOut{{Value: value, Script: []byte(to)}},
	}
}

// made returns the next block of a model with these transactions.
func made(t *testing.T, m *launder.Model, txs ...bitcoin.RawTx) *ledger.Block {
	t.Helper()
	tip, hash := m.Tip()
	var d bitcoin.Decoder
	b := new(ledger.Block)
	if err := d.Decode(b, bitcoin.AppendBlock(nil, bitcoin.Header{Prev: hash}, txs)); err != nil {
		t.Fatal(err)
	}
	if m.Counts(end).Blocks > 0 {
		b.Height = tip + 1
	}
	return b
}

func extend(t *testing.T, m *launder.Model, txs ...bitcoin.RawTx) {
	t.Helper()
	if err := m.Apply(made(t, m, txs...)); err != nil {
		t.Fatal(err)
	}
}
