package evm

import (
	"clew.example/clew/chain/internal/abi"
	"clew.example/clew/ledger"
)

// TracedMoves returns the native moves of traces that were recorded without
// their block: transactions are made of the outermost frames.
func TracedMoves(txs []Hash, block Hash, raw []byte) (moves []ledger.Move, unknown []Unknown, err error) {
	b := &Block{Header: Header{Hash: block}}
	for _, h := range txs {
		b.Txs = append(b.Txs, Tx{Hash: h})
	}
	if err := b.readTraces(raw); err != nil {
		return nil, nil, err
	}
	for i := range b.frames {
		if f := &b.frames[i]; f.depth == 0 {
			x := &b.Txs[f.tx]
			x.From, x.To, x.Value, x.Create = f.from, f.to, f.value, f.kind == frameCreate
		}
	}
	if err := b.matchFrames(); err != nil {
		return nil, nil, err
	}
	d := decoding{b: b, chain: &Chain{}}
	if err := d.appendMoves(); err != nil {
		return nil, nil, err
	}
	for i := range b.Txs {
		unknown = append(unknown, b.Txs[i].Unknown)
	}
	return b.Moves, unknown, nil
}

// LoggedMoves returns the token moves that a list of logs states, which were
// recorded without their block.
func LoggedMoves(raw []byte) (moves []ledger.Move, err error) {
	b := &Block{}
	c := cursor{raw: raw}
	c.each("log", func(int) {
		l := statedLog{block: b}
		object(&c, logFields, &l)
		b.Logs = append(b.Logs, l.log)
	})
	if c.end(); c.err != nil {
		return nil, c.err
	}
	d := decoding{b: b, chain: &Chain{}}
	b.Txs = []Tx{{}}
	d.readLogs(0)
	for _, p := range d.pending {
		moves = append(moves, p.move)
	}
	return moves, nil
}

// TrieRoot is the root that a block commits to values with.
func TrieRoot(values [][]byte) Hash { return listRoot(values) }

// TestLog is a log that a test makes.
type TestLog struct {
	Address Address
	Topics  []Hash
	Data    []byte
}

// Topic is the first topic of an event.
func Topic(signature string) Hash { return abi.Topic(signature) }

// LegsOfLogs returns the legs of a transaction with these logs.
func LegsOfLogs(chainID uint64, logs ...TestLog) []Leg {
	b := &Block{Txs: []Tx{{}}}
	for _, l := range logs {
		log := Log{Address: l.Address, Count: uint8(copy(new([4]Hash)[:], l.Topics))}
		copy(log.Topics[:], l.Topics)
		log.Data = ledger.Span{Off: uint32(len(b.Data)), Len: uint32(len(l.Data))}
		b.Data = append(b.Data, l.Data...)
		b.Logs = append(b.Logs, log)
	}
	chain, ok := ChainByID(chainID)
	if !ok {
		chain = &Chain{ID: chainID}
	}
	return NewDecoder(chain).AppendLegs(nil, b, 0)
}

// EncodedTx returns the bytes that the hash of a transaction is of.
func EncodedTx(raw []byte) ([]byte, error) {
	b := &Block{}
	c := cursor{raw: append(append([]byte{'['}, raw...), ']')}
	readTransactions(&c, b)
	if c.err != nil {
		return nil, c.err
	}
	return b.encodedTxs[0], nil
}

// EncodedReceipt returns the bytes that a receipt's place in the root is of, and
// the filter that its logs give. Its logs need no numbers.
func EncodedReceipt(raw []byte) (encoded []byte, bloom []byte, err error) {
	b := &Block{Txs: make([]Tx, 1)}
	r := statedReceipt{block: b}
	c := cursor{raw: raw}
	seen := object(&c, receiptFields, &r)
	if c.err != nil {
		return nil, nil, c.err
	}
	var sum [bloomSize]byte
	for i := range b.Logs {
		setBloom(&sum, b.Logs[i].Address[:])
		for _, t := range b.Logs[i].Topics[:b.Logs[i].Count] {
			setBloom(&sum, t[:])
		}
	}
	r.bloom = sum
	has := func(name string) bool { return receiptFields.has(seen, name) }
	return r.encode(b, has("depositReceiptVersion"), has("status")), sum[:], nil
}

// SealedHeader returns the hash of a header, and the root of its withdrawals.
func SealedHeader(raw []byte, form HeaderForm) (hash, withdrawals Hash, err error) {
	b := &Block{}
	c := cursor{raw: raw}
	if object(&c, blockFields, b); c.err != nil {
		return hash, withdrawals, c.err
	}
	hash = abi.Keccak256(b.encodeHeader(form))
	var encoded [][]byte
	for _, w := range b.Withdrawals {
		e := appendString(appendUint64(appendUint64(nil, w.Index), w.Validator), w.To[:])
		encoded = append(encoded, appendList(nil, appendUint64(e, w.Gwei)))
	}
	return hash, listRoot(encoded), nil
}

// Keccak is the hash of bytes.
func Keccak(b []byte) [32]byte { return abi.Keccak256(b) }

// KnownTopics are the first topics of all events that give legs.
func KnownTopics() (topics []Hash) {
	for t := range legReaders {
		topics = append(topics, t)
	}
	return topics
}
