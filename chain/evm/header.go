package evm

import (
	"fmt"

	"github.com/holiman/uint256"

	"clew.example/clew/chain/internal/abi"
)

// bloomSize is the length of a bloom filter over logs in bytes.
const bloomSize = 256

// extraMax bounds the extra data of a header: clique keeps its signers there.
const extraMax = 1 << 20

// Header is what a block commits to. Numbers are of a block of its own form:
// what it does not have is 0, and Has says which it has.
type Header struct {
	Hash, Parent, Uncles                           Hash
	StateRoot, TxRoot, ReceiptRoot, WithdrawalRoot Hash
	MixHash, BeaconRoot, RequestsHash, ExtDataHash Hash
	Miner                                          Address
	Number, GasLimit, GasUsed, Time                uint64
	Difficulty, BaseFee                            uint256.Int
	BlobGasUsed, ExcessBlobGas                     uint64
	ExtDataGasUsed, BlockGasCost                   uint256.Int
	Nonce                                          [8]byte
	Bloom                                          [bloomSize]byte
	Extra                                          []byte
	Has                                            Has
}

// Has says which of the fields that came with forks a header has.
type Has uint8

// The fields, by the fork that brought them.
const (
	HasBaseFee     Has = 1 << iota // London
	HasWithdrawals                 // Shanghai
	HasBlobs                       // Cancun: the blob gas and the beacon's root
	HasRequests                    // Prague
	HasExtDataGas                  // Avalanche, Apricot 4
)

// headerFields are those of eth_getBlockByNumber that are hashed.
var headerFields = makeFields(
	field[Block]{"hash", true, func(c *cursor, b *Block) { c.fixed(b.Hash[:]) }},
	field[Block]{"parentHash", true, func(c *cursor, b *Block) { c.fixed(b.Parent[:]) }},
	field[Block]{"sha3Uncles", true, func(c *cursor, b *Block) { c.fixed(b.Header.Uncles[:]) }},
	field[Block]{"miner", true, func(c *cursor, b *Block) { c.fixed(b.Miner[:]) }},
	field[Block]{"stateRoot", true, func(c *cursor, b *Block) { c.fixed(b.StateRoot[:]) }},
	field[Block]{"transactionsRoot", true, func(c *cursor, b *Block) { c.fixed(b.TxRoot[:]) }},
	field[Block]{"receiptsRoot", true, func(c *cursor, b *Block) { c.fixed(b.ReceiptRoot[:]) }},
	field[Block]{"logsBloom", true, func(c *cursor, b *Block) { c.fixed(b.Bloom[:]) }},
	field[Block]{"difficulty", true, func(c *cursor, b *Block) { c.quantity(&b.Difficulty) }},
	field[Block]{"number", true, func(c *cursor, b *Block) { b.Number = c.uint64() }},
	field[Block]{"gasLimit", true, func(c *cursor, b *Block) { b.GasLimit = c.uint64() }},
	field[Block]{"gasUsed", true, func(c *cursor, b *Block) { b.GasUsed = c.uint64() }},
	field[Block]{"timestamp", true, func(c *cursor, b *Block) { b.Time = c.uint64() }},
	field[Block]{"extraData", true, readExtra},
	field[Block]{"mixHash", false, func(c *cursor, b *Block) { c.fixed(b.MixHash[:]) }},
	field[Block]{"nonce", false, func(c *cursor, b *Block) { c.fixed(b.Nonce[:]) }},
	field[Block]{"baseFeePerGas", false, func(c *cursor, b *Block) { b.Has |= HasBaseFee; c.quantity(&b.BaseFee) }},
	field[Block]{"withdrawalsRoot", false, func(c *cursor, b *Block) { b.Has |= HasWithdrawals; c.fixed(b.WithdrawalRoot[:]) }},
	field[Block]{"blobGasUsed", false, func(c *cursor, b *Block) { b.Has |= HasBlobs; b.BlobGasUsed = c.uint64() }},
	field[Block]{"excessBlobGas", false, func(c *cursor, b *Block) { b.ExcessBlobGas = c.uint64() }},
	field[Block]{"parentBeaconBlockRoot", false, func(c *cursor, b *Block) { c.fixed(b.BeaconRoot[:]) }},
	field[Block]{"requestsHash", false, func(c *cursor, b *Block) { b.Has |= HasRequests; c.fixed(b.RequestsHash[:]) }},
	field[Block]{"extDataHash", false, func(c *cursor, b *Block) { c.fixed(b.ExtDataHash[:]) }},
	field[Block]{"extDataGasUsed", false, func(c *cursor, b *Block) { b.Has |= HasExtDataGas; c.quantity(&b.ExtDataGasUsed) }},
	field[Block]{"blockGasCost", false, func(c *cursor, b *Block) { c.quantity(&b.BlockGasCost) }},
	field[Block]{"transactions", true, readTransactions},
	field[Block]{"withdrawals", false, readWithdrawals},
)

