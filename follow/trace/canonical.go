package trace

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Canonical returns the one JSON text of a value that RFC 8785 allows: no
// spaces, keys in the order of their UTF-16 code units, escapes only where
// there must be one, numbers as ECMAScript writes them. Of numbers it takes
// those that every reader keeps: integers below 2^53 and decimals with at most
// three places below 10^12; others are an error. Digests are over this text.
func Canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("canonical json: %w", err)
	}
	return canonicalText(nil, text)
}

// canonicalText appends the canonical form of a JSON text.
func canonicalText(dst, text []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	dst, err := appendValue(dst, d)
	if err != nil {
		return nil, fmt.Errorf("canonical json: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("canonical json: more than one value")
	}
	return dst, nil
}

func appendValue(dst []byte, d *json.Decoder) ([]byte, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '[' {
			return appendArray(dst, d)
		}
		return appendObject(dst, d)
	case string:
		return appendText(dst, v), nil
	case json.Number:
		return appendNumber(dst, v.String())
	case bool:
		return fmt.Append(dst, v), nil
	}
	return append(dst, "null"...), nil
}

func appendArray(dst []byte, d *json.Decoder) (_ []byte, err error) {
	dst = append(dst, '[')
	for n := 0; d.More(); n++ {
		if n > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, d); err != nil {
			return nil, err
		}
	}
	_, err = d.Token()
	return append(dst, ']'), err
}

// member is a member of an object, its value in canonical form.
type member struct {
	key   string
	units []uint16 // of the key, where it holds anything but ASCII
	value []byte
}

func appendObject(dst []byte, d *json.Decoder) ([]byte, error) {
	var members []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{key: key.(string)}
		if strings.ContainsFunc(m.key, func(r rune) bool { return r >= utf8.RuneSelf }) {
			m.units = utf16.Encode([]rune(m.key))
		}
		if m.value, err = appendValue(nil, d); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	slices.SortFunc(members, compareKeys)
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 && m.key == members[i-1].key {
			return nil, fmt.Errorf("key %.40q stands twice", m.key)
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(appendText(dst, m.key), ':'), m.value...)
	}
	return append(dst, '}'), nil
}

// compareKeys orders by UTF-16 code units. Bytes of UTF-8 have another order
// where a key holds a character beyond the first 65,536.
func compareKeys(a, b member) int {
	if a.units == nil && b.units == nil {
		return cmp.Compare(a.key, b.key)
	}
	return slices.Compare(a.utf16(), b.utf16())
}

func (m member) utf16() []uint16 {
	if m.units == nil {
		return utf16.Encode([]rune(m.key))
	}
	return m.units
}

// appendText copies runs of what needs no escape.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			dst = appendEscape(append(dst, s[from:i]...), c)
			from = i + 1
		}
	}
	return append(append(dst, s[from:]...), '"')
}

// appendEscape writes the shortest escape that there is.
func appendEscape(dst []byte, c byte) []byte {
	const controls, letters = "\b\t\n\f\r", "btnfr"
	if i := strings.IndexByte(controls, c); i >= 0 {
		c = letters[i]
	} else if c < ' ' {
		return fmt.Appendf(dst, `\u%04x`, c)
	}
	return append(dst, '\\', c)
}

const (
	// Doubles, in which many readers keep numbers, hold every integer up to
	// 2^53 - 1.
	greatestInteger = "9007199254740991"
	// With twelve digits before and three behind the point, a double's
	// shortest text is the decimal itself.
	wholeDigitsMax = 12
	placesMax      = 3
)

// appendNumber writes a number as ECMAScript does. Text is the form in which
// encoding/json took it.
func appendNumber(dst []byte, text string) ([]byte, error) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, places, _ := strings.Cut(digits, ".")
	places = strings.TrimRight(places, "0")
	switch {
	case strings.ContainsAny(digits, "eE"),
		places == "" && !atMost(whole, greatestInteger),
		places != "" && (len(whole) > wholeDigitsMax || len(places) > placesMax):
		return nil, fmt.Errorf("number %.40q: want an integer below 2^53 or at most %d decimal places", text, placesMax)
	}
	if negative && (whole != "0" || places != "") {
		dst = append(dst, '-')
	}
	dst = append(dst, whole...)
	if places != "" {
		dst = append(append(dst, '.'), places...)
	}
	return dst, nil
}

// atMost compares whole numbers without leading zeros.
func atMost(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a <= b }
