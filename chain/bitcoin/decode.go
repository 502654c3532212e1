package bitcoin

import (
	"bytes"
	"encoding/binary"
	"math"

	"clew.example/clew/ledger"
)

// Bounds of a block. The least sizes bound the counts that come before things.
const (
	// MaxBlockSize is the most bytes a block may have: BIP 141 allows 4,000,000
	// weight units, and a byte weighs at least one.
	MaxBlockSize = 4_000_000
	// MaxMoney is the most an output, or the outputs of a transaction, may hold.
	MaxMoney ledger.Amount = 21_000_000 * 100_000_000

	minInSize  = 36 + 1 + 4 // outpoint, empty script, sequence
	minOutSize = 8 + 1      // value, empty script
	minTxSize  = 4 + 1 + minInSize + 1 + minOutSize + 4

	// witnessMarker and witnessFlag follow the version of a transaction with
	// witness, where one without has its number of inputs (BIP 144).
	witnessMarker = 0x00
	witnessFlag   = 0x01

	// finalSequence is the sequence of an input that heeds no lock time; below
	// the one before it an input signals replacement (BIP 125).
	finalSequence = math.MaxUint32
)

// Decoder decodes blocks one after another, reusing its scratch memory. The
// zero value is ready. It serves one goroutine.
type Decoder struct {
	cursor
	tx        txState
	committed bool              // the coinbase commits to witnesses
	witnessed bool              // a transaction has a witness
	reserved  ledger.Span       // the coinbase's witness, if it is one item
	scripts   []ledger.Span     // scriptSigs of the transaction being read
	sorted    []ledger.Outpoint // its outpoints, to find duplicates
	stripped  []byte            // its bytes without witness
	wtxids    []ledger.Hash     // of the block, the coinbase's being zero
	merkle    []ledger.Hash
}

// txState is what reading a transaction gathers.
type txState struct {
	index  int
	start  int // offset of the version
	body   int // offset of the number of inputs
	end    int // offset behind the outputs
	lowest uint32
	final  bool // every sequence is finalSequence
	traits ledger.Traits
}

// Decode reads raw, which is exactly one block, into b. It fills Hash, Prev,
// Time, Header, Raw, Txs, Ins and Outs, and empties Spent; Height and Source
// are the caller's. b keeps raw, and once its slices have grown no transaction
// costs an allocation.
//
// It checks the form, that exactly the first transaction is a coinbase, that
// no transaction has equal inputs or outputs above MaxMoney, and that the
// transactions are those of the header's merkle root. Witnesses are checked
// against the coinbase's commitment (BIP 141), without which a block may have
// none. A block that lost all its witnesses passes, with the weights of what
// is left. Proof of work is CheckPow's matter.
//
// An error is an *Error; b then holds nothing of use.
func (d *Decoder) Decode(b *ledger.Block, raw []byte) error {
	if len(raw) > MaxBlockSize {
		return errorAt(MaxBlockSize, "block of %d bytes is above %d", len(raw), MaxBlockSize)
	}
	header, err := ParseHeader(raw)
	if err != nil {
		return errorAt(0, "%s", err)
	}
	d.start(b, raw, &header)
	n, err := d.count("transactions", minTxSize)
	if err != nil {
		return err
	}
	if n == 0 {
		return errorAt(ledger.HeaderSize, "block has no transactions")
	}
	for i := range n {
		if err := d.transaction(b, i); err != nil {
			return within("transaction", i, err)
		}
	}
	if d.left() != 0 {
		return errorAt(d.off, "%d bytes follow the last transaction", d.left())
	}
	return d.checkCommitments(b, &header)
}

func (d *Decoder) start(b *ledger.Block, raw []byte, h *Header) {
	b.Hash, b.Prev, b.Time = HashHeader(raw), h.Prev, h.Time
	copy(b.Header[:], raw)
	b.Raw = raw
	b.Txs, b.Ins, b.Outs, b.Spent = b.Txs[:0], b.Ins[:0], b.Outs[:0], b.Spent[:0]
	d.cursor = cursor{raw: raw, off: ledger.HeaderSize}
	d.wtxids = d.wtxids[:0]
	d.committed, d.witnessed, d.reserved = false, false, ledger.Span{}
}

// transaction reads one transaction and appends it to b.
func (d *Decoder) transaction(b *ledger.Block, i int) error {
	d.tx = txState{index: i, start: d.off, lowest: finalSequence, final: true}
	tx := ledger.Tx{FirstIn: uint32(len(b.Ins)), FirstOut: uint32(len(b.Outs))}
	version, err := d.u32("version")
	if err != nil {
		return err
	}
	witness, err := d.marker()
	if err != nil {
		return err
	}
	d.tx.body = d.off
	if err := d.inputs(b); err != nil {
		return err
	}
	if err := d.outputs(b); err != nil {
		return err
	}
	d.tx.end = d.off
	if witness {
		err = d.witnesses()
	} else if i > 0 {
		d.bareInputs()
	}
	if err != nil {
		return err
	}
	lockTime, err := d.u32("lock time")
	if err != nil {
		return err
	}
	tx.Traits = d.tx.finish(int32(version), lockTime)
	d.identify(&tx, witness)
	b.Txs = append(b.Txs, tx)
	return nil
}

