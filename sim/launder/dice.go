package launder

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"clew.example/clew/ledger"
)

// dice draws from a PCG. It does not use rand.Rand, whose bounded draws may
// differ between word sizes and Go versions: a seed must name the same ledger
// everywhere, for ever.
type dice struct{ pcg *rand.PCG }

// newDice returns the dice of one stream of a seed. Each branch of a world
// draws from its own stream, so that forks do not change the main branch.
func newDice(seed, stream uint64) dice { return dice{rand.NewPCG(seed, stream)} }

// below returns a number in [0, n), for n > 0.
func (d dice) below(n int) int {
	hi, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(hi)
}

// between returns a number in [lo, hi].
func (d dice) between(lo, hi int) int { return lo + d.below(hi-lo+1) }

// rare returns a number in [lo, hi] whose logarithm is even: small ones are
// common and hi is met.
func (d dice) rare(lo, hi int) int {
	if hi <= lo {
		return lo
	}
	span := hi - lo + 1
	scale := 1 << d.below(bits.Len(uint(span))+1)
	return min(lo+d.below(scale), hi)
}

// amount returns a value in [0, most].
func (d dice) amount(most ledger.Amount) ledger.Amount {
	hi, _ := bits.Mul64(d.pcg.Uint64(), uint64(most)+1)
	return ledger.Amount(hi)
}

// perMille is true n times in 1,000.
func (d dice) perMille(n int) bool { return d.below(1000) < n }

// bytes returns n random bytes.
func (d dice) bytes(n int) []byte {
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, d.pcg.Uint64())
	}
	return b[:n:n]
}

// weighted returns an index, each as often as its weight says. Some weight
// must be above zero.
func (d dice) weighted(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := d.below(sum)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	return len(weights) - 1
}

// pick returns one of the values.
func pick[T any](d dice, values ...T) T { return values[d.below(len(values))] }
