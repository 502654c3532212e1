package flat_test

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// damage is one cell to spoil. Exact damage is named by its row; other damage
// by the rows of its block, or exactly where the raw block can be read.
type damage struct {
	name  string
	file  string
	exact bool
	pick  func(d *damaged) uint64 // the row
	spoil func(cell []byte)
}

func flip(cell []byte)   { cell[0] ^= 0x10 }
func raise(cell []byte)  { cell[0]++ }
func empty(cell []byte)  { clear(cell) }
func rank(cell []byte)   { cell[5] ^= 1 }
func second(cell []byte) { cell[5] ^= 1 }
func third(cell []byte)  { cell[10] ^= 1 }

// damages has at least one kind for each column and index.
var damages = []damage{
	{"time in a header", "blocks.header", true, (*damaged).block, func(b []byte) { b[69] ^= 1 }},
	{"block hash", "blocks.hash", true, (*damaged).block, flip},
	{"count after a block", "blocks.end", true, (*damaged).block, func(b []byte) { b[6] = 1 }},
	{"checksum", "blocks.sum", true, (*damaged).block, flip},
	{"where a block was read", "blocks.raw", true, (*damaged).block, flip},
	{"txid", "txs.id", false, (*damaged).tx, flip},
	{"end of outputs", "txs.out", true, (*damaged).tx, func(b []byte) { b[3] = 1 }},
	{"end of inputs", "txs.in", true, (*damaged).tx, func(b []byte) { b[3] = 1 }},
	{"traits", "txs.traits", false, (*damaged).tx, flip},
	{"weight", "txs.weight", false, (*damaged).tx, flip},
	{"value", "outs.value", false, (*damaged).out, flip},
	{"account of an output", "outs.account", false, (*damaged).out, flip},
	{"predecessor in a list", "outs.prev", true, (*damaged).out, flip},
	{"place in a list", "outs.prev", true, (*damaged).out, rank},
	{"spent output", "ins.out", false, (*damaged).spend, raise},
	{"outpoint of an unknown input", "unknowns.prev", false, (*damaged).unknown, flip},
	{"value of an unknown input", "unknowns.value", false, (*damaged).unknown, flip},
	{"account of an unknown input", "unknowns.account", false, (*damaged).unknown, flip},
	{"row of an unknown input", "unknowns.in", true, (*damaged).unknown, flip},
	{"end of a script", "accounts.script", true, (*damaged).account, func(b []byte) { b[4] = 1 }},
	{"byte of a script", "heap", false, (*damaged).heap, flip},
	{"skip of 64", "skips", true, (*damaged).skip, second},
	{"skip of 4,096", "skips", true, (*damaged).skip, third},
	{"spender", "outs.spender", true, (*damaged).out, flip},
	{"spender forgotten", "outs.spender", true, (*damaged).spent, empty},
	{"head of a list", "accounts.head", true, (*damaged).account, flip},
	{"file name", "files.name", false, func(*damaged) uint64 { return 3 }, flip},
	{"end of a file name", "files.end", true, (*damaged).block, func(b []byte) { b[6] = 1 }},
	{"slot of a transaction", "txs.index", true, (*damaged).txSlot, flip},
	{"slot of an account", "accounts.index", true, (*damaged).accountSlot, func(b []byte) { b[6] ^= 1 }},
}

// damaged is a ledger to spoil.
type damaged struct {
	t    *testing.T
	rng  *rand.Rand
	fs   vfs.FS
	c    flat.Counts
	rows map[string][]byte
	idx  [2]string
}

func (d *damaged) block() uint64   { return 1 + d.rng.Uint64N(d.c.Blocks-1) }
func (d *damaged) tx() uint64      { return 1 + d.rng.Uint64N(d.c.Txs-1) }
func (d *damaged) out() uint64     { return d.rng.Uint64N(d.c.Outs) }
func (d *damaged) unknown() uint64 { return d.rng.Uint64N(d.c.Unknowns) }
func (d *damaged) account() uint64 { return 1 + d.rng.Uint64N(d.c.Accounts-1) }
func (d *damaged) heap() uint64    { return d.rng.Uint64N(d.c.Heap) }
func (d *damaged) skip() uint64    { return d.rng.Uint64N(d.c.Skips) }

