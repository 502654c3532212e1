package trace

import (
	"math/big"
	"slices"
)

// peelLeast is how many transactions in a row make a peel chain.
const peelLeast = 5

// The forms of a transaction that spends the larger output of a peel chain's
// last, and ends it; and what is said when no transaction of the trace does.
const (
	formTopUp        = "top_up"        // more inputs, two outputs
	formThreeOutputs = "three_outputs" // one input
	formBatch        = "batch"         // one input, four outputs or more
	formSingleOutput = "single_output" // one input
	formMerge        = "merge"         // more inputs, and not two outputs
	endOutside       = "outside"
)

// peels finds peel chains: each transaction of one input and two outputs knows
// the next, and a walk begins at each that none comes before.
type peels struct {
	b        *builder
	next     []int  // by transaction; 0: none, since the first comes after none
	followed []bool // comes after another
}

// peelChains returns the peel chains in the order of their first transactions.
func (b *builder) peelChains() []PeelChain {
	p := &peels{b: b, next: make([]int, len(b.g.Txs)), followed: make([]bool, len(b.g.Txs))}
	for i := range b.g.Txs {
		if from := b.g.peelsFrom(i); from >= 0 {
			p.next[from], p.followed[i] = i, true
		}
	}
	chains := []PeelChain{}
	for i := range b.g.Txs {
		if p.begins(i) {
			chains = append(chains, p.chain(p.walk(i)))
		}
	}
	return chains
}

// peel reports whether a transaction has the form of one in a peel chain.
func (tx *TxNode) peel() bool { return !tx.Coinbase && len(tx.Ins) == 1 && len(tx.Outs) == 2 }

// larger is the greatest output of a transaction, the first of equals.
func (tx *TxNode) larger() int {
	most := 0
	for i := range tx.Outs {
		if tx.Outs[i].Value > tx.Outs[most].Value {
			most = i
		}
	}
	return most
}

// peelsFrom is the transaction that i comes after in a peel chain; -1: none.
func (g *Graph) peelsFrom(i int) int {
	if !g.Txs[i].peel() {
		return -1
	}
	in := &g.Txs[i].Ins[0]
	if in.Tx < 0 || !g.Txs[in.Tx].peel() || int(in.Prev.Vout) != g.Txs[in.Tx].larger() {
		return -1
	}
	return in.Tx
}

// begins reports whether a transaction is the first of a peel chain.
func (p *peels) begins(i int) bool {
	if p.followed[i] || !p.b.g.Txs[i].peel() {
		return false
	}
	n := 1
	for ; n < peelLeast && p.next[i] != 0; n++ {
		i = p.next[i]
	}
	return n == peelLeast
}

// walk returns the transactions of the peel chain that begins with i.
func (p *peels) walk(i int) []int {
	txs := []int{i}
	for ; p.next[i] != 0; i = p.next[i] {
		txs = append(txs, p.next[i])
	}
	return txs
}

func (p *peels) chain(txs []int) PeelChain {
	g := p.b.g
	first, last := &g.Txs[txs[0]], &g.Txs[txs[len(txs)-1]]
	c := PeelChain{
		First: p.b.id(txs[0]), Last: p.b.id(txs[len(txs)-1]), Txs: len(txs), Peels: len(txs),
		StartValue: first.Outs[first.larger()].Value, EndValue: last.Outs[last.larger()].Value,
		Gap: g.gap(txs),
	}
	for _, i := range txs {
		tx := &g.Txs[i]
		p.b.add(&c.Peeled, tx.Outs[1-tx.larger()].Value)
	}
	out := &last.Outs[last.larger()]
	c.End, c.Next = g.peelEnd(out), p.variant(out)
	return c
}

// peelEnd says what became of the larger output of a peel chain's last. Where
// taint ended comes first: of what ended, the spender need not be known.
func (g *Graph) peelEnd(out *OutNode) string {
	for p, kind := range out.Ends {
		if out.Taint[p] == 0 {
			continue
		}
		if kind != KindNone {
			return kind.String()
		}
		break
	}
	switch {
	case out.Tx >= 0:
		return g.Txs[out.Tx].form()
	case out.tainted() && !out.Spent: // backward, where a start lies
		return KindUnspent.String()
	}
	return endOutside
}

// form names a transaction that is not one of a peel chain by how many it
// takes and gives.
func (tx *TxNode) form() string {
	switch ins, outs := len(tx.Ins), len(tx.Outs); {
	case ins > 1 && outs == 2:
		return formTopUp
	case ins > 1:
		return formMerge
	case outs == 3:
		return formThreeOutputs
	case outs > 3:
		return formBatch
	}
	return formSingleOutput
}

// variant is the transaction with which a peel chain goes on in another form.
func (p *peels) variant(out *OutNode) *PeelVariant {
	if out.Tx < 0 {
		return nil
	}
	tx := &p.b.g.Txs[out.Tx]
	v := &PeelVariant{TxID: p.b.id(out.Tx), Form: tx.form()}
	if v.Form == formMerge || v.Form == formSingleOutput {
		return nil
	}
	if then := tx.Outs[tx.larger()].Tx; then >= 0 && p.begins(then) {
		v.Then = p.b.id(then)
	}
	return v
}

// gap measures the times between transactions. Header times are the miners'
// own, so that a gap may be 0 or negative; they are taken as they are.
func (g *Graph) gap(txs []int) Gap {
	gaps := make([]int64, len(txs)-1)
	for i := range gaps {
		gaps[i] = int64(g.Txs[txs[i+1]].Time) - int64(g.Txs[txs[i]].Time)
	}
	cv := variation(gaps)
	slices.Sort(gaps)
	middle := gaps[len(gaps)/2] + gaps[(len(gaps)-1)/2] // twice the median
	return Gap{Median: float64(middle) / 2, CV: float64(cv) / 1000}
}

// variationMax bounds what header times can make of a variation, in
// thousandths: an answer holds no more digits than others can read.
const variationMax = 999_999_999

// variation is the population's standard deviation over the mean, in
// thousandths, rounded half up in magnitude; 0 where the mean is 0. Over sums
// S of gaps and Q of squares it is sqrt(nQ - S^2) / S, and integers keep it
// the same on every machine.
func variation(gaps []int64) int64 {
	var sum, squares big.Int
	for _, gap := range gaps {
		v := big.NewInt(gap)
		sum.Add(&sum, v)
		squares.Add(&squares, v.Mul(v, v))
	}
	if sum.Sign() == 0 {
		return 0
	}
	size := new(big.Int).Abs(&sum)
	// round(1000 sqrt(N) / S) = (sqrt(4 000 000 N) + S) / 2S, both rounded down.
	n := squares.Mul(&squares, big.NewInt(int64(len(gaps))))
	n.Sub(n, new(big.Int).Mul(size, size)).Mul(n, big.NewInt(4_000_000)).Sqrt(n)
	n.Add(n, size).Quo(n, size.Lsh(size, 1))
	if !n.IsInt64() || n.Int64() > variationMax {
		n.SetInt64(variationMax)
	}
	return n.Int64() * int64(sum.Sign())
}
