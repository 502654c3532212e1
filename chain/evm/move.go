package evm

import (
	"fmt"

	"github.com/holiman/uint256"

	"clew.example/clew/ledger"
)

// decoding is the moves of one block in the making.
type decoding struct {
	b     *Block
	chain *Chain
	// pending are the moves that logs of the transaction at hand state, with
	// their logs; the first done are appended already.
	pending []loggedMove
	done    int
	steps   []step
	open    []int32 // the steps at which the frames began that have not ended
	// created are contracts made by the transaction at hand (EIP-6780).
	created []Address
	at      uint32
}

// loggedMove is a move that a contract's log states.
type loggedMove struct {
	by   Address
	step int // of the transaction, after which it is told
	move ledger.Move
}

// movesMax is the number of moves of a block that a Pos can tell apart.
const movesMax = 1 << 24

// appendMoves appends the moves of all transactions and then those of none.
func (d *decoding) appendMoves() error {
	for i := range d.b.Txs {
		d.b.Txs[i].FirstMove = uint32(len(d.b.Moves))
		if err := d.appendTx(i); err != nil {
			return fmt.Errorf("transaction %d: %w", i, err)
		}
	}
	gwei := uint256.NewInt(1_000_000_000)
	for _, w := range d.b.Withdrawals {
		m := ledger.Move{Tx: ledger.NoTx, Kind: ledger.MoveWithdrawal, To: w.To.Key()}
		m.Amount.Mul(uint256.NewInt(w.Gwei), gwei)
		d.appendMove(m)
	}
	d.appendReward()
	if len(d.b.Moves) > movesMax {
		return fmt.Errorf("%d moves, the most is %d", len(d.b.Moves), movesMax)
	}
	return nil
}

// append appends a move of transaction i, if it moves anything.
func (d *decoding) append(i int, m ledger.Move) {
	m.Tx = uint32(i)
	d.appendMove(m)
}

func (d *decoding) appendMove(m ledger.Move) {
	if m.Amount.IsZero() {
		return
	}
	m.Pos = d.b.Pos(len(d.b.Moves))
	d.b.Moves = append(d.b.Moves, m)
}

func (d *decoding) event(kind EventKind, contract, account Address) {
	d.b.Events = append(d.b.Events, Event{d.at, kind, contract, account})
}

// appendTx appends what a transaction moved, in order, and its fees.
func (d *decoding) appendTx(i int) error {
	b, x := d.b, &d.b.Txs[i]
	d.at, d.done = uint32(i), 0
	d.pending, d.created = d.pending[:0], d.created[:0]
	if !x.Minted.IsZero() {
		d.append(i, ledger.Move{Kind: ledger.MoveMint, To: x.From.Key(), Amount: x.Minted})
	}
	if x.Status == StatusDone {
		d.readLogs(i)
		last := len(b.frames)
		if i+1 < len(b.Txs) {
			last = int(b.Txs[i+1].firstFrame)
		}
		d.appendRun(i, b.frames[x.firstFrame:last])
	}
	if x.StateSync {
		return nil
	}
	return d.appendFees(i)
}

// appendRun appends native moves in the order of the frames, and between them
// those that logs state.
func (d *decoding) appendRun(i int, frames []frame) {
	if len(frames) == 0 {
		d.appendWhole(i)
	}
	d.placeLogs(frames)
	for at, s := range d.steps {
		if s.begins {
			d.appendFrame(i, &frames[s.frame])
		}
		for d.done < len(d.pending) && d.pending[d.done].step == at {
			d.append(i, d.pending[d.done].move)
			d.done++
		}
	}
	for _, p := range d.pending[d.done:] {
		d.append(i, p.move)
	}
}

// appendWhole appends what a transaction without traces is known to have
// moved: its value.
func (d *decoding) appendWhole(i int) {
	x := &d.b.Txs[i]
	if x.Create {
		d.event(EventCreated, Address{}, x.To)
	}
	d.append(i, ledger.Move{Kind: ledger.MoveNative, From: x.From.Key(), To: x.To.Key(), Amount: x.Value})
}

// appendFrame appends what a frame moves by itself. Delegated calls state a
// value that does not move, and CALLCODE sends to itself.
func (d *decoding) appendFrame(i int, f *frame) {
	m := ledger.Move{Kind: ledger.MoveInternal, From: f.from.Key(), To: f.to.Key(), Amount: f.value}
	if f.depth == 0 {
		m.Kind = ledger.MoveNative
	}
	switch f.kind {
	case frameCreate:
		d.event(EventCreated, Address{}, f.to)
		d.created = append(d.created, f.to)
		d.append(i, m)
	case frameCall:
		d.append(i, m)
	case frameDestroy:
		d.appendDestruction(i, f)
	}
}

// appendDestruction appends what a contract held when it destroyed itself.
// Since Cancun it stays there unless it was made in the same transaction
// (EIP-6780). What it leaves to itself is no more, if it is no more.
func (d *decoding) appendDestruction(i int, f *frame) {
	gone := d.b.Has&HasBlobs == 0
	for _, a := range d.created {
		gone = gone || a == f.from
	}
	if gone {
		d.event(EventDestroyed, Address{}, f.from)
	}
	if f.vague {
		return
	}
	m := ledger.Move{Kind: ledger.MoveDestruction, From: f.from.Key(), To: f.to.Key(), Amount: f.value}
	switch {
	case f.to != f.from:
		d.append(i, m)
	case gone:
		m.Kind, m.To = ledger.MoveBurn, ledger.Address{}
		d.append(i, m)
	}
}

// appendReward appends what whoever made the block was paid with new coins,
// while Ethereum was mined (Yellow Paper, 11.3; EIP-649, 1234): the reward and
// a thirty-second of it for each uncle named.
func (d *decoding) appendReward() {
	b := d.b
	if !d.chain.MinerRewards || b.Difficulty.IsZero() || b.Number == 0 {
		b.UnclesUnpaid = 0
		return
	}
	ether := uint64(5)
	switch {
	case b.Number >= 7_280_000:
		ether = 2
	case b.Number >= 4_370_000:
		ether = 3
	}
	m := ledger.Move{Tx: ledger.NoTx, Kind: ledger.MoveMint, To: b.Miner.Key()}
	m.Amount.Mul(uint256.NewInt(ether*(32+uint64(b.UnclesUnpaid))), uint256.NewInt(1_000_000_000_000_000_000/32))
	d.appendMove(m)
}
