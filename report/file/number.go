package file

import (
	"strconv"
	"strings"
)

// Count writes a number in groups of three digits.
func Count[T ~int | ~int64 | ~uint32 | ~uint64](n T) string {
	if n < 0 {
		return groups(strconv.FormatInt(int64(n), 10))
	}
	return groups(strconv.FormatUint(uint64(n), 10))
}

// Plural counts things whose name takes an s.
func Plural[T ~int | ~int64 | ~uint32 | ~uint64](n T, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Count(n) + " " + thing + "s"
}

func groups(digits string) string {
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// CoinDigits is the number of decimal places of a bitcoin.
const CoinDigits = 8

// Coins writes base units, a string of digits, in whole coins, as in
// 1,234.56789012. Sums of a made-up chain may have more digits than 64 bits.
func Coins(units string) string {
	sign := ""
	if strings.HasPrefix(units, "-") {
		sign, units = "-", units[1:]
	}
	if short := CoinDigits + 1 - len(units); short > 0 {
		units = strings.Repeat("0", short) + units
	}
	point := len(units) - CoinDigits
	return sign + groups(units[:point]) + "." + units[point:]
}

// When turns the time of an answer, RFC 3339 in UTC, into the form for people.
func When(rfc3339 string) string {
	return strings.NewReplacer("T", " ", "Z", " UTC").Replace(rfc3339)
}
