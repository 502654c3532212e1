package main

import (
	"math/big"
	"strings"

	"clew.example/clew/ledger"
)

// total is a sum of amounts. Outputs of a made-up chain may add up to more
// than 64 bits hold.
type total struct{ big.Int }

func (t *total) add(a ledger.Amount) {
	t.Add(&t.Int, new(big.Int).SetUint64(uint64(a)))
}

func (t *total) minus(o *total) *total {
	d := new(total)
	d.Sub(&t.Int, &o.Int)
	return d
}

// coinDigits is the number of decimal places of a bitcoin.
const coinDigits = 8

// coins writes base units, a string of digits, in whole coins.
func coins(units string) string {
	sign := ""
	if strings.HasPrefix(units, "-") {
		sign, units = "-", units[1:]
	}
	if short := coinDigits + 1 - len(units); short > 0 {
		units = strings.Repeat("0", short) + units
	}
	point := len(units) - coinDigits
	return sign + units[:point] + "." + units[point:]
}
