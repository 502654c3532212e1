package evm

import (
	"github.com/holiman/uint256"
)

var (
	eventSwapV2   = event("Swap(address*,uint256,uint256,uint256,uint256,address*)")
	eventSwapV3   = event("Swap(address*,address*,int256,int256,uint160,uint128,int24)")
	eventTransfer = event("Transfer(address*,address*,uint256)")
	eventWrap     = event("Deposit(address*,uint256)")
	eventUnwrap   = event("Withdrawal(address*,uint256)")
)

var swapReaders = []legReader{
	{eventSwapV2, readSwapV2}, {eventSwapV3, readSwapV3}, {eventWrap, readWrap}, {eventUnwrap, readWrap},
}

// readSwapV2 reads the swap of a pair: the amounts in and out of each of its
// two tokens. One that takes or gives both is a loan, or fees on the way, and is
// left to the moves.
func readSwapV2(r *reading, leg *Leg, of *legs) {
	in0, in1, out0, out1 := r.uint(1), r.uint(2), r.uint(3), r.uint(4)
	leg.Sender, leg.Recipient = r.address(0), r.address(5)
	switch {
	case in1.IsZero() && out0.IsZero() && !in0.IsZero() && !out1.IsZero():
		of.swap(leg, UniswapV2, in0, out1)
	case in0.IsZero() && out1.IsZero() && !in1.IsZero() && !out0.IsZero():
		of.swap(leg, UniswapV2, in1, out0)
	}
}

// readSwapV3 reads the swap of a pool: what its balances of its two tokens
// changed by.
func readSwapV3(r *reading, leg *Leg, of *legs) {
	amount0, out0 := r.int(2)
	amount1, out1 := r.int(3)
	leg.Sender, leg.Recipient = r.address(0), r.address(1)
	switch {
	case out0 == out1:
	case out1:
		of.swap(leg, UniswapV3, amount0, amount1)
	default:
		of.swap(leg, UniswapV3, amount1, amount0)
	}
}

// swap fills in a swap. Pools do not say in it which tokens they hold: that is
// taken from the transfers to and from the pool of just these amounts, and is
// not known where there are none.
func (of *legs) swap(leg *Leg, p Protocol, in, out uint256.Int) {
	leg.Protocol, leg.Kind = p, LegSwap
	leg.GivenAmount, leg.Amount = in, out
	leg.Given, leg.Asset = unknownToken, unknownToken
	pool := leg.Contract.Key()
	of.find(eventTransfer, func(r *reading) bool {
		from, to, amount := r.address(0), r.address(1), r.uint(2)
		contract := token(of.logs[of.found].Address.Key())
		switch {
		case r.err != nil:
		case to == pool && amount == in && leg.Given == unknownToken:
			leg.Given = contract
		case from == pool && amount == out && leg.Asset == unknownToken:
			leg.Asset = contract
		}
		return leg.Given != unknownToken && leg.Asset != unknownToken
	})
}

// readWrap reads that the native coin became a token or a token became it.
func readWrap(r *reading, leg *Leg, of *legs) {
	wrapped := false
	for _, w := range of.chain.Wrapped {
		wrapped = wrapped || w == leg.Contract
	}
	if !wrapped {
		return
	}
	leg.Protocol, leg.Kind = WETH9, LegSwap
	leg.Sender, leg.Recipient = r.address(0), r.address(0)
	leg.Amount, leg.GivenAmount = r.uint(1), r.uint(1)
	if r.event == eventWrap {
		leg.Asset = token(leg.Contract.Key())
	} else {
		leg.Given = token(leg.Contract.Key())
	}
}
