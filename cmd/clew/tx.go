package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/report/file"
	"clew.example/clew/store/flat"
)

func newTx(e env) *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "tx bitcoin:TXID[@HEIGHT]",
		Short: "Print a transaction: what it spends, what it pays, and who spent that",
		Long: `Prints a transaction: what it spends, what it pays, and who spent that.

Two transactions of mainnet came twice (BIP 30). A txid means the newer one; TXID@HEIGHT names the one in that block.`,
		Args: exactArgs("bitcoin:TXID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, rest, err := e.subjectPlace(path, args[0])
			if err != nil {
				return err
			}
			id, err := parseTxName(rest)
			if err != nil {
				return fail(exitUsage, err, "a txid is 64 hex digits, as in bitcoin:TXID or bitcoin:TXID@HEIGHT")
			}
			a, err := lookUpTx(cmd.Context(), p, id)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(e.Out, a)
			}
			return printTx(file.NewPage(e.Out), a)
		},
	}
	ledgerFlag(cmd, &path)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// txName names a transaction: by its id, and by its block where the id came
// twice.
type txName struct {
	id     ledger.TxID
	height *ledger.Height
}

func parseTxName(s string) (txName, error) {
	hex, at, dated := strings.Cut(s, "@")
	id, err := ledger.ParseHash(hex)
	if err != nil || !dated {
		return txName{id: id}, err
	}
	n, err := strconv.ParseUint(at, 10, 32)
	if err != nil {
		return txName{}, fmt.Errorf("height %.40q: want a block's height", at)
	}
	h := ledger.Height(n)
	return txName{id, &h}, nil
}

// find returns the transaction; a *failure if the ledger does not hold it.
func (n txName) find(v *flat.View) (ledger.TxRef, error) {
	var ref ledger.TxRef
	var ok bool
	var err error
	where := ""
	if n.height != nil {
		ref, ok, err = v.TxByIDAt(n.id, *n.height)
		where = fmt.Sprintf(" in block %d", *n.height)
	} else {
		ref, ok, err = v.TxByID(n.id)
	}
	if err != nil || ok {
		return ref, err
	}
	return 0, fail(exitUsage, fmt.Errorf("transaction %s%s: %w", n.id, where, flat.ErrNotFound), rangeHint(v))
}

// rangeHint says what the ledger holds.
func rangeHint(v *flat.View) string {
	if v.Counts().Blocks == 0 {
		return "the ledger is empty"
	}
	t := v.Tip()
	return fmt.Sprintf("the ledger holds blocks %d to %d", t.FirstHeight, t.Height)
}

// txAnswer is what "clew tx --json" prints.
type txAnswer struct {
	Schema        string       `json:"schema"`
	Class         string       `json:"class"` // of every fact in it: seen on the chain
	Chain         ledger.Chain `json:"chain"`
	Network       string       `json:"network"`
	TxID          string       `json:"txid"`
	Block         blockAnswer  `json:"block"`
	Confirmations uint64       `json:"confirmations"`
	Tip           *tipAnswer   `json:"tip"` // as of which spenders and confirmations are
	Coinbase      bool         `json:"coinbase"`
	Inputs        []inAnswer   `json:"inputs"`
	InputsUnknown int          `json:"inputs_unknown"`
	Outputs       []outAnswer  `json:"outputs"`
	Fee           *string      `json:"fee"` // null: a coinbase, or an input is not known
	Paid          string       `json:"paid"`
	Weight        uint32       `json:"weight"`
	Traits        traitsAnswer `json:"traits"`
}

type blockAnswer struct {
	Height ledger.Height `json:"height"`
	Hash   string        `json:"hash"`
	Index  uint32        `json:"index"` // of the transaction
	Time   string        `json:"time"`
}

type inAnswer struct {
	Outpoint string         `json:"outpoint"`
	Known    bool           `json:"known"` // false: created before the ledger begins
	Value    *string        `json:"value"`
	Account  *accountAnswer `json:"account"`
}

type outAnswer struct {
	N       uint32        `json:"n"`
	Value   string        `json:"value"`
	SpentBy *spentAnswer  `json:"spent_by"` // null: unspent as of the tip
	Account accountAnswer `json:"account"`
}

type spentAnswer struct {
	TxID   string        `json:"txid"`
	Height ledger.Height `json:"height"`
}

// classObserved marks facts that were seen on the chain itself.
const classObserved = "observed"

