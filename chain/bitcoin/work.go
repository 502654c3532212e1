package bitcoin

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/bits"

	"clew.example/clew/ledger"
)

// Uint256 is an unsigned 256-bit number: a target, or an amount of work. Limbs
// are little-endian.
type Uint256 [4]uint64

// Add returns the sum, or the greatest number where it does not fit: made-up
// headers may claim any work.
func (a Uint256) Add(b Uint256) Uint256 {
	var sum Uint256
	var carry uint64
	for i := range a {
		sum[i], carry = bits.Add64(a[i], b[i], carry)
	}
	if carry != 0 {
		return Uint256{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
	}
	return sum
}

// Cmp returns -1, 0 or 1.
func (a Uint256) Cmp(b Uint256) int {
	for i := 3; i >= 0; i-- {
		switch {
		case a[i] < b[i]:
			return -1
		case a[i] > b[i]:
			return 1
		}
	}
	return 0
}

// String returns 64 hex digits, as nodes print chain work.
func (a Uint256) String() string { return fmt.Sprintf("%016x%016x%016x%016x", a[3], a[2], a[1], a[0]) }

func (a Uint256) isZero() bool { return a == Uint256{} }

func (a Uint256) big() *big.Int {
	var b [32]byte
	for i, limb := range a {
		binary.BigEndian.PutUint64(b[24-8*i:], limb)
	}
	return new(big.Int).SetBytes(b[:])
}

func uint256Of(n *big.Int) Uint256 {
	var b [32]byte
	n.FillBytes(b[:])
	return uint256BE(b)
}

func uint256BE(b [32]byte) (a Uint256) {
	for i := range a {
		a[i] = binary.BigEndian.Uint64(b[24-8*i:])
	}
	return a
}

// hashNumber returns a hash as the number that is compared with a target.
func hashNumber(h ledger.Hash) (a Uint256) {
	for i := range a {
		a[i] = binary.LittleEndian.Uint64(h[8*i:])
	}
	return a
}

// Target expands the compact form of a header: an exponent of one byte, a sign
// bit and 23 bits of mantissa, value mantissa * 256^(exponent-3). False if the
// value is negative, zero or above 256 bits: no hash can meet it.
func Target(compact uint32) (Uint256, bool) {
	exponent, mantissa := int(compact>>24), compact&0x7fffff
	if compact&0x800000 != 0 || mantissa == 0 {
		return Uint256{}, false
	}
	var b [32]byte // big-endian
	for i := range 3 {
		digit := byte(mantissa >> (16 - 8*i))
		at := 32 - exponent + i
		switch {
		case at < 0 && digit != 0:
			return Uint256{}, false
		case at >= 0 && at < 32:
			b[at] = digit
		}
	}
	target := uint256BE(b)
	return target, !target.isZero()
}

// Work returns the expected number of hashes behind a header of these bits,
// 2^256 / (target+1); zero where the target can not be met.
func Work(compact uint32) Uint256 {
	target, ok := Target(compact)
	if !ok {
		return Uint256{}
	}
	one := big.NewInt(1)
	space := new(big.Int).Lsh(one, 256)
	return uint256Of(space.Div(space, one.Add(one, target.big())))
}

// CheckPow checks that bits are a target the network allows and that the hash
// meets it. Whether they are the target due at its height is not checked.
func CheckPow(hash ledger.Hash, compact uint32, n *Network) error {
	target, ok := Target(compact)
	if !ok {
		return fmt.Errorf("proof of work of %s: bits %08x are no target", hash, compact)
	}
	if limit, _ := Target(n.PowLimitBits); target.Cmp(limit) > 0 {
		return fmt.Errorf("proof of work of %s: bits %08x are easier than %s allows (%08x)", hash, compact, n.Name, n.PowLimitBits)
	}
	if hashNumber(hash).Cmp(target) > 0 {
		return fmt.Errorf("proof of work: hash %s is above the target of bits %08x", hash, compact)
	}
	return nil
}
