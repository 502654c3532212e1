package evm

import (
	"clew.example/clew/ledger"
)

var (
	eventThorDeposit = event("Deposit(address*,address*,uint256,string)")
	eventThorOut     = event("TransferOut(address*,address*,address,uint256,string)")
)

var thorReaders = []legReader{{eventThorDeposit, readThorDeposit}, {eventThorOut, readThorOut}}

// readThorDeposit reads what was given to THORChain's router. What comes of it
// names the transaction in its memo, so that is the key.
func readThorDeposit(r *reading, leg *Leg, of *legs) {
	of.depart(leg, THORChain, thorKey(of.block.Txs[of.tx].Hash.String()[2:]), 0, "")
	leg.Sender = of.block.Txs[of.tx].From.Key()
	leg.Asset, leg.Amount, leg.Memo = token(r.address(1)), r.uint(2), string(r.bytes(3))
	if memo, err := ParseMemo(leg.Memo); err == nil && memo.Action == MemoSwap {
		leg.Destination = memo.Chain()
	}
}

// readThorOut reads what a vault paid out.
func readThorOut(r *reading, leg *Leg, of *legs) {
	memo, err := ParseMemo(string(r.bytes(4)))
	key := ""
	if err == nil && memo.TxID != "" {
		key = thorKey(memo.TxID)
	}
	of.arrive(leg, THORChain, key, 0, ledger.Chain(""))
	leg.Sender, leg.Recipient = r.address(0), r.address(1)
	leg.Asset, leg.Amount, leg.Memo = token(r.address(2)), r.uint(3), string(r.bytes(4))
}
