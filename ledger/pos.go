package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// Height is the number of a block, the genesis block being 0.
type Height uint32

// Pos orders the events of one chain: height<<24 | index, where index counts
// the transactions of a block (UTXO chains) or its moves (account chains).
type Pos uint64

// MakePos returns the position of an index in a block.
func MakePos(h Height, index uint32) Pos { return Pos(h)<<24 | Pos(index) }

// Height returns the block of a position.
func (p Pos) Height() Height { return Height(p >> 24) }

// Index returns the place inside the block.
func (p Pos) Index() uint32 { return uint32(p & 0xffffff) }

// Outpoint names one output of a transaction.
type Outpoint struct {
	TxID TxID
	Vout uint32
}

// CoinbaseVout is the output number in the null outpoint of a coinbase input.
const CoinbaseVout = 0xffffffff

// IsNull reports whether o is the outpoint that a coinbase input carries.
func (o Outpoint) IsNull() bool { return o.Vout == CoinbaseVout && o.TxID.IsZero() }

// String returns txid:vout.
func (o Outpoint) String() string {
	return o.TxID.String() + ":" + strconv.FormatUint(uint64(o.Vout), 10)
}

// ParseOutpoint reads the txid:vout that String writes.
func ParseOutpoint(s string) (Outpoint, error) {
	id, n, ok := strings.Cut(s, ":")
	if !ok {
		return Outpoint{}, fmt.Errorf("outpoint %.100q: want txid:vout", s)
	}
	h, err := ParseHash(id)
	if err != nil {
		return Outpoint{}, fmt.Errorf("outpoint: %w", err)
	}
	vout, err := strconv.ParseUint(n, 10, 32)
	if err != nil {
		return Outpoint{}, fmt.Errorf("outpoint %.100q: output number: %w", s, err)
	}
	return Outpoint{TxID: h, Vout: uint32(vout)}, nil
}
