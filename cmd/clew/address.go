package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/report/file"
	"clew.example/clew/store/flat"
)

// addressFlags are those of "clew address".
type addressFlags struct {
	ledger, asOf string
	limit        int
	asJSON       bool
}

func newAddress(e env) *cobra.Command {
	var f addressFlags
	cmd := &cobra.Command{
		Use:   "address bitcoin:ADDRESS",
		Short: "Print what an address was paid and what of it is spent, as of any block",
		Long: `Prints what an address was paid and what of it is spent, as of the newest block or of any other.

ADDRESS may be script:HEX, for a script that has no address. The ledger knows what happened from its first block on: an
address that it never saw is an answer, and says so.`,
		Args: exactArgs("bitcoin:ADDRESS"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), e, args[0]) },
	}
	ledgerFlag(cmd, &f.ledger)
	cmd.Flags().StringVar(&f.asOf, "as-of", "", "height of the block as of which to answer (default: the newest)")
	cmd.Flags().IntVar(&f.limit, "limit", 100, "outputs to list, the newest first; what is left out is counted")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	return cmd
}

func (f *addressFlags) run(ctx context.Context, e env, arg string) error {
	p, rest, err := e.subjectPlace(f.ledger, arg)
	if err != nil {
		return err
	}
	account, err := bitcoin.ParseAddress(rest, p.network)
	if err != nil {
		return fail(exitUsage, err, "")
	}
	asOf := flat.MaxHeight
	if f.asOf != "" {
		n, err := strconv.ParseUint(f.asOf, 10, 31)
		if err != nil {
			return fail(exitUsage, fmt.Errorf("--as-of %.40q: want a block's height", f.asOf), "")
		}
		asOf = ledger.Height(n)
	}
	if f.limit < 0 {
		return fail(exitUsage, fmt.Errorf("--limit %d: want a number of outputs", f.limit), "")
	}
	var a *addressAnswer
	err = p.read(ctx, asOf, func(l *flat.Ledger, v *flat.View) (err error) {
		q := &query{ctx: ctx, v: v, network: p.network}
		a, err = q.address(account, f.limit)
		return err
	})
	if errors.Is(err, flat.ErrNotFound) {
		return fail(exitUsage, fmt.Errorf("--as-of: %w", err), "")
	}
	if err != nil {
		return err
	}
	if f.asJSON {
		return writeJSON(e.Out, a)
	}
	return printAddress(file.NewPage(e.Out), a)
}

// addressAnswer is what "clew address --json" prints.
type addressAnswer struct {
	Schema      string        `json:"schema"`
	Class       string        `json:"class"` // of every fact in it: seen on the chain
	Chain       ledger.Chain  `json:"chain"`
	Network     string        `json:"network"`
	Account     accountAnswer `json:"account"`
	AsOf        *tipAnswer    `json:"as_of"`        // null: the ledger is empty
	FirstHeight ledger.Height `json:"first_height"` // nothing before it is known
	Complete    bool          `json:"complete"`     // the ledger reaches back to the genesis block

	Received string `json:"received"` // from FirstHeight on
	Spent    string `json:"spent"`    // of that
	Balance  string `json:"balance"`  // what is left of it

	OutputsReceived int            `json:"outputs_received"`
	OutputsSpent    int            `json:"outputs_spent"`
	First           *eventAnswer   `json:"first_paid"` // null: never paid
	Last            *eventAnswer   `json:"last_paid"`
	Outputs         []creditAnswer `json:"outputs"` // the newest first
	LeftOut         int            `json:"left_out"`
}

type eventAnswer struct {
	Height ledger.Height `json:"height"`
	Time   string        `json:"time"`
}

// creditAnswer is an output paid to the address.
type creditAnswer struct {
	Outpoint string        `json:"outpoint"`
	Value    string        `json:"value"`
	Height   ledger.Height `json:"height"`
	Time     string        `json:"time"`
	SpentBy  *spentAnswer  `json:"spent_by"`
}

