package flat

import (
	"slices"

	"clew.example/clew/internal/invariant"
)

// Format is the number of the stored layout. A ledger of another number is
// refused, never converted in place.
const Format = 1

// Counts are the lengths of the tables: the one thing a commit, a checkpoint
// or a pin consists of.
type Counts struct {
	Blocks    uint64
	Txs       uint64
	Outs      uint64
	Ins       uint64
	Unknowns  uint64
	Accounts  uint64
	Heap      uint64 // bytes of scripts
	Skips     uint64
	Files     uint64
	FileBytes uint64 // bytes of file names
}

// numCounts is the number of fields of Counts, in words of 8 bytes.
const numCounts = 10

func (c *Counts) words() [numCounts]uint64 {
	return [numCounts]uint64{c.Blocks, c.Txs, c.Outs, c.Ins, c.Unknowns, c.Accounts, c.Heap, c.Skips, c.Files, c.FileBytes}
}

func countsOf(w [numCounts]uint64) Counts {
	return Counts{w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9]}
}

// within reports whether no count is above another's.
func (c *Counts) within(limit *Counts) bool {
	have, most := c.words(), limit.words()
	for i := range have {
		if have[i] > most[i] {
			return false
		}
	}
	return true
}

// possible reports whether tables can have such counts.
func (c *Counts) possible() bool {
	w := c.words()
	return slices.Max(w[:]) <= rowLimit && (c.Blocks > 0 || *c == Counts{Files: c.Files, FileBytes: c.FileBytes})
}

// table says which of the counts rules a column.
type table int

const (
	tBlocks table = iota
	tTxs
	tOuts
	tIns
	tUnknowns
	tAccounts
	tHeap
	tSkips
	tFiles
	tFileBytes
)

func (c *Counts) of(t table) uint64 { return c.words()[t] }

// kind says how a column is written.
type kind int

const (
	// row columns are append-only: nothing below the committed count changes.
	row kind = iota
	// cell columns are written in place after the commit; their final value is
	// a function of the rows.
	cell
	// origin columns are rows that say where bytes came from. They differ
	// between two ingests of one chain and are left out of comparisons.
	origin
)

// colID names a column.
type colID int

// The columns, in the order of docs/format/flat.md.
const (
	blocksHeader colID = iota
	blocksHash
	blocksEnd
	blocksSum
	txsID
	txsOut
	txsIn
	txsTraits
	txsWeight
	outsValue
	outsAccount
	outsPrev
	insOut
	unknownsPrev
	unknownsValue
	unknownsAccount
	unknownsIn
	accountsScript
	heapBytes
	skipsRow
	outsSpender
	accountsHead
	blocksRaw
	filesEnd
	filesName
	numCols
)

// spec describes a column: one file, fixed-width entries, little-endian.
type spec struct {
	id     colID
	name   string // of the file
	table  table
	width  int64  // bytes of an entry
	extra  uint64 // entries beyond the table's count: 1 for offsets that carry an end
	kind   kind
	summed bool // has a checksum for every block in blocks.sum
}

// specs is the layout. docs/format/flat.md draws the same, and a test
// compares the two.
var specs = [numCols]spec{
	{blocksHeader, "blocks.header", tBlocks, 80, 0, row, true},
	{blocksHash, "blocks.hash", tBlocks, 32, 0, row, true},
	{blocksEnd, "blocks.end", tBlocks, endWidth, 1, row, true},
	{blocksSum, "blocks.sum", tBlocks, sumWidth, 0, row, false},
	{txsID, "txs.id", tTxs, 32, 0, row, true},
	{txsOut, "txs.out", tTxs, 5, 1, row, true},
	{txsIn, "txs.in", tTxs, 5, 1, row, true},
	{txsTraits, "txs.traits", tTxs, 8, 0, row, true},
	{txsWeight, "txs.weight", tTxs, 4, 0, row, true},
	{outsValue, "outs.value", tOuts, 8, 0, row, true},
	{outsAccount, "outs.account", tOuts, 5, 0, row, true},
	{outsPrev, "outs.prev", tOuts, 8, 0, row, true},
	{insOut, "ins.out", tIns, 5, 0, row, true},
	{unknownsPrev, "unknowns.prev", tUnknowns, 36, 0, row, true},
	{unknownsValue, "unknowns.value", tUnknowns, 8, 0, row, true},
	{unknownsAccount, "unknowns.account", tUnknowns, 5, 0, row, true},
	{unknownsIn, "unknowns.in", tUnknowns, 5, 0, row, true},
	{accountsScript, "accounts.script", tAccounts, 5, 1, row, true},
	{heapBytes, "heap", tHeap, 1, 0, row, true},
	{skipsRow, "skips", tSkips, skipWidth, 0, row, true},
	{outsSpender, "outs.spender", tOuts, 8, 0, cell, false},
	{accountsHead, "accounts.head", tAccounts, 8, 0, cell, false},
	{blocksRaw, "blocks.raw", tBlocks, rawWidth, 0, origin, false},
	{filesEnd, "files.end", tFiles, fileWidth, 0, origin, false},
	{filesName, "files.name", tFileBytes, 1, 0, origin, false},
}

const (
	// endWidth: the seven counts after a block that a cut goes back to, u64 each.
	endWidth = 7 * 8
	// numSums is the number of summed columns.
	numSums = 19
	// sumWidth: a CRC-32C per summed column in the order of specs, then the
	// CRC-32C of those, so that damage to the sums is told from damage to a row.
	sumWidth = 4 * (numSums + 1)
	// skipWidth: row, 64 back, 4,096 back, 5 bytes each.
	skipWidth = 15
	// rawWidth: file u32, size u32, offset u64, CRC-32C of these u32, zero u32.
	rawWidth = 24
	// fileWidth: end of the name in files.name u64, CRC-32C of the name u32, zero u32.
	fileWidth = 16
)

const (
	// rowMask holds a row number: 40 bits, 1.1 trillion rows.
	rowMask = 1<<40 - 1
	// inCoinbase is what ins.out holds for a coinbase's input.
	inCoinbase = rowMask
	// inUnknown is set in ins.out where the input spends an output from before
	// the ledger's first block; the rest is the row of unknowns.
	inUnknown = 1 << 39
	// noRow40 stands for "not known" in 5-byte columns other than ins.out.
	noRow40 = rowMask
	// rowLimit bounds every table, so that a row plus one fits beside the bits above.
	rowLimit = 1<<39 - 2
	// noValue stands for an unknown value: no chain has that many coins.
	noValue = ^uint64(0)
)

func init() {
	sums := 0
	for i := range specs {
		invariant.Check(int(specs[i].id) == i, "column %s stands at %d", specs[i].name, i)
		if specs[i].summed {
			sums++
		}
	}
	invariant.Check(sums == numSums, "%d summed columns", sums)
}

// entries returns how many entries of a column belong to the counts.
func (s *spec) entries(c *Counts) uint64 {
	n := c.of(s.table)
	if n == 0 && s.extra == 0 {
		return 0
	}
	return n + s.extra
}
