package facts

import (
	"errors"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// builder links facts in the order of the chain and refuses what no chain can
// hold. Read and Write share it, so what is written can be read.
type builder struct {
	f       *Facts
	open    bool                       // a transaction is being built: the last of f.txs, not in byID yet
	minted  bool                       // it has the input of a coinbase
	spent   map[ledger.Outpoint]uint32 // outputs that the file does not hold, by spender
	outside map[ledger.TxID]uint32     // their transactions, by the first spender
	hashes  map[ledger.Hash]ledger.Height
}

func newBuilder(n *bitcoin.Network, source string) *builder {
	return &builder{
		f:     &Facts{network: n, source: source, byID: map[ledger.TxID][]uint32{}, byAccount: map[string][]uint32{}},
		spent: map[ledger.Outpoint]uint32{}, outside: map[ledger.TxID]uint32{}, hashes: map[ledger.Hash]ledger.Height{},
	}
}

func (b *builder) block(height ledger.Height, hash, prev ledger.Hash, time uint32) error {
	f := b.f
	if n := len(f.blocks); n > 0 {
		last := f.blocks[n-1]
		switch {
		case height <= last.height:
			return fmt.Errorf("block %d after block %d: blocks ascend", height, last.height)
		case height == last.height+1 && prev != last.hash:
			return fmt.Errorf("block %d is on %v, block %d is %v", height, prev, last.height, last.hash)
		}
	}
	if other, ok := b.hashes[hash]; ok {
		return fmt.Errorf("block %d has the hash of block %d", height, other)
	}
	b.hashes[hash] = height
	f.blocks = append(f.blocks, blockRow{height, hash, time, uint32(len(f.txs))})
	return nil
}

func (b *builder) tx(index uint32, id ledger.TxID) error {
	f := b.f
	if len(f.blocks) == 0 {
		return errors.New("a transaction before the first block")
	}
	block := &f.blocks[len(f.blocks)-1]
	pos := ledger.MakePos(block.height, index)
	rows := f.byID[id]
	switch {
	case index > indexMax:
		return fmt.Errorf("index %d is above %d", index, indexMax)
	case len(f.txs) > 0 && pos <= f.txs[len(f.txs)-1].pos:
		return fmt.Errorf("transaction %d after transaction %d: indexes ascend", index, f.txs[len(f.txs)-1].pos.Index())
	case len(rows) > 0 && f.txs[rows[len(rows)-1]].pos.Height() == block.height:
		return fmt.Errorf("transaction %v is in block %d twice", id, block.height)
	}
	if spender, ok := b.outside[id]; ok {
		return fmt.Errorf("transaction %v is spent before it is made, by %v", id, f.txs[spender].id)
	}
	f.txs = append(f.txs, txRow{id, pos, block.time, uint32(len(f.ins)), uint32(len(f.outs))})
	b.open, b.minted = true, false
	return nil
}

// current returns the transaction being built and its row.
func (b *builder) current() (*txRow, uint32, error) {
	if !b.open {
		return nil, 0, errors.New("an input or output before its transaction")
	}
	row := uint32(len(b.f.txs) - 1)
	return &b.f.txs[row], row, nil
}

func (b *builder) in(prev ledger.Outpoint, known bool, value ledger.Amount) error {
	tx, row, err := b.current()
	switch {
	case err != nil:
		return err
	case tx.isCoinbase() || prev.IsNull():
		return errors.New("transaction 0 of a block is its coinbase, and no other is")
	case tx.endOut > b.f.firstOut(row):
		return errors.New("an input after an output")
	case value > valueMax:
		return fmt.Errorf("value %v is more than there can be", value)
	}
	in := inRow{prev, none, known, value}
	if rows := b.f.byID[prev.TxID]; len(rows) > 0 {
		in.out, err = b.spend(rows[len(rows)-1], row, &in)
	} else {
		err = b.spendOutside(prev, row)
	}
	b.f.ins = append(b.f.ins, in)
	tx.endIn++
	return err
}

// spend marks an output of the file as spent and returns its row.
func (b *builder) spend(maker, spender uint32, in *inRow) (uint32, error) {
	f := b.f
	first, end := f.firstOut(maker), f.txs[maker].endOut
	if in.prev.Vout >= end-first {
		return none, fmt.Errorf("%v: the transaction has %d outputs", in.prev, end-first)
	}
	row := first + in.prev.Vout
	out := &f.outs[row]
	switch {
	case out.spender != none:
		return none, fmt.Errorf("%v is spent already, by %v", in.prev, f.txs[out.spender].id)
	case !in.known:
		return none, fmt.Errorf("%v is in this file, so its value is known: it is %v", in.prev, out.value)
	case in.value != out.value:
		return none, fmt.Errorf("%v has the value %v, not %v", in.prev, out.value, in.value)
	}
	out.spender = spender
	return row, nil
}

func (b *builder) spendOutside(prev ledger.Outpoint, spender uint32) error {
	if other, ok := b.spent[prev]; ok {
		return fmt.Errorf("%v is spent already, by %v", prev, b.f.txs[other].id)
	}
	if prev.TxID == b.f.txs[spender].id {
		return errors.New("a transaction spends its own output")
	}
	b.spent[prev] = spender
	if _, ok := b.outside[prev.TxID]; !ok {
		b.outside[prev.TxID] = spender
	}
	return nil
}

func (b *builder) out(value ledger.Amount, account ledger.Account) error {
	tx, row, err := b.current()
	switch {
	case err != nil:
		return err
	case value > valueMax:
		return fmt.Errorf("value %v is more than there can be", value)
	case len(account) > scriptMax:
		return fmt.Errorf("a script of %d bytes is longer than a block", len(account))
	}
	out := uint32(len(b.f.outs))
	b.f.outs = append(b.f.outs, outRow{value, account, row, none})
	b.f.byAccount[string(account)] = append(b.f.byAccount[string(account)], out)
	tx.endOut++
	return nil
}

// endTx ends the transaction being built, if there is one.
func (b *builder) endTx() error {
	if !b.open {
		return nil
	}
	tx, row, _ := b.current()
	b.open = false
	b.f.byID[tx.id] = append(b.f.byID[tx.id], row)
	b.f.blocks[len(b.f.blocks)-1].endTx = row + 1
	if err := b.sums(tx, row); err != nil {
		return fmt.Errorf("transaction %v: %w", tx.id, err)
	}
	return nil
}

func (b *builder) sums(tx *txRow, row uint32) error {
	ins, outs := b.f.ins[b.f.firstIn(row):tx.endIn], b.f.outs[b.f.firstOut(row):tx.endOut]
	if len(outs) == 0 {
		return errors.New("no outputs")
	}
	if len(ins) == 0 && !b.minted {
		return errors.New("no inputs")
	}
	// Each term is bounded, and so is each sum as it grows: none overflows.
	paid, spent, known := ledger.Amount(0), ledger.Amount(0), !b.minted
	for _, o := range outs {
		if paid += o.value; paid > valueMax {
			return errors.New("it pays more than there can be")
		}
	}
	for _, in := range ins {
		known = known && in.known
		if spent += in.value; spent > valueMax {
			return errors.New("it spends more than there can be")
		}
	}
	if known && paid > spent {
		return fmt.Errorf("it pays %v and spends %v", paid, spent)
	}
	return nil
}

func (b *builder) finish() (*Facts, error) {
	if len(b.f.blocks) == 0 {
		return nil, errors.New("no blocks: the first and the last must be there")
	}
	return b.f, nil
}
