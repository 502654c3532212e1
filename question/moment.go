package question

import (
	"context"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"clew.example/clew/ledger"
)

// Moment is a place in a chain: a height, or a time that means the greatest
// height whose header time is at or before it.
type Moment struct {
	Text   string // as it was asked
	Height ledger.Height
	Time   uint32 // unix seconds, if Timed
	Timed  bool
}

// heightMax bounds heights that are typed: positions hold 2^40 of them, but no
// chain has more than 2^31 blocks.
const heightMax = 1<<31 - 1

// ParseMoment reads a height, a date (its midnight, UTC) or an RFC 3339 time.
func ParseMoment(s string) (Moment, error) {
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		if n > heightMax {
			return Moment{}, clausef("%.40q: beyond any block", s)
		}
		return Moment{Text: s, Height: ledger.Height(n)}, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		t, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if t.Unix() < 0 || t.Unix() > 1<<32-1 {
			return Moment{}, clausef("%.40q: beyond what block headers can say", s)
		}
		return Moment{Text: s, Time: uint32(t.Unix()), Timed: true}, nil
	}
	return Moment{}, clausef("%.40q: want a block's height, a date as in 2019-01-24 or a time as in 2019-01-24T10:11:12Z", s)
}

// parseField reads the moment of a field, nil where it does not say.
func parseField(field, s string) (*Moment, error) {
	if s == "" {
		return nil, nil
	}
	m, err := ParseMoment(s)
	if err != nil {
		return nil, &UsageError{Field: field, Err: err}
	}
	return &m, nil
}

// Timeline is what knows when blocks were made, such as a pinned source.
type Timeline interface {
	HeightAt(ctx context.Context, time uint32) (ledger.Height, bool, error)
}

// On returns the height that a moment means on a chain.
func (m *Moment) On(ctx context.Context, t Timeline) (ledger.Height, error) {
	if !m.Timed {
		return m.Height, nil
	}
	h, ok, err := t.HeightAt(ctx, m.Time)
	if err == nil && !ok {
		err = fmt.Errorf("%s: %w", m.Text, errNoBlock)
	}
	return h, err
}

// valueUnits are the endings of a value and how many digits of base units each
// has behind its point.
var valueUnits = []struct {
	name   string
	digits int
}{{"btc", coinDigits}, {"sat", 0}, {"", 0}}

// coinDigits is how many digits of base units a bitcoin has behind its point.
const coinDigits = 8

// ParseValue reads an amount in base units, or in coins as in 0.5btc.
func ParseValue(s string) (ledger.Amount, error) {
	want := clausef("%.40q: want base units, as in 50000, or coins, as in 0.0005btc", s)
	for _, u := range valueUnits {
		number, ok := strings.CutSuffix(strings.ToLower(s), u.name)
		if !ok {
			continue
		}
		whole, part, _ := strings.Cut(strings.TrimSpace(number), ".")
		if len(part) > u.digits || strings.HasSuffix(number, ".") || !digitsOnly(whole) || !digitsOnly("0"+part) {
			return 0, want
		}
		n, _ := new(big.Int).SetString(whole+part+strings.Repeat("0", u.digits-len(part)), 10)
		if !n.IsUint64() {
			return 0, want
		}
		return ledger.Amount(n.Uint64()), nil
	}
	return 0, want
}

// digitsOnly says that a text is digits, some but not endless.
func digitsOnly(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}
