package ledger

// HeaderSize is the length of a bitcoin-family block header.
const HeaderSize = 80

// Block is one decoded block of a UTXO chain, laid out flat: no pointers per
// transaction, and every slice is reused by the decoder that filled it. Spans
// point into Raw. Inputs and outputs of transaction i are those from its
// First… to the First… of transaction i+1, or to the end.
type Block struct {
	Height Height // set by who knows it, not by the decoder
	Hash   Hash
	Prev   Hash
	Time   uint32 // unix seconds, as the header states them
	Header [HeaderSize]byte
	Raw    []byte // the block's bytes, header included
	Source RawRef // where Raw was read

	Txs  []Tx
	Ins  []In
	Outs []Out

	// Spent holds what each input spends where the source knows it (Core's
	// rev*.dat, an explorer's prevout): empty, or one entry per input, the
	// coinbase's being unknown.
	Spent []SpentOut

	// Keys is a store's scratch: the keyed hashes that its Prepare fills in on
	// another core than the one that appends. Decoders empty it.
	Keys []uint64
}

// Tx is a transaction of a flat Block.
type Tx struct {
	ID       TxID
	FirstIn  uint32
	FirstOut uint32
	Weight   uint32 // BIP 141 weight units
	Traits   Traits
}

// In is an input of a flat Block: the outpoint it spends.
type In struct {
	Prev Outpoint
}

// Out is an output of a flat Block.
type Out struct {
	Value  Amount
	Script Span
}

// Span is a run of bytes in Block.Raw.
type Span struct {
	Off, Len uint32
}

// SpentOut is an output spent by an input, as a source other than the ledger
// states it. Script is not kept by the decoder's reader beyond the next block.
type SpentOut struct {
	Known  bool
	Value  Amount
	Script Account
}

// RawRef says where the bytes of a block lie: a file, the offset of the header
// in it and the number of bytes. File is empty where the block came from a
// node.
type RawRef struct {
	File   string
	Offset int64
	Size   uint32
}

// Bytes returns the span's bytes of a block.
func (b *Block) Bytes(s Span) []byte { return b.Raw[s.Off : s.Off+s.Len : s.Off+s.Len] }

// InsOf returns the range of b.Ins of transaction i.
func (b *Block) InsOf(i int) (from, to uint32) {
	from, to = b.Txs[i].FirstIn, uint32(len(b.Ins))
	if i+1 < len(b.Txs) {
		to = b.Txs[i+1].FirstIn
	}
	return from, to
}

// OutsOf returns the range of b.Outs of transaction i.
func (b *Block) OutsOf(i int) (from, to uint32) {
	from, to = b.Txs[i].FirstOut, uint32(len(b.Outs))
	if i+1 < len(b.Txs) {
		to = b.Txs[i+1].FirstOut
	}
	return from, to
}
