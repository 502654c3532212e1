package price

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Quote is what one whole coin of an asset was worth at a time.
type Quote struct {
	Time   int64  // unix seconds
	Asset  string // a word in small letters, such as btc
	USD    string // a decimal, such as 3456.78; empty: not stated
	KRW    string // likewise
	Source string // who says so; never empty
	Line   int    // of the file, from 1
}

// BTC is the asset of the coins of bitcoin.
const BTC = "btc"

// MaxAge is how old a quote may be, in seconds, to tell what a coin is worth:
// 7 days. An older one would pass off another week's price.
const MaxAge = 7 * 24 * 60 * 60

// Table holds quotes by asset and time.
type Table struct {
	quotes []Quote // by asset, then time; no two of the same
}

// compare orders quotes by asset and time.
func compare(a, b Quote) int {
	return cmp.Or(cmp.Compare(a.Asset, b.Asset), cmp.Compare(a.Time, b.Time))
}

// At returns the newest quote of an asset at or before a time (unix seconds);
// false if there is none within MaxAge. What that quote leaves out is missing,
// even where an older one states it.
func (t *Table) At(asset string, time int64) (Quote, bool) {
	n, exact := slices.BinarySearchFunc(t.quotes, Quote{Asset: strings.ToLower(asset), Time: time}, compare)
	if !exact {
		n--
	}
	if n < 0 || t.quotes[n].Asset != strings.ToLower(asset) || time-t.quotes[n].Time > MaxAge {
		return Quote{}, false
	}
	return t.quotes[n], true
}

// Len returns the number of quotes.
func (t *Table) Len() int { return len(t.quotes) }

// Digest returns "sha256:" and the hash of the table's canonical form, which
// knows neither the order of rows nor their lines. An empty table has one too.
func (t *Table) Digest() string {
	sum := sha256.New()
	w := bufio.NewWriter(sum) // a hash does not fail
	w.WriteString("clew.prices/1\n")
	for _, q := range t.quotes {
		for _, field := range [...]string{q.Asset, strconv.FormatInt(q.Time, 10), q.USD, q.KRW, q.Source} {
			w.WriteString(field)
			w.WriteByte('\n') // no field holds one
		}
	}
	w.Flush()
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}
