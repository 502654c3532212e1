package trace

import (
	"cmp"
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

const (
	// pathTxsMax bounds what paths take of an answer. A peel chain of n
	// transactions has n exits whose paths grow from 1 to n.
	pathTxsMax = 1_000_000
	// feeVout stands for the fee, as in Graph.Path.
	feeVout = -1
)

// place is where taint ended under a policy.
type place struct {
	tx, vout int // vout may be feeVout, or of inVout
	policy   int
	amount   ledger.Amount
}

// inVout stands for an input.
func inVout(in int) int { return -2 - in }

// input returns the input that a place is at.
func (p place) input() (in int, ok bool) { return -2 - p.vout, p.vout < feeVout }

// rank orders the places of a transaction: outputs, inputs, the fee.
func (p place) rank() int {
	if in, ok := p.input(); ok {
		return 1<<32 + in
	}
	if p.vout == feeVout {
		return 1 << 33
	}
	return p.vout
}

// row is an exit in the making. Its amounts are in rows.
type row struct {
	kind        Kind
	first, last place // in ledger order
	main        place // the largest under the first policy that has any here
	count       int
	from, to    uint32 // header times
}

// rows are exits in the making, in order of their first places.
type rows struct {
	policies int
	list     []row
	amounts  []ledger.Amount // of row i under policy p: i*policies + p
	accounts map[string]int  // kind and account to row
	kinds    [kindCount]int  // row, plus one, of kinds that have one row
	here     [kindCount]int  // row, plus one, of the outpoint at hand
	key      []byte
}

func newRows(policies int) rows { return rows{policies: policies, accounts: map[string]int{}} }

// next says that the outpoint at hand is another one.
func (r *rows) next() { r.here = [kindCount]int{} }

// add counts taint in at a place. Places come in ledger order, those of one
// outpoint in the order of policies.
func (r *rows) add(g *Graph, kind Kind, at place) {
	i := r.find(g, kind, at)
	e := &r.list[i]
	if e.count == 0 || e.last.tx != at.tx || e.last.vout != at.vout {
		e.count++
	}
	e.last = at
	if at.policy < e.main.policy || at.policy == e.main.policy && at.amount > e.main.amount {
		e.main = at
	}
	time := g.Txs[at.tx].Time
	e.from, e.to = min(e.from, time), max(e.to, time)
	r.amounts[i*r.policies+at.policy] += at.amount
}

// find returns the row of a place; a new one if it has none.
func (r *rows) find(g *Graph, kind Kind, at place) int {
	switch kind {
	case KindService, KindListed, KindMixer:
		r.key = append(append(r.key[:0], byte(kind)), g.Txs[at.tx].Outs[at.vout].Account...)
		i, ok := r.accounts[string(r.key)]
		if !ok {
			i = r.open(g, kind, at)
			r.accounts[string(r.key)] = i
		}
		return i
	case KindUnspent, KindCutoff, KindUnknownInput, KindUndecoded, KindDiluted:
		return r.findIn(&r.here, g, kind, at)
	}
	return r.findIn(&r.kinds, g, kind, at)
}

func (r *rows) findIn(known *[kindCount]int, g *Graph, kind Kind, at place) int {
	if known[kind] == 0 {
		known[kind] = r.open(g, kind, at) + 1
	}
	return known[kind] - 1
}

func (r *rows) open(g *Graph, kind Kind, at place) int {
	time := g.Txs[at.tx].Time
	r.list = append(r.list, row{kind: kind, first: at, main: at, from: time, to: time})
	r.amounts = append(r.amounts, make([]ledger.Amount, r.policies)...)
	return len(r.list) - 1
}

// order sorts rows: the greatest amount under the first policy, then the first
// place. Rows of one place differ in kind, so no two are equal.
func (r *rows) order() []int {
	order := make([]int, len(r.list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := &r.list[i], &r.list[j]
		return cmp.Or(
			cmp.Compare(r.amounts[j*r.policies], r.amounts[i*r.policies]),
			cmp.Compare(a.first.tx, b.first.tx),
			cmp.Compare(a.first.rank(), b.first.rank()),
			cmp.Compare(a.kind, b.kind),
		)
	})
	return order
}

// exits writes down the rows.
func (b *builder) exits() {
	b.out.Exits = make([]Exit, 0, len(b.rows.list))
	for _, i := range b.rows.order() {
		b.out.Exits = append(b.out.Exits, b.exit(i))
	}
}

func (b *builder) exit(i int) Exit {
	r := &b.rows.list[i]
	amounts := b.rows.amounts[i*b.rows.policies:][:b.rows.policies]
	e := Exit{
		Kind: r.kind, Count: r.count, Amounts: map[lot.Policy]ledger.Amount{},
		FirstTime: timeText(r.from), LastTime: timeText(r.to),
		Money: b.worth(amounts[0]),
	}
	for p, a := range amounts {
		if a > 0 {
			e.Amounts[b.g.Policies[p]] = a
		}
	}
	b.whose(&e, r.first)
	e.Path = b.path(r.main)
	if e.Path == nil {
		b.out.PathsLeftOut++
		return e
	}
	hops := uint32(len(e.Path) - 1)
	e.Hops = &hops
	return e
}

// whose says whose place an exit is, where it is of one account or outpoint.
// Of an outpoint that the source does not hold, its name is all there is.
func (b *builder) whose(e *Exit, at place) {
	if in, ok := at.input(); ok {
		outpoint := b.g.Txs[at.tx].Ins[in].Prev.String()
		e.Outpoint = &outpoint
		return
	}
	switch e.Kind {
	case KindFee, KindBurn, KindOverlap, KindCoinbase:
		return
	case KindUnspent, KindCutoff, KindUnknownInput, KindUndecoded, KindDiluted:
		outpoint := b.outpoint(at.tx, at.vout)
		e.Outpoint = &outpoint
	}
	o := &b.g.Txs[at.tx].Outs[at.vout]
	account := hexText(o.Account)
	e.Account = &account
	e.Address, e.Entity, e.Category = said(o.Address), said(o.Name.Entity), said(o.Name.Category)
}

// said points to a text; nil where nothing is said.
func said(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// path is the way to a place, as ids; nil when it is left out. Once one did not
// fit none is looked for: finding them is as dear as showing them.
func (b *builder) path(to place) []string {
	if b.room <= 0 {
		return nil
	}
	txs := b.g.Path(to.policy, to.tx, max(to.vout, feeVout))
	if len(txs) > b.room {
		b.room = 0
	}
	if len(txs) == 0 || b.room == 0 {
		return nil
	}
	b.room -= len(txs)
	ids := make([]string, len(txs))
	for i, tx := range txs {
		ids[i] = b.id(tx)
	}
	return ids
}
