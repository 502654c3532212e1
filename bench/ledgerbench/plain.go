package main

import (
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"

	"clew.example/clew/bench/chain"
	"clew.example/clew/ledger"
)

// plainValues holds the values of all outputs as one array, with the end of
// each transaction's: the yardstick of a scan.
type plainValues struct {
	values []ledger.Amount
	ends   []uint32
}

func (b *bench) plainValues() (*plainValues, error) {
	rows, err := os.ReadFile(filepath.Join(b.chain, chain.OutputsFile))
	if err != nil {
		return nil, err
	}
	p := &plainValues{values: make([]ledger.Amount, 0, b.meta.Outputs), ends: make([]uint32, b.meta.Txs)}
	for row := range slices.Chunk(rows, chain.OutputSize) {
		o := chain.ParseOutput(row)
		p.values = append(p.values, o.Value)
		p.ends[o.Tx] = uint32(len(p.values))
	}
	return p, nil
}

// sum adds up transaction by transaction, as the ledger does.
func (p *plainValues) sum() (sum ledger.Amount) {
	out := uint32(0)
	for _, end := range p.ends {
		for _, v := range p.values[out:end] {
			sum += v
		}
		out = end
	}
	return sum
}

// plainTable finds keys by open addressing with linear probing, half full: the
// yardstick of a look-up. Like the ledger's own it stores row numbers and
// compares with the table of keys, so a look-up is two cache misses; unlike it
// it trusts that nobody grinds keys into one bucket.
type plainTable struct {
	slots []uint32 // row + 1
	keys  []byte   // width bytes for each row
	width int
}

func newPlainTable(keys []byte, width int) *plainTable {
	n := len(keys) / width
	size := 1024
	for size < 2*n {
		size *= 2
	}
	t := &plainTable{slots: make([]uint32, size), keys: keys, width: width}
	for row := range n {
		i := t.home(t.key(uint32(row)))
		for t.slots[i] != 0 {
			i = (i + 1) & uint64(size-1)
		}
		t.slots[i] = uint32(row) + 1
	}
	return t
}

func (t *plainTable) key(row uint32) []byte { return t.keys[int(row)*t.width:][:t.width] }

// home takes bytes of the key as its hash: keys are hashes already.
func (t *plainTable) home(key []byte) uint64 {
	return binary.LittleEndian.Uint64(key[4:]) & uint64(len(t.slots)-1)
}

func (t *plainTable) find(key []byte) (row uint32, ok bool) {
	for i := t.home(key); t.slots[i] != 0; i = (i + 1) & uint64(len(t.slots)-1) {
		if row := t.slots[i] - 1; string(t.key(row)) == string(key) {
			return row, true
		}
	}
	return 0, false
}

// plainLists holds each address' outputs as a linked list, newest first, behind
// a plainTable of scripts.
type plainLists struct {
	table *plainTable
	head  []uint32 // address -> newest output + 1
	prev  []uint32 // output -> the one before it of its address + 1
	count []uint32 // address -> outputs
}

const scriptSize = 25

func (b *bench) plainLists() (*plainLists, error) {
	rows, err := os.ReadFile(filepath.Join(b.chain, chain.OutputsFile))
	if err != nil {
		return nil, err
	}
	scripts := make([]byte, 0, b.meta.Addresses*scriptSize)
	for a := range b.meta.Addresses {
		scripts = append(scripts, chain.Script(uint32(a))...)
	}
	l := &plainLists{
		table: newPlainTable(scripts, scriptSize),
		head:  make([]uint32, b.meta.Addresses),
		prev:  make([]uint32, 0, b.meta.Outputs),
		count: make([]uint32, b.meta.Addresses),
	}
	for row := range slices.Chunk(rows, chain.OutputSize) {
		a := chain.ParseOutput(row).Addr
		l.prev = append(l.prev, l.head[a])
		l.head[a] = uint32(len(l.prev))
		l.count[a]++
	}
	return l, nil
}

// appendOutputs appends the outputs of a script, newest first.
func (l *plainLists) appendOutputs(dst []uint32, script []byte) []uint32 {
	a, ok := l.table.find(script)
	if !ok {
		return dst
	}
	for out := l.head[a]; out != 0; out = l.prev[out-1] {
		dst = append(dst, out-1)
	}
	return dst
}

// hashOnly does the hashing that decoding can not do without: each
// transaction's id, at the mean length, and one pair of its merkle tree.
func hashOnly(file []byte, txs int) {
	mean := len(file) / txs
	for i := range txs {
		id := sha256.Sum256(file[i*mean:][:mean])
		id = sha256.Sum256(id[:])
		var pair [2 * sha256.Size]byte
		copy(pair[:], id[:])
		id = sha256.Sum256(pair[:])
		hashSink = sha256.Sum256(id[:])
	}
}

// hashSink keeps the compiler from leaving the hashing out.
//
//lint:ignore U1000 it is written and never read
var hashSink [sha256.Size]byte
