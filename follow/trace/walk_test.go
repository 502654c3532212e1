package trace_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// roundTrip is what a far source takes to answer.
const roundTrip = 50 * time.Millisecond

// far is a source far away: a transaction is there a round trip after it was
// first asked for, or hinted at. What is asked for at once travels together.
type far struct {
	*launder.Sparse
	sent  map[ledger.TxRef]time.Time
	calls []int // how many were asked for in each call
	asked map[ledger.TxRef]int
	hints map[ledger.TxRef]int
}

func newFar(s *launder.Sparse) *far {
	return &far{Sparse: s, sent: map[ledger.TxRef]time.Time{}, asked: map[ledger.TxRef]int{}, hints: map[ledger.TxRef]int{}}
}

func (f *far) send(txs []ledger.TxRef) {
	for _, tx := range txs {
		if _, ok := f.sent[tx]; !ok {
			f.sent[tx] = time.Now()
		}
	}
}

func (f *far) Ahead(txs []ledger.TxRef) {
	for _, tx := range txs {
		f.hints[tx]++
	}
	f.send(txs)
}

func (f *far) AppendTxs(ctx context.Context, dst []ledger.TxView, txs []ledger.TxRef) ([]ledger.TxView, error) {
	if len(txs) > 0 { // asking for none is free
		f.calls = append(f.calls, len(txs))
	}
	f.send(txs)
	for _, tx := range txs {
		f.asked[tx]++
		time.Sleep(time.Until(f.sent[tx].Add(roundTrip)))
	}
	return f.Sparse.AppendTxs(ctx, dst, txs)
}

// plain is a far source that takes no hints.
type plain struct{ trace.UTXO }

// walkText traces the first output, or all, of transaction t0 in a ledger made
// of text, and returns the source, how long it took and how many transactions
// were visited.
func walkText(t *testing.T, text string, hinted, whole bool) (f *far, took time.Duration, visited int) {
	t.Helper()
	w, err := launder.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := w.TxID("t0")
	tx, _ := m.Tx(id, w.Tip().Height)
	f = newFar(m.Source(w.Tip().Height).Sparse(5))
	var starts []trace.Start
	for out := tx.FirstOut; out < tx.EndOut && (whole || len(starts) == 0); out++ {
		starts = append(starts, trace.Start{Tx: f.TxRef(tx.Row), Vout: uint32(out - tx.FirstOut), Pos: tx.Pos})
	}
	tr := trace.New(trace.Params{Policies: []lot.Policy{lot.FIFO}}, starts)
	var src trace.UTXO = f
	if !hinted {
		src = plain{f}
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := tr.Advance(t.Context(), src); err != nil {
			t.Fatal(err)
		}
		took = time.Since(began)
	})
	return f, took, tr.Totals(0).Txs
}

// chainText is a coinbase and n-1 transactions, each spending the one before, in
// blocks of per transactions.
func chainText(n, per int) string {
	var b strings.Builder
	b.WriteString("t0 coinbase -> a:1000\nblock\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "t%d t%d:0 -> a:1000\n", i, i-1)
		if i%per == 0 {
			b.WriteString("block\n")
		}
	}
	return b.String() + "block\n"
}

// TestWalkChain walks a chain: one transaction is asked for at a time, each once.
func TestWalkChain(t *testing.T) {
	for _, per := range []int{1, 7, 1000} {
		f, took, visited := walkText(t, chainText(173, per), true, false)
		if visited != 173 || len(f.calls) != 173 {
			t.Errorf("%d a block: %d transactions in %d calls", per, visited, len(f.calls))
		}
		for i, n := range f.calls {
			if n != 1 {
				t.Errorf("%d a block: call %d asks for %d transactions", per, i, n)
			}
		}
		if took != 173*roundTrip {
			t.Errorf("%d a block: it took %v", per, took)
		}
		checkAhead(t, f, 172)
	}
}

