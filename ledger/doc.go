// Package ledger is the vocabulary of Clew: the words every other package
// speaks. It imports nothing of ours and does no input or output.
//
// Money is an integer in base units (satoshi). Times are unix seconds as the
// chain states them. Hashes are kept in wire order and written reversed, as
// the field writes them.
package ledger
