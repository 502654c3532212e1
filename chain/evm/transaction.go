package evm

import (
	"encoding/binary"
	"fmt"

	"github.com/holiman/uint256"

	"clew.example/clew/chain/internal/abi"
	"clew.example/clew/ledger"
)

// The types of transactions that are known (EIP-2718).
const (
	TypeLegacy     = 0x00
	TypeAccessList = 0x01 // EIP-2930
	TypeDynamicFee = 0x02 // EIP-1559
	TypeBlob       = 0x03 // EIP-4844
	TypeSetCode    = 0x04 // EIP-7702
	TypeDeposit    = 0x7e // the OP stack: from the chain below, unsigned
)

// statedTx is a transaction's as a node states it.
type statedTx struct {
	block *Block // its Data takes the input

	tx               Tx
	index            uint32
	number           uint64
	blockHash        Hash
	gas              uint64
	price, tip, most uint256.Int // gasPrice, maxPriorityFeePerGas, maxFeePerGas
	blobMost         uint256.Int // maxFeePerBlobGas
	chainID          uint256.Int
	v, r, s, yParity uint256.Int
	access, auths    []byte // as RLP
	blobs            []byte // the RLP of the hashes, not yet a list
	sourceHash       Hash
	mint             uint256.Int
	system           bool
}

var txFields = makeFields(
	field[statedTx]{"hash", true, func(c *cursor, t *statedTx) { c.fixed(t.tx.Hash[:]) }},
	field[statedTx]{"type", false, func(c *cursor, t *statedTx) { t.tx.Type = c.uint32() }},
	field[statedTx]{"transactionIndex", true, func(c *cursor, t *statedTx) { t.index = c.uint32() }},
	field[statedTx]{"blockHash", true, func(c *cursor, t *statedTx) { c.fixed(t.blockHash[:]) }},
	field[statedTx]{"blockNumber", true, func(c *cursor, t *statedTx) { t.number = c.uint64() }},
	field[statedTx]{"from", true, func(c *cursor, t *statedTx) { c.fixed(t.tx.From[:]) }},
	field[statedTx]{"to", false, func(c *cursor, t *statedTx) { c.fixed(t.tx.To[:]) }},
	field[statedTx]{"nonce", true, func(c *cursor, t *statedTx) { t.tx.Nonce = c.uint64() }},
	field[statedTx]{"gas", true, func(c *cursor, t *statedTx) { t.gas = c.uint64() }},
	field[statedTx]{"value", true, func(c *cursor, t *statedTx) { c.quantity(&t.tx.Value) }},
	field[statedTx]{"input", true, readInput},
	field[statedTx]{"gasPrice", false, func(c *cursor, t *statedTx) { c.quantity(&t.price) }},
	field[statedTx]{"maxPriorityFeePerGas", false, func(c *cursor, t *statedTx) { c.quantity(&t.tip) }},
	field[statedTx]{"maxFeePerGas", false, func(c *cursor, t *statedTx) { c.quantity(&t.most) }},
	field[statedTx]{"maxFeePerBlobGas", false, func(c *cursor, t *statedTx) { c.quantity(&t.blobMost) }},
	field[statedTx]{"chainId", false, func(c *cursor, t *statedTx) { c.quantity(&t.chainID) }},
	field[statedTx]{"v", false, func(c *cursor, t *statedTx) { c.quantity(&t.v) }},
	field[statedTx]{"r", false, func(c *cursor, t *statedTx) { c.quantity(&t.r) }},
	field[statedTx]{"s", false, func(c *cursor, t *statedTx) { c.quantity(&t.s) }},
	field[statedTx]{"yParity", false, func(c *cursor, t *statedTx) { c.quantity(&t.yParity) }},
	field[statedTx]{"accessList", false, readAccessList},
	field[statedTx]{"blobVersionedHashes", false, readBlobHashes},
	field[statedTx]{"authorizationList", false, readAuthorizations},
	field[statedTx]{"sourceHash", false, func(c *cursor, t *statedTx) { c.fixed(t.sourceHash[:]) }},
	field[statedTx]{"mint", false, func(c *cursor, t *statedTx) { c.quantity(&t.mint) }},
	field[statedTx]{"isSystemTx", false, func(c *cursor, t *statedTx) { t.system = c.boolean() }},
)

