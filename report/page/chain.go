package page

import (
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// chainLeast is how many transactions of a peel chain must have been visited
// under a policy for them to be drawn as one.
const chainLeast = 5

// fanLeast is how many equal outputs make a fan.
const fanLeast = 8

// peelCard is what the card of a peel chain shows.
type peelCard struct {
	peels  []ledger.Amount // the smaller output of each transaction
	peeled ledger.Amount
	last   ledger.Amount // the larger output of the last
	end    int           // the last transaction, in the graph
}

type fanPill struct {
	outputs     int
	least, most ledger.Amount
}

// larger is the larger of two outputs, the first of equals.
func larger(tx *trace.TxNode) int {
	if len(tx.Outs) > 1 && tx.Outs[1].Value > tx.Outs[0].Value {
		return 1
	}
	return 0
}

// add goes on with a transaction of two outputs, and its place in the graph.
func (c *peelCard) add(tx *trace.TxNode, at int) {
	c.end = at
	if len(tx.Outs) != 2 {
		return
	}
	big := larger(tx)
	c.peels = append(c.peels, tx.Outs[1-big].Value)
	c.peeled, c.last = add(c.peeled, tx.Outs[1-big].Value), tx.Outs[big].Value
}

// chains marks the transactions of each peel chain of a result, as far as the
// policy visited them.
func (b *raw) chains(r *trace.Result) {
	if len(r.PeelChains) == 0 || b.f.backward {
		return
	}
	byID := map[ledger.TxID]int{}
	for i := range b.g.Txs {
		byID[b.g.Txs[i].ID] = i
	}
	for _, c := range r.PeelChains {
		id, err := ledger.ParseHash(c.First)
		if err != nil {
			continue
		}
		i, ok := byID[id]
		if !ok {
			continue
		}
		b.chainFrom(i, c.Txs)
	}
}

// chainFrom marks up to n transactions, each the spender of the larger output
// of the one before.
func (b *raw) chainFrom(i, n int) {
	var run []int
	for ; i >= 0 && len(run) < n; i = b.g.Txs[i].Outs[larger(&b.g.Txs[i])].Tx {
		tx := &b.g.Txs[i]
		if visited := tx.Visited != nil && tx.Visited[b.p]; len(tx.Outs) != 2 || visited != (len(run) > 0) && len(run) > 0 {
			break
		} else if visited {
			run = append(run, i)
		}
	}
	if len(run) < chainLeast {
		return
	}
	for _, i := range run {
		b.chained[i] = run[0]
	}
}
