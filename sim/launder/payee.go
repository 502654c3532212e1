package launder

import (
	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// outs shares money among n outputs of drawn accounts. What an OP_RETURN at
// the end would get and does not burn is left: a fee. Long scripts end the
// list early, lest the block grow too large.
func (b *branch) outs(n int, money ledger.Amount, from []coin) []bitcoin.RawOut {
	outs, size := make([]bitcoin.RawOut, 0, n), 0
	for left := n; left > 0; left-- {
		if size > fullSize/2 {
			left = 1
		}
		o, value := b.payeeOf(from), money
		if left > 1 {
			value = b.amount(min(money, money/ledger.Amount(left)*2))
		}
		if o.kind == OpReturn && !b.burns(value) {
			value = 0
		}
		if value > 0 && b.roll(ZeroValue) {
			value = 0
			b.g.did(ZeroValue)
		}
		money -= value
		size += len(o.script)
		outs = append(outs, b.out(o, value))
	}
	return outs
}

func (b *branch) burns(value ledger.Amount) bool {
	if value == 0 || !b.roll(Burn) {
		return false
	}
	b.g.did(Burn)
	return true
}

func (b *branch) out(o *owner, value ledger.Amount) bitcoin.RawOut {
	return bitcoin.RawOut{Value: value, Script: o.script}
}

// payeeOf draws the account of an output, that of a spent coin now and then.
func (b *branch) payeeOf(from []coin) *owner {
	if len(from) > 0 && b.roll(SelfSpend) {
		b.g.did(SelfSpend)
		return from[b.below(len(from))].owner
	}
	return b.payee()
}

func (b *branch) payee() *owner {
	if b.roll(HotAccount) {
		b.g.did(HotAccount)
		return b.g.hot[b.weighted(hotWeights)]
	}
	if len(b.owners) > 0 && !b.roll(NewAccount) {
		return b.owners[b.below(len(b.owners))]
	}
	b.g.did(NewAccount)
	kinds := b.g.w.config.Kinds
	return b.adopt(newOwner(b.dice, Kind(b.weighted(kinds[:]))))
}

// adopt makes an account known, or returns the one of that script.
func (b *branch) adopt(o *owner) *owner {
	if known := b.g.owners[string(o.script)]; known != nil {
		return known
	}
	b.g.owners[string(o.script)] = o
	b.owners = append(b.owners, o)
	return o
}
