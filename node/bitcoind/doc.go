// Package bitcoind follows the chain of one or several nodes by JSON-RPC:
// Bitcoin Core, or btcd.
//
//	c, err := bitcoind.Open(bitcoind.Options{URLs: urls, CookieFile: cookie, Network: n})
//	err = c.Follow(ctx, held, func(e bitcoind.Event) error { ... }) // CatchUp ends at the tip
//
// # What is checked, and what is believed
//
// A node is asked for hashes by height, for headers and blocks by hash. Checked
// is that a header hashes to what was asked for, that it builds on the one
// before, that it carries its proof of work, that mainnet and signet change
// their target only where and as fast as they may, and that a block's
// transactions are those of its header's merkle root. A branch counts by the
// work of its headers, never by its length or by what a node says of it, and is
// taken only if that is more than what is held. So blocks may come from any
// node, in any order, and nodes may be changed in the middle.
//
// Believed is that blocks keep the rules which the decoder does not know:
// scripts, signatures, who may spend what. Believed, where asked for, are the
// values of spent outputs that Core states, once their outpoints agree with the
// block's. Witnesses that were all taken out of a block are not missed. Where
// several nodes answer, that a branch has the most work is as good as the best
// of them; a node that holds back the newest blocks, alone, can not be told
// from a quiet hour.
//
// # Calls
//
// A user that may only do some calls needs getblockcount, getbestblockhash,
// getblockhash, getblockheader and getblock; waitfornewblock makes new blocks
// arrive at once instead of after Options.Poll, and occupies one of the node's
// threads.
//
// # Memory
//
// Follow keeps 32 bytes for each block held, 30 MB for mainnet, and blocks up
// to Options.Window, twice that when a branch is replaced. Headers come in pages of 2,000; of what a node has beyond
// what is held only the last hash of each page is kept.
package bitcoind
