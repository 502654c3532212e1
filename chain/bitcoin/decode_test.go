package bitcoin_test

import (
	"errors"
	"testing"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// TestRealBlocks compares every real block with btcd's reading.
func TestRealBlocks(t *testing.T) {
	blocks := realBlocks(t)
	if blocks == nil {
		t.Skip("no real blocks")
	}
	var d bitcoin.Decoder
	var b ledger.Block
	txs := 0
	for _, real := range blocks {
		msg, err := oracleDecode(real.raw)
		if err != nil {
			t.Fatalf("%s: btcd: %v", real.name, err)
		}
		if err := d.Decode(&b, real.raw); err != nil {
			t.Fatalf("%s: %v", real.name, err)
		}
		if err := diff(&b, msg); err != nil {
			t.Errorf("%s: %v", real.name, err)
		}
		txs += len(b.Txs)
	}
	t.Logf("%d blocks, %d transactions", len(blocks), txs)
}

// TestRealCounts pins what the 25 blocks hold, as the data's source counts it.
func TestRealCounts(t *testing.T) {
	var d bitcoin.Decoder
	var b ledger.Block
	var blocks, txs, ins, outs int
	for _, real := range realBlocks(t) {
		if len(real.name) != 64 {
			continue
		}
		if err := d.Decode(&b, real.raw); err != nil {
			t.Fatal(err)
		}
		if b.Hash.String() != real.name {
			t.Errorf("file %s holds block %s", real.name, b.Hash)
		}
		blocks, txs, ins, outs = blocks+1, txs+len(b.Txs), ins+len(b.Ins), outs+len(b.Outs)
	}
	if blocks == 0 {
		t.Skip("no real blocks")
	}
	if blocks != 25 || txs != 68_047 || ins != 136_664 || outs != 162_406 {
		t.Errorf("%d blocks, %d transactions, %d inputs, %d outputs", blocks, txs, ins, outs)
	}
}

// TestRandomBlocks compares generated blocks with btcd's reading.
func TestRandomBlocks(t *testing.T) {
	r := newRand(t, 1)
	var d bitcoin.Decoder
	var b ledger.Block
	for i := range 300 {
		raw := randomBlock(r, r.IntN(20), i%2 == 0)
		msg, err := oracleDecode(raw)
		if err != nil {
			t.Fatalf("block %d: btcd: %v", i, err)
		}
		if err := d.Decode(&b, raw); err != nil {
			t.Fatalf("block %d: %v", i, err)
		}
		if err := diff(&b, msg); err != nil {
			t.Fatalf("block %d: %v", i, err)
		}
	}
}

// TestCut cuts a block at every byte: each piece is an error, with an offset
// inside it.
func TestCut(t *testing.T) {
	r := newRand(t, 2)
	var d bitcoin.Decoder
	var b ledger.Block
	for _, witness := range []bool{false, true} {
		raw := randomBlock(r, 6, witness)
		for n := range raw {
			requireError(t, d.Decode(&b, raw[:n:n]), n)
		}
		requireError(t, d.Decode(&b, append(raw, 0)), len(raw))
	}
}

func requireError(t *testing.T, err error, size int) {
	t.Helper()
	var e *bitcoin.Error
	if !errors.As(err, &e) {
		t.Fatalf("%d bytes: error %v is no *Error", size, err)
	}
	if e.Offset < 0 || e.Offset > size {
		t.Fatalf("%d bytes: offset %d of %v", size, e.Offset, e)
	}
}

// TestFlip flips every bit behind the header's merkle root, witnesses
// included: none may go unseen. The header's other fields are the hash's matter.
func TestFlip(t *testing.T) {
	r := newRand(t, 3)
	var d bitcoin.Decoder
	var b ledger.Block
	for _, witness := range []bool{false, true} {
		raw := randomBlock(r, 5, witness)
		for bit := 36 * 8; bit < len(raw)*8; bit++ {
			if at := bit / 8; at >= 68 && at < ledger.HeaderSize {
				continue
			}
			raw[bit/8] ^= 1 << (bit % 8)
			requireError(t, d.Decode(&b, raw), len(raw))
			raw[bit/8] ^= 1 << (bit % 8)
		}
		if err := d.Decode(&b, raw); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAllocs holds the decoder to no allocation once its slices have grown.
func TestAllocs(t *testing.T) {
	r := newRand(t, 4)
	var d bitcoin.Decoder
	var b ledger.Block
	for _, witness := range []bool{false, true} {
		raw := randomBlock(r, 500, witness)
		n := testing.AllocsPerRun(20, func() {
			if err := d.Decode(&b, raw); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("witness %v: %v allocations a block", witness, n)
		}
	}
}

// TestDecodeKeeps checks that the caller's fields survive and Spent is emptied.
func TestDecodeKeeps(t *testing.T) {
	r := newRand(t, 5)
	b := ledger.Block{Height: 7, Source: ledger.RawRef{File: "f"}, Spent: make([]ledger.SpentOut, 3)}
	if err := new(bitcoin.Decoder).Decode(&b, randomBlock(r, 1, false)); err != nil {
		t.Fatal(err)
	}
	if b.Height != 7 || b.Source.File != "f" || len(b.Spent) != 0 {
		t.Errorf("height %d, source %v, %d spent", b.Height, b.Source, len(b.Spent))
	}
}

// TestTooBig refuses by size what is otherwise a block.
func TestTooBig(t *testing.T) {
	tx := coinbase(1)
	tx.Outs[0].Script = make([]byte, bitcoin.MaxBlockSize-200)
	for _, more := range []int{0, 200} {
		tx.Outs[0].Script = append(tx.Outs[0].Script, make([]byte, more)...)
		raw := bitcoin.AppendBlock(nil, bitcoin.Header{}, []bitcoin.RawTx{tx})
		err := new(bitcoin.Decoder).Decode(new(ledger.Block), raw)
		if (err != nil) != (len(raw) > bitcoin.MaxBlockSize) {
			t.Errorf("%d bytes: %v", len(raw), err)
		}
	}
}
