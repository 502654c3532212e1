// Package bitcoin turns the bytes of bitcoin-family blocks into the vocabulary
// of package ledger, and scripts into addresses and back. It is pure: no
// network, no disk, no clock.
//
// Blocks come from nodes, files and peers that may lie. What Decode accepts is
// well formed, has the transactions its header commits to, and the witnesses
// its coinbase commits to. Scripts and signatures are not run, and inputs are
// not looked up: that is consensus validation, which is a node's work.
package bitcoin