func (d *damaged) spent() uint64 {
	for {
		if out := d.out(); binary.LittleEndian.Uint64(d.rows["outs.spender"][8*out:]) != 0 {
			return out
		}
	}
}

func (d *damaged) spend() uint64 {
	for {
		if in := d.rng.Uint64N(d.c.Ins); d.rows["ins.out"][5*in+4] == 0 {
			return in // a known output: not unknown, not a coinbase
		}
	}
}

func (d *damaged) txSlot() uint64      { return d.slot(d.idx[0]) }
func (d *damaged) accountSlot() uint64 { return d.slot(d.idx[1]) }

func (d *damaged) slot(name string) uint64 {
	for {
		slot := d.rng.Uint64N(1 << 8)
		cell, err := flat.ForTestCell(d.fs, name, slot)
		if err != nil {
			d.t.Fatal(err)
		}
		if binary.LittleEndian.Uint64(cell) != 0 {
			return slot
		}
	}
}

// TestCheckFindsDamage plants one damaged cell after the other.
func TestCheckFindsDamage(t *testing.T) {
	d := newDamaged(t)
	w := newWorld(t, launder.Default(9))
	build(t, w, d.fs, w.Chain())
	l, v := open(t, d.fs)
	d.c, d.rows = v.Counts(), flat.ForTestRows(v)
	l.Close()
	d.idx = indexNames(t, d.fs)
	raw := func(ref ledger.RawRef) ([]byte, error) {
		h, err := ledger.ParseHash(ref.File)
		return w.Raw(h), err
	}
	for _, kind := range damages {
		for i := range d.idx {
			if kind.file+"." == d.idx[i][:min(len(d.idx[i]), len(kind.file)+1)] {
				kind.file = d.idx[i]
			}
		}
		for range 3 {
			d.plant(kind, raw)
		}
	}
}

func newDamaged(t *testing.T) *damaged {
	return &damaged{t: t, rng: seeded(t, 9), fs: newFS(t, 9)}
}

func indexNames(t *testing.T, fs vfs.FS) (idx [2]string) {
	t.Helper()
	list, err := fs.List(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range list {
		switch name[:min(len(name), 6)] {
		case "txs.in":
			if len(name) > len("txs.in") {
				idx[0] = name
			}
		case "accoun":
			if name[:min(len(name), 14)] == "accounts.index" {
				idx[1] = name
			}
		}
	}
	return idx
}

// plant spoils a cell, checks with and without the raw blocks, and mends it.
func (d *damaged) plant(k damage, raw func(ledger.RawRef) ([]byte, error)) {
	d.t.Helper()
	row := k.pick(d)
	cell, err := flat.ForTestCell(d.fs, k.file, row)
	if err != nil {
		d.t.Fatal(err)
	}
	old := append([]byte(nil), cell...)
	k.spoil(cell)
	for _, read := range []func(ledger.RawRef) ([]byte, error){nil, raw} {
		opt := flat.ForTestWindow(flat.CheckOptions{Options: small, ReadBlock: read}, 1000)
		r, err := flat.Check(context.Background(), d.fs, opt)
		if err != nil {
			d.t.Fatalf("%s: %v", k.name, err)
		}
		d.named(k, row, r, read != nil)
	}
	copy(cell, old)
}

func (d *damaged) named(k damage, row uint64, r *flat.CheckReport, raw bool) {
	d.t.Helper()
	for i := range r.Damages {
		f := &r.Damages[i]
		if f.File == k.file && row >= f.Row && row < f.Row+max(f.Rows, 1) && (f.Rows <= 1 || !k.exact) {
			d.t.Logf("%s, planted in row %d, raw blocks %v: %v", k.name, row, raw, f)
			return
		}
	}
	d.t.Errorf("%s in %s row %d, raw blocks %v: not found in %d findings %v", k.name, k.file, row, raw, len(r.Damages), r.Damages)
}
