package launder

import (
	"bytes"
	"cmp"
	"slices"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// fullSize is the size in bytes at which a block takes no more transactions.
// The largest that are made fit below the limit of 4,000,000 with it.
const fullSize = 1_000_000

// transaction makes one that is not a coinbase and returns the coins that its
// inputs spend. It is false where the branch has nothing to spend or the
// block is full.
func (b *branch) transaction() (bitcoin.RawTx, []coin, bool) {
	if b.size > fullSize {
		return bitcoin.RawTx{}, nil, false
	}
	tx, coins, ok := b.repeat(&b.again, DuplicateSpend)
	if !ok {
		tx, coins, ok = b.repeat(&b.rivals, Remined)
	}
	if !ok {
		tx, coins, ok = b.payment()
	}
	if !ok {
		return tx, nil, false
	}
	if b.legacy {
		strip(&tx)
	}
	b.size += len(tx.Append(nil))
	b.receive(&tx)
	b.remember(tx)
	return tx, coins, true
}

// strip takes the witnesses off a transaction, which keeps its id.
func strip(tx *bitcoin.RawTx) {
	tx.Ins = slices.Clone(tx.Ins)
	for i := range tx.Ins {
		tx.Ins[i].Witness = nil
	}
}

// repeat draws whether to include a transaction of a list byte for byte, and
// takes it off. One whose inputs are not all unspent here is passed over.
func (b *branch) repeat(list *[]bitcoin.RawTx, f Feature) (bitcoin.RawTx, []coin, bool) {
	if len(*list) == 0 || !b.roll(f) {
		return bitcoin.RawTx{}, nil, false
	}
	for tries := 0; tries < 4 && len(*list) > 0; tries++ {
		tx := (*list)[0]
		*list = (*list)[1:]
		lacks := func(in bitcoin.RawIn) bool { return !b.pool.has(in.Prev) }
		if slices.ContainsFunc(tx.Ins, lacks) {
			continue
		}
		coins := make([]coin, len(tx.Ins))
		for i, in := range tx.Ins {
			coins[i], _ = b.pool.take(in.Prev)
		}
		b.g.did(f)
		return tx, coins, true
	}
	return bitcoin.RawTx{}, nil, false
}

// remember keeps a transaction that spends nothing but one bare coinbase.
func (b *branch) remember(tx bitcoin.RawTx) {
	id := tx.Ins[0].Prev.TxID
	other := func(in bitcoin.RawIn) bool { return in.Prev.TxID != id }
	if slices.ContainsFunc(tx.Ins, other) {
		return
	}
	if slices.ContainsFunc(b.bare, func(c bitcoin.RawTx) bool { return c.TxID() == id }) {
		b.children[id] = append(slices.Clip(b.children[id]), tx)
	}
}

// receive puts the outputs of a transaction into the pool.
func (b *branch) receive(tx *bitcoin.RawTx) {
	id := tx.TxID()
	for i, out := range tx.Outs {
		o := b.g.owners[string(out.Script)]
		b.g.w.stats.Kinds[o.kind]++
		if !o.spendable() {
			continue
		}
		at := ledger.Outpoint{TxID: id, Vout: uint32(i)}
		b.pool.add(coin{at, out.Value, o})
		b.fresh = append(b.fresh, at)
	}
}

// payment makes a new transaction.
func (b *branch) payment() (bitcoin.RawTx, []coin, bool) {
	coins := b.coins()
	if len(coins) == 0 {
		return bitcoin.RawTx{}, nil, false
	}
	var sum ledger.Amount
	for _, c := range coins {
		sum += c.value
	}
	tx := bitcoin.RawTx{Version: b.version(), LockTime: b.lockTime()}
	tx.Outs = b.outs(b.outCount(), sum-b.fee(sum), coins)
	if b.roll(SortedBIP69) {
		sortBIP69(coins, tx.Outs)
		b.g.did(SortedBIP69)
	}
	for _, c := range coins {
		tx.Ins = append(tx.Ins, b.input(c))
	}
	return tx, coins, true
}

// coins takes the coins that a payment spends.
func (b *branch) coins() []coin {
	c, n := b.g.w.config, b.rare(1, 6)
	switch {
	case b.roll(HugeIns):
		if n = c.HugeInsMax; len(b.pool.coins) >= n {
			b.g.did(HugeIns)
		}
	case b.roll(ManyIns):
		if n = b.rare(7, c.InsMax); len(b.pool.coins) >= n {
			b.g.did(ManyIns)
		}
	case b.perMille(600):
		n = 1
	}
	var coins []coin
	for range min(n, len(b.pool.coins)) {
		coins = append(coins, b.coin())
	}
	return coins
}

// coin takes one coin out of a pool that is not empty.
func (b *branch) coin() coin {
	if c, ok := b.coinOf(b.fresh, SameBlock); ok {
		return c
	}
	if c, ok := b.coinOf(b.wanted, Contested); ok {
		return c
	}
	c, _ := b.pool.take(b.pool.coins[b.below(len(b.pool.coins))].at)
	return c
}

// coinOf draws whether to take one of a list, if it is still there.
func (b *branch) coinOf(list []ledger.Outpoint, f Feature) (coin, bool) {
	if len(list) == 0 || !b.roll(f) {
		return coin{}, false
	}
	c, ok := b.pool.take(list[b.below(len(list))])
	if ok {
		b.g.did(f)
	}
	return c, ok
}

func (b *branch) input(c coin) bitcoin.RawIn {
	in := bitcoin.RawIn{Prev: c.at, Sequence: 0xffffffff}
	in.Script, in.Witness = c.owner.unlock(b.dice)
	if b.roll(Sequence) {
		in.Sequence = pick(b.dice, 0xfffffffe, 0xfffffffd, 0, 1, 0x00400010, uint32(b.below(1<<31-1)))
		b.g.did(Sequence)
	}
	if in.Witness != nil && b.roll(BigWitness) {
		b.g.did(BigWitness)
		if b.perMille(500) {
			in.Witness = append(in.Witness, b.bytes(b.rare(100, 5000)))
		} else {
			in.Witness = append(make([][]byte, b.rare(1, 400)), in.Witness...)
		}
	}
	return in
}

func (b *branch) version() int32 {
	if !b.roll(OddVersion) {
		return int32(b.between(1, 2))
	}
	b.g.did(OddVersion)
	return pick(b.dice, 0, 3, 14, 15, 16, -1, -1<<31, int32(b.below(1<<31-1)))
}

func (b *branch) lockTime() uint32 {
	if !b.roll(LockTime) {
		return 0
	}
	b.g.did(LockTime)
	h := uint32(b.next)
	return pick(b.dice, h, h, h-min(h, 1), h-min(h, uint32(b.below(100))), h+1, b.time, 499_999_999, 500_000_000, 0xffffffff)
}

func (b *branch) fee(sum ledger.Amount) ledger.Amount {
	if b.roll(ZeroFee) {
		b.g.did(ZeroFee)
		return 0
	}
	return b.amount(min(sum, 200_000))
}

func (b *branch) outCount() int {
	if b.roll(ManyOuts) {
		b.g.did(ManyOuts)
		return b.rare(4, b.g.w.config.OutsMax)
	}
	return pick(b.dice, 1, 2, 2, 2, 3)
}

// sortBIP69 sorts inputs by the text of their txid, then by output number,
// and outputs by value, then by script.
func sortBIP69(coins []coin, outs []bitcoin.RawOut) {
	slices.SortFunc(coins, func(a, b coin) int {
		return cmp.Or(cmp.Compare(a.at.TxID.String(), b.at.TxID.String()), cmp.Compare(a.at.Vout, b.at.Vout))
	})
	slices.SortStableFunc(outs, func(a, b bitcoin.RawOut) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), bytes.Compare(a.Script, b.Script))
	})
}
