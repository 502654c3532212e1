package mock

import (
	"encoding/binary"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Story is a chain made by hand, on the regression test network.
type Story struct {
	Blocks []Block
	Start  ledger.TxID   // what a trace begins with: all its outputs
	Txs    []ledger.TxID // what it visits, in ledger order, Start first
}

// firstHeight is the first block of a story. It has no block 0, which would
// have to be the network's own.
const firstHeight = 1

// Miner makes blocks one on the other.
type Miner struct {
	Blocks []Block
	prev   ledger.Hash
	made   uint32 // coins made so far: makes coinbases differ
}

// Tip returns the last block's height.
func (m *Miner) Tip() ledger.Height { return firstHeight + ledger.Height(len(m.Blocks)) - 1 }

// Mine makes a block of transactions, ten minutes after the one before, with a
// coinbase that pays 50 coins to a script.
func (m *Miner) Mine(to []byte, txs ...bitcoin.RawTx) (coinbase ledger.TxID) {
	height := firstHeight + ledger.Height(len(m.Blocks))
	m.made++
	all := append([]bitcoin.RawTx{{
		Version: 1, Ins: []bitcoin.RawIn{bitcoin.CoinbaseIn(bitcoin.CoinbaseScript(height, binary.LittleEndian.AppendUint32(nil, m.made)))},
		Outs: []bitcoin.RawOut{{Value: 50_0000_0000, Script: to}},
	}}, txs...)
	h := bitcoin.Header{Version: 4, Prev: m.prev, Time: 1_600_000_000 + 600*uint32(len(m.Blocks)), Bits: 0x207fffff}
	for {
		raw := bitcoin.AppendBlock(nil, h, all)
		m.prev = bitcoin.HashHeader(raw)
		if m.prev[ledger.HashSize-1] < 0x7f {
			m.Blocks = append(m.Blocks, Block{height, raw})
			return all[0].TxID()
		}
		h.Nonce++
	}
}

// Script returns a P2WPKH script of a number.
func Script(n int) []byte {
	script := append([]byte{0, 20}, make([]byte, 20)...)
	binary.LittleEndian.PutUint32(script[2:], uint32(n))
	return script
}

// Spend makes a transaction with one input.
func Spend(prev ledger.Outpoint, outs ...bitcoin.RawOut) bitcoin.RawTx {
	return bitcoin.RawTx{Version: 2, Ins: []bitcoin.RawIn{{Prev: prev, Sequence: 0xfffffffd}}, Outs: outs}
}

// Peel is a peel chain of n transactions, one in a block: each pays a little
// to somebody new and the rest to itself. The last six blocks are empty, so
// that all of it is settled.
func Peel(n int) Story {
	m, s := &Miner{}, Story{}
	value := ledger.Amount(50_0000_0000)
	prev := ledger.Outpoint{TxID: m.Mine(Script(1))}
	for i := range n {
		value -= 10_000 // a fee
		peel := ledger.Amount(100_000 + i)
		value -= peel
		t := Spend(prev, bitcoin.RawOut{Value: peel, Script: Script(100 + i)}, bitcoin.RawOut{Value: value, Script: Script(1)})
		m.Mine(Script(2), t)
		prev = ledger.Outpoint{TxID: t.TxID(), Vout: 1}
		s.Txs = append(s.Txs, t.TxID())
	}
	for range 6 {
		m.Mine(Script(2))
	}
	s.Blocks, s.Start = m.Blocks, s.Txs[0]
	return s
}

// Fan is a transaction of n outputs, each spent by a transaction of its own,
// perBlock of those in a block. The last six blocks are empty.
func Fan(n, perBlock int) Story {
	m, s := &Miner{}, Story{}
	coin := ledger.Outpoint{TxID: m.Mine(Script(1))}
	outs := make([]bitcoin.RawOut, n)
	for i := range outs {
		outs[i] = bitcoin.RawOut{Value: 1_000_000 + ledger.Amount(i), Script: Script(100 + i)}
	}
	root := Spend(coin, outs...)
	m.Mine(Script(2), root)
	s.Start, s.Txs = root.TxID(), append(s.Txs, root.TxID())
	var txs []bitcoin.RawTx
	for i := range outs {
		t := Spend(ledger.Outpoint{TxID: s.Start, Vout: uint32(i)}, bitcoin.RawOut{Value: outs[i].Value - 1000, Script: Script(100_000 + i)})
		txs, s.Txs = append(txs, t), append(s.Txs, t.TxID())
		if len(txs) == perBlock || i == n-1 {
			m.Mine(Script(2), txs...)
			txs = nil
		}
	}
	for range 6 {
		m.Mine(Script(2))
	}
	s.Blocks = m.Blocks
	return s
}
