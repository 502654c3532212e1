package facts_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/facts"
	"clew.example/clew/sim/launder"
)

// blocksOf writes a model on a block prev as facts, transactions left out where
// keep says no.
func blocksOf(m *launder.Model, prev ledger.Hash, keep func(row int) bool) []facts.Block {
	tip, _ := m.Tip()
	var blocks []facts.Block
	row := 0
	for h := m.First(); h <= tip; h++ {
		hash, _ := m.Hash(h)
		b := facts.Block{Height: h, Hash: hash, Prev: prev}
		for ; row < m.Counts(h).Txs; row++ {
			tx := m.Row(row)
			b.Time = tx.Time
			if keep(row) {
				b.Txs = append(b.Txs, txOf(m, tx))
			}
		}
		blocks, prev = append(blocks, b), hash
	}
	return blocks
}

func txOf(m *launder.Model, tx launder.Tx) facts.Tx {
	t := facts.Tx{Index: tx.Pos.Index(), ID: tx.ID}
	for i := tx.FirstIn; i < tx.EndIn; i++ {
		if in := m.In(i); !in.Coinbase {
			t.Ins = append(t.Ins, facts.In{Prev: in.Prev, Known: in.Known, Value: in.Value})
		}
	}
	tip, _ := m.Tip()
	for i := tx.FirstOut; i < tx.EndOut; i++ {
		o := m.Out(i, tip)
		t.Outs = append(t.Outs, facts.Out{Value: o.Value, Account: o.Script})
	}
	return t
}

// source is what both sides answer.
type source interface {
	Tip() ledger.Tip
	AppendTxs(context.Context, []ledger.TxView, []ledger.TxRef) ([]ledger.TxView, error)
	AppendSpenders(context.Context, []ledger.Spend, []ledger.OutRef) ([]ledger.Spend, error)
	AppendAccounts(context.Context, []ledger.Account, []ledger.OutRef) ([]ledger.Account, error)
	HashAt(context.Context, ledger.Height) (ledger.Hash, error)
	AppendTxRefs(context.Context, []ledger.TxRef, []ledger.TxID) ([]ledger.TxRef, error)
	AppendOutputs(context.Context, []ledger.OutRef, ledger.Account, ledger.Pos, ledger.Pos) ([]ledger.OutRef, error)
	TxOf(ledger.OutRef) (ledger.TxRef, uint32, error)
	HeightAt(context.Context, uint32) (ledger.Height, bool, error)
	Dense() uint64
	AppendRows(context.Context, *ledger.Rows, []ledger.TxRef) error
}

// TestWorlds writes random ledgers as facts and reads them again: every answer
// is that of the naive model, as of the tip and of random heights.
// CLEW_FACTS_SEED sets the first seed.
func TestWorlds(t *testing.T) {
	first, _ := strconv.ParseUint(os.Getenv("CLEW_FACTS_SEED"), 10, 64)
	for seed := first; seed < first+12; seed++ {
		config := launder.Small(seed)
		if seed%4 == 0 {
			config = launder.Default(seed)
		}
		w, err := launder.New(config)
		if err != nil {
			t.Fatal(err)
		}
		m, err := w.Truth(w.Tip().Hash)
		if err != nil {
			t.Fatal(err)
		}
		text := write(t, blocksOf(m, ledger.Hash{9}, func(int) bool { return true }))
		f, err := facts.Read(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		rng := rand.New(rand.NewPCG(seed, 1))
		compareAt(t, f, m, facts.MaxHeight, seed, rng)
		for range 3 {
			compareAt(t, f, m, config.First+ledger.Height(rng.IntN(config.Blocks)), seed, rng)
		}
	}
}

func write(t *testing.T, blocks []facts.Block) []byte {
	t.Helper()
	regtest, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := facts.Write(&text, regtest, "a made-up world", blocks); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func compareAt(t *testing.T, f *facts.Facts, m *launder.Model, asOf ledger.Height, seed uint64, rng *rand.Rand) {
	t.Helper()
	v, err := f.Pin(asOf)
	if err != nil {
		t.Fatal(err)
	}
	want, have := answers(t, m.Source(asOf), m, seed), answers(t, v, m, seed)
	for i := range want {
		if !reflect.DeepEqual(have[i], want[i]) {
			t.Fatalf("seed %d as of %d: answer %d is %.300v, the model has %.300v", seed, asOf, i, have[i], want[i])
		}
	}
}

// answers asks a source everything. Ids and accounts are those of the model at
// its tip, so that some are not there as of the pin.
func answers(t *testing.T, s source, m *launder.Model, seed uint64) (all []any) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 2))
	ctx := context.Background()
	keep := func(answer any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%+v", answer))
	}
	tip := s.Tip()
	keep(tip, nil)
	txs := make([]ledger.TxRef, s.Dense())
	for i := range txs {
		txs[i] = ledger.TxRef(i)
	}
	rng.Shuffle(len(txs), func(i, j int) { txs[i], txs[j] = txs[j], txs[i] })
	views, err := s.AppendTxs(ctx, nil, txs)
	keep(views, err)
	var rows ledger.Rows
	keep(nil, s.AppendRows(ctx, &rows, txs))
	keep(rows, nil)
	outs := []ledger.OutRef{}
	for _, o := range rows.Outs {
		outs = append(outs, o.Ref)
		tx, vout, err := s.TxOf(o.Ref)
		keep([]uint64{uint64(tx), uint64(vout)}, err)
	}
	spends, err := s.AppendSpenders(ctx, nil, outs)
	keep(spends, err)
	accounts, err := s.AppendAccounts(ctx, nil, outs)
	keep(accounts, err)
	ids := []ledger.TxID{{1, 2, 3}}
	end, _ := m.Tip()
	for row := range m.Counts(end).Txs {
		ids = append(ids, m.Row(row).ID)
	}
	refs, err := s.AppendTxRefs(ctx, nil, ids)
	keep(refs, err)
	for _, a := range append(m.Accounts(end), ledger.Account("nobody")) {
		from := ledger.MakePos(m.First()+ledger.Height(rng.IntN(int(end-m.First())+1)), uint32(rng.IntN(4)))
		to := from + ledger.Pos(rng.IntN(3<<24))
		if rng.IntN(2) == 0 {
			from, to = 0, ^ledger.Pos(0)
		}
		list, err := s.AppendOutputs(ctx, nil, a, from, to)
		keep(list, err)
	}
	for h := tip.FirstHeight; h <= tip.Height; h++ {
		hash, err := s.HashAt(ctx, h)
		keep(hash, err)
	}
	for _, tx := range views {
		h, ok, err := s.HeightAt(ctx, tx.Time-uint32(rng.IntN(2)))
		keep([]any{h, ok}, err)
	}
	return all
}

