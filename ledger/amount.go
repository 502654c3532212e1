package ledger

import (
	"fmt"
	"strconv"
)

// Amount is a value in base units of a UTXO chain (satoshi). Never a float.
type Amount uint64

// String returns the decimal base units.
func (a Amount) String() string { return strconv.FormatUint(uint64(a), 10) }

// MarshalText writes the decimal base units, so that JSON holds a string and
// no reader loses digits.
func (a Amount) MarshalText() ([]byte, error) { return strconv.AppendUint(nil, uint64(a), 10), nil }

// UnmarshalText reads decimal base units.
func (a *Amount) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		return fmt.Errorf("amount %.40q: want base units, a whole number below 2^64", b)
	}
	*a = Amount(n)
	return nil
}
