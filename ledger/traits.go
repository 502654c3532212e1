package ledger

// Traits are the habits of the software that made a transaction, packed into
// 64 bits. They name wallets, not owners; clustering weighs them.
//
//	bits  0- 3  version: 0..14 as stated, 15 for anything else
//	bits  4- 6  lock time: LockNone, LockHeight, LockTime, LockHeightOff
//	bit   7     signals replacement (BIP 125): an input below 0xfffffffe
//	bit   8     has a witness
//	bit   9     inputs in BIP 69 order
//	bit  10     outputs in BIP 69 order
//	bit  11     has an ECDSA signature that parses
//	bit  12     every such signature has a low R (at most 32 bytes)
//	bit  13     every such signature is DER with low S length (at most 32 bytes)
//	bits 16-19  key forms seen in inputs: compressed, uncompressed, x-only, none
//	bits 20-30  script kinds of inputs as far as the input itself shows them
//	bit  32     coinbase
//
// The remaining bits are zero.
type Traits uint64
