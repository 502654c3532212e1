package evm

import (
	"slices"

	"github.com/holiman/uint256"

	"clew.example/clew/chain/internal/abi"
	"clew.example/clew/ledger"
)

// Logs that move something, or say that something was stopped.
var (
	topicTransfer = Hash(abi.Topic("Transfer(address,address,uint256)")) // ERC-20 and ERC-721
	topicSingle   = Hash(abi.Topic("TransferSingle(address,address,address,uint256,uint256)"))
	topicBatch    = Hash(abi.Topic("TransferBatch(address,address,address,uint256[],uint256[])"))
	topicWrap     = Hash(abi.Topic("Deposit(address,uint256)"))    // WETH9
	topicUnwrap   = Hash(abi.Topic("Withdrawal(address,uint256)")) // WETH9

	topicTetherFreeze   = Hash(abi.Topic("AddedBlackList(address)"))
	topicTetherUnfreeze = Hash(abi.Topic("RemovedBlackList(address)"))
	topicTetherDestroy  = Hash(abi.Topic("DestroyedBlackFunds(address,uint256)"))
	topicCircleFreeze   = Hash(abi.Topic("Blacklisted(address)"))
	topicCircleUnfreeze = Hash(abi.Topic("UnBlacklisted(address)"))
)

// cryptoKitties is older than ERC-721, and the one contract of things of value
// whose transfers cannot be told from those of units by their form.
var cryptoKitties = mustAddress("0x06012c8cf97BEaD5deAe237070F9587f8E7A266d")

// readLogs reads the moves that a transaction's logs state. Logs of a known
// name but not of its form are somebody's own, and move nothing.
func (d *decoding) readLogs(i int) {
	logs, _ := d.b.LogsOf(i)
	for j := range logs {
		l := &logs[j]
		if l.Count == 0 || slices.Contains(d.chain.Mirrors, l.Address) {
			continue
		}
		d.readLog(l)
	}
}

func (d *decoding) readLog(l *Log) {
	args := arguments{topics: l.Topics[1:l.Count], data: abi.MakeTuple(d.b.Bytes(l.Data))}
	switch l.Topics[0] {
	case topicTransfer:
		d.transfer(l, &args)
	case topicSingle:
		d.single(l, &args)
	case topicBatch:
		d.batch(l, &args)
	case topicWrap, topicUnwrap:
		if slices.Contains(d.chain.Wrapped, l.Address) {
			d.wrap(l, &args)
		}
	case topicTetherDestroy:
		d.destroy(l, &args)
	case topicTetherFreeze, topicCircleFreeze:
		d.freeze(l, &args, EventFrozen)
	case topicTetherUnfreeze, topicCircleUnfreeze:
		d.freeze(l, &args, EventUnfrozen)
	}
}

// arguments are those of an event: the indexed ones in topics, the others in
// the data. Contracts of before the standards index as they like, so an
// argument is taken from the topics while there are any.
type arguments struct {
	topics []Hash
	data   abi.Tuple
}

// words reports whether there are exactly n arguments of a word each.
func (a *arguments) words(n int) bool {
	return (n-len(a.topics))*abi.WordSize == a.data.Len()
}

func (a *arguments) at(i int) (abi.Tuple, int) {
	if i < len(a.topics) {
		return abi.MakeTuple(a.topics[i][:]), 0
	}
	return a.data, i - len(a.topics)
}

// uint returns argument i as a number; that it is there was checked by words.
func (a *arguments) uint(i int) uint256.Int {
	t, i := a.at(i)
	n, _ := t.Uint(i)
	return n
}

// address returns argument i, or false where it is none.
func (a *arguments) address(i int) (Address, bool) {
	t, i := a.at(i)
	b, err := t.Address(i)
	return b, err == nil
}

// addresses returns arguments i and i+1.
func (a *arguments) addresses(i int) (from, to Address, ok bool) {
	from, ok1 := a.address(i)
	to, ok2 := a.address(i + 1)
	return from, to, ok1 && ok2
}

// transfer reads a Transfer: of units with two indexed arguments or none
// (ERC-20, older ones), of a thing with three (ERC-721).
func (d *decoding) transfer(l *Log, args *arguments) {
	from, to, ok := args.addresses(0)
	if !ok || !args.words(3) {
		return
	}
	asset := ledger.Asset{Kind: ledger.AssetToken, Contract: l.Address.Key()}
	amount := args.uint(2)
	if len(args.topics) == 3 || l.Address == cryptoKitties {
		asset.Kind, asset.ID, amount = ledger.AssetItem, amount, *uint256.NewInt(1)
	}
	d.token(l, from, to, asset, amount)
}

func (d *decoding) single(l *Log, args *arguments) {
	from, to, ok := args.addresses(1)
	if !ok || !args.words(5) {
		return
	}
	asset := ledger.Asset{Kind: ledger.AssetStack, Contract: l.Address.Key(), ID: args.uint(3)}
	d.token(l, from, to, asset, args.uint(4))
}

// batch reads a TransferBatch: the ids and the amounts are lists in the data.
func (d *decoding) batch(l *Log, args *arguments) {
	from, to, ok := args.addresses(1)
	if !ok || len(args.topics) != 3 {
		return
	}
	ids, n, err := args.data.Array(0)
	amounts, m, err2 := args.data.Array(1)
	if err != nil || err2 != nil || n != m {
		return
	}
	for k := range n {
		id, _ := ids.Uint(k)
		amount, _ := amounts.Uint(k)
		asset := ledger.Asset{Kind: ledger.AssetStack, Contract: l.Address.Key(), ID: id}
		d.token(l, from, to, asset, amount)
	}
}

// wrap reads what WETH9 says where others say Transfer.
func (d *decoding) wrap(l *Log, args *arguments) {
	account, ok := args.address(0)
	if !ok || !args.words(2) {
		return
	}
	asset := ledger.Asset{Kind: ledger.AssetToken, Contract: l.Address.Key()}
	from, to := Address{}, account
	if l.Topics[0] == topicUnwrap {
		from, to = account, Address{}
	}
	d.token(l, from, to, asset, args.uint(1))
}

// destroy reads that Tether destroyed what a frozen account held, for which
// there is no Transfer.
func (d *decoding) destroy(l *Log, args *arguments) {
	account, ok := args.address(0)
	if !ok || !args.words(2) {
		return
	}
	asset := ledger.Asset{Kind: ledger.AssetToken, Contract: l.Address.Key()}
	d.token(l, account, Address{}, asset, args.uint(1))
}

func (d *decoding) freeze(l *Log, args *arguments, kind EventKind) {
	if account, ok := args.address(0); ok && args.words(1) {
		d.event(kind, l.Address, account)
	}
}

// token keeps a move until the frame that may have made its log is known. From
// or to the zero address is how contracts say that they make or burn.
func (d *decoding) token(l *Log, from, to Address, asset ledger.Asset, amount uint256.Int) {
	m := ledger.Move{Kind: ledger.MoveToken, Asset: asset, Amount: amount}
	switch {
	case from.IsZero() && to.IsZero():
		return
	case from.IsZero():
		m.Kind = ledger.MoveMint
	case to.IsZero():
		m.Kind = ledger.MoveBurn
	}
	if !from.IsZero() {
		m.From = from.Key()
	}
	if !to.IsZero() {
		m.To = to.Key()
	}
	d.pending = append(d.pending, loggedMove{by: l.Address, move: m})
}
