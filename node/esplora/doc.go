// Package esplora makes an Esplora HTTP API (electrs, blockstream.info,
// mempool.space) a source for traces: pinned at a block, on demand, with a disk
// cache.
//
//	e, err := esplora.Open(ctx, esplora.Options{URL: "https://explorer.example/api", CacheDir: dir})
//	v, err := e.Pin(ctx, math.MaxUint32) // newest
//	// ... ask ...
//	err = v.Recheck(ctx)                 // ErrMoved: what was answered may be of two branches
//
// # What is asked, and what is believed
//
// A server is a stranger. What can be recomputed is recomputed, and what does
// not come out is a *Lie, which names the path that said it.
//
//	/blocks/tip/height          its word; how deep a block lies is judged by it
//	/block-height/0             must be the network's genesis block, where the server has it
//	/block-height/:height       its word: that a block is on the best chain. Asked for the pin at the
//	                            start and again at the end
//	/blocks/:height             ten headers in one answer: each must hash to its id with proof of work
//	                            and lead to the one below. What does not is asked for one by one by
//	                            /block-height/:height and /block/:hash/header
//	/tx/:txid                   version, lock time, inputs and outputs must hash to the txid, so amounts
//	                            and scripts are the chain's. What it says of the outputs that inputs
//	                            spend is compared with the transactions that made those, which are
//	                            asked for in the same way
//	/tx/:txid/merkle-proof      must lead to the merkle root of the header of the block that the
//	                            transaction claims; gives its position. 404: /block/:hash/txids, whose
//	                            root must be the header's
//	/tx/:txid/outspends         its word, as far as it says unspent. A spender must have the input and
//	                            come later, and no two may spend one output
//	/scripthash/:hash/txs/chain each transaction as /tx; that none is missing is its word. The hash is
//	                            SHA-256 of the script, in the order of its bytes
//
// So a server can keep a spend or a payment from us, and can name a block that
// has proof of work but is not on the best chain. It can not change an amount,
// a script, an input or the order of transactions in a block.
//
// A transaction whose txid another one bore before (BIP 30: two coinbases of
// 2010) is the newest of them.
//
// # What is kept
//
// With a cache, what is at least six blocks below the server's tip is kept for
// ever, and the rest under the pin it was asked for: a block's hash stands for
// all before it, so nothing under a pin changes. Answers are kept in the form
// in which a server gives them, less what is not read, behind a checksum, and
// are judged again when they are read: a file that does not pass is as if it
// were not there. Who can write the folder can keep a spend from us, too.
//
//	NETWORK/KIND/XX/NAME                   deep: tx, proof, spends, header
//	NETWORK/pins/HEIGHT-HASH/KIND/XX/NAME  as of a pin: the same and outputs
//	NETWORK/pins/HEIGHT-HASH/pin           written when Recheck passed: such pins can be used offline
//
// A file is a line "clew.esplora.cache/1 CRC", the CRC-32C of kind, name and
// payload in eight hex digits, and the payload. It is written under another
// name and renamed, so that processes may share a folder and a crash leaves a
// file whole or none.
package esplora
