package simnet

import (
	"encoding/hex"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

const (
	// Subsidy is what a coinbase may pay itself, fees apart, up to height 209,999.
	Subsidy ledger.Amount = 50e8
	// Maturity is the number of blocks after which a coinbase may be spent.
	Maturity = 100
	// SegwitHeight is the first block that may hold witnesses: BIP 9 needs three
	// windows of 100 blocks that signal it, as all of Mine do.
	SegwitHeight ledger.Height = 300

	bits      = 0x207fffff
	spacing   = 600
	signalled = 1 << 1 // BIP 141's bit
	version   = 0x20000000 | signalled
)

// Block is a block and where it stands.
type Block struct {
	Height   ledger.Height
	Hash     ledger.Hash
	Prev     ledger.Hash
	Time     uint32 // unix seconds
	Raw      []byte
	Coinbase ledger.TxID
}

// The coinbase of every bitcoin chain's block 0: a headline, and a key.
const (
	headline = "04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73"
	firstKey = "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac"
)

// Network returns the parameters of the simulation network.
func Network() *bitcoin.Network {
	n, err := bitcoin.NetworkByName("simnet")
	invariant.Check(err == nil, "network simnet: %v", err)
	return n
}

// Genesis returns block 0.
func Genesis() *Block {
	script, _ := hex.DecodeString(headline)
	key, _ := hex.DecodeString(firstKey)
	coinbase := bitcoin.RawTx{
		Version: 1,
		Ins:     []bitcoin.RawIn{bitcoin.CoinbaseIn(script)},
		Outs:    []bitcoin.RawOut{{Value: Subsidy, Script: key}},
	}
	h := bitcoin.Header{Version: 1, Time: 1_401_292_357, Bits: bits, Nonce: 2}
	b := blockOf(0, h, bitcoin.AppendBlock(nil, h, []bitcoin.RawTx{coinbase}), coinbase.TxID())
	invariant.Check(b.Hash == Network().Genesis, "genesis block has hash %s", b.Hash)
	return b
}

func blockOf(height ledger.Height, h bitcoin.Header, raw []byte, coinbase ledger.TxID) *Block {
	return &Block{Height: height, Hash: bitcoin.HashHeader(raw), Prev: h.Prev, Time: h.Time, Raw: raw, Coinbase: coinbase}
}

// Tag is text in a coinbase that makes blocks of different branches differ. It
// has at most 90 bytes.
type Tag string

// Mine returns the block of txs that comes after on, ten minutes later. Its
// coinbase pays Subsidy to the Lock of its height, and nobody the fees.
func Mine(on *Block, tag Tag, txs ...bitcoin.RawTx) *Block {
	height := on.Height + 1
	all := append([]bitcoin.RawTx{coinbaseOf(height, tag)}, txs...)
	for i := range txs {
		if txs[i].HasWitness() {
			invariant.Check(height >= SegwitHeight, "a witness in block %d", height)
			bitcoin.CommitWitness(all)
			break
		}
	}
	h := bitcoin.Header{Version: version, Prev: on.Hash, Time: on.Time + spacing, Bits: bits}
	raw := bitcoin.AppendBlock(nil, h, all)
	grind(raw)
	return blockOf(height, h, raw, all[0].TxID())
}

func coinbaseOf(height ledger.Height, tag Tag) bitcoin.RawTx {
	return bitcoin.RawTx{
		Version: 1,
		Ins:     []bitcoin.RawIn{bitcoin.CoinbaseIn(bitcoin.CoinbaseScript(height, []byte("/"+tag+"/")))},
		Outs:    []bitcoin.RawOut{{Value: Subsidy, Script: CoinbaseLock(height).Script()}},
	}
}

// nonceAt is where a header keeps its nonce.
const nonceAt = 76

// grind changes the nonce until the hash of the header meets the target.
func grind(raw []byte) {
	n := Network()
	for try := 0; bitcoin.CheckPow(bitcoin.HashHeader(raw), bits, n) != nil; try++ {
		invariant.Check(try < 1<<16, "no nonce in %d tries", try)
		raw[nonceAt], raw[nonceAt+1] = byte(try), byte(try>>8)
	}
}

// String names the block by height and hash.
func (b *Block) String() string { return fmt.Sprintf("%d %s", b.Height, b.Hash) }
