package evm

import (
	"fmt"
	"math"

	"clew.example/clew/chain/internal/abi"
	"clew.example/clew/ledger"
)

// Answers are what a node answered about one block: the results, as JSON,
// without the envelope of JSON-RPC.
type Answers struct {
	// Block is eth_getBlockByNumber's or …ByHash's, with full transactions.
	Block []byte
	// Receipts is eth_getBlockReceipts', or a list of
	// eth_getTransactionReceipt's in the order of the transactions.
	Receipts []byte
	// Traces is trace_block's, or debug_traceBlockByNumber's with callTracer.
	// None: what contracts sent is unknown, and said to be.
	Traces []byte
}

// Decoder decodes blocks of one chain. It keeps room between blocks, so each
// goroutine has its own.
type Decoder struct {
	// CheckSenders has the sender of each transaction recovered from its
	// signature. It takes longer than all else, so it is for nodes of others.
	CheckSenders bool

	chain *Chain
}

// NewDecoder returns a decoder for a chain, of the table or the caller's own.
func NewDecoder(chain *Chain) *Decoder { return &Decoder{chain: chain} }

// Decode fills dst with a block. What the answers say is held against each
// other and against the block's hash; the first thing that is wrong is the
// error, after its place. After an error dst holds nothing of use.
func (d *Decoder) Decode(dst *Block, a Answers) error {
	dst.reset()
	dst.senders = d.CheckSenders
	if err := dst.decode(d.chain, a); err != nil {
		return fmt.Errorf("block %d: %w", dst.Number, err)
	}
	return nil
}

func (b *Block) decode(chain *Chain, a Answers) error {
	if err := b.readBlock(a.Block, chain); err != nil {
		return err
	}
	if isNothing(a.Receipts) {
		return fmt.Errorf("receipts: %w", errNoAnswer)
	}
	if err := b.readReceipts(a.Receipts, chain); err != nil {
		return fmt.Errorf("receipts: %w", err)
	}
	if err := b.checkReceipts(); err != nil {
		return err
	}
	if b.NoTraces = isNothing(a.Traces); !b.NoTraces {
		if err := b.readTraces(a.Traces); err != nil {
			return fmt.Errorf("traces: %w", err)
		}
	}
	if err := b.matchFrames(); err != nil {
		return fmt.Errorf("traces: %w", err)
	}
	d := decoding{b: b, chain: chain}
	return d.appendMoves()
}

func isNothing(raw []byte) bool {
	c := cursor{raw: raw}
	return c.peek() == 0 || c.null() && c.peek() == 0
}

// readBlock reads a block's own fields and checks all that hangs on its hash.
func (b *Block) readBlock(raw []byte, chain *Chain) error {
	if isNothing(raw) {
		return errNoAnswer
	}
	c := cursor{raw: raw}
	seen := object(&c, blockFields, b)
	if c.end(); c.err != nil {
		return c.err
	}
	if blockFields.has(seen, "uncles") && (b.UnclesUnpaid == 0) != (b.Uncles == emptyUncles) {
		return fmt.Errorf("uncles: %d, which is not what the header says", b.UnclesUnpaid)
	}
	if b.Number > math.MaxUint32 {
		return fmt.Errorf("numbers above %d are not kept", uint32(math.MaxUint32))
	}
	if err := b.checkHeader(chain.Header); err != nil {
		return err
	}
	if err := b.checkTxs(chain); err != nil {
		return err
	}
	if err := b.checkWithdrawals(); err != nil {
		return err
	}
	b.Checked |= CheckedWithdrawals
	if b.senders {
		return b.checkSenders()
	}
	return nil
}

// matchFrames holds the outermost frame of each transaction against the
// transaction, and notes where what it did inside is not known.
func (b *Block) matchFrames() error {
	at := 0
	for i := range b.Txs {
		x := &b.Txs[i]
		x.firstFrame = uint32(at)
		for at < len(b.frames) && b.frames[at].tx == uint32(i) {
			at++
		}
		frames := b.frames[x.firstFrame:at]
		if len(frames) == 0 {
			x.noteUntraced()
			continue
		}
		if err := x.match(&frames[0]); err != nil {
			return fmt.Errorf("transaction %d: %w", i, err)
		}
		if vague(frames) {
			x.Unknown |= UnknownInternal
		}
	}
	return nil
}

// gasPlain is what a transaction uses that runs no code.
const gasPlain = 21000

// noteUntraced says what is not known of a transaction without frames.
func (x *Tx) noteUntraced() {
	plain := x.GasUsed == gasPlain && x.Input.Len == 0 && !x.Create
	switch {
	case x.Status == StatusFailed:
		return
	case x.Status == StatusUnknown:
		x.Unknown |= UnknownStatus | UnknownInternal
	case !plain:
		x.Unknown |= UnknownInternal
	}
}

// match holds a transaction against its outermost frame. Before Byzantium only
// the frame says whether it failed.
func (x *Tx) match(f *frame) error {
	if x.Unknown&UnknownType != 0 {
		return nil
	}
	created := f.kind == frameCreate
	switch {
	case f.from != x.From:
		return fmt.Errorf("is from %s, its trace from %s", x.From, f.from)
	case created != x.Create || !created && f.kind != frameCall:
		return fmt.Errorf("its trace is of another kind")
	case f.to != x.To && !(created && f.failed):
		return fmt.Errorf("is to %s, its trace to %s", x.To, f.to)
	case f.value != x.Value:
		return fmt.Errorf("moves %s, its trace %s", x.Value.Dec(), f.value.Dec())
	case x.Status == StatusUnknown && f.failed:
		x.Status = StatusFailed
	case x.Status == StatusUnknown:
		x.Status = StatusDone
	case f.failed != (x.Status == StatusFailed):
		return fmt.Errorf("its receipt and its trace disagree whether it failed")
	}
	return nil
}

// vague reports whether a frame that was not undone does not say what it moved.
func vague(frames []frame) bool {
	for i := 0; i < len(frames); {
		switch {
		case frames[i].failed:
			i = after(frames, i)
		case frames[i].kind == frameDestroy && frames[i].vague:
			return true
		default:
			i++
		}
	}
	return false
}

// after returns the number of the first frame that frame i did not call.
func after(frames []frame, i int) int {
	depth := frames[i].depth
	for i++; i < len(frames) && frames[i].depth > depth; i++ {
	}
	return i
}

// emptyUncles is what a header has that names no uncles: the hash of the empty
// list.
var emptyUncles = Hash(abi.Keccak256(appendList(nil, nil)))

// blockFields are a header's and what a block has beside it.
var blockFields = makeFields(append(headerFields.list,
	field[Block]{"uncles", false, func(c *cursor, b *Block) {
		c.each("uncle", func(int) { c.text(); b.UnclesUnpaid++ })
	}},
)...)

// Pos returns the position of the n-th move of a block.
func (b *Block) Pos(n int) ledger.Pos { return ledger.MakePos(ledger.Height(b.Number), uint32(n)) }
