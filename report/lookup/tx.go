package lookup

import "clew.example/clew/ledger"

// Tx is the document clew.tx/1.
type Tx struct {
	Schema        string       `json:"schema"`
	Class         string       `json:"class"` // of every fact in it: seen on the chain
	Chain         ledger.Chain `json:"chain"`
	Network       string       `json:"network"`
	TxID          string       `json:"txid"`
	Block         Block        `json:"block"`
	Confirmations uint64       `json:"confirmations"`
	Tip           *Tip         `json:"tip"` // as of which spenders and confirmations are
	Coinbase      bool         `json:"coinbase"`
	Inputs        []Input      `json:"inputs"`
	InputsUnknown int          `json:"inputs_unknown"`
	Outputs       []Output     `json:"outputs"`
	Fee           *string      `json:"fee"` // null: a coinbase, or an input is not known
	Paid          string       `json:"paid"`
	Weight        uint32       `json:"weight"`
	Traits        Traits       `json:"traits"`
}

// Block is where a transaction stands.
type Block struct {
	Height ledger.Height `json:"height"`
	Hash   string        `json:"hash"`
	Index  uint32        `json:"index"` // of the transaction
	Time   string        `json:"time"`
}

// Input is an output that a transaction spends.
type Input struct {
	Outpoint string   `json:"outpoint"`
	Known    bool     `json:"known"` // false: created before the ledger begins
	Value    *string  `json:"value"`
	Account  *Account `json:"account"`
}

// Output is what a transaction pays.
type Output struct {
	N       uint32   `json:"n"`
	Value   string   `json:"value"`
	SpentBy *Spender `json:"spent_by"` // null: unspent as of the tip
	Account Account  `json:"account"`
}

// Spender is the transaction that spends an output.
type Spender struct {
	TxID   string        `json:"txid"`
	Height ledger.Height `json:"height"`
}

// ClassObserved marks facts that were seen on the chain itself.
const ClassObserved = "observed"

// Tx describes a transaction; *Missing if the ledger does not hold it.
func (q *Query) Tx(name TxName) (*Tx, error) {
	ref, err := name.find(q.v)
	if err != nil {
		return nil, err
	}
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
	a := &Tx{
		Schema: "clew.tx/1", Class: ClassObserved, Chain: q.network.Chain, Network: q.network.Name,
		TxID: t.ID.String(), Block: Block{b.Height, b.Hash.String(), t.Pos.Index(), when(b.Time())},
		Confirmations: uint64(q.v.Tip().Height-b.Height) + 1,
		Coinbase:      t.Coinbase, Weight: weight, Traits: describeTraits(traits),
	}
	if a.Tip, err = TipOf(q.v); err != nil {
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
func (a *Tx) settle(t *ledger.TxView) {
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

func (q *Query) inputs(t *ledger.TxView) ([]Input, error) {
	accounts, err := q.v.AppendInAccounts(nil, t.Ref)
	if err != nil {
		return nil, err
	}
	ins := make([]Input, len(t.Ins))
	for i := range t.Ins {
		in := &t.Ins[i]
		ins[i] = Input{Outpoint: in.Prev.String(), Known: in.Known}
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

func (q *Query) outputs(t *ledger.TxView) ([]Output, error) {
	refs := make([]ledger.OutRef, len(t.Outs))
	for i := range t.Outs {
		refs[i] = t.Outs[i].Ref
	}
	spent, err := q.spenders(refs)
	if err != nil {
		return nil, err
	}
	outs := make([]Output, len(refs))
	for i, ref := range refs {
		script, err := q.v.Account(ref)
		if err != nil {
			return nil, err
		}
		outs[i] = Output{N: uint32(i), Value: t.Outs[i].Value.String(), SpentBy: spent[i], Account: describeAccount(script, q.network)}
	}
	return outs, nil
}

// spenders returns who spends each output, nil for those unspent.
func (q *Query) spenders(refs []ledger.OutRef) ([]*Spender, error) {
	spends, err := q.v.AppendSpenders(q.ctx, nil, refs)
	if err != nil {
		return nil, err
	}
	answers := make([]*Spender, len(refs))
	var txs []ledger.TxView
	for i, s := range spends {
		if uint64(s.Tx) == ledger.NoRef {
			continue
		}
		if txs, err = q.v.AppendTxs(q.ctx, txs[:0], []ledger.TxRef{s.Tx}); err != nil {
			return nil, err
		}
		answers[i] = &Spender{TxID: txs[0].ID.String(), Height: txs[0].Pos.Height()}
	}
	return answers, nil
}