func readInput(c *cursor, t *statedTx) { t.tx.Input = t.block.readData(c) }

// readData reads bytes into the block's arena.
func (b *Block) readData(c *cursor) ledger.Span {
	from := len(b.Data)
	b.Data = c.bytes(b.Data)
	if uint64(len(b.Data)) > dataMax {
		c.fail("the block's data are more than %d bytes", dataMax)
	}
	return ledger.Span{Off: uint32(from), Len: uint32(len(b.Data) - from)}
}

// dataMax bounds calldata and logs of a block. A megabyte is common, the gas
// limits of all known chains allow some hundred.
const dataMax = 1 << 30

type accessEntry struct {
	address Address
	keys    []byte
}

var accessFields = makeFields(
	field[accessEntry]{"address", true, func(c *cursor, e *accessEntry) { c.fixed(e.address[:]) }},
	field[accessEntry]{"storageKeys", true, func(c *cursor, e *accessEntry) {
		c.each("key", func(int) { e.keys = appendFixed(c, e.keys, 32) })
	}},
)

// appendFixed reads size bytes, at most 32, and appends them as RLP.
func appendFixed(c *cursor, dst []byte, size int) []byte {
	var b [32]byte
	c.fixed(b[:size])
	return appendString(dst, b[:size])
}

func readAccessList(c *cursor, t *statedTx) {
	c.each("entry", func(int) {
		var e accessEntry
		object(c, accessFields, &e)
		t.access = appendList(t.access, appendList(appendString(nil, e.address[:]), e.keys))
	})
}

func readBlobHashes(c *cursor, t *statedTx) {
	c.each("blob", func(int) {
		t.blobs = appendFixed(c, t.blobs, 32)
		t.tx.Blobs++
	})
}

type authorization struct {
	address          Address
	chainID          uint256.Int
	nonce            uint64
	v, yParity, r, s uint256.Int
}

var authorizationFields = makeFields(
	field[authorization]{"chainId", true, func(c *cursor, a *authorization) { c.quantity(&a.chainID) }},
	field[authorization]{"address", true, func(c *cursor, a *authorization) { c.fixed(a.address[:]) }},
	field[authorization]{"nonce", true, func(c *cursor, a *authorization) { a.nonce = c.uint64() }},
	field[authorization]{"yParity", false, func(c *cursor, a *authorization) { c.quantity(&a.yParity) }},
	field[authorization]{"v", false, func(c *cursor, a *authorization) { c.quantity(&a.v) }},
	field[authorization]{"r", true, func(c *cursor, a *authorization) { c.quantity(&a.r) }},
	field[authorization]{"s", true, func(c *cursor, a *authorization) { c.quantity(&a.s) }},
)

func readAuthorizations(c *cursor, t *statedTx) {
	c.each("authorization", func(int) {
		var a authorization
		if seen := object(c, authorizationFields, &a); !authorizationFields.has(seen, "yParity") {
			a.yParity = a.v
		}
		e := appendString(appendInt(nil, &a.chainID), a.address[:])
		e = appendInt(appendUint64(e, a.nonce), &a.yParity)
		t.auths = appendList(t.auths, appendInt(appendInt(e, &a.r), &a.s))
	})
}

// readTransactions reads the transactions of a block, and hashes each.
func readTransactions(c *cursor, b *Block) {
	c.each("transaction", func(int) {
		t := statedTx{block: b}
		seen := object(c, txFields, &t)
		if c.err != nil {
			return
		}
		t.tx.Create = !txFields.has(seen, "to")
		if !txFields.has(seen, "yParity") {
			t.yParity = t.v
		}
		t.tx.prices = prices{t.price, t.tip, t.most}
		t.tx.gas = t.gas
		t.tx.Minted = t.mint
		if err := b.addTx(&t); err != nil {
			c.fail("%v", err)
		}
	})
}

// addTx appends a transaction. What it says of the block and of its hash is
// checked when all of the block's own fields are read.
func (b *Block) addTx(t *statedTx) error {
	if t.index != uint32(len(b.Txs)) {
		return fmt.Errorf("says that it is number %d", t.index)
	}
	encoded, known := t.encode(b, t.appendSignature)
	if !known {
		t.tx.Unknown |= UnknownType
	}
	b.encodedTxs = append(b.encodedTxs, encoded)
	if b.senders {
		b.signed = append(b.signed, t.signing(b))
	}
	b.stated = append(b.stated, statedPlace{t.blockHash, t.number})
	b.Txs = append(b.Txs, t.tx)
	return nil
}

