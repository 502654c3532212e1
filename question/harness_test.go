package question_test

import (
	"context"
	"strings"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/node/facts"
	"clew.example/clew/question"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

func network(t testing.TB, name string) *bitcoin.Network {
	t.Helper()
	n, err := bitcoin.NetworkByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func parse(t testing.TB, text string) *launder.World {
	t.Helper()
	w, err := launder.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// start names a transaction of a world.
func start(t testing.TB, w *launder.World, tx string) string {
	t.Helper()
	id, ok := w.TxID(tx)
	if !ok {
		t.Fatalf("no transaction %s", tx)
	}
	return "bitcoin-regtest:" + id.String()
}

func address(t testing.TB, name string) string {
	t.Helper()
	return question.Addresses(network(t, "regtest"))(launder.AccountOf(name))
}

// store is a ledger in memory with the writer that adds to it.
type store struct {
	t      testing.TB
	writer *flat.Writer
	*flat.Ledger
}

// newStore makes an empty ledger of regtest.
func newStore(t testing.TB, first ledger.Height) *store {
	t.Helper()
	opt := flat.Options{Reserve: 8 << 20, SerialSync: true}
	fs := vfs.NewCrashable(1)
	fs.MaxReserve = opt.Reserve
	t.Cleanup(fs.Free)
	n := network(t, "regtest")
	w, err := flat.Create(fs, flat.Meta{Chain: n.Chain, Network: n.Name, FirstHeight: first, Key: [16]byte{1}}, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Abort)
	l, err := flat.Open(fs, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &store{t, w, l}
}

// add commits blocks of a world, from one of them on.
func (s *store) add(w *launder.World, blocks []launder.BlockRef) {
	s.t.Helper()
	for _, ref := range blocks {
		b, err := w.Block(ref.Hash)
		if err != nil {
			s.t.Fatal(err)
		}
		b.Source = ledger.RawRef{File: ref.Hash.String(), Size: uint32(len(b.Raw))}
		if err := s.writer.Append(b); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := s.writer.Commit(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) cut(to ledger.Height) {
	s.t.Helper()
	if err := s.writer.Cut(to); err != nil {
		s.t.Fatal(err)
	}
}

// ledgerOf is a source that holds a world.
func ledgerOf(t testing.TB, w *launder.World) *question.Source {
	t.Helper()
	s := newStore(t, w.Chain()[0].Height)
	s.add(w, w.Chain())
	return question.Ledger(s, network(t, "regtest"))
}

// factsOf is a source that holds a world as a file of facts.
func factsOf(t testing.TB, w *launder.World) *question.Source {
	t.Helper()
	n := network(t, "regtest")
	var blocks []facts.Block
	paid := map[ledger.Outpoint]ledger.Amount{}
	for _, ref := range w.Chain() {
		b, err := w.Block(ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, facts.Block{Height: ref.Height, Hash: ref.Hash, Prev: b.Prev, Time: b.Time, Txs: factTxs(b, paid)})
	}
	var text strings.Builder
	if err := facts.Write(&text, n, "made up", blocks); err != nil {
		t.Fatal(err)
	}
	f, err := facts.Read(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return question.Facts(f)
}

// factTxs are the transactions of a block; paid are the outputs made so far.
func factTxs(b *ledger.Block, paid map[ledger.Outpoint]ledger.Amount) (txs []facts.Tx) {
	for i := range b.Txs {
		tx := facts.Tx{Index: uint32(i), ID: b.Txs[i].ID}
		for from, to := b.InsOf(i); from < to && i > 0; from++ {
			prev := b.Ins[from].Prev
			value, known := paid[prev]
			tx.Ins = append(tx.Ins, facts.In{Prev: prev, Known: known, Value: value})
		}
		first, to := b.OutsOf(i)
		for o := first; o < to; o++ {
			paid[ledger.Outpoint{TxID: tx.ID, Vout: o - first}] = b.Outs[o].Value
			tx.Outs = append(tx.Outs, facts.Out{Value: b.Outs[o].Value, Account: b.Bytes(b.Outs[o].Script)})
		}
		txs = append(txs, tx)
	}
	return txs
}

// jobOf makes a question ready for a source.
func jobOf(t testing.TB, q *question.Question, src *question.Source) *question.Job {
	t.Helper()
	job, err := q.Job(src.Network, nil)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func ask(t testing.TB, q *question.Question, src *question.Source) (*question.Answer, error) {
	t.Helper()
	return jobOf(t, q, src).Answer(context.Background(), src)
}

// answer asks what must be answered.
func answer(t testing.TB, q *question.Question, src *question.Source) *trace.Result {
	t.Helper()
	a, err := ask(t, q, src)
	if err != nil {
		t.Fatal(err)
	}
	return a.Result
}
