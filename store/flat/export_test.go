package flat

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
)

// ForTestNoReinsert switches the mutant on that leaves the first step of undo
// out, and returns how to switch it off.
func ForTestNoReinsert() func() {
	mutantNoReinsert = true
	return func() { mutantNoReinsert = false }
}

// ForTestRows returns the committed bytes of every row column but those that
// say where blocks came from, and of the cells, by name.
func ForTestRows(v *View) map[string][]byte {
	rows := map[string][]byte{}
	for i := range specs {
		s := &specs[i]
		if s.kind != origin {
			rows[s.name] = bytes.Clone(v.l.cols[i].span(0, s.entries(&v.C)))
		}
	}
	return rows
}

// ForTestLayout returns the lines of the layout for comparison with the document.
func ForTestLayout() (lines []string) {
	kinds := map[kind]string{row: "row", cell: "cell", origin: "origin"}
	tables := []string{"blocks", "txs", "outs", "ins", "unknowns", "accounts", "heap", "skips", "files", "file bytes"}
	for _, s := range specs {
		sum := "no"
		if s.summed {
			sum = "yes"
		}
		lines = append(lines, fmt.Sprintf("| `%s` | %s | %d | %d | %s | %s |", s.name, tables[s.table], s.width, s.extra, kinds[s.kind], sum))
	}
	return lines
}

// ForTestWindow sets the number of rows a check holds in memory.
func ForTestWindow(o CheckOptions, n uint64) CheckOptions {
	o.window = n
	return o
}

// ForTestCell returns the bytes of one entry of a column or index file, for
// tests that damage it.
func ForTestCell(fs vfs.FS, name string, row uint64) ([]byte, error) {
	width, f := int64(8), vfs.File(nil)
	for i := range specs {
		if specs[i].name == name {
			width = specs[i].width
		}
	}
	f, err := fs.Open(name, vfs.ReadWrite)
	if err != nil {
		return nil, err
	}
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	b, err := f.Map(size)
	if err != nil {
		return nil, err
	}
	return b[int64(row)*width : int64(row+1)*width], nil
}

// The sizes of the files that are no columns.
const (
	ForTestSlotStride  = slotStride
	ForTestSlotBytes   = slotBytes
	ForTestRecordBytes = recordSize
	ForTestLiveBytes   = liveSize
	ForTestLiveWords   = liveWords
	ForTestLiveMagic   = liveMagic
)

// ForTestCounts numbers all ten counts from n on.
func ForTestCounts(n uint64) Counts {
	var w [numCounts]uint64
	for i := range w {
		w[i] = n + uint64(i)
	}
	return countsOf(w)
}

// ForTestRecord encodes a record of which no two fields are alike.
func ForTestRecord() []byte {
	r := record{
		Meta: Meta{Chain: "bip122:0f9188f13cb7b2c71f2a335e3a4fc328", Network: "regtest", FirstHeight: 100, NoPow: true,
			Key: [16]byte{0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf}},
		Seq: 7, Generation: 4, C: ForTestCounts(30), H: ForTestCounts(20), U: ForTestCounts(40),
		Indexes: [numIndexes]indexFile{{3, 8}, {2, 9}}, Tip: ledger.Hash{31: 0xff},
	}
	b := make([]byte, slotBytes)
	r.encode(b)
	return b
}

// ForTestRecordFields returns a slot without any field, and for each field one
// in which every bit that belongs to it is set.
func ForTestRecordFields() (blank []byte, fields map[string][]byte) {
	encode := func(set func(r *record)) []byte {
		var r record
		b := make([]byte, slotBytes)
		set(&r)
		r.encode(b)
		return b
	}
	ones := countsOf([numCounts]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0),
		^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)})
	full := indexFile{^uint32(0), ^uint32(0)}
	return encode(func(*record) {}), map[string][]byte{
		"flags":             encode(func(r *record) { r.NoPow = true }),
		"sequence":          encode(func(r *record) { r.Seq-- }),
		"generation":        encode(func(r *record) { r.Generation-- }),
		"C":                 encode(func(r *record) { r.C = ones }),
		"H":                 encode(func(r *record) { r.H = ones }),
		"U":                 encode(func(r *record) { r.U = ones }),
		"key":               encode(func(r *record) { copy(r.Key[:], bytes.Repeat([]byte{1}, 16)) }),
		"transaction index": encode(func(r *record) { r.Indexes[txIndex] = full }),
		"account index":     encode(func(r *record) { r.Indexes[accountIndex] = full }),
		"first height":      encode(func(r *record) { r.FirstHeight-- }),
		"tip":               encode(func(r *record) { copy(r.Tip[:], bytes.Repeat([]byte{1}, 32)) }),
		"chain":             encode(func(r *record) { r.Chain = ledger.Chain(strings.Repeat("c", 56)) }),
		"network":           encode(func(r *record) { r.Network = strings.Repeat("n", 16) }),
	}
}

// ForTestLiveFields returns the words of live without any field, and for each
// field with it.
func ForTestLiveFields() (blank []uint64, fields map[string][]uint64) {
	publish := func(boot uint64, set func(s *state)) []uint64 {
		l, s := live{w: make([]uint64, liveSize/8), boot: boot}, state{}
		set(&s)
		l.publish(&s)
		return l.w
	}
	return publish(0, func(*state) {}), map[string][]uint64{
		"generation":        publish(0, func(s *state) { s.Generation = 2 }),
		"boot":              publish(1, func(*state) {}),
		"C":                 publish(0, func(s *state) { s.C = ForTestCounts(1) }),
		"tip":               publish(0, func(s *state) { copy(s.Tip[:], bytes.Repeat([]byte{1}, 32)) }),
		"transaction index": publish(0, func(s *state) { s.Indexes[txIndex] = indexFile{1, 8} }),
		"account index":     publish(0, func(s *state) { s.Indexes[accountIndex] = indexFile{1, 8} }),
	}
}

// ForTestSlots is a hash table by itself.
type ForTestSlots struct{ s slots }

// ForTestNewSlots returns an empty table of 2^log slots.
func ForTestNewSlots(log uint32) ForTestSlots {
	return ForTestSlots{makeSlots(make([]uint64, 1<<log), log)}
}

// Words returns the slots.
func (s ForTestSlots) Words() []uint64 { return s.s.w }

// Insert and Clear are what redo and undo call.
func (s ForTestSlots) Insert(hash, row uint64) { s.s.insert(hash, row) }
func (s ForTestSlots) Clear(hash, row uint64)  { s.s.clearRow(hash, row) }

// ForTestSeal makes the SHA-256 of a slot right.
func ForTestSeal(slot []byte) {
	sum := sha256.Sum256(slot[:448])
	copy(slot[448:], sum[:])
}

// ForTestDecode decodes a slot and encodes what it read.
func ForTestDecode(slot []byte) ([]byte, error) {
	var r record
	if err := r.decode(slot); err != nil {
		return nil, err
	}
	b := make([]byte, slotBytes)
	r.encode(b)
	return b, nil
}
