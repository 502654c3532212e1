package price

import (
	"math/big"
	"strings"

	"clew.example/clew/internal/invariant"
)

// Value returns what an amount in base units was worth: decimals with two
// places for usd and none for krw, rounded half up; empty where the quote does
// not state it. Decimals is the number of places of the asset: 8 for bitcoin.
func Value(amount uint64, decimals int, q Quote) (usd, krw string) {
	return worth(amount, decimals, q.USD, 2), worth(amount, decimals, q.KRW, 0)
}

// worth returns amount * price / 10^decimals with some places, rounded half up.
func worth(amount uint64, decimals int, price string, places int) string {
	if price == "" {
		return ""
	}
	invariant.Check(decimals >= 0 && decimals <= 255, "an asset with %d decimals", decimals)
	whole, fraction, _ := strings.Cut(price, ".")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	invariant.Check(ok, "price %q was not checked", price)
	n.Mul(n, new(big.Int).SetUint64(amount))
	n.Mul(n, power(places+1)) // times ten, so that five is a half
	n.Quo(n, power(decimals+len(fraction)))
	n.Quo(n.Add(n, big.NewInt(5)), big.NewInt(10))
	return point(n.String(), places)
}

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// point puts a decimal point before the last places of digits.
func point(digits string, places int) string {
	if places == 0 {
		return digits
	}
	if short := places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	return digits[:len(digits)-places] + "." + digits[len(digits)-places:]
}
