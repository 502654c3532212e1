package page

import (
	"math/bits"
	"strconv"
	"strings"

	"clew.example/clew/ledger"
)

// Decimal places at which amounts are cut: in pictures and in tables.
const (
	drawn  = 2
	listed = 3
)

// coin writes amounts of one asset.
type coin struct {
	decimals int
	asset    string
}

// cut writes an amount without its asset, cut, never rounded, to a number of
// decimal places. What would be cut to nothing keeps its first digit instead:
// 0.00 never stands for something.
func (c coin) cut(a ledger.Amount, places int) string {
	if a == 0 {
		return "0"
	}
	digits := strconv.FormatUint(uint64(a), 10)
	if short := c.decimals + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	whole, fraction := digits[:len(digits)-c.decimals], digits[len(digits)-c.decimals:]
	if first := strings.IndexFunc(fraction, func(r rune) bool { return r != '0' }); whole == "0" && first >= places {
		places = first + 1
	}
	if places = min(places, c.decimals); places == 0 {
		return thousands(whole)
	}
	return thousands(whole) + "." + fraction[:places]
}

// with writes an amount with its asset.
func (c coin) with(a ledger.Amount, places int) string { return c.cut(a, places) + " " + c.asset }

// thousands sets a comma after every three digits from the right.
func thousands(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	return thousands(digits[:len(digits)-3]) + "," + digits[len(digits)-3:]
}

// count writes a number of things.
func count(n int) string { return thousands(strconv.Itoa(max(n, 0))) }

// many writes a number of things with their name, in the plural unless it is
// one.
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + more
}

// add sums without going round: poison reaches the same coin many times over.
func add(a, b ledger.Amount) ledger.Amount {
	sum, carry := bits.Add64(uint64(a), uint64(b), 0)
	if carry != 0 {
		return ^ledger.Amount(0)
	}
	return ledger.Amount(sum)
}

// scale returns a*n/of, cut; n where of is 0 or a exceeds it.
func scale(a ledger.Amount, n uint64, of ledger.Amount) uint64 {
	if a >= of {
		return n
	}
	hi, lo := bits.Mul64(uint64(a), n)
	q, _ := bits.Div64(hi, lo, uint64(of))
	return q
}

// fraction is a/of from 0 to 1, for geometry.
func fraction(a, of ledger.Amount) float64 { return float64(scale(a, 1_000_000, of)) / 1_000_000 }

// percent writes a share, cut to a tenth of a percent.
func percent(a, of ledger.Amount) string {
	switch {
	case of == 0:
		return "–"
	case a == 0:
		return "0\u202f%"
	case a > of:
		return "over 100\u202f%"
	}
	t := scale(a, 1000, of)
	if t == 0 && a > 0 {
		return "<0.1\u202f%"
	}
	return strconv.FormatUint(t/10, 10) + "." + strconv.FormatUint(t%10, 10) + "\u202f%"
}

// shares writes each part of a whole in thousandths of a percent so that they
// sum to 100.000: what cutting loses goes to the parts that lost most.
func shares(parts []ledger.Amount, of ledger.Amount) []string {
	const whole = 100_000
	cut, lost := make([]uint64, len(parts)), make([]uint64, len(parts))
	var left, sum uint64 = whole, 0
	for i, p := range parts {
		hi, lo := bits.Mul64(uint64(p), whole)
		if of > 0 && p <= of {
			if p == of {
				cut[i] = whole
			} else {
				cut[i], lost[i] = bits.Div64(hi, lo, uint64(of))
			}
		}
		sum += cut[i]
	}
	for left -= min(sum, left); left > 0; left-- {
		most := 0
		for i := range lost {
			if lost[i] > lost[most] {
				most = i
			}
		}
		if len(lost) == 0 || lost[most] == 0 {
			break
		}
		cut[most]++
		lost[most] = 0
	}
	texts := make([]string, len(parts))
	for i, c := range cut {
		texts[i] = strconv.FormatUint(c/1000, 10) + "." + strconv.FormatUint(c%1000+1000, 10)[1:] + "\u202f%"
	}
	return texts
}
