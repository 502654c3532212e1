package lookup

import "clew.example/clew/ledger"

// Address is the document clew.address/1.
type Address struct {
	Schema      string        `json:"schema"`
	Class       string        `json:"class"` // of every fact in it: seen on the chain
	Chain       ledger.Chain  `json:"chain"`
	Network     string        `json:"network"`
	Account     Account       `json:"account"`
	AsOf        *Tip          `json:"as_of"`        // null: the ledger is empty
	FirstHeight ledger.Height `json:"first_height"` // nothing before it is known
	Complete    bool          `json:"complete"`     // the ledger reaches back to the genesis block

	Received string `json:"received"` // from FirstHeight on
	Spent    string `json:"spent"`    // of that
	Balance  string `json:"balance"`  // what is left of it

	OutputsReceived int      `json:"outputs_received"`
	OutputsSpent    int      `json:"outputs_spent"`
	First           *Event   `json:"first_paid"` // null: never paid
	Last            *Event   `json:"last_paid"`
	Outputs         []Credit `json:"outputs"` // the newest first
	LeftOut         int      `json:"left_out"`
}

// Event is when something happened.
type Event struct {
	Height ledger.Height `json:"height"`
	Time   string        `json:"time"`
}

// Credit is an output paid to the address.
type Credit struct {
	Outpoint string        `json:"outpoint"`
	Value    string        `json:"value"`
	Height   ledger.Height `json:"height"`
	Time     string        `json:"time"`
	SpentBy  *Spender      `json:"spent_by"`
}

// Address sums what an account was paid, and lists the newest of it, at most
// limit outputs.
func (q *Query) Address(account ledger.Account, limit int) (*Address, error) {
	tip := q.v.Tip()
	a := &Address{
		Schema: "clew.address/1", Class: ClassObserved, Chain: q.network.Chain, Network: q.network.Name,
		Account: describeAccount(account, q.network), FirstHeight: tip.FirstHeight, Complete: tip.FirstHeight == 0,
		Outputs: []Credit{},
	}
	var err error
	if a.AsOf, err = TipOf(q.v); err != nil {
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
func (q *Query) sum(a *Address, refs []ledger.OutRef) error {
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

func (c *txCache) of(q *Query, out ledger.OutRef) (*ledger.TxView, uint32, error) {
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
func (q *Query) list(a *Address, refs []ledger.OutRef) error {
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
		a.Outputs = append(a.Outputs, Credit{
			Outpoint: ledger.Outpoint{TxID: tx.ID, Vout: vout}.String(), Value: tx.Outs[vout].Value.String(),
			Height: tx.Pos.Height(), Time: when(tx.Time), SpentBy: spent[i],
		})
	}
	return nil
}

// ends notes when the address was paid first and last.
func (q *Query) ends(a *Address, refs []ledger.OutRef) error {
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

func (q *Query) event(out ledger.OutRef) (*Event, error) {
	var txs txCache
	tx, _, err := txs.of(q, out)
	if err != nil {
		return nil, err
	}
	return &Event{tx.Pos.Height(), when(tx.Time)}, nil
}