func (q *query) address(account ledger.Account, limit int) (*addressAnswer, error) {
	tip := q.v.Tip()
	a := &addressAnswer{
		Schema: "clew.address/1", Class: classObserved, Chain: q.network.Chain, Network: q.network.Name,
		Account: describeAccount(account, q.network), FirstHeight: tip.FirstHeight, Complete: tip.FirstHeight == 0,
		Outputs: []creditAnswer{},
	}
	var err error
	if a.AsOf, err = tipOf(q.v); err != nil {
		return nil, err
	}
	refs, err := q.v.AppendOutputs(q.ctx, nil, account, 0, ledger.MakePos(tip.Height, 1<<24-1))
	if err != nil {
		return nil, err
	}
	if err := q.sum(a, refs); err != nil {
		return nil, err
	}
	a.LeftOut = max(len(refs)-limit, 0)
	if err := q.list(a, refs[a.LeftOut:]); err != nil {
		return nil, err
	}
	return a, q.ends(a, refs)
}

// sumBatch is how many outputs are summed at a time.
const sumBatch = 1024

// sum adds up what the outputs hold and what of it is spent.
func (q *query) sum(a *addressAnswer, refs []ledger.OutRef) error {
	var received, spent total
	var spends []ledger.Spend
	var values []ledger.Amount
	var err error
	for from := 0; from < len(refs); from += sumBatch {
		batch := refs[from:min(from+sumBatch, len(refs))]
		if spends, err = q.v.AppendSpenders(q.ctx, spends[:0], batch); err != nil {
			return err
		}
		if values, err = q.v.AppendValues(q.ctx, values[:0], batch); err != nil {
			return err
		}
		for i, value := range values {
			received.add(value)
			if uint64(spends[i].Tx) != ledger.NoRef {
				spent.add(value)
				a.OutputsSpent++
			}
		}
	}
	a.OutputsReceived = len(refs)
	a.Received, a.Spent, a.Balance = received.String(), spent.String(), received.minus(&spent).String()
	return nil
}

// txCache keeps the transaction read last: outputs of one transaction to one
// address lie side by side.
type txCache struct {
	views []ledger.TxView
	held  bool
}

func (c *txCache) of(q *query, out ledger.OutRef) (*ledger.TxView, uint32, error) {
	ref, vout, err := q.v.TxOf(out)
	if err != nil {
		return nil, 0, err
	}
	if !c.held || c.views[0].Ref != ref {
		c.held = false
		if c.views, err = q.v.AppendTxs(q.ctx, c.views[:0], []ledger.TxRef{ref}); err != nil {
			return nil, 0, err
		}
		c.held = true
	}
	return &c.views[0], vout, nil
}

// list describes outputs, the newest first.
func (q *query) list(a *addressAnswer, refs []ledger.OutRef) error {
	spent, err := q.spenders(refs)
	if err != nil {
		return err
	}
	var txs txCache
	for i := len(refs) - 1; i >= 0; i-- {
		tx, vout, err := txs.of(q, refs[i])
		if err != nil {
			return err
		}
		a.Outputs = append(a.Outputs, creditAnswer{
			Outpoint: ledger.Outpoint{TxID: tx.ID, Vout: vout}.String(), Value: tx.Outs[vout].Value.String(),
			Height: tx.Pos.Height(), Time: timeJSON(tx.Time), SpentBy: spent[i],
		})
	}
	return nil
}

// ends notes when the address was paid first and last.
func (q *query) ends(a *addressAnswer, refs []ledger.OutRef) error {
	if len(refs) == 0 {
		return nil
	}
	var err error
	if a.First, err = q.event(refs[0]); err != nil {
		return err
	}
	a.Last, err = q.event(refs[len(refs)-1])
	return err
}

func (q *query) event(out ledger.OutRef) (*eventAnswer, error) {
	var txs txCache
	tx, _, err := txs.of(q, out)
	if err != nil {
		return nil, err
	}
	return &eventAnswer{tx.Pos.Height(), timeJSON(tx.Time)}, nil
}
