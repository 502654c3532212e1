package evm

import (
	"errors"
	"fmt"

	"github.com/holiman/uint256"

	"clew.example/clew/ledger"
)

// gasPerBlob is what a blob takes of blob gas (EIP-4844).
const gasPerBlob = 1 << 17

// price sets what a unit of gas cost the transaction, and its other fees. What
// follows from the block is computed; a receipt that says otherwise lies.
func (x *Tx) price(b *Block, r *statedReceipt, chain *Chain, stated, blobStated bool) error {
	x.dataFee = r.dataFee
	if !r.operator.IsZero() {
		x.Unknown |= UnknownFee
	}
	if err := x.blobPrice(r, blobStated); err != nil {
		return err
	}
	switch x.Type {
	case TypeDeposit:
		return nil // pays on the chain below
	case TypeLegacy, TypeAccessList:
		x.GasPrice = x.prices.price
	case TypeDynamicFee, TypeBlob, TypeSetCode:
		x.GasPrice = x.prices.effective(&b.BaseFee)
	default:
		stated = stated || !x.StateSync
		x.GasPrice = r.price
	}
	if chain.Fees.Stated && stated {
		x.GasPrice = r.price
	}
	if stated && !x.StateSync && x.GasPrice != r.price {
		return fmt.Errorf("says that gas cost %s, it was %s", r.price.Dec(), x.GasPrice.Dec())
	}
	return nil
}

// effective returns the price that EIP-1559 makes of what is offered.
func (p *prices) effective(baseFee *uint256.Int) (price uint256.Int) {
	if _, over := price.AddOverflow(baseFee, &p.tip); over || price.Gt(&p.most) {
		return p.most
	}
	return price
}

// blobPrice computes the fee for blobs: the header commits to what its price
// follows from, but how is decided anew by each fork, so the price is believed.
func (x *Tx) blobPrice(r *statedReceipt, stated bool) error {
	if x.Blobs == 0 {
		return nil
	}
	if !stated {
		x.Unknown |= UnknownFee
		return nil
	}
	gas := uint256.NewInt(uint64(x.Blobs) * gasPerBlob)
	if _, over := x.blobFee.MulOverflow(gas, &r.blobPrice); over {
		return errors.New("its blobs cost more than 2^256")
	}
	return nil
}

// appendFees appends the fees of transaction i, which are its last moves. Gas
// is bought before anything moves and given back after; what counts is the sum.
func (d *decoding) appendFees(i int) error {
	b, x := d.b, &d.b.Txs[i]
	var base, all uint256.Int
	price := b.BaseFee
	if x.GasPrice.Lt(&price) {
		price = x.GasPrice
	}
	gas := uint256.NewInt(x.GasUsed)
	_, over := all.MulOverflow(gas, &x.GasPrice)
	base.Mul(gas, &price)
	if over {
		return errors.New("its fee is above 2^256")
	}
	tip := *new(uint256.Int).Sub(&all, &base)
	fees := d.chain.Fees
	d.appendFee(i, fees.BaseFee, base)
	d.appendFee(i, FeeTaker{Who: TakerBurned}, x.blobFee)
	if d.chain.Minerless && fees.Tip.Who == TakerMiner {
		fees.Tip.Who = TakerUnknown
	}
	d.appendFee(i, fees.Tip, tip)
	if !fees.Data.IsZero() && x.Type != TypeDeposit {
		d.append(i, ledger.Move{Kind: ledger.MoveFee, From: x.From.Key(), To: fees.Data.Key(), Amount: x.dataFee})
	}
	return nil
}

func (d *decoding) appendFee(i int, taker FeeTaker, amount uint256.Int) {
	to, burned := taker.taker(d.b.Number, d.b.Miner)
	m := ledger.Move{Kind: ledger.MoveFee, From: d.b.Txs[i].From.Key(), To: to, Amount: amount}
	if burned {
		m.Kind = ledger.MoveFeeBurned
	}
	d.append(i, m)
}
