package page_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/page"
)

// world is a small chain made by hand, as a source of real traces: what is
// drawn in tests is what the engine says.
type world struct {
	txs   []ledger.TxView
	outs  []coinOut // by handle
	names trace.Names
	time  uint32
}

type coinOut struct {
	ref     ledger.OutRef
	value   ledger.Amount
	account string
	tx      int
	vout    uint32
	spender int // -1: none
}

// pay is an output to be made.
type pay struct {
	to    string
	value ledger.Amount
}

const worldTime = 1_600_000_000

func newWorld() *world {
	return &world{names: trace.Names{}, time: worldTime}
}

// mint makes an output out of nothing, in a transaction that nobody steals.
func (w *world) mint(value ledger.Amount) *ledger.OutRef {
	return w.tx(0, nil, pay{"miner", value})[0]
}

// tx adds a transaction so many seconds after the one before, in a block of its
// own. What is not paid out is the fee.
func (w *world) tx(after uint32, ins []*ledger.OutRef, pays ...pay) (made []*ledger.OutRef) {
	n := len(w.txs)
	w.time += after
	v := ledger.TxView{Ref: ledger.TxRef(n), ID: sha256.Sum256(fmt.Appendf(nil, "tx %d", n)), Pos: ledger.MakePos(ledger.Height(n+1), 0), Time: w.time, Coinbase: len(ins) == 0}
	for _, in := range ins {
		o := &w.outs[*in]
		o.spender = n
		v.Ins = append(v.Ins, ledger.InView{Ref: o.ref, Prev: ledger.Outpoint{TxID: w.txs[o.tx].ID, Vout: o.vout}, Known: true, Value: o.value})
	}
	for i, p := range pays {
		ref := ledger.OutRef(len(w.outs))
		w.outs = append(w.outs, coinOut{ref, p.value, p.to, n, uint32(i), -1})
		v.Outs = append(v.Outs, ledger.OutView{Ref: ref, Value: p.value})
		made = append(made, &ref)
	}
	w.txs = append(w.txs, v)
	return made
}

// label says who an account is.
func (w *world) label(account string, stop trace.Kind, entity string) {
	w.names[account] = trace.Name{Stop: stop, Entity: entity, Category: "exchange", Source: "test list"}
}

func (w *world) Tip() ledger.Tip {
	return ledger.Tip{Height: ledger.Height(len(w.txs)), Hash: sha256.Sum256([]byte("tip"))}
}

func (w *world) AppendTxs(_ context.Context, dst []ledger.TxView, txs []ledger.TxRef) ([]ledger.TxView, error) {
	for _, t := range txs {
		dst = append(dst, w.txs[t])
	}
	return dst, nil
}

func (w *world) AppendSpenders(_ context.Context, dst []ledger.Spend, outs []ledger.OutRef) ([]ledger.Spend, error) {
	for _, o := range outs {
		s := ledger.Spend{Out: o, Tx: ledger.TxRef(ledger.NoRef)}
		if n := w.outs[o].spender; n >= 0 {
			s.Tx, s.Pos = ledger.TxRef(n), w.txs[n].Pos
		}
		dst = append(dst, s)
	}
	return dst, nil
}

func (w *world) AppendAccounts(_ context.Context, dst []ledger.Account, outs []ledger.OutRef) ([]ledger.Account, error) {
	for _, o := range outs {
		dst = append(dst, ledger.Account(w.outs[o].account))
	}
	return dst, nil
}

func (w *world) HashAt(_ context.Context, h ledger.Height) (ledger.Hash, error) {
	return sha256.Sum256(fmt.Appendf(nil, "block %d", h)), nil
}

func (w *world) AppendTxRefs(_ context.Context, dst []ledger.TxRef, ids []ledger.TxID) ([]ledger.TxRef, error) {
	for _, id := range ids {
		at := slices.IndexFunc(w.txs, func(v ledger.TxView) bool { return v.ID == id })
		dst = append(dst, ledger.TxRef(at)) // -1 is NoRef
	}
	return dst, nil
}

func (w *world) AppendOutputs(context.Context, []ledger.OutRef, ledger.Account, ledger.Pos, ledger.Pos) ([]ledger.OutRef, error) {
	return nil, errors.New("no trace here starts from an account")
}

func (w *world) TxOf(out ledger.OutRef) (ledger.TxRef, uint32, error) {
	return ledger.TxRef(w.outs[out].tx), w.outs[out].vout, nil
}

func (w *world) HeightAt(context.Context, uint32) (ledger.Height, bool, error) {
	return 0, false, errors.New("no trace here starts at a time")
}

// addressOf makes an address of an account that looks like one.
func addressOf(a ledger.Account) string {
	if strings.HasPrefix(string(a), "raw ") {
		return string(a[4:])
	}
	sum := sha256.Sum256(a)
	return "bc1q" + hex.EncodeToString(sum[:19])
}

// trace follows outputs and makes the document of it.
func (w *world) trace(t testing.TB, policies []lot.Policy, starts ...*ledger.OutRef) *page.Doc {
	return w.follow(t, false, policies, starts...)
}

func (w *world) follow(t testing.TB, backward bool, policies []lot.Policy, starts ...*ledger.OutRef) *page.Doc {
	t.Helper()
	in := trace.Input{Digest: "sha256:" + strings.Repeat("5e", 32), Chain: "bip122:000000000019d6689c085ae165831e93", Source: "ledger", Rules: trace.Rules,
		Tip: trace.InputTip{Height: w.Tip().Height, Hash: w.Tip().Hash.String()}, Params: trace.InputParams{Policies: policies, Backward: backward}}
	var from []trace.Start
	for _, s := range starts {
		o := w.outs[*s]
		from = append(from, trace.Start{Tx: ledger.TxRef(o.tx), Vout: o.vout})
		in.Starts = append(in.Starts, trace.InputStart{Outpoint: ledger.Outpoint{TxID: w.txs[o.tx].ID, Vout: o.vout}.String(), Amount: o.value})
	}
	if len(w.names) > 0 {
		labels := "sha256:" + strings.Repeat("ab", 32)
		in.LabelSet = &labels
	}
	g, err := w.graph(trace.Params{Policies: policies, Names: w.names}, backward, from)
	if err != nil {
		t.Fatal(err)
	}
	r, err := g.Result(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &page.Doc{Result: r, Graph: g, Rerun: "clew trace bitcoin:" + in.Starts[0].Outpoint + " --policy all --ledger chain",
		Version: "test", Network: "bitcoin mainnet", Decimals: 8, Asset: "BTC"}
}

func (w *world) graph(p trace.Params, backward bool, from []trace.Start) (*trace.Graph, error) {
	ctx := context.Background()
	if backward {
		return trace.Backward(ctx, w, p, from, addressOf)
	}
	tr := trace.New(p, from)
	if err := tr.Advance(ctx, w); err != nil {
		return nil, err
	}
	return tr.Graph(ctx, w, addressOf)
}
