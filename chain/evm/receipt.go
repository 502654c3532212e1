package evm

import (
	"errors"
	"fmt"

	"github.com/holiman/uint256"

	"clew.example/clew/chain/internal/abi"
)

// statedReceipt is a receipt as a node states it.
type statedReceipt struct {
	block *Block
	place statedPlace

	hash       Hash
	index      uint32
	kind       uint32
	status     uint64
	root       Hash
	cumulative uint64
	gasUsed    uint64
	price      uint256.Int
	contract   Address
	bloom      [bloomSize]byte
	blobGas    uint64
	blobPrice  uint256.Int
	dataFee    uint256.Int
	operator   uint256.Int
	nonce      uint64
	version    uint64
	logs       int // the number of the first in the block
}

var receiptFields = makeFields(
	field[statedReceipt]{"transactionHash", true, func(c *cursor, r *statedReceipt) { c.fixed(r.hash[:]) }},
	field[statedReceipt]{"transactionIndex", true, func(c *cursor, r *statedReceipt) { r.index = c.uint32() }},
	field[statedReceipt]{"blockHash", true, func(c *cursor, r *statedReceipt) { c.fixed(r.place.hash[:]) }},
	field[statedReceipt]{"blockNumber", true, func(c *cursor, r *statedReceipt) { r.place.number = c.uint64() }},
	field[statedReceipt]{"type", false, func(c *cursor, r *statedReceipt) { r.kind = c.uint32() }},
	field[statedReceipt]{"status", false, func(c *cursor, r *statedReceipt) { r.status = c.uint64() }},
	field[statedReceipt]{"root", false, func(c *cursor, r *statedReceipt) { readRoot(c, r) }},
	field[statedReceipt]{"cumulativeGasUsed", true, func(c *cursor, r *statedReceipt) { r.cumulative = c.uint64() }},
	field[statedReceipt]{"gasUsed", true, func(c *cursor, r *statedReceipt) { r.gasUsed = c.uint64() }},
	field[statedReceipt]{"effectiveGasPrice", false, func(c *cursor, r *statedReceipt) { c.quantity(&r.price) }},
	field[statedReceipt]{"contractAddress", false, func(c *cursor, r *statedReceipt) { c.fixed(r.contract[:]) }},
	field[statedReceipt]{"logsBloom", true, func(c *cursor, r *statedReceipt) { c.fixed(r.bloom[:]) }},
	field[statedReceipt]{"blobGasUsed", false, func(c *cursor, r *statedReceipt) { r.blobGas = c.uint64() }},
	field[statedReceipt]{"blobGasPrice", false, func(c *cursor, r *statedReceipt) { c.quantity(&r.blobPrice) }},
	field[statedReceipt]{"l1Fee", false, func(c *cursor, r *statedReceipt) { c.quantity(&r.dataFee) }},
	field[statedReceipt]{"operatorFeeScalar", false, func(c *cursor, r *statedReceipt) { readOperatorFee(c, r) }},
	field[statedReceipt]{"operatorFeeConstant", false, func(c *cursor, r *statedReceipt) { readOperatorFee(c, r) }},
	field[statedReceipt]{"depositNonce", false, func(c *cursor, r *statedReceipt) { r.nonce = c.uint64() }},
	field[statedReceipt]{"depositReceiptVersion", false, func(c *cursor, r *statedReceipt) { r.version = c.uint64() }},
	field[statedReceipt]{"logs", true, readLogs},
)

// readRoot reads the state's root, which receipts had before Byzantium. Some
// nodes send an empty one after it.
func readRoot(c *cursor, r *statedReceipt) {
	if root := c.bytes(nil); len(root) != 0 && copy(r.root[:], root) != len(root) {
		c.fail("want 32 bytes in hex, have %d", len(root))
	}
}

// readOperatorFee notes that there is an operator's fee (OP stack, Isthmus),
// whose sum is not computed.
func readOperatorFee(c *cursor, r *statedReceipt) {
	var n uint256.Int
	c.quantity(&n)
	r.operator.Or(&r.operator, &n)
}

type statedLog struct {
	block   *Block
	log     Log
	place   statedPlace
	hash    Hash
	index   uint32
	txIndex uint32
	removed bool
}

