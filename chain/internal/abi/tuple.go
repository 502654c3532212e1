package abi

import (
	"errors"
	"fmt"

	"github.com/holiman/uint256"
)

// WordSize is the length of a word: every value takes whole words.
const WordSize = 32

// Tuple is a view of an encoded sequence of values: the arguments of a call,
// the data of a log, a struct, or the elements of an array. Value i of static
// type is word i; one of dynamic type stands where word i says, counted from
// the beginning of the tuple.
type Tuple struct {
	data []byte
}

// MakeTuple returns the tuple that begins at the first byte of data.
func MakeTuple(data []byte) Tuple { return Tuple{data} }

// errShort is the cause of most refusals; the place is put before it.
var errShort = errors.New("leads beyond the end of the data")

// Len returns the number of bytes from the beginning of the tuple to the end
// of the data it was made from.
func (t Tuple) Len() int { return len(t.data) }

// Word returns word i as it is.
func (t Tuple) Word(i int) (w [WordSize]byte, err error) {
	if i < 0 || i >= len(t.data)/WordSize {
		return w, fmt.Errorf("value %d: %w", i, errShort)
	}
	copy(w[:], t.data[i*WordSize:])
	return w, nil
}

// Uint returns value i, an integer without sign.
func (t Tuple) Uint(i int) (n uint256.Int, err error) {
	w, err := t.Word(i)
	n.SetBytes32(w[:])
	return n, err
}

// Uint64 returns value i, which must be below 2^64.
func (t Tuple) Uint64(i int) (uint64, error) {
	n, err := t.Uint(i)
	if err == nil && !n.IsUint64() {
		err = fmt.Errorf("value %d: does not fit 64 bits", i)
	}
	return n.Uint64(), err
}

// Int returns value i, an integer in two's complement, as amount and sign.
func (t Tuple) Int(i int) (amount uint256.Int, negative bool, err error) {
	amount, err = t.Uint(i)
	if amount.Sign() < 0 {
		amount.Neg(&amount)
		negative = true
	}
	return amount, negative, err
}

// Address returns value i, whose first 12 bytes must be zero: contracts revert
// on anything else, so it is a log made to deceive.
func (t Tuple) Address(i int) (a [20]byte, err error) {
	w, err := t.Word(i)
	if err != nil {
		return a, err
	}
	if [12]byte(w[:12]) != [12]byte{} {
		return a, fmt.Errorf("value %d: not an address: 12 bytes before it are not zero", i)
	}
	copy(a[:], w[12:])
	return a, nil
}

// tail returns what stands where word i says.
func (t Tuple) tail(i int) ([]byte, error) {
	at, err := t.Uint(i)
	if err != nil {
		return nil, err
	}
	if !at.IsUint64() || at.Uint64() > uint64(len(t.data)) {
		return nil, fmt.Errorf("value %d: its offset %w", i, errShort)
	}
	return t.data[at.Uint64():], nil
}

// counted returns the count that stands where word i says, and what follows.
// Each of the things counted takes size bytes, which bounds how many there are.
func (t Tuple) counted(i, size int) (n int, rest []byte, err error) {
	rest, err = t.tail(i)
	if err != nil {
		return 0, nil, err
	}
	count, err := MakeTuple(rest).Uint(0)
	if err != nil {
		return 0, nil, fmt.Errorf("value %d: its length %w", i, errShort)
	}
	rest = rest[WordSize:]
	if !count.IsUint64() || count.Uint64() > uint64(len(rest)/size) {
		return 0, nil, fmt.Errorf("value %d: its %s elements of %d bytes or more are %d bytes: length %w", i, count.Dec(), size, len(rest), errShort)
	}
	return int(count.Uint64()), rest, nil
}

// Bytes returns value i, of type bytes or string, as a view. The padding after
// it may be missing or dirty.
func (t Tuple) Bytes(i int) ([]byte, error) {
	n, rest, err := t.counted(i, 1)
	if err != nil {
		return nil, err
	}
	return rest[:n:n], nil
}

// Array returns the elements of value i, an array, as a tuple, and how many
// there are. An element takes at least one word, static or dynamic.
func (t Tuple) Array(i int) (elements Tuple, n int, err error) {
	n, rest, err := t.counted(i, WordSize)
	return Tuple{rest}, n, err
}

// Struct returns value i, a struct of which some part is dynamic, as a tuple.
// One that is static stands among the values of the tuple itself.
func (t Tuple) Struct(i int) (Tuple, error) {
	rest, err := t.tail(i)
	return Tuple{rest}, err
}

// Call returns the arguments of calldata for the function with a selector.
func Call(calldata []byte, selector [4]byte) (Tuple, bool) {
	if len(calldata) < len(selector) || [4]byte(calldata) != selector {
		return Tuple{}, false
	}
	return Tuple{calldata[len(selector):]}, true
}