// marker reads the witness marker and flag if they are there.
func (d *Decoder) marker() (bool, error) {
	if d.left() < 2 || d.raw[d.off] != witnessMarker {
		return false, nil
	}
	if d.raw[d.off+1] != witnessFlag {
		return false, errorAt(d.off+1, "no inputs, and %#02x is no witness flag", d.raw[d.off+1])
	}
	d.off += 2
	return true, nil
}

// inputs reads the inputs and checks their outpoints.
func (d *Decoder) inputs(b *ledger.Block) error {
	at := d.off
	n, err := d.count("inputs", minInSize)
	if err != nil {
		return err
	}
	if n == 0 {
		return errorAt(at, "no inputs")
	}
	first := len(b.Ins)
	d.scripts = d.scripts[:0]
	for i := range n {
		in, err := d.input()
		if err != nil {
			return within("input", i, err)
		}
		b.Ins = append(b.Ins, in)
	}
	ins := b.Ins[first:]
	if d.tx.index == 0 {
		return checkCoinbase(ins, at)
	}
	return d.checkDuplicates(ins, at)
}

func (d *Decoder) input() (ledger.In, error) {
	var in ledger.In
	at := d.off
	if d.left() < minInSize {
		return in, errorAt(at, "bytes end")
	}
	in.Prev.TxID = ledger.Hash(d.raw[at : at+ledger.HashSize])
	in.Prev.Vout = binary.LittleEndian.Uint32(d.raw[at+ledger.HashSize:])
	if d.tx.index > 0 && in.Prev.IsNull() {
		return in, errorAt(at, "null outpoint outside the coinbase")
	}
	d.off += ledger.HashSize + 4
	script, err := d.span("script bytes")
	if err != nil {
		return in, err
	}
	sequence, err := d.u32("sequence")
	if err != nil {
		return in, err
	}
	d.scripts = append(d.scripts, script)
	d.tx.lowest = min(d.tx.lowest, sequence)
	d.tx.final = d.tx.final && sequence == finalSequence
	return in, nil
}

// checkCoinbase checks that the inputs are those of a coinbase.
func checkCoinbase(ins []ledger.In, at int) error {
	if len(ins) != 1 || !ins[0].Prev.IsNull() {
		return errorAt(at, "the first transaction is not a coinbase")
	}
	return nil
}

// outputs reads the outputs and checks their values.
func (d *Decoder) outputs(b *ledger.Block) error {
	at := d.off
	n, err := d.count("outputs", minOutSize)
	if err != nil {
		return err
	}
	if n == 0 {
		return errorAt(at, "no outputs")
	}
	first := len(b.Outs)
	var sum ledger.Amount
	for i := range n {
		at := d.off
		out, err := d.output()
		if err != nil {
			return within("output", i, err)
		}
		// Both terms are at most MaxMoney, so the sum can not wrap (the attack
		// of block 74638 was such a sum).
		if sum += out.Value; sum > MaxMoney {
			return within("output", i, errorAt(at, "sum of values above 21,000,000 BTC"))
		}
		b.Outs = append(b.Outs, out)
	}
	d.noteOutputs(b.Outs[first:])
	if d.tx.index == 0 {
		d.committed = commitmentOf(b) != nil
	}
	return nil
}

func (d *Decoder) output() (ledger.Out, error) {
	var out ledger.Out
	at := d.off
	if d.left() < minOutSize {
		return out, errorAt(at, "bytes end")
	}
	out.Value = ledger.Amount(binary.LittleEndian.Uint64(d.raw[at:]))
	if out.Value > MaxMoney {
		return out, errorAt(at, "value above 21,000,000 BTC")
	}
	d.off += 8
	script, err := d.span("script bytes")
	out.Script = script
	return out, err
}

// noteOutputs notes whether outputs are in BIP 69 order: by value, then script.
func (d *Decoder) noteOutputs(outs []ledger.Out) {
	for i := 1; i < len(outs); i++ {
		a, b := &outs[i-1], &outs[i]
		if a.Value > b.Value || a.Value == b.Value && bytes.Compare(d.bytes(a.Script), d.bytes(b.Script)) > 0 {
			return
		}
	}
	d.tx.traits |= ledger.TraitOutputsSorted
}

func (d *Decoder) bytes(s ledger.Span) []byte { return d.raw[s.Off : s.Off+s.Len] }

// identify computes the id and weight of the transaction just read. Weight is
// three times the size without witness plus the size with it (BIP 141).
func (d *Decoder) identify(tx *ledger.Tx, witness bool) {
	all := d.raw[d.tx.start:d.off]
	base := all
	if witness {
		d.stripped = append(d.stripped[:0], all[:4]...)
		d.stripped = append(d.stripped, d.raw[d.tx.body:d.tx.end]...)
		d.stripped = append(d.stripped, all[len(all)-4:]...)
		base = d.stripped
	}
	tx.ID = HashTx(base)
	tx.Weight = uint32(3*len(base) + len(all))
	wtxid := tx.ID
	switch {
	case d.tx.index == 0:
		wtxid = ledger.Hash{} // it can not commit to itself
	case witness:
		wtxid = DoubleHash(all)
	}
	d.wtxids = append(d.wtxids, wtxid)
}
