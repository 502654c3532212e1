package evm

import (
	"fmt"

	"clew.example/clew/ledger"
)

// Across: before January 2025 addresses and numbers were of 20 and 4 bytes,
// since then all are of 32, in the same order.
var (
	eventAcrossDepositV3 = event("V3FundsDeposited(address,address,uint256,uint256,uint256*,uint32*,uint32,uint32,uint32,address*,address,address,bytes)")
	eventAcrossDeposit   = event("FundsDeposited(bytes32,bytes32,uint256,uint256,uint256*,uint256*,uint32,uint32,uint32,bytes32*,bytes32,bytes32,bytes)")
	eventAcrossFillV3    = event("FilledV3Relay(address,address,uint256,uint256,uint256,uint256*,uint32*,uint32,uint32,address,address*,address,address,bytes,(address,bytes,uint256,uint8))")
	eventAcrossFill      = event("FilledRelay(bytes32,bytes32,uint256,uint256,uint256,uint256*,uint256*,uint32,uint32,bytes32,bytes32*,bytes32,bytes32,bytes32,(bytes32,bytes32,uint256,uint8))")
)

var acrossReaders = []legReader{
	{eventAcrossDepositV3, readAcrossDeposit}, {eventAcrossDeposit, readAcrossDeposit},
	{eventAcrossFillV3, readAcrossFillV3}, {eventAcrossFill, readAcrossFill},
}

func acrossKey(origin ledger.Chain, id string) string {
	return fmt.Sprintf("%s:%s:%s", Across, origin, id)
}

func readAcrossDeposit(r *reading, leg *Leg, of *legs) {
	id, to := r.uint(5), r.uint64(4)
	of.depart(leg, Across, acrossKey(of.chain.CAIP2(), id.Dec()), to, caip2(to))
	leg.Asset, leg.Amount = token(r.foreign(0)), r.uint(2)
	leg.Given, leg.GivenAmount = token(r.foreign(1)), r.uint(3)
	leg.Sender, leg.Recipient = r.foreign(9), r.foreign(10)
}

// acrossFill reads what both forms have at the same places. The depositor may
// have agreed to another amount and recipient later.
func acrossFill(r *reading, leg *Leg, of *legs) {
	id, from := r.uint(6), r.uint64(5)
	of.arrive(leg, Across, acrossKey(caip2(from), id.Dec()), from, caip2(from))
	leg.Asset = token(r.foreign(1))
	leg.Given, leg.GivenAmount = token(r.foreign(0)), r.uint(2)
	leg.Sender = r.foreign(10) // whoever filled it, from his own
}

func readAcrossFillV3(r *reading, leg *Leg, of *legs) {
	acrossFill(r, leg, of)
	info, err := r.data.Struct(r.event.slots[14].at)
	r.note(14, err)
	to, err := info.Address(0)
	r.note(14, err)
	leg.Recipient = ledger.MakeAddress(to[:])
	leg.Amount, err = info.Uint(2)
	r.note(14, err)
}

func readAcrossFill(r *reading, leg *Leg, of *legs) {
	acrossFill(r, leg, of)
	leg.Recipient, leg.Amount = r.foreign(14), r.uint(16)
}
