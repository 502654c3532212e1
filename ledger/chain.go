package ledger

// Chain is a CAIP-2 chain id, such as
// "bip122:000000000019d6689c085ae165831e93" for bitcoin mainnet.
type Chain string

// Account is the key of an account exactly as the chain knows it: on UTXO
// chains the scriptPubKey, byte for byte. It may be empty.
type Account []byte
