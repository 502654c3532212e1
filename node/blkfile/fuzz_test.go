package blkfile_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// FuzzScan gives a folder one file of arbitrary bytes, with and without proof
// of work, obfuscated or not, named as Core names them or otherwise.
//
// Invariants: nothing panics or hangs. Every block that is found lies inside
// the file, and what ReadBlock returns is the file's bytes at its offset, with
// the header that the graph has. Each block has one fate, and each place that
// is complained of lies in the file.
func FuzzScan(f *testing.F) {
	c := chainFrom(f, 3)
	file := regtestRecords(c...)
	f.Add(file, uint8(0))
	f.Add(append(bytes.Clone(file), make([]byte, 30)...), uint8(1))
	f.Add(append([]byte("junk"), file[:len(file)-3]...), uint8(2))
	f.Add(append(regtestRecords(c[0]), regtestRecords(c[2])[9:]...), uint8(3))
	f.Add(c[1].raw, uint8(4))
	f.Add(append(bytes.Clone(c[1].raw), c[2].raw...), uint8(5))
	f.Fuzz(func(t *testing.T, file []byte, how uint8) {
		dir := t.TempDir()
		name := map[bool]string{true: "blk00000.dat", false: "blocks"}[how&4 == 0]
		lies := file
		if how&2 != 0 {
			writeFile(t, dir, "xor.dat", []byte(testKey))
			lies = masked(file, testKey)
		}
		writeFile(t, dir, name, lies)
		d := open(t, dir, blkfile.Options{Network: regtest(t), NoPow: how&1 != 0})
		for n := range d.Graph().Len() {
			checkFound(t, d, d.Ref(n), file, lies)
		}
		b, err := d.Best(nil)
		if (err == nil) != (d.Counts.Blocks > 0) || len(b.Refs)+b.Stale+len(b.Skipped) != d.Counts.Blocks {
			t.Fatalf("%d blocks: %d on the branch, %d stale, %d skipped, %v", d.Counts.Blocks, len(b.Refs), b.Stale, len(b.Skipped), err)
		}
		for _, s := range append(d.Skipped(), b.Skipped...) {
			if s.Offset < 0 || s.Offset > int64(len(file)) || s.File != name {
				t.Fatalf("complaint %v", s)
			}
		}
	})
}

// checkFound checks that a reference gives the bytes of the file, which are
// obfuscated or, if the scan found them so, clear.
func checkFound(t *testing.T, d *blkfile.Dir, ref blkfile.Ref, clear, lies []byte) {
	t.Helper()
	end := ref.Offset + int64(ref.Size)
	if ref.Offset < 0 || end > int64(len(clear)) || ref.Size <= ledger.HeaderSize {
		t.Fatalf("block at %d of %d bytes in a file of %d", ref.Offset, ref.Size, len(clear))
	}
	raw, err := d.ReadBlock(ref, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, clear[ref.Offset:end]) && !bytes.Equal(raw, lies[ref.Offset:end]) {
		t.Fatalf("block at %d: other bytes", ref.Offset)
	}
}

// FuzzUndo reads arbitrary bytes as the undo data of a block of arbitrary
// shape: each byte of shape is a transaction, its value the number of inputs.
//
// Invariants: nothing panics, and memory is bounded by the block and the data.
// What parses has one entry per input, the coinbase's unknown, and written
// again it parses to the same.
func FuzzUndo(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 1)) // the corpus is to be the same in every worker
	for range 8 {
		_, b := mineSpending(f, rng, genesis(f))
		f.Add(appendUndo(nil, b), shapeOf(b))
	}
	f.Fuzz(func(t *testing.T, undo, shape []byte) {
		b := &ledger.Block{Txs: []ledger.Tx{{}}, Ins: make([]ledger.In, 1)}
		for _, ins := range shape {
			b.Txs = append(b.Txs, ledger.Tx{FirstIn: uint32(len(b.Ins))})
			b.Ins = append(b.Ins, make([]ledger.In, ins)...)
		}
		if blkfile.ParseUndo(b, undo) != nil {
			return
		}
		if len(b.Spent) != len(b.Ins) || b.Spent[0].Known {
			t.Fatalf("%d spent outputs of %d inputs", len(b.Spent), len(b.Ins))
		}
		first := b.Spent
		again := appendUndo(nil, b)
		b.Spent = nil
		if err := blkfile.ParseUndo(b, again); err != nil || !sameSpent(first, b.Spent) {
			t.Fatalf("written again: %v, %v\nfirst %v", err, b.Spent, first)
		}
	})
}

func shapeOf(b *ledger.Block) (shape []byte) {
	for i := 1; i < len(b.Txs); i++ {
		from, to := b.InsOf(i)
		shape = append(shape, byte(to-from))
	}
	return shape
}

// BenchmarkOpen scans a folder whose blocks are holes of 18 kB behind real
// headers, 20,000 of them: only headers are read, whatever the size of blocks.
func BenchmarkOpen(b *testing.B) {
	const size = 18_000
	c := chainFrom(b, 20_000)
	dir := b.TempDir()
	name := filepath.Join(dir, "blk00000.dat")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	head := []byte{0xfa, 0xbf, 0xb5, 0xda, size & 0xff, size >> 8, 0, 0}
	for i, x := range c {
		if _, err := f.WriteAt(append(head[:8:8], x.raw[:ledger.HeaderSize]...), int64(i)*(size+8)); err != nil {
			b.Fatal(err)
		}
	}
	total := int64(len(c)) * (size + 8)
	if err := f.Truncate(total); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(total)
	for b.Loop() {
		d, err := blkfile.Open(context.Background(), dir, blkfile.Options{})
		if err != nil || d.Counts.Blocks != len(c) {
			b.Fatal(err, d.Counts)
		}
		_ = d.Close()
	}
}