func lookUpTx(ctx context.Context, p place, name txName) (a *txAnswer, err error) {
	err = p.read(ctx, flat.MaxHeight, func(l *flat.Ledger, v *flat.View) error {
		ref, err := name.find(v)
		if err != nil {
			return err
		}
		q := &query{ctx: ctx, v: v, network: p.network}
		a, err = q.tx(ref)
		return err
	})
	return a, err
}

// query answers from one view.
type query struct {
	ctx     context.Context
	v       *flat.View
	network *bitcoin.Network
}

func (q *query) tx(ref ledger.TxRef) (*txAnswer, error) {
	txs, err := q.v.AppendTxs(q.ctx, nil, []ledger.TxRef{ref})
	if err != nil {
		return nil, err
	}
	t := &txs[0]
	b, err := q.v.Block(t.Pos.Height())
	if err != nil {
		return nil, err
	}
	traits, weight, err := q.v.Traits(ref)
	if err != nil {
		return nil, err
	}
	a := &txAnswer{
		Schema: "clew.tx/1", Class: classObserved, Chain: q.network.Chain, Network: q.network.Name,
		TxID: t.ID.String(), Block: blockAnswer{b.Height, b.Hash.String(), t.Pos.Index(), timeJSON(b.Time())},
		Confirmations: uint64(q.v.Tip().Height-b.Height) + 1,
		Coinbase:      t.Coinbase, Weight: weight, Traits: describeTraits(traits),
	}
	if a.Tip, err = tipOf(q.v); err != nil {
		return nil, err
	}
	if a.Inputs, err = q.inputs(t); err != nil {
		return nil, err
	}
	if a.Outputs, err = q.outputs(t); err != nil {
		return nil, err
	}
	a.settle(t)
	return a, nil
}

// settle sums what is spent and paid.
func (a *txAnswer) settle(t *ledger.TxView) {
	var in, out total
	for i := range t.Ins {
		if !t.Ins[i].Known {
			a.InputsUnknown++
		}
		in.add(t.Ins[i].Value)
	}
	for i := range t.Outs {
		out.add(t.Outs[i].Value)
	}
	a.Paid = out.String()
	if !t.Coinbase && a.InputsUnknown == 0 {
		fee := in.minus(&out).String()
		a.Fee = &fee
	}
}

func (q *query) inputs(t *ledger.TxView) ([]inAnswer, error) {
	accounts, err := q.v.AppendInAccounts(nil, t.Ref)
	if err != nil {
		return nil, err
	}
	ins := make([]inAnswer, len(t.Ins))
	for i := range t.Ins {
		in := &t.Ins[i]
		ins[i] = inAnswer{Outpoint: in.Prev.String(), Known: in.Known}
		if in.Known {
			value := in.Value.String()
			ins[i].Value = &value
		}
		if accounts[i] != nil {
			account := describeAccount(accounts[i], q.network)
			ins[i].Account = &account
		}
	}
	return ins, nil
}

func (q *query) outputs(t *ledger.TxView) ([]outAnswer, error) {
	refs := make([]ledger.OutRef, len(t.Outs))
	for i := range t.Outs {
		refs[i] = t.Outs[i].Ref
	}
	spent, err := q.spenders(refs)
	if err != nil {
		return nil, err
	}
	outs := make([]outAnswer, len(refs))
	for i, ref := range refs {
		script, err := q.v.Account(ref)
		if err != nil {
			return nil, err
		}
		outs[i] = outAnswer{N: uint32(i), Value: t.Outs[i].Value.String(), SpentBy: spent[i], Account: describeAccount(script, q.network)}
	}
	return outs, nil
}

// spenders returns who spends each output, nil for those unspent.
func (q *query) spenders(refs []ledger.OutRef) ([]*spentAnswer, error) {
	spends, err := q.v.AppendSpenders(q.ctx, nil, refs)
	if err != nil {
		return nil, err
	}
	answers := make([]*spentAnswer, len(refs))
	var txs []ledger.TxView
	for i, s := range spends {
		if uint64(s.Tx) == ledger.NoRef {
			continue
		}
		if txs, err = q.v.AppendTxs(q.ctx, txs[:0], []ledger.TxRef{s.Tx}); err != nil {
			return nil, err
		}
		answers[i] = &spentAnswer{TxID: txs[0].ID.String(), Height: txs[0].Pos.Height()}
	}
	return answers, nil
}