var logFields = makeFields(
	field[statedLog]{"address", true, func(c *cursor, l *statedLog) { c.fixed(l.log.Address[:]) }},
	field[statedLog]{"topics", true, readTopics},
	field[statedLog]{"data", true, func(c *cursor, l *statedLog) { l.log.Data = l.block.readData(c) }},
	field[statedLog]{"logIndex", true, func(c *cursor, l *statedLog) { l.index = c.uint32() }},
	field[statedLog]{"transactionIndex", true, func(c *cursor, l *statedLog) { l.txIndex = c.uint32() }},
	field[statedLog]{"transactionHash", true, func(c *cursor, l *statedLog) { c.fixed(l.hash[:]) }},
	field[statedLog]{"blockHash", true, func(c *cursor, l *statedLog) { c.fixed(l.place.hash[:]) }},
	field[statedLog]{"removed", false, func(c *cursor, l *statedLog) { l.removed = c.boolean() }},
)

func readTopics(c *cursor, l *statedLog) {
	c.each("topic", func(i int) {
		if i >= len(l.log.Topics) {
			c.fail("a log has at most %d topics", len(l.log.Topics))
			return
		}
		c.fixed(l.log.Topics[i][:])
		l.log.Count = uint8(i + 1)
	})
}

// readLogs reads the logs of a receipt. Their numbers count through the block,
// so that one that is missing, twice there or moved is seen.
func readLogs(c *cursor, r *statedReceipt) {
	r.logs = len(r.block.Logs)
	c.each("log", func(int) {
		l := statedLog{block: r.block}
		object(c, logFields, &l)
		switch {
		case c.err != nil:
			return
		case l.removed:
			c.fail("was removed by a reorganisation")
		case int(l.index) != len(r.block.Logs):
			c.fail("is number %d of the block, says %d", len(r.block.Logs), l.index)
		case l.place.hash != r.block.Hash:
			c.fail("says that it is in block %s", l.place.hash)
		case int(l.txIndex) != len(r.block.encodedReceipts):
			c.fail("says that it is of transaction %d", l.txIndex)
		case l.hash != r.block.Txs[l.txIndex].Hash:
			c.fail("says that it is of transaction %s", l.hash)
		}
		r.block.Logs = append(r.block.Logs, l.log)
	})
}

// readReceipts reads one receipt for each transaction, in their order.
func (b *Block) readReceipts(raw []byte, chain *Chain) error {
	c := cursor{raw: raw}
	var before uint64
	c.each("receipt", func(i int) {
		if i >= len(b.Txs) {
			c.fail("the block has only %d transactions", len(b.Txs))
			return
		}
		r := statedReceipt{block: b}
		seen := object(&c, receiptFields, &r)
		if c.err != nil {
			return
		}
		if err := b.addReceipt(i, &r, seen, before, chain); err != nil {
			c.fail("%v", err)
		}
		if !b.Txs[i].StateSync {
			before = r.cumulative
		}
	})
	c.end()
	b.skipStateSync()
	if c.err == nil && len(b.encodedReceipts) != len(b.Txs) {
		c.fail("%d receipts of %d transactions", len(b.encodedReceipts), len(b.Txs))
	}
	return c.err
}

// skipStateSync lets the receipt of a state sync be missing: nodes differ in
// whether they list it, and it is in no root. What it moved is unknown then.
func (b *Block) skipStateSync() {
	n := len(b.Txs) - 1
	if len(b.encodedReceipts) == n && n >= 0 && b.Txs[n].StateSync {
		b.Txs[n].FirstLog = uint32(len(b.Logs))
		b.encodedReceipts = append(b.encodedReceipts, nil)
	}
}

// addReceipt holds a receipt against its transaction.
func (b *Block) addReceipt(i int, r *statedReceipt, seen seenFields, before uint64, chain *Chain) error {
	x := &b.Txs[i]
	hasStatus := receiptFields.has(seen, "status")
	switch {
	case int(r.index) != i:
		return fmt.Errorf("says that it is number %d", r.index)
	case r.hash != x.Hash:
		return fmt.Errorf("is of transaction %s, not %s", r.hash, x.Hash)
	case r.place.hash != b.Hash || r.place.number != b.Number:
		return fmt.Errorf("says that it is in block %d, %s", r.place.number, r.place.hash)
	case receiptFields.has(seen, "type") && r.kind != x.Type:
		return fmt.Errorf("is of type %d, its transaction of %d", r.kind, x.Type)
	case !x.StateSync && (r.cumulative < before || r.cumulative-before != r.gasUsed):
		return fmt.Errorf("its gas is %d, the sums give %d to %d", r.gasUsed, before, r.cumulative)
	case hasStatus && r.status > 1:
		return fmt.Errorf("its status is %d", r.status)
	case r.gasUsed > x.gas && x.Unknown&UnknownType == 0:
		return fmt.Errorf("used %d gas of %d", r.gasUsed, x.gas)
	}
	x.GasUsed = r.gasUsed
	x.FirstLog = uint32(r.logs)
	x.Status = b.statusOf(x, r, hasStatus)
	if x.Create {
		x.To = createdBy(x, r, receiptFields.has(seen, "depositNonce"))
		if x.Status != StatusFailed && receiptFields.has(seen, "contractAddress") && x.To != r.contract {
			return fmt.Errorf("says it created %s, which is %s", r.contract, x.To)
		}
	}
	if !x.StateSync {
		if err := b.checkBloom(r); err != nil {
			return err
		}
	}
	encoded := r.encode(b, receiptFields.has(seen, "depositReceiptVersion"), hasStatus)
	b.encodedReceipts = append(b.encodedReceipts, encoded)
	return x.price(b, r, chain, receiptFields.has(seen, "effectiveGasPrice"), receiptFields.has(seen, "blobGasPrice"))
}

