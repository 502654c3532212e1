package evm

import (
	"github.com/holiman/uint256"

	"clew.example/clew/ledger"
)

// Block is a decoded block, laid out flat: no pointers per transaction, and
// every slice is reused by the decoder that filled it. Logs and moves of
// transaction i are those from its First… to the First… of transaction i+1.
// Moves without a transaction, such as withdrawals, stand after all others.
type Block struct {
	Header
	Txs         []Tx
	Logs        []Log
	Moves       []ledger.Move
	Events      []Event
	Withdrawals []Withdrawal
	Data        []byte // what spans point into: calldata, and data of logs
	Checked     Checks

	// NoTraces says that the node gave no traces at all: what contracts sent is
	// unknown in every transaction that may have run code.
	NoTraces bool
	// UnclesUnpaid counts uncles, whose rewards are not in Moves: the block
	// names them by their hashes alone. Their number is believed, but for
	// whether there are any.
	UnclesUnpaid int

	encodedTxs      [][]byte
	encodedReceipts [][]byte
	stated          []statedPlace
	frames          []frame
	senders         bool // recover them
	signed          []signing
	blooms          [bloomSize]byte // the filters of all receipts
}

// statedPlace is where a transaction says it is.
type statedPlace struct {
	hash   Hash
	number uint64
}

// Checks says what of a block was recomputed. What is not set was believed.
type Checks uint8

// The checks. All but the first are against what the header holds.
const (
	CheckedHeader       Checks = 1 << iota // against the hash, unless HeaderBelieved
	CheckedTransactions                    // against the root
	CheckedReceipts                        // against the header's root
	CheckedWithdrawals                     // against the header's root, or there are none
	CheckedSenders                         // against the signatures, where there are any; see Tx.Signed
	CheckedBlooms                          // the logs against the filters of receipts and header
)

// Status says what became of a transaction.
type Status uint8

// The values of Status.
const (
	StatusUnknown Status = iota // before Byzantium receipts do not say; traces do
	StatusDone
	StatusFailed // it moved nothing but its fee
)

// Unknown says what is not known of a transaction.
type Unknown uint8

// What may not be known.
const (
	// UnknownInternal: it may have run code, and nothing traced it, or not all.
	UnknownInternal Unknown = 1 << iota
	// UnknownStatus: whether it failed, and so whether its value moved.
	UnknownStatus
	// UnknownFee: a part of its fee that the receipt does not state.
	UnknownFee
	// UnknownType: it is of a type that is not known here, so that its hash is
	// believed and what it moved beside its value is not known.
	UnknownType
)

// Tx is a transaction of a flat Block.
type Tx struct {
	Hash      Hash
	From, To  Address // To is the new contract where Create is set
	Value     uint256.Int
	Nonce     uint64
	GasUsed   uint64
	GasPrice  uint256.Int // as paid
	Minted    uint256.Int // by the chain below, on the OP stack
	Type      uint32
	Blobs     uint32
	Input     ledger.Span
	FirstLog  uint32
	FirstMove uint32
	Create    bool
	StateSync bool
	Signed    bool // From was recovered from the signature, and not believed
	Status    Status
	Unknown   Unknown

	prices     prices
	gas        uint64
	dataFee    uint256.Int // l1Fee
	blobFee    uint256.Int
	firstFrame uint32
}

// prices are what a transaction offers for a unit of gas.
type prices struct {
	price, tip, most uint256.Int
}

// Log is a log of a flat Block: Topics[:Count] and the data.
type Log struct {
	Address Address
	Count   uint8
	Topics  [4]Hash
	Data    ledger.Span
}

// EventKind says what an event tells of an account.
type EventKind uint8

// The kinds of events.
const (
	EventCreated   EventKind = iota // the account has code from here on
	EventDestroyed                  // the account has no code any more
	EventFrozen                     // the issuer of Contract froze the account
	EventUnfrozen
)

var eventKinds = [...]string{"created", "destroyed", "frozen", "unfrozen"}

// String returns the kind as answers name it.
func (k EventKind) String() string { return eventKinds[k] }

// Event is something that happened to an account beside a move.
type Event struct {
	Tx       uint32
	Kind     EventKind
	Contract Address // who says so; zero where the chain does
	Account  Address
}

// Bytes returns the span's bytes of a block.
func (b *Block) Bytes(s ledger.Span) []byte { return b.Data[s.Off : s.Off+s.Len : s.Off+s.Len] }

// LogsOf returns the logs of transaction i, and the number of the first.
func (b *Block) LogsOf(i int) (logs []Log, first int) {
	from, to := int(b.Txs[i].FirstLog), len(b.Logs)
	if i+1 < len(b.Txs) {
		to = int(b.Txs[i+1].FirstLog)
	}
	return b.Logs[from:to], from
}

// MovesOf returns the moves of transaction i.
func (b *Block) MovesOf(i int) []ledger.Move {
	from, to := b.Txs[i].FirstMove, uint32(len(b.Moves)-b.unowned())
	if i+1 < len(b.Txs) {
		to = b.Txs[i+1].FirstMove
	}
	return b.Moves[from:to]
}

// unowned returns the number of moves that no transaction made.
func (b *Block) unowned() (n int) {
	for n < len(b.Moves) && b.Moves[len(b.Moves)-1-n].Tx == ledger.NoTx {
		n++
	}
	return n
}

// reset empties the block and keeps its room.
func (b *Block) reset() {
	*b = Block{
		Header: Header{Extra: b.Extra[:0]},
		Txs:    b.Txs[:0], Logs: b.Logs[:0], Moves: b.Moves[:0], Events: b.Events[:0],
		Withdrawals: b.Withdrawals[:0], Data: b.Data[:0],
		encodedTxs: b.encodedTxs[:0], encodedReceipts: b.encodedReceipts[:0], stated: b.stated[:0], frames: b.frames[:0], signed: b.signed[:0],
	}
}
