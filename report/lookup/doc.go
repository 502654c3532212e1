// Package lookup answers what a ledger holds of one transaction, one address
// or one chain, as the documents that the command line prints with --json and
// the server gives over HTTP. All in them was observed on the chain as of the
// pinned block; what the ledger does not reach back to is null or counted as
// unknown.
package lookup
