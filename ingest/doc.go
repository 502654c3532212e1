// Package ingest carries blocks from a node's files into a ledger: it chooses
// the chain, finds out its heights, decodes on one core and appends on the
// other.
//
// What is committed is always a whole number of blocks. Running again goes on
// where the last run ended, however it ended. A block that turns out bad is
// left out, with all that builds on it, and the best chain without it is taken;
// blocks that a ledger holds are given up only for a branch with more work
// whose blocks were decoded first.
package ingest
