package ledger

import (
	"encoding/hex"

	"github.com/holiman/uint256"
)

// AddressSize is the length of the longest address of an account chain: 20
// bytes on Ethereum's kin and on Tron, 32 on Solana.
const AddressSize = 32

// Address is the key of an account of an account chain, as its bytes. It is a
// value: comparable, and without a pointer. The zero Address has no bytes and
// stands for an account that is not known or does not exist.
type Address struct {
	b [AddressSize]byte
	n uint8
}

// MakeAddress returns the address with these bytes; what is longer than
// AddressSize is no address, and gives the zero Address.
func MakeAddress(b []byte) (a Address) {
	if len(b) <= AddressSize {
		a.n = uint8(copy(a.b[:], b))
	}
	return a
}

// Bytes returns a copy of the bytes.
func (a Address) Bytes() []byte { return append([]byte(nil), a.b[:a.n]...) }

// Len returns the number of bytes.
func (a Address) Len() int { return int(a.n) }

// IsZero reports whether the account is not known or does not exist.
func (a Address) IsZero() bool { return a.n == 0 }

// String returns the bytes in hex. The chain's own package writes addresses as
// people know them.
func (a Address) String() string { return hex.EncodeToString(a.b[:a.n]) }

// AssetKind says what kind of asset a move moves.
type AssetKind uint8

// The kinds of assets.
const (
	AssetNative AssetKind = iota // the chain's own coin
	AssetToken                   // fungible units of a contract (ERC-20)
	AssetItem                    // a single thing of a contract (ERC-721): the amount is 1
	AssetStack                   // units of one of the things of a contract (ERC-1155)
)

// Asset is what moves on one account chain.
type Asset struct {
	Kind     AssetKind
	Contract Address     // zero for the native coin
	ID       uint256.Int // of AssetItem and AssetStack, else 0
}

// Holding is one account's amount of one asset: what has a balance.
type Holding struct {
	Account Address
	Asset   Asset
}

// MoveKind says why value moved.
type MoveKind uint8

// The kinds of moves.
const (
	MoveNative      MoveKind = iota // the value of a transaction itself
	MoveInternal                    // native value that a contract sent, seen in traces
	MoveToken                       // units of a contract, as its log states
	MoveMint                        // units made; From is zero
	MoveBurn                        // units that are no more; To is zero
	MoveFee                         // a fee to whoever takes it; To is zero where that is not known
	MoveFeeBurned                   // the part of a fee that is no more; To is zero
	MoveWithdrawal                  // from the consensus layer, without a transaction; From is zero
	MoveDestruction                 // what a contract held when it destroyed itself
)

var moveKinds = [...]string{"native", "internal", "token", "mint", "burn", "fee", "fee-burned", "withdrawal", "destruction"}

// String returns the kind as answers name it.
func (k MoveKind) String() string {
	if int(k) < len(moveKinds) {
		return moveKinds[k]
	}
	return "unknown"
}

// Move is one movement of one asset, in base units; what moves nothing is no
// move. Moves of a transaction stand in the order in which they happened, its
// fees last.
type Move struct {
	Pos    Pos    // index counts the moves of the block
	Tx     uint32 // number of the transaction in its block, or NoTx
	Kind   MoveKind
	From   Address
	To     Address
	Asset  Asset
	Amount uint256.Int
}

// NoTx is the transaction of a move that no transaction made.
const NoTx = ^uint32(0)

// Kind is what an account is, as of a position.
type Kind uint8

// The kinds of accounts.
const (
	KindUnknown  Kind = iota
	KindOwned         // a key signs for it
	KindContract      // code decides
)