func readExtra(c *cursor, b *Block) {
	if b.Extra = c.bytes(b.Extra[:0]); len(b.Extra) > extraMax {
		c.fail("%d bytes, the most is %d", len(b.Extra), extraMax)
	}
}

// checkHeader holds the header to the hash it is said to have.
func (b *Block) checkHeader(form HeaderForm) error {
	if form == HeaderBelieved {
		return nil
	}
	if got := Hash(abi.Keccak256(b.encodeHeader(form))); got != b.Hash {
		return fmt.Errorf("header: its fields hash to %s, the node says %s", got, b.Hash)
	}
	b.Checked |= CheckedHeader
	return nil
}

// encodeHeader returns the RLP that is hashed (Yellow Paper, 4.3; EIP-1559,
// 4895, 4844, 4788 and 7685 each append to it).
func (b *Block) encodeHeader(form HeaderForm) []byte {
	h := &b.Header
	e := make([]byte, 0, 700)
	for _, s := range [][]byte{h.Parent[:], h.Uncles[:], h.Miner[:], h.StateRoot[:], h.TxRoot[:], h.ReceiptRoot[:], h.Bloom[:]} {
		e = appendString(e, s)
	}
	e = appendInt(e, &h.Difficulty)
	for _, n := range []uint64{h.Number, h.GasLimit, h.GasUsed, h.Time} {
		e = appendUint64(e, n)
	}
	e = appendString(e, h.Extra)
	e = appendString(e, h.MixHash[:])
	e = appendString(e, h.Nonce[:])
	if form == HeaderAvalanche {
		e = appendString(e, h.ExtDataHash[:])
	}
	if h.Has&HasBaseFee != 0 {
		e = appendInt(e, &h.BaseFee)
	}
	if h.Has&HasExtDataGas != 0 {
		e = appendInt(appendInt(e, &h.ExtDataGasUsed), &h.BlockGasCost)
	}
	if h.Has&HasWithdrawals != 0 {
		e = appendString(e, h.WithdrawalRoot[:])
	}
	if h.Has&HasBlobs != 0 {
		e = appendUint64(appendUint64(e, h.BlobGasUsed), h.ExcessBlobGas)
		e = appendString(e, h.BeaconRoot[:])
	}
	if h.Has&HasRequests != 0 {
		e = appendString(e, h.RequestsHash[:])
	}
	return appendList(nil, e)
}

// Withdrawal is a payment from the consensus layer (EIP-4895).
type Withdrawal struct {
	Index, Validator uint64
	To               Address
	Gwei             uint64
}

var withdrawalFields = makeFields(
	field[Withdrawal]{"index", true, func(c *cursor, w *Withdrawal) { w.Index = c.uint64() }},
	field[Withdrawal]{"validatorIndex", true, func(c *cursor, w *Withdrawal) { w.Validator = c.uint64() }},
	field[Withdrawal]{"address", true, func(c *cursor, w *Withdrawal) { c.fixed(w.To[:]) }},
	field[Withdrawal]{"amount", true, func(c *cursor, w *Withdrawal) { w.Gwei = c.uint64() }},
)

func readWithdrawals(c *cursor, b *Block) {
	c.each("withdrawal", func(int) {
		var w Withdrawal
		object(c, withdrawalFields, &w)
		b.Withdrawals = append(b.Withdrawals, w)
	})
}

func (b *Block) checkWithdrawals() error {
	if b.Has&HasWithdrawals == 0 {
		if len(b.Withdrawals) > 0 {
			return fmt.Errorf("withdrawals: %d, which the header does not commit to", len(b.Withdrawals))
		}
		return nil
	}
	encoded := make([][]byte, len(b.Withdrawals))
	for i, w := range b.Withdrawals {
		e := appendUint64(appendUint64(nil, w.Index), w.Validator)
		encoded[i] = appendList(nil, appendUint64(appendString(e, w.To[:]), w.Gwei))
	}
	if got := listRoot(encoded); got != b.WithdrawalRoot {
		return fmt.Errorf("withdrawals: their root is %s, the header's is %s", got, b.WithdrawalRoot)
	}
	return nil
}