// FuzzRead reads arbitrary bytes as a file of facts.
//
// Invariants: nothing panics; an error says where; and what was read can be
// written, and read again to the same.
func FuzzRead(f *testing.F) {
	f.Add(head + withHashes("block 10 @b @0 1000\ntx 0 @c\nin coinbase\nout 50 bc1qnpc7u2ha7ct9c458rrqsawylz9e9j6jvkvzttt\ntx 2 @d\nin @e:1 ?\nout 7 script:\n"))
	f.Add(head + withHashes("block 7 @b @0 1\ntx 1 @c\nin @e:0 9\nout 7 script:51\nout 1 script:\nblock 8 @d @b 2\ntx 3 @f\nin @c:0 7\nin @c:1 1\nout 8 script:52\n"))
	f.Fuzz(func(t *testing.T, text string) {
		read, err := facts.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		blocks := blocksFrom(t, read)
		var once, twice bytes.Buffer
		if err := facts.Write(&once, read.Network(), read.Source(), blocks); err != nil {
			t.Fatal(err)
		}
		if read, err = facts.Read(bytes.NewReader(once.Bytes())); err != nil {
			t.Fatal(err)
		}
		if err := facts.Write(&twice, read.Network(), read.Source(), blocksFrom(t, read)); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatalf("%s\nis read as\n%s%v", once.Bytes(), twice.Bytes(), err)
		}
	})
}

// blocksFrom lists the blocks of a file that hold facts, and its last.
func blocksFrom(t *testing.T, f *facts.Facts) (blocks []facts.Block) {
	v, err := f.Pin(facts.MaxHeight)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for ref := range ledger.TxRef(v.Dense()) {
		txs, err := v.AppendTxs(ctx, nil, []ledger.TxRef{ref})
		if err != nil {
			t.Fatal(err)
		}
		tx := facts.Tx{Index: txs[0].Pos.Index(), ID: txs[0].ID}
		for _, in := range txs[0].Ins {
			tx.Ins = append(tx.Ins, facts.In{Prev: in.Prev, Known: in.Known, Value: in.Value})
		}
		for _, o := range txs[0].Outs {
			accounts, _ := v.AppendAccounts(ctx, nil, []ledger.OutRef{o.Ref})
			tx.Outs = append(tx.Outs, facts.Out{Value: o.Value, Account: accounts[0]})
		}
		h := txs[0].Pos.Height()
		if len(blocks) == 0 || blocks[len(blocks)-1].Height != h {
			blocks = append(blocks, blockAt(t, v, h, txs[0].Time))
		}
		last := &blocks[len(blocks)-1]
		last.Txs = append(last.Txs, tx)
	}
	if tip := v.Tip(); len(blocks) == 0 || blocks[len(blocks)-1].Height < tip.Height {
		blocks = append(blocks, blockAt(t, v, tip.Height, 1))
	}
	return blocks
}

// blockAt makes a block on the one before, if the file has it.
func blockAt(t *testing.T, v *facts.View, h ledger.Height, time uint32) facts.Block {
	b := facts.Block{Height: h, Time: time}
	var err error
	if b.Hash, err = v.HashAt(context.Background(), h); err != nil {
		t.Fatal(err)
	}
	if h > 0 {
		b.Prev, _ = v.HashAt(context.Background(), h-1)
	}
	return b
}
