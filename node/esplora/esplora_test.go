package esplora_test

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/esplora"
	"clew.example/clew/node/esplora/mock"
	"clew.example/clew/sim/launder"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is what a trace asks of a view: UTXO, Finder and Ahead of follow/trace.
type source interface {
	Tip() ledger.Tip
	AppendTxs(ctx context.Context, dst []ledger.TxView, txs []ledger.TxRef) ([]ledger.TxView, error)
	AppendSpenders(ctx context.Context, dst []ledger.Spend, outs []ledger.OutRef) ([]ledger.Spend, error)
	AppendAccounts(ctx context.Context, dst []ledger.Account, outs []ledger.OutRef) ([]ledger.Account, error)
	HashAt(ctx context.Context, h ledger.Height) (ledger.Hash, error)
	AppendTxRefs(ctx context.Context, dst []ledger.TxRef, ids []ledger.TxID) ([]ledger.TxRef, error)
	AppendOutputs(ctx context.Context, dst []ledger.OutRef, of ledger.Account, from, to ledger.Pos) ([]ledger.OutRef, error)
	TxOf(out ledger.OutRef) (ledger.TxRef, uint32, error)
	HeightAt(ctx context.Context, time uint32) (ledger.Height, bool, error)
	Ahead(txs []ledger.TxRef)
}

var _ source = (*esplora.View)(nil)

const newest = ledger.Height(math.MaxUint32)

func serve(t *testing.T, blocks []mock.Block) *mock.Server {
	t.Helper()
	s, err := mock.Serve(blocks)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// open opens a regression test network, with a time between tries that suits a test.
func open(t *testing.T, o esplora.Options) *esplora.Explorer {
	t.Helper()
	net, err := bitcoin.NetworkByName("regtest")
	if err != nil {
		t.Fatal(err)
	}
	o.Network = net
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	e, err := esplora.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	e.Hurry()
	t.Cleanup(func() { e.Close() })
	return e
}

func pin(t *testing.T, e *esplora.Explorer, asOf ledger.Height) *esplora.View {
	t.Helper()
	v, err := e.Pin(context.Background(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// view serves blocks and pins them as of the newest.
func view(t *testing.T, blocks []mock.Block) (*mock.Server, *esplora.View) {
	t.Helper()
	s := serve(t, blocks)
	return s, pin(t, open(t, esplora.Options{URL: s.URL}), newest)
}

func blocksOf(w *launder.World) (blocks []mock.Block) {
	for _, ref := range w.Chain() {
		blocks = append(blocks, mock.Block{Height: ref.Height, Raw: w.Raw(ref.Hash)})
	}
	return blocks
}

func parse(t *testing.T, text string) *launder.World {
	t.Helper()
	w, err := launder.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// txAt returns the one transaction of an id.
func txAt(t *testing.T, v *esplora.View, id ledger.TxID) ledger.TxView {
	t.Helper()
	tx, err := tryTx(v, id)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func tryTx(v *esplora.View, id ledger.TxID) (tx ledger.TxView, err error) {
	ctx := context.Background()
	refs, err := v.AppendTxRefs(ctx, nil, []ledger.TxID{id})
	if err != nil {
		return tx, err
	}
	txs, err := v.AppendTxs(ctx, nil, refs)
	if err != nil {
		return tx, err
	}
	return txs[0], nil
}

// follow walks all that can be reached from a transaction, in batches as a
// trace does, and returns the txids in ledger order.
func follow(ctx context.Context, v *esplora.View, start ledger.TxID) ([]ledger.TxID, error) {
	refs, err := v.AppendTxRefs(ctx, nil, []ledger.TxID{start})
	if err != nil {
		return nil, err
	}
	seen := map[ledger.TxRef]bool{refs[0]: true}
	var all []ledger.TxView
	for queue := refs; len(queue) > 0; {
		now := queue[:min(64, len(queue))]
		txs, err := v.AppendTxs(ctx, nil, now)
		if err != nil {
			return nil, err
		}
		all = append(all, txs...)
		queue = queue[len(now):]
		next, err := spendersOf(ctx, v, txs, seen)
		if err != nil {
			return nil, err
		}
		v.Ahead(next)
		queue = append(queue, next...)
	}
	slices.SortFunc(all, func(a, b ledger.TxView) int { return int(int64(a.Pos) - int64(b.Pos)) })
	ids := make([]ledger.TxID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return ids, nil
}

func spendersOf(ctx context.Context, v *esplora.View, txs []ledger.TxView, seen map[ledger.TxRef]bool) (next []ledger.TxRef, err error) {
	var outs []ledger.OutRef
	for i := range txs {
		for _, o := range txs[i].Outs {
			outs = append(outs, o.Ref)
		}
	}
	spends, err := v.AppendSpenders(ctx, nil, outs)
	if err != nil {
		return nil, err
	}
	for _, s := range spends {
		if uint64(s.Tx) != ledger.NoRef && !seen[s.Tx] {
			seen[s.Tx] = true
			next = append(next, s.Tx)
		}
	}
	return next, nil
}
