package flow

import (
	"errors"
	"math/bits"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// errLarge says that a source stated amounts that no chain can have.
var errLarge = errors.New("amounts sum to 2^64 base units or more")

// sums adds amounts and remembers when a sum did not fit. What comes of it is
// then an error and no number.
type sums struct{ over bool }

func (s *sums) add(to *ledger.Amount, a ledger.Amount) {
	sum, carry := bits.Add64(uint64(*to), uint64(a), 0)
	*to = ledger.Amount(sum)
	s.over = s.over || carry != 0
}

func (s *sums) addAll(to, all []ledger.Amount) {
	for p, a := range all {
		s.add(&to[p], a)
	}
}

func (s *sums) err() error {
	if s.over {
		return errLarge
	}
	return nil
}

// some reports whether any amount is not 0.
func some(amounts []ledger.Amount) bool {
	for _, a := range amounts {
		if a > 0 {
			return true
		}
	}
	return false
}

// apportioning are the places of the policies that give out what was stolen and
// no more, by which is judged what is small; all, if there are none.
func apportioning(policies []lot.Policy) (places []int) {
	for p, policy := range policies {
		if policy != lot.Poison {
			places = append(places, p)
		}
	}
	if places == nil {
		for p := range policies {
			places = append(places, p)
		}
	}
	return places
}

// weight is the greatest of the amounts that count.
func weight(amounts []ledger.Amount, places []int) (most ledger.Amount) {
	for _, p := range places {
		most = max(most, amounts[p])
	}
	return most
}

// spread is by how many basis points most is above least, rounded up; beyond
// any that matters where least is less than half of it.
func spread(least, most ledger.Amount) int {
	const far = 10_000
	if most-least >= least {
		return far
	}
	hi, lo := bits.Mul64(uint64(most-least), 10_000)
	q, r := bits.Div64(hi, lo, uint64(least))
	if r > 0 {
		q++
	}
	return int(q)
}
