package evm

import (
	"encoding/hex"
	"fmt"
	"strings"

	"clew.example/clew/chain/internal/abi"
	"clew.example/clew/ledger"
)

// AddressSize is the length of an Address in bytes.
const AddressSize = 20

// Address is an account: the last 20 bytes of the hash of a key, or of what
// made the contract.
type Address [AddressSize]byte

// Hash is a Keccak-256 in the order it is written.
type Hash [32]byte

// IsZero reports whether every byte is zero, which no account has a key for.
func (a Address) IsZero() bool { return a == Address{} }

// Key returns the address as the ledger keeps it.
func (a Address) Key() ledger.Address { return ledger.MakeAddress(a[:]) }

// String returns the address with the checksum of EIP-55.
func (a Address) String() string {
	text := make([]byte, 2+2*AddressSize)
	copy(text, "0x")
	digits := text[2:]
	hex.Encode(digits, a[:])
	sum := abi.Keccak256(digits)
	for i, c := range digits {
		nibble := sum[i/2] >> (4 * (1 - i%2)) & 15
		if c >= 'a' && nibble >= 8 {
			digits[i] = c - 'a' + 'A'
		}
	}
	return string(text)
}

// ParseAddress reads an address with or without a checksum: letters all small
// or all capital have none, mixed letters must be those of EIP-55, since one
// of them that is wrong is a typing error.
func ParseAddress(s string) (Address, error) {
	a, err := ParseAddressLenient(s)
	if err != nil {
		return a, err
	}
	digits := s[2:]
	mixed := digits != strings.ToLower(digits) && digits != strings.ToUpper(digits)
	if mixed && digits != a.String()[2:] {
		return Address{}, fmt.Errorf("address %q: its capitals are not the checksum of EIP-55", s)
	}
	return a, nil
}

// ParseAddressLenient reads an address whatever its letters: for lists that
// are known to have spoiled them.
func ParseAddressLenient(s string) (a Address, err error) {
	if len(s) != 2+2*AddressSize || s[0] != '0' || s[1] != 'x' {
		return a, fmt.Errorf("address %.80q: want 0x and %d hex digits", s, 2*AddressSize)
	}
	if _, err := hex.Decode(a[:], []byte(s[2:])); err != nil {
		return Address{}, fmt.Errorf("address %q: %w", s, err)
	}
	return a, nil
}

// mustAddress reads an address of a table in the code.
func mustAddress(s string) Address {
	a, err := ParseAddress(s)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return a
}

// AddressOf returns a ledger's address as an account of this family of chains.
func AddressOf(a ledger.Address) (Address, bool) {
	b := a.Bytes()
	if len(b) != AddressSize {
		return Address{}, false
	}
	return Address(b), true
}

// IsZero reports whether every byte is zero.
func (h Hash) IsZero() bool { return h == Hash{} }

// String returns 0x and the hex digits.
func (h Hash) String() string { return "0x" + hex.EncodeToString(h[:]) }

// ParseHash reads what String writes.
func ParseHash(s string) (h Hash, err error) {
	if len(s) != 2+2*len(h) || !strings.HasPrefix(s, "0x") {
		return h, fmt.Errorf("hash %.80q: want 0x and %d hex digits", s, 2*len(h))
	}
	if _, err := hex.Decode(h[:], []byte(s[2:])); err != nil {
		return Hash{}, fmt.Errorf("hash %q: %w", s, err)
	}
	return h, nil
}

// Created returns the address of the contract that an account's transaction
// with a nonce creates.
func Created(by Address, nonce uint64) (a Address) {
	raw := appendList(nil, appendUint64(appendString(nil, by[:]), nonce))
	sum := abi.Keccak256(raw)
	copy(a[:], sum[12:])
	return a
}
