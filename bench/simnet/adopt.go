package simnet

import (
	"encoding/binary"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// Adopter makes the blocks of a generated chain (package bench/chain) into ones
// that btcd takes, with the same payments between the same addresses. Their
// coinbases can not be spent so soon: each becomes a payment out of a coinbase
// of 100 blocks ago, below a new one. What spends something names its new id.
//
// Signatures stay as wrong as they are. A btcd that is started with --addcheckpoint
// and the last block does not look at them.
type Adopter struct {
	chain []*Block
	ids   map[ledger.TxID]ledger.TxID // by the id before
}

// NewAdopter returns one that has made block 0 and the blocks whose coinbases
// are spent first. They are the first that Blocks returns.
func NewAdopter() *Adopter {
	a := &Adopter{chain: []*Block{Genesis()}, ids: map[ledger.TxID]ledger.TxID{}}
	for len(a.chain) <= Maturity {
		a.chain = append(a.chain, Mine(a.chain[len(a.chain)-1], "adopted"))
	}
	return a
}

// Blocks returns what was made so far, by height.
func (a *Adopter) Blocks() []*Block { return a.chain }

// Add makes the next block from the next one of a generated chain, whose bytes
// it changes.
func (a *Adopter) Add(b *ledger.Block) error {
	on := a.chain[len(a.chain)-1]
	height := on.Height + 1
	coinbase := coinbaseOf(height, "adopted")
	ids := []ledger.TxID{coinbase.TxID()}
	count := len(bitcoin.AppendCompactSize(nil, uint64(len(b.Txs))))
	txs := b.Raw[ledger.HeaderSize+count:]
	at := 0
	for i := range b.Txs {
		end, err := a.rename(txs, at, height-Maturity)
		if err != nil {
			return fmt.Errorf("block %d, transaction %d: %w", b.Height, i, err)
		}
		id := bitcoin.HashTx(txs[at:end])
		a.ids[b.Txs[i].ID] = id
		ids, at = append(ids, id), end
	}
	h := bitcoin.Header{Version: version, Prev: on.Hash, Time: on.Time + spacing, Bits: bits}
	h.Merkle, _ = bitcoin.MerkleRoot(ids, nil)
	raw := h.Append(make([]byte, 0, len(b.Raw)+300))
	raw = coinbase.Append(bitcoin.AppendCompactSize(raw, uint64(len(ids))))
	raw = append(raw, txs...)
	grind(raw)
	a.chain = append(a.chain, blockOf(height, h, raw, ids[0]))
	return nil
}

// rename changes what the transaction at txs[at:] spends, a coinbase's null to
// the coinbase of a height, and returns its end. Generated transactions have
// counts and scripts of one byte's length, and no witness:
//
//	version 4, inputs 1, each 32 + 4 + 1 + script + 4, outputs 1, each 8 + 1 + script, lock time 4
func (a *Adopter) rename(txs []byte, at int, mature ledger.Height) (end int, err error) {
	end = at + 5
	for range int(txs[end-1]) {
		prev := txs[end : end+ledger.HashSize]
		vout := txs[end+ledger.HashSize:][:4]
		id := a.ids[ledger.TxID(prev)]
		if binary.LittleEndian.Uint32(vout) == ledger.CoinbaseVout {
			id = a.chain[mature].Coinbase
			clear(vout)
		}
		if id == (ledger.TxID{}) {
			return 0, fmt.Errorf("spends %s, which did not come before", ledger.TxID(prev))
		}
		copy(prev, id[:])
		end += ledger.HashSize + 4
		end += 1 + int(txs[end]) + 4
	}
	outs := int(txs[end])
	end++
	for range outs {
		end += 8
		end += 1 + int(txs[end])
	}
	return end + 4, nil
}