// createdBy returns the address of the contract that a transaction creates. On
// the OP stack deposits are not numbered by their senders, but by the receipt.
func createdBy(x *Tx, r *statedReceipt, numbered bool) Address {
	if numbered {
		return Created(x.From, r.nonce)
	}
	return Created(x.From, x.Nonce)
}

// statusOf returns what became of a transaction. Receipts say it since
// Byzantium (EIP-658). Before, a transaction that failed had burned all its
// gas and left no logs, so one that did not has not failed.
func (b *Block) statusOf(x *Tx, r *statedReceipt, hasStatus bool) Status {
	switch {
	case hasStatus && r.status == 0:
		return StatusFailed
	case hasStatus, r.gasUsed < x.gas, len(b.Logs) > r.logs:
		return StatusDone
	}
	return StatusUnknown
}

// encode returns the bytes that the receipts' root commits to.
func (r *statedReceipt) encode(b *Block, versioned, hasStatus bool) []byte {
	var e []byte
	switch {
	case hasStatus:
		e = appendUint64(e, r.status)
	default:
		e = appendString(e, r.root[:])
	}
	e = appendString(appendUint64(e, r.cumulative), r.bloom[:])
	var logs []byte
	for i := r.logs; i < len(b.Logs); i++ {
		logs = appendLog(logs, b, &b.Logs[i])
	}
	e = appendList(e, logs)
	if versioned {
		e = appendUint64(appendUint64(e, r.nonce), r.version)
	}
	if r.kind == TypeLegacy {
		return appendList(nil, e)
	}
	return appendList([]byte{byte(r.kind)}, e)
}

func appendLog(dst []byte, b *Block, l *Log) []byte {
	var topics []byte
	for _, t := range l.Topics[:l.Count] {
		topics = appendString(topics, t[:])
	}
	e := appendList(appendString(nil, l.Address[:]), topics)
	return appendList(dst, appendString(e, b.Bytes(l.Data)))
}

// checkReceipts holds the receipts to the header's root and filter of logs.
func (b *Block) checkReceipts() error {
	receipts := b.encodedReceipts
	if n := len(receipts); n > 0 && b.Txs[n-1].StateSync {
		receipts = receipts[:n-1]
	}
	if b.blooms != b.Bloom {
		return errors.New("receipts: the logs do not give the header's filter of logs")
	}
	b.Checked |= CheckedBlooms
	if b.has(UnknownType) {
		return nil
	}
	if got := listRoot(receipts); got != b.ReceiptRoot {
		return fmt.Errorf("receipts: their root is %s, the header's is %s", got, b.ReceiptRoot)
	}
	b.Checked |= CheckedReceipts
	return nil
}

// checkBloom holds a receipt's logs to its filter: three bits for each address
// and topic (Yellow Paper, 4.3.1).
func (b *Block) checkBloom(r *statedReceipt) error {
	var sum [bloomSize]byte
	for i := r.logs; i < len(b.Logs); i++ {
		l := &b.Logs[i]
		setBloom(&sum, l.Address[:])
		for _, t := range l.Topics[:l.Count] {
			setBloom(&sum, t[:])
		}
	}
	if sum != r.bloom {
		return errors.New("its logs do not give its filter of logs")
	}
	for i := range sum {
		b.blooms[i] |= sum[i]
	}
	return nil
}

func setBloom(bloom *[bloomSize]byte, b []byte) {
	sum := abi.Keccak256(b)
	for i := 0; i < 6; i += 2 {
		at := (uint(sum[i])<<8 | uint(sum[i+1])) & (8*bloomSize - 1)
		bloom[bloomSize-1-at/8] |= 1 << (at % 8)
	}
}
