package price

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"clew.example/clew/internal/lines"
)

// Limits of single fields, in bytes and digits. A price of 18 digits before
// the point is more than all there is, and 18 behind it are those of wei.
const (
	wordMax   = 64
	sourceMax = 256
	digitsMax = 18
)

// Read reads a table of prices. Two rows of one asset and time are an error
// unless they say the same: which of them counts would be a guess. An empty
// file is an error, since it has no header. Bounds: lines.Table.
func Read(r io.Reader) (*Table, error) {
	in := lines.NewReader(r, lines.Table)
	h, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	t := &Table{}
	var row []string
	var f [5]string
	for {
		line, err := in.NextFilled()
		if err == io.EOF {
			return t, t.sort()
		}
		if err != nil {
			return nil, err
		}
		if row, err = lines.AppendFields(row[:0], line); err == nil {
			err = h.Pick(f[:], row)
		}
		q := Quote{Asset: strings.ToLower(f[1]), USD: f[2], KRW: f[3], Source: f[4], Line: in.Line()}
		if err == nil {
			err = q.check(f[0])
		}
		if err != nil {
			return nil, in.Errorf("%w", err)
		}
		t.quotes = append(t.quotes, q)
	}
}

func readHeader(in *lines.Reader) (*lines.Header, error) {
	const want = "want the header time,asset,usd,krw,source"
	line, err := in.NextFilled()
	if err == io.EOF {
		return nil, errors.New("the file is empty: " + want)
	}
	if err != nil {
		return nil, err
	}
	fields, err := lines.AppendFields(nil, line)
	if err != nil {
		return nil, in.Errorf("%w", err)
	}
	h, err := lines.ParseHeader(fields, 5, "time", "asset", "usd", "krw", "source")
	if err != nil {
		return nil, in.Errorf("%w: %s", err, want)
	}
	return h, nil
}

// check checks a quote and sets its time.
func (q *Quote) check(at string) (err error) {
	if q.Time, err = parseTime(at); err != nil {
		return err
	}
	if err := checkDecimal("usd", q.USD); err != nil {
		return err
	}
	if err := checkDecimal("krw", q.KRW); err != nil {
		return err
	}
	switch {
	case q.Asset == "" || len(q.Asset) > wordMax || strings.ContainsAny(q.Asset, " \t"):
		return fmt.Errorf("asset %.80q: want a word of at most %d bytes", q.Asset, wordMax)
	case q.USD == "" && q.KRW == "":
		return errors.New("neither usd nor krw is stated")
	case q.Source == "":
		return errors.New("no source: a price without one can not be checked")
	case len(q.Source) > sourceMax:
		return fmt.Errorf("source %.80q is longer than %d bytes", q.Source, sourceMax)
	}
	return nil
}

// parseTime reads unix seconds, YYYY-MM-DD (its beginning in UTC) or RFC 3339,
// whose fractions of a second are left out. Like the times of headers it has
// 32 bits.
func parseTime(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		var at time.Time
		if at, err = time.Parse(time.DateOnly, s); err != nil {
			at, err = time.Parse(time.RFC3339, s)
		}
		n = at.Unix()
	}
	if err != nil {
		return 0, fmt.Errorf("time %.40q: want unix seconds, 2019-01-25 or 2019-01-25T13:00:00Z", s)
	}
	if n < 0 || n > math.MaxUint32 {
		return 0, fmt.Errorf("time %.40q is not between 1970 and 2106", s)
	}
	return n, nil
}

// checkDecimal accepts digits with or without a point and digits behind it,
// and nothing at all.
func checkDecimal(what, s string) error {
	if s == "" {
		return nil
	}
	whole, fraction, point := strings.Cut(s, ".")
	other := func(r rune) bool { return r < '0' || r > '9' }
	if strings.ContainsFunc(whole+fraction, other) || whole == "" || point && fraction == "" || len(whole) > digitsMax || len(fraction) > digitsMax {
		return fmt.Errorf("%s %.60q: want a decimal such as 3456.78, of at most %d digits before and behind the point", what, s, digitsMax)
	}
	return nil
}

// sort orders the quotes and drops those that repeat one.
func (t *Table) sort() error {
	slices.SortStableFunc(t.quotes, compare)
	kept := t.quotes[:0]
	for _, q := range t.quotes {
		if len(kept) == 0 || compare(kept[len(kept)-1], q) != 0 {
			kept = append(kept, q)
			continue
		}
		first := kept[len(kept)-1]
		line := first.Line
		if first.Line = q.Line; first != q {
			return fmt.Errorf("line %d: another price of %s at the time of line %d", q.Line, q.Asset, line)
		}
	}
	t.quotes = kept
	return nil
}
