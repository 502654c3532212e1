package trace

import (
	"container/heap"
	"context"
	"fmt"
	"math/bits"
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// Backward follows value from where it lies to where it came from, under
// haircut (each input of a transaction has a part of each output in proportion
// to its value) and poison (all that can have come). Amounts are parts of the
// starts. It ends at newly made coins, at inputs that the source does not hold,
// at accounts to stop at and at the limits of p, Until excepted. The graph
// is that of a trace with time turned round: taint of an output is what came
// by it; fees carry none.
func Backward(ctx context.Context, src Source, p Params, starts []Start, address func(ledger.Account) string) (*Graph, error) {
	t := New(p, starts)
	if err := t.order(ctx, src); err != nil {
		return nil, err
	}
	b := &backward{t: t, src: src, txs: map[ledger.TxRef]*origin{}, outs: map[ledger.OutRef][]claim{}}
	for i, policy := range p.Policies {
		if policy != lot.Haircut && policy != lot.Poison {
			return nil, fmt.Errorf("backward by %s: it is defined for haircut and poison", policy)
		}
		if err := b.follow(ctx, i); err != nil {
			return nil, fmt.Errorf("backward by %s: %w", policy, err)
		}
	}
	return b.graph(ctx, address)
}

// backward is a walk back under one policy after the other.
type backward struct {
	t      *Trace
	src    Source
	txs    map[ledger.TxRef]*origin // all that were come to
	outs   map[ledger.OutRef][]claim
	policy int
	wait   latest
}

// origin is a transaction that value came through.
type origin struct {
	view    ledger.TxView
	hop     uint32 // under the policy at work
	least   uint32 // of all policies
	visited []bool
	queued  bool              // under the policy at work
	lacking [][]ledger.Amount // by input: Taint of InNode
}

// claim is what an output is asked for, by policy.
type claim struct {
	amount, overlap ledger.Amount
	fate            Kind
	reason          Reason
}

// follow walks back under a policy, the newest transaction first: then all that
// ask for a transaction's outputs have been there.
func (b *backward) follow(ctx context.Context, policy int) error {
	b.policy = policy
	for _, o := range b.txs {
		o.queued, o.hop = false, ^uint32(0)
	}
	for _, s := range b.t.starts {
		o, err := b.origin(ctx, s.Tx)
		if err != nil {
			return err
		}
		if int(s.Vout) >= len(o.view.Outs) {
			return fmt.Errorf("start %d: the transaction has %d outputs", s.Vout, len(o.view.Outs))
		}
		out := o.view.Outs[s.Vout]
		b.claimOf(out.Ref).amount = out.Value
		o.hop, o.least = 0, 0
		b.queue(o)
	}
	for len(b.wait) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		o := heap.Pop(&b.wait).(*origin)
		if err := b.visit(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (b *backward) origin(ctx context.Context, ref ledger.TxRef) (*origin, error) {
	if o := b.txs[ref]; o != nil {
		return o, nil
	}
	views, err := b.src.AppendTxs(ctx, nil, []ledger.TxRef{ref})
	if err != nil {
		return nil, err
	}
	return b.know(&views[0]), nil
}

func (b *backward) know(v *ledger.TxView) *origin {
	o := &origin{view: *v, hop: ^uint32(0), least: ^uint32(0), visited: make([]bool, len(b.t.runs)), lacking: make([][]ledger.Amount, len(v.Ins))}
	b.txs[v.Ref] = o
	return o
}

func (b *backward) queue(o *origin) {
	if !o.queued {
		o.queued = true
		heap.Push(&b.wait, o)
	}
}

func (b *backward) claimOf(ref ledger.OutRef) *claim {
	if b.outs[ref] == nil {
		b.outs[ref] = make([]claim, len(b.t.runs))
	}
	return &b.outs[ref][b.policy]
}

// visit asks the inputs of a transaction for what its outputs are asked for.
func (b *backward) visit(ctx context.Context, o *origin) error {
	o.visited[b.policy] = true
	var want ledger.Amount
	for _, out := range o.view.Outs {
		if c := b.outs[out.Ref]; c != nil {
			want += b.wanted(o, &c[b.policy])
		}
	}
	if o.view.Coinbase {
		b.mint(o)
		return nil
	}
	if want == 0 {
		return nil
	}
	total, err := came(&o.view)
	if err != nil {
		return err
	}
	return b.ask(ctx, o, b.shares(o, want, total))
}

// came returns what came into a transaction: what is known to, or what it pays
// if that is more and an input is not known.
func came(v *ledger.TxView) (ledger.Amount, error) {
	var in, out, over uint64
	all := true
	for i := range v.Ins {
		sum, carry := bits.Add64(in, uint64(v.Ins[i].Value), 0)
		in, over, all = sum, over+carry, all && v.Ins[i].Known
	}
	for i := range v.Outs {
		sum, carry := bits.Add64(out, uint64(v.Outs[i].Value), 0)
		out, over = sum, over+carry
	}
	if over > 0 {
		return 0, fmt.Errorf("transaction %s: %w: its values sum to more than 2^64", v.ID, ErrInvalid)
	}
	if in < out && all {
		return 0, fmt.Errorf("transaction %s: %w: it spends %d and pays %d", v.ID, ErrInvalid, in, out)
	}
	return ledger.Amount(max(in, out)), nil
}

// wanted returns what an output is asked for and goes on from it. Only now that
// all who ask have been there is the hop known.
func (b *backward) wanted(o *origin, c *claim) ledger.Amount {
	most := b.t.params.MaxHops
	if c.amount == 0 || c.fate != KindNone {
		return 0
	}
	if most != nil && o.hop > *most { // a start's own is 0
		c.fate, c.reason = KindCutoff, ReasonMaxHops
		return 0
	}
	return c.amount
}

// mint ends what the outputs of a coinbase are asked for.
func (b *backward) mint(o *origin) {
	for _, out := range o.view.Outs {
		if c := b.outs[out.Ref]; c != nil && c[b.policy].amount > 0 && c[b.policy].fate == KindNone {
			c[b.policy].fate = KindCoinbase
		}
	}
}

// shares returns what each input gives of want, where total came in: by value,
// rounded as in haircut. What inputs of unknown value share is counted with the
// first of them.
func (b *backward) shares(o *origin, want, total ledger.Amount) []ledger.Amount {
	given := make([]ledger.Amount, len(o.view.Ins))
	values := make([]ledger.Amount, len(o.view.Ins))
	rest, lacking := total, -1
	for i := range o.view.Ins {
		if in := &o.view.Ins[i]; in.Known {
			values[i] = in.Value
			rest -= in.Value
		} else if lacking < 0 {
			lacking = i
		}
	}
	if lacking >= 0 {
		values[lacking] = rest
	}
	if b.t.params.Policies[b.policy] == lot.Poison {
		return values
	}
	left := total
	for i, value := range values {
		given[i] = portion(want, value, left)
		want -= given[i]
		left -= value
	}
	return given
}

// portion is want*value/left, to the nearest unit, half up.
func portion(want, value, left ledger.Amount) ledger.Amount {
	if value == left {
		return want
	}
	hi, lo := bits.Mul64(uint64(want), uint64(value))
	q, r := bits.Div64(hi, lo, uint64(left))
	if r >= uint64(left)-r && r > 0 {
		q++
	}
	return ledger.Amount(q)
}

// ask passes what inputs give on to the outputs that they spend.
func (b *backward) ask(ctx context.Context, o *origin, given []ledger.Amount) error {
	var outs []ledger.OutRef
	var ins []int
	for i, amount := range given {
		switch {
		case amount == 0:
		case uint64(o.view.Ins[i].Ref) == ledger.NoRef || !o.view.Ins[i].Known:
			if o.lacking[i] == nil {
				o.lacking[i] = make([]ledger.Amount, len(b.t.runs))
			}
			o.lacking[i][b.policy] = amount
		default:
			outs, ins = append(outs, o.view.Ins[i].Ref), append(ins, i)
		}
	}
	makers, err := b.makers(ctx, outs)
	if err != nil {
		return err
	}
	accounts, err := b.src.AppendAccounts(ctx, nil, outs)
	if err != nil {
		return err
	}
	for k, i := range ins {
		makers[k].hop = min(makers[k].hop, o.hop+1)
		makers[k].least = min(makers[k].least, o.hop+1)
		b.judge(makers[k], outs[k], given[i], b.t.params.Names[string(accounts[k])].Stop)
	}
	return nil
}

// makers returns the transactions of outputs. Their ids would not tell two of
// one id apart (BIP 30).
func (b *backward) makers(ctx context.Context, outs []ledger.OutRef) ([]*origin, error) {
	refs := make([]ledger.TxRef, len(outs))
	var lack []ledger.TxRef
	for i, out := range outs {
		var err error
		if refs[i], _, err = b.src.TxOf(out); err != nil {
			return nil, err
		}
		if b.txs[refs[i]] == nil && !slices.Contains(lack, refs[i]) {
			lack = append(lack, refs[i])
		}
	}
	views, err := b.src.AppendTxs(ctx, nil, lack)
	if err != nil {
		return nil, err
	}
	for i := range views {
		b.know(&views[i])
	}
	makers := make([]*origin, len(refs))
	for i, ref := range refs {
		makers[i] = b.txs[ref]
	}
	return makers, nil
}

// judge asks an output for an amount, once: it has one spender. What is asked
// of another start is its own already. The limit of hops waits for wanted.
func (b *backward) judge(o *origin, ref ledger.OutRef, amount ledger.Amount, stop Kind) {
	c, p := b.claimOf(ref), &b.t.params
	if c.amount > 0 {
		if p.Policies[b.policy] != lot.Poison {
			c.overlap = amount
		}
		return
	}
	c.amount = amount
	switch {
	case stop != KindNone:
		c.fate = stop
	case amount < p.MinValue:
		c.fate, c.reason = KindCutoff, ReasonMinValue
	}
	if c.fate != KindNone {
		o.visited[b.policy] = true
		return
	}
	b.queue(o)
}

// latest is a heap of transactions, the newest first.
type latest []*origin

func (q latest) Len() int           { return len(q) }
func (q latest) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q latest) Less(i, j int) bool { return q[i].view.Pos > q[j].view.Pos }
func (q *latest) Push(x any)        { *q = append(*q, x.(*origin)) }
func (q *latest) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}
