// Package flat keeps a UTXO chain as a folder of fixed-width, append-only,
// memory-mapped columns, one file each, laid out for following spends. Every
// stored byte is drawn in docs/format/flat.md.
//
// One Writer appends blocks; any number of Ledgers, in this process or others,
// read at the same time without locks. A View is a ledger as of a block.
//
// The rows are the redo log: see Writer.Commit for the order of writes that a
// crash at any instant survives, Writer.Cut for reorganisations.
//
// The files are little-endian and so is every machine this runs on.
package flat
