package main

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"clew.example/clew/ledger"
)

// moment is a place in a chain as a user names it: a height, or a time that
// means the greatest height whose header time is at or before it.
type moment struct {
	text   string
	height ledger.Height
	time   uint32 // unix seconds
	timed  bool
}

// heightMax bounds heights that are typed: positions hold 2^40 of them, but no
// chain has more than 2^31 blocks.
const heightMax = 1<<31 - 1

// parseMoment reads a height, a date (its midnight, UTC) or an RFC 3339 time.
func parseMoment(s string) (moment, error) {
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		if n > heightMax {
			return moment{}, fmt.Errorf("height %.40q is beyond any block", s)
		}
		return moment{text: s, height: ledger.Height(n)}, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		t, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if t.Unix() < 0 || t.Unix() > 1<<32-1 {
			return moment{}, fmt.Errorf("time %.40q is beyond what block headers can say", s)
		}
		return moment{text: s, time: uint32(t.Unix()), timed: true}, nil
	}
	return moment{}, fmt.Errorf("%.40q: want a block's height, a date as in 2019-01-24 or a time as in 2019-01-24T10:11:12Z", s)
}

// parseMomentFlag reads a flag's moment, nil where it was not given.
func parseMomentFlag(flag, s string) (*moment, error) {
	if s == "" {
		return nil, nil
	}
	m, err := parseMoment(s)
	if err != nil {
		return nil, fail(exitUsage, fmt.Errorf("--%s %w", flag, err), "")
	}
	return &m, nil
}

// timeline is what knows when blocks were made.
type timeline interface {
	HeightAt(ctx context.Context, time uint32) (ledger.Height, bool, error)
}

// errNoBlock: every block is younger than the time.
var errNoBlock = errors.New("no block is that old")

// on returns the height that a moment means on a chain.
func (m *moment) on(ctx context.Context, t timeline) (ledger.Height, error) {
	if !m.timed {
		return m.height, nil
	}
	h, ok, err := t.HeightAt(ctx, m.time)
	if err == nil && !ok {
		err = fmt.Errorf("%s: %w", m.text, errNoBlock)
	}
	return h, err
}

// valueUnits are the endings of a value and how many digits of base units each
// has behind its point.
var valueUnits = []struct {
	name   string
	digits int
}{{"btc", 8}, {"sat", 0}, {"", 0}}

// parseValue reads an amount in base units, or in coins as in 0.5btc.
func parseValue(s string) (ledger.Amount, error) {
	want := fmt.Errorf("%.40q: want base units, as in 50000, or coins, as in 0.0005btc", s)
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