// fanText spreads a coinbase to n outputs, each spent by its own transaction, per
// of them in a block.
func fanText(n, per int) string {
	var b strings.Builder
	b.WriteString("t0 coinbase ->")
	for range n {
		b.WriteString(" a:5")
	}
	b.WriteString("\nblock\n")
	for i := range n {
		fmt.Fprintf(&b, "t%d t0:%d -> b:5\n", i+1, i)
		if (i+1)%per == 0 {
			b.WriteString("block\n")
		}
	}
	return b.String() + "block\n"
}

// TestWalkFan walks a fan-out: spenders in one block are asked for 64 at a time,
// those of many blocks one after the other, but all are under way at once where
// the source takes hints.
func TestWalkFan(t *testing.T) {
	const n = 200
	for _, c := range []struct {
		name   string
		per    int
		hinted bool
		calls  int
		took   time.Duration
	}{
		{"one block, hinted", n, true, 1 + 4, 2 * roundTrip},
		{"one block", n, false, 1 + 4, 5 * roundTrip},
		{"many blocks, hinted", 1, true, 1 + n, 2 * roundTrip},
		{"many blocks", 1, false, 1 + n, (1 + n) * roundTrip},
	} {
		f, took, visited := walkText(t, fanText(n, c.per), c.hinted, true)
		if visited != 1+n || len(f.calls) != c.calls || took != c.took {
			t.Errorf("%s: %d transactions in %d calls and %v, want %d calls and %v", c.name, visited, len(f.calls), took, c.calls, c.took)
		}
		for _, asked := range f.calls {
			if asked > 64 {
				t.Errorf("%s: %d transactions in one call", c.name, asked)
			}
		}
		if c.hinted {
			checkAhead(t, f, n)
		}
	}
}

// checkAhead checks that n transactions were hinted at, and these and the start's
// asked for, each once.
func checkAhead(t *testing.T, f *far, n int) {
	t.Helper()
	if len(f.hints) != n || len(f.asked) != n+1 {
		t.Errorf("%d transactions hinted at, %d asked for, want %d and %d", len(f.hints), len(f.asked), n, n+1)
	}
	for tx, times := range f.hints {
		if times != 1 || f.asked[tx] != 1 {
			t.Errorf("transaction %d hinted at %d times, asked for %d times", tx, times, f.asked[tx])
		}
	}
}

// TestWalkAhead checks on random ledgers that every spender of what is followed
// is hinted at and asked for once, but for transactions of starts, which are
// known before.
func TestWalkAhead(t *testing.T) {
	hinted := 0
	eachWorld(t, 150, func(r *rand.Rand, m *launder.Model, s scenario) error {
		s.params.Until = nil // what is spent after it is followed until that is seen
		s.params.Policies = s.params.Policies[:1]
		f := newFar(m.Source(s.asOf).Sparse(r.Uint64()))
		tr := trace.New(s.params, s.refs(f.TxRef))
		var err error
		synctest.Test(t, func(t *testing.T) { err = tr.Advance(t.Context(), f) })
		if err != nil {
			return err
		}
		hints, asked := ahead(s, f)
		hinted += len(hints)
		if !maps.Equal(f.hints, hints) || !maps.Equal(f.asked, asked) {
			return fmt.Errorf("by %v: hinted %v, want %v; asked %v, want %v", s.params.Policies, f.hints, hints, f.asked, asked)
		}
		return nil
	})
	t.Logf("%d hints", hinted)
}

// ahead returns what is to be hinted at and asked for, each once.
func ahead(s scenario, f *far) (hints, asked map[ledger.TxRef]int) {
	hints, asked = map[ledger.TxRef]int{}, map[ledger.TxRef]int{}
	n := interpret(s, s.params.Policies[0])
	for row := range n.taint {
		spender := s.model.Out(row, s.asOf).Spender
		if kind := n.ends[row]; spender != launder.None && (kind == trace.KindNone || kind == trace.KindDiluted || kind == trace.KindUnknownInput) {
			hints[f.TxRef(spender)], asked[f.TxRef(spender)] = 1, 1
		}
	}
	for _, row := range s.starts {
		if row < s.model.Counts(s.asOf).Outputs {
			tx := f.TxRef(s.model.Out(row, s.asOf).Tx)
			delete(hints, tx)
			asked[tx] = 1
		}
	}
	return hints, asked
}