// checkTxs holds the transactions to their hashes and the hashes to the root.
// A state sync is in no root: its hash follows from the block.
func (b *Block) checkTxs(chain *Chain) error {
	for i := range b.Txs {
		x := &b.Txs[i]
		if at := b.stated[i]; at.hash != b.Hash || at.number != b.Number {
			return fmt.Errorf("transaction %d: says that it is in block %d, %s", i, at.number, at.hash)
		}
		if x.Unknown&UnknownType != 0 {
			continue
		}
		hash := Hash(abi.Keccak256(b.encodedTxs[i]))
		if hash == x.Hash {
			continue
		}
		if !chain.StateSync || i != len(b.Txs)-1 || x.Hash != stateSyncHash(b.Number, b.Hash) {
			return fmt.Errorf("transaction %d: its fields hash to %s, the node says %s", i, hash, x.Hash)
		}
		x.StateSync = true
		x.Unknown |= UnknownType
		b.encodedTxs = b.encodedTxs[:i]
	}
	if b.has(UnknownType) {
		return nil
	}
	if got := listRoot(b.encodedTxs); got != b.TxRoot {
		return fmt.Errorf("transactions: their root is %s, the header's is %s", got, b.TxRoot)
	}
	b.Checked |= CheckedTransactions
	return nil
}

// has reports whether something is unknown of a transaction that is in the
// block's roots.
func (b *Block) has(u Unknown) bool {
	for i := range b.Txs {
		if b.Txs[i].Unknown&u != 0 && !b.Txs[i].StateSync {
			return true
		}
	}
	return false
}

// stateSyncHash returns the hash that Bor gives the transaction by which a
// block's messages from Ethereum are shown.
func stateSyncHash(number uint64, block Hash) Hash {
	key := binary.BigEndian.AppendUint64([]byte("matic-bor-receipt-"), number)
	return abi.Keccak256(key, block[:])
}

// encode returns the bytes that are hashed, or false for a type of transaction
// that is not known. End appends the signature, or what stands in its place
// when it is made.
func (t *statedTx) encode(b *Block, end func(e []byte) []byte) ([]byte, bool) {
	x := &t.tx
	to := x.To[:]
	if x.Create {
		to = nil
	}
	input := b.Bytes(x.Input)
	e := make([]byte, 0, 256+len(input))
	switch x.Type {
	case TypeLegacy:
		e = appendInt(appendUint64(e, x.Nonce), &t.price)
		e = t.appendCall(e, to, input)
		return appendList(nil, end(e)), true
	case TypeAccessList:
		e = appendInt(appendUint64(appendInt(e, &t.chainID), x.Nonce), &t.price)
	case TypeDynamicFee, TypeBlob, TypeSetCode:
		e = appendInt(appendUint64(appendInt(e, &t.chainID), x.Nonce), &t.tip)
		e = appendInt(e, &t.most)
	case TypeDeposit:
		e = appendString(appendString(appendString(e, t.sourceHash[:]), x.From[:]), to)
		e = appendUint64(appendInt(appendInt(e, &t.mint), &x.Value), t.gas)
		e = appendString(appendUint64(e, bit(t.system)), input)
		return appendList([]byte{TypeDeposit}, e), true
	default:
		return nil, false
	}
	e = appendList(t.appendCall(e, to, input), t.access)
	switch x.Type {
	case TypeBlob:
		e = appendList(appendInt(e, &t.blobMost), t.blobs)
	case TypeSetCode:
		e = appendList(e, t.auths)
	}
	return appendList([]byte{byte(x.Type)}, end(e)), true
}

func (t *statedTx) appendCall(e, to, input []byte) []byte {
	e = appendInt(appendString(appendUint64(e, t.gas), to), &t.tx.Value)
	return appendString(e, input)
}

func (t *statedTx) appendSignature(e []byte) []byte {
	v := &t.yParity
	if t.tx.Type == TypeLegacy {
		v = &t.v
	}
	return appendInt(appendInt(appendInt(e, v), &t.r), &t.s)
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
