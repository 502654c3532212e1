// Package facts reads and writes a small stretch of a chain as lines of text:
// blocks, transactions, who spends what. A trace reads it as it reads a ledger,
// so a case can be shared, shown and tested without a node. The format stands
// in docs/format/facts.md.
//
// A file is complete up to its last block or it is refused: were a spend
// missing, its output would be called unspent, and that would be a guess.
package facts
