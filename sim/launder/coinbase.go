package launder

import (
	"slices"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// subsidy returns the new money of a block as mainnet has it.
func subsidy(h ledger.Height) ledger.Amount { return ledger.Amount(50_0000_0000) >> (h / 210_000) }

func worth(outs []bitcoin.RawOut) (sum ledger.Amount) {
	for _, o := range outs {
		sum += o.Value
	}
	return sum
}

// heightless draws whether the block's coinbase is one without height: an
// earlier one again, or a new one that may come again. Else it returns nil.
//
// Such a block has no witness at all: its coinbase would have to commit to
// them, and could not stay the same.
func (b *branch) heightless() *bitcoin.RawTx {
	if len(b.bare) > 0 && b.roll(Duplicate) {
		tx := b.bare[b.below(len(b.bare))]
		if worth(tx.Outs) <= subsidy(b.next) {
			b.again = append(b.again, b.children[tx.TxID()]...)
			b.g.did(Duplicate)
			return &tx
		}
	}
	if !b.roll(Bare) {
		return nil
	}
	tx := bitcoin.RawTx{Version: 1, Outs: b.coinbaseOuts(b.amount(subsidy(b.next)))}
	tx.Ins = []bitcoin.RawIn{bitcoin.CoinbaseIn(push(nil, b.bytes(8)))}
	b.bare = append(b.bare, tx)
	b.g.did(Bare)
	return &tx
}

// coinbase makes the coinbase of a block whose payments leave fees.
func (b *branch) coinbase(fees ledger.Amount) bitcoin.RawTx {
	claim := subsidy(b.next) + fees
	if b.roll(UnderClaimed) && claim > 0 {
		claim = b.amount(claim - 1)
		b.g.did(UnderClaimed)
	}
	tx := bitcoin.RawTx{Version: pick(b.dice, int32(1), 1, 2), Outs: b.coinbaseOuts(claim)}
	tx.Ins = []bitcoin.RawIn{bitcoin.CoinbaseIn(bitcoin.CoinbaseScript(b.next, b.bytes(8)))}
	return tx
}

// commit lets the coinbase commit to the witnesses, as it must where there
// are some (BIP 141), and may where there are none.
func (b *branch) commit(txs []bitcoin.RawTx) {
	witness := func(tx bitcoin.RawTx) bool { return tx.HasWitness() }
	if !slices.ContainsFunc(txs, witness) {
		if !b.roll(NeedlessCommitment) {
			return
		}
		b.g.did(NeedlessCommitment)
	}
	bitcoin.CommitWitness(txs)
	// Nobody is to pay to this script, so the branch's accounts lack it.
	script := txs[0].Outs[len(txs[0].Outs)-1].Script
	b.g.owners[string(script)] = &owner{kind: OpReturn, script: script}
}

func (b *branch) coinbaseOuts(claim ledger.Amount) []bitcoin.RawOut {
	if b.roll(CoinbaseZero) {
		b.g.did(CoinbaseZero)
		return []bitcoin.RawOut{b.out(b.payee(), 0)}
	}
	n := b.between(1, 3)
	if b.roll(CoinbaseMany) {
		n = b.rare(4, b.g.w.config.OutsMax)
		b.g.did(CoinbaseMany)
	}
	return b.outs(n, claim, nil)
}
