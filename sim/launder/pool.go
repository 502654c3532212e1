package launder

import (
	"maps"
	"slices"

	"clew.example/clew/ledger"
)

// coin is an output that a branch can spend.
type coin struct {
	at    ledger.Outpoint
	value ledger.Amount
	owner *owner
}

// pool holds the coins of a branch. Their order depends on the draws alone,
// never on a map's.
type pool struct {
	coins []coin
	index map[ledger.Outpoint]int
}

func newPool() pool { return pool{index: map[ledger.Outpoint]int{}} }

func (p *pool) clone() pool { return pool{slices.Clone(p.coins), maps.Clone(p.index)} }

// add puts a coin in. An outpoint that is there already is a duplicate's: the
// older coin is lost, and as it has the same value and owner nothing changes.
func (p *pool) add(c coin) {
	if _, ok := p.index[c.at]; ok {
		return
	}
	p.index[c.at] = len(p.coins)
	p.coins = append(p.coins, c)
}

func (p *pool) has(at ledger.Outpoint) bool {
	_, ok := p.index[at]
	return ok
}

// take takes a coin out.
func (p *pool) take(at ledger.Outpoint) (coin, bool) {
	i, ok := p.index[at]
	if !ok {
		return coin{}, false
	}
	c := p.coins[i]
	last := len(p.coins) - 1
	p.coins[i] = p.coins[last]
	p.index[p.coins[i].at] = i
	p.coins = p.coins[:last]
	delete(p.index, at)
	return c, true
}
