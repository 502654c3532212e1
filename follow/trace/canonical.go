package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"clew.example/clew/internal/invariant"
)

// Canonical returns the one JSON text of a value that RFC 8785 allows: no
// spaces, keys in the order of their UTF-16 code units, escapes only where
// there must be one, numbers as ECMAScript writes them. Of numbers it takes
// those that every reader keeps: integers below 2^53 and decimals with at most
// three places below 10^12; others are an error. Digests are over this text.
func Canonical(v any) ([]byte, error) {
	var c canonizer
	return c.append(nil, v)
}

// canonizer rewrites what encoding/json writes. That is valid and has no
// spaces, whatever went into it, so it is not checked again. It keeps its room.
type canonizer struct {
	text    []byte   // what is left to read
	members []member // of the objects that are being written, the innermost last
	sorted  []byte
}

// member is a member of an object, written from and up to.
type member struct {
	key      string
	from, to int
}

// append appends the canonical form of a value.
func (c *canonizer) append(dst []byte, v any) (_ []byte, err error) {
	if c.text, err = json.Marshal(v); err == nil {
		dst, err = c.value(dst)
	}
	if err != nil {
		return nil, fmt.Errorf("canonical json: %w", err)
	}
	return dst, nil
}

func (c *canonizer) value(dst []byte) ([]byte, error) {
	switch c.text[0] {
	case '{':
		return c.object(dst)
	case '[':
		return c.array(dst)
	case '"':
		return appendText(dst, c.string()), nil
	}
	n := bytes.IndexAny(c.text, ",]}")
	if n < 0 {
		n = len(c.text)
	}
	word := string(c.take(n))
	if word == "true" || word == "false" || word == "null" {
		return append(dst, word...), nil
	}
	return appendNumber(dst, word)
}

// take reads n bytes.
func (c *canonizer) take(n int) []byte {
	word := c.text[:n]
	c.text = c.text[n:]
	return word
}

// empty reads an empty list or object, if here is one.
func (c *canonizer) empty() bool {
	if c.text[1] != ']' && c.text[1] != '}' {
		return false
	}
	c.take(2)
	return true
}

// string reads a string and returns what it stands for.
func (c *canonizer) string() (s string) {
	end, plain := 1, true
	for ; c.text[end] != '"'; end++ {
		if c.text[end] == '\\' {
			end++
			plain = false
		}
	}
	word := c.take(end + 1)
	if plain && utf8.Valid(word) {
		return string(word[1:end])
	}
	err := json.Unmarshal(word, &s)
	invariant.Check(err == nil, "encoding/json wrote %.40q and does not read it: %v", word, err)
	return s
}

func (c *canonizer) array(dst []byte) (_ []byte, err error) {
	if c.empty() {
		return append(dst, "[]"...), nil
	}
	for c.text[0] != ']' {
		dst = append(dst, c.take(1)[0]) // the bracket, then commas
		if dst, err = c.value(dst); err != nil {
			return nil, err
		}
	}
	return append(dst, c.take(1)[0]), nil
}

func (c *canonizer) object(dst []byte) (_ []byte, err error) {
	if c.empty() {
		return append(dst, "{}"...), nil
	}
	outer, start := len(c.members), len(dst)
	for c.text[0] != '}' {
		c.take(1) // the brace, then commas
		m := member{key: c.string(), from: len(dst)}
		dst = append(appendText(dst, m.key), c.take(1)[0])
		if dst, err = c.value(dst); err != nil {
			return nil, err
		}
		m.to = len(dst)
		c.members = append(c.members, m)
	}
	c.take(1)
	dst, err = c.sort(dst, start, c.members[outer:])
	c.members = c.members[:outer]
	return dst, err
}

// sort writes members again, in order and with what stands between them.
func (c *canonizer) sort(dst []byte, start int, members []member) ([]byte, error) {
	slices.SortFunc(members, func(a, b member) int { return compareKeys(a.key, b.key) })
	c.sorted = c.sorted[:0]
	for i, m := range members {
		if i > 0 && m.key == members[i-1].key {
			return nil, fmt.Errorf("key %.40q stands twice", m.key)
		}
		c.sorted = append(append(c.sorted, "{,"[min(i, 1)]), dst[m.from:m.to]...)
	}
	return append(append(dst[:start], c.sorted...), '}'), nil
}

// compareKeys orders by UTF-16 code units. Bytes of UTF-8 have another order
// where a key holds a character beyond the first 65,536.
func compareKeys(a, b string) int {
	if plain(a) && plain(b) {
		return strings.Compare(a, b)
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func plain(key string) bool {
	return !strings.ContainsFunc(key, func(r rune) bool { return r > 0xffff })
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
