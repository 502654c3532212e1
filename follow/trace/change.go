package trace

import (
	"cmp"
	"context"
	"slices"

	"clew.example/clew/ledger"
)

// Delta is what one advance added to a trace: the transactions that taint came
// to or began in, in ledger order, and the tainted outputs that they spend.
// Amounts and kinds by policy stand in the order of Params.Policies.
type Delta struct {
	// Txs are as a graph has them, but that an input leads to transactions of
	// the delta only. One that was not visited under any policy is here because
	// taint ended at it.
	Txs   []TxNode
	Spent []Spent // in the order of their spenders, then of the inputs
}

// Spent is a tainted output that a transaction of a delta spends.
type Spent struct {
	Tx      int             // index in Delta.Txs of the spender
	In      int             // its input
	Taint   []ledger.Amount // by policy; 0: none that could be followed
	Ends    []Kind          // by policy: KindCutoff (spent after the limit), KindUnknownInput, KindDiluted; KindNone: it moved on, or nothing was there
	Account ledger.Account
	Address string // of the account; empty: it has none
}

// note is an input that spends a tainted output.
type note struct {
	tx  ledger.TxRef
	pos ledger.Pos
	in  uint32
	row uint32 // of outs
}

// mark says how far a run had come.
type mark struct{ visits, overlaps, next int }

// Starts are the outputs that the trace begins from, in ledger order once it
// has seen a block.
func (t *Trace) Starts() []Start { return slices.Clone(t.starts) }

// Step advances the trace as Advance does and says what that added. It costs
// what was added, and a look at each output that rests.
func (t *Trace) Step(ctx context.Context, src UTXO, address func(ledger.Account) string) (*Delta, error) {
	marks := make([]mark, len(t.runs))
	for i, r := range t.runs {
		marks[i] = mark{r.visits.len(), len(r.overlaps), r.next}
		r.noting = true
	}
	defer func() {
		for _, r := range t.runs {
			r.noting, r.notes = false, r.notes[:0]
		}
	}()
	if err := t.Advance(ctx, src); err != nil {
		return nil, err
	}
	return t.delta(ctx, src, marks, address)
}

func (t *Trace) delta(ctx context.Context, src UTXO, marks []mark, address func(ledger.Account) string) (*Delta, error) {
	refs, places := t.since(marks)
	if len(refs) == 0 {
		return &Delta{}, nil
	}
	gr := newGrapher(t, src, len(refs))
	if err := gr.load(ctx, refs); err != nil {
		return nil, err
	}
	for p, r := range t.runs {
		gr.overlay(p, r, marks[p])
	}
	if err := gr.account(ctx, address); err != nil {
		return nil, err
	}
	d := &Delta{Txs: gr.g.Txs}
	return d, t.spent(ctx, src, d, places, address)
}

// since merges the transactions of all runs since their marks, in ledger order.
func (t *Trace) since(marks []mark) (refs []ledger.TxRef, places []ledger.Pos) {
	var list []note
	for p, r := range t.runs {
		for i := marks[p].visits; i < r.visits.len(); i++ {
			v := r.visits.at(i)
			list = append(list, note{tx: v.ref, pos: v.pos})
		}
		list = append(list, r.notes...)
	}
	slices.SortFunc(list, func(a, b note) int { return cmp.Compare(a.pos, b.pos) })
	for i, n := range list {
		if i == 0 || n.pos != list[i-1].pos {
			refs, places = append(refs, n.tx), append(places, n.pos)
		}
	}
	return refs, places
}

// spent gathers the tainted outputs that were spent.
func (t *Trace) spent(ctx context.Context, src UTXO, d *Delta, places []ledger.Pos, address func(ledger.Account) string) error {
	at := map[[2]int]int{} // by transaction and input
	var refs []ledger.OutRef
	for p, r := range t.runs {
		for _, n := range r.notes {
			tx, _ := slices.BinarySearch(places, n.pos)
			key := [2]int{tx, int(n.in)}
			i, ok := at[key]
			if !ok {
				i = len(d.Spent)
				at[key] = i
				d.Spent = append(d.Spent, Spent{Tx: tx, In: int(n.in), Taint: make([]ledger.Amount, len(t.runs)), Ends: make([]Kind, len(t.runs))})
				refs = append(refs, r.outs.at(int(n.row)).ref)
			}
			o := r.outs.at(int(n.row))
			d.Spent[i].Taint[p], d.Spent[i].Ends[p] = o.taint, o.fate.kind()
		}
	}
	accounts, err := src.AppendAccounts(ctx, nil, refs)
	if err != nil {
		return err
	}
	for i := range d.Spent {
		d.Spent[i].Account = slices.Clone(accounts[i])
		d.Spent[i].Address = address(accounts[i])
	}
	slices.SortFunc(d.Spent, func(a, b Spent) int { return cmp.Or(cmp.Compare(a.Tx, b.Tx), cmp.Compare(a.In, b.In)) })
	return nil
}
