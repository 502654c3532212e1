package evm

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"

	"github.com/holiman/uint256"
)

// cursor reads JSON in place. Answers are some megabytes of hex digits, which
// go straight into the numbers and bytes they mean. The first error stays: all
// reads after it give zeros, and every loop ends.
type cursor struct {
	raw   []byte
	at    int
	depth int
	err   error
}

// depthMax bounds the nesting of what is read. Calls nest up to 1,024 deep,
// with an object and a list for each.
const depthMax = 2*1024 + 16

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format+" (at byte %d)", append(args, c.at)...)
	}
}

// peek returns the first byte of the next token, 0 at the end.
func (c *cursor) peek() byte {
	for c.at < len(c.raw) {
		switch b := c.raw[c.at]; b {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return b
		}
	}
	return 0
}

// next reports whether the next token is b, which it then takes.
func (c *cursor) next(b byte) bool {
	if c.err != nil || c.peek() != b {
		return false
	}
	c.at++
	return true
}

// null takes a null, if that comes next.
func (c *cursor) null() bool {
	if c.err == nil && c.peek() == 'n' && bytes.HasPrefix(c.raw[c.at:], []byte("null")) {
		c.at += len("null")
		return true
	}
	return false
}

// end fails unless everything was read.
func (c *cursor) end() {
	if c.err == nil && c.peek() != 0 {
		c.fail("more after the end of the answer")
	}
}

// enter takes the opening bracket of a list or an object.
func (c *cursor) enter(open byte, what string) bool {
	if !c.next(open) {
		c.fail("want %s", what)
		return false
	}
	if c.depth++; c.depth > depthMax {
		c.fail("nested deeper than %d", depthMax)
		return false
	}
	return true
}

// more reports whether another element of a list or an object follows, and
// takes what stands before it.
func (c *cursor) more(first bool, closing byte) bool {
	if c.next(closing) {
		c.depth--
		return false
	}
	if !first && !c.next(',') {
		c.fail("want a comma or %q", closing)
	}
	return c.err == nil
}

// text returns the bytes between the quotes of a string, escapes as written.
func (c *cursor) text() []byte {
	if !c.next('"') {
		c.fail("want a string")
		return nil
	}
	from := c.at
	for {
		i := bytes.IndexByte(c.raw[c.at:], '"')
		if i < 0 {
			c.at = from
			c.fail("a string without an end")
			return nil
		}
		c.at += i + 1
		if s := c.raw[from : c.at-1]; !escapes(s) {
			return s
		}
	}
}

// escapes reports whether the byte after s is escaped: an odd number of
// backslashes stands before it.
func escapes(s []byte) bool {
	n := len(s)
	for n > 0 && s[n-1] == '\\' {
		n--
	}
	return (len(s)-n)%2 == 1
}

// skip takes the next value, whatever it is.
func (c *cursor) skip() {
	for open := 0; c.err == nil; {
		switch b := c.peek(); b {
		case 0:
			c.fail("want a value")
		case '"':
			c.text()
		case '{', '[':
			c.at++
			open++
			continue
		case '}', ']':
			c.at++
			open--
		case ',', ':':
			c.at++
			continue
		default:
			c.word()
		}
		if open < 0 {
			c.fail("a bracket closes that was not open")
		}
		if open == 0 && c.err == nil {
			return
		}
	}
}

// word takes a number, true, false or null.
func (c *cursor) word() []byte {
	from := c.at
	for c.at < len(c.raw) && bytes.IndexByte([]byte(" \t\r\n,:{}[]\""), c.raw[c.at]) < 0 {
		c.at++
	}
	if c.at == from {
		c.fail("want a value")
	}
	return c.raw[from:c.at]
}

// each reads a list; read takes one element. An error gets the element's place.
func (c *cursor) each(what string, read func(i int)) {
	if c.err != nil || !c.enter('[', "a list") {
		return
	}
	for i := 0; c.more(i == 0, ']'); i++ {
		read(i)
		if c.err != nil {
			c.err = fmt.Errorf("%s %d: %w", what, i, c.err)
			return
		}
	}
}

// digits returns the hex digits of a string that begins with 0x.
func (c *cursor) digits() []byte {
	s := c.text()
	if c.err == nil && (len(s) < 2 || s[0] != '0' || s[1] != 'x' && s[1] != 'X') {
		c.fail("want 0x and hex digits, have %.40q", s)
	}
	if c.err != nil {
		return nil
	}
	return s[2:]
}

// fixed reads exactly len(dst) bytes.
func (c *cursor) fixed(dst []byte) {
	d := c.digits()
	if c.err == nil && len(d) != 2*len(dst) {
		c.fail("want %d bytes in hex, have %d digits", len(dst), len(d))
	}
	if c.err == nil && !unhex(dst, d) {
		c.fail("not hex digits: %.40q", d)
	}
}

// bytes appends bytes of any number to dst.
func (c *cursor) bytes(dst []byte) []byte {
	d := c.digits()
	if len(d)%2 != 0 {
		c.fail("an odd number of hex digits")
	}
	if c.err != nil {
		return dst
	}
	n := len(dst)
	dst = append(dst, make([]byte, len(d)/2)...)
	if !unhex(dst[n:], d) {
		c.fail("not hex digits: %.40q", d)
	}
	return dst
}

// unhex is hex.Decode without its errors.
func unhex(dst, src []byte) bool {
	var bad byte
	for i := range dst {
		hi, lo := hexValue[src[2*i]], hexValue[src[2*i+1]]
		bad |= hi | lo
		dst[i] = hi<<4 | lo&15
	}
	return bad < 16
}

// hexValue is the value of a digit, 0xff of what is none.
var hexValue = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range byte(10) {
		t['0'+i] = i
	}
	for i := range byte(6) {
		t['a'+i], t['A'+i] = 10+i, 10+i
	}
	return t
}()

// quantity reads a number below 2^256: 0x and hex digits, or decimal digits
// without quotes.
func (c *cursor) quantity(n *uint256.Int) {
	n.Clear()
	if b := c.peek(); b >= '0' && b <= '9' {
		if err := n.SetFromDecimal(string(c.word())); err != nil {
			c.fail("not a number: %v", err)
		}
		return
	}
	d := bytes.TrimLeft(c.digits(), "0")
	if len(d) > 64 {
		c.fail("a number above 2^256-1")
	}
	if c.err != nil {
		return
	}
	var word [32]byte
	for i, digit := range d {
		v := hexValue[digit]
		if v > 15 {
			c.fail("not hex digits: %.40q", d)
			return
		}
		place := 64 - len(d) + i
		word[place/2] |= v << (4 * (1 - place%2))
	}
	n.SetBytes32(word[:])
}

// uint64 reads a number below 2^64.
func (c *cursor) uint64() uint64 {
	var n uint256.Int
	if c.quantity(&n); !n.IsUint64() {
		c.fail("a number above 2^64-1")
	}
	return n.Uint64()
}

// uint32 reads a number below 2^32.
func (c *cursor) uint32() uint32 {
	n := c.uint64()
	if bits.Len64(n) > 32 {
		c.fail("a number above 2^32-1")
	}
	return uint32(n)
}

func (c *cursor) boolean() bool {
	c.peek()
	switch word := c.word(); string(word) {
	case "true":
		return true
	case "false":
		return false
	default:
		c.fail("want true or false")
		return false
	}
}

// field is a field of an object that is read; all others are passed over.
type field[T any] struct {
	name string
	need bool
	read func(c *cursor, into *T)
}

// fields are the known fields of an object; at most 64.
type fields[T any] struct {
	list []field[T]
	at   map[string]int
}

func makeFields[T any](list ...field[T]) *fields[T] {
	f := &fields[T]{list: list, at: map[string]int{}}
	for i, known := range list {
		f.at[known.name] = i
	}
	return f
}

// object reads an object. A field that is null is as one that is missing; one
// that is given twice has two meanings, and is refused.
func object[T any](c *cursor, f *fields[T], into *T) (seen seenFields) {
	if c.err != nil || !c.enter('{', "an object") {
		return 0
	}
	for first := true; c.more(first, '}'); first = false {
		key := c.text()
		if !c.next(':') {
			c.fail("want a colon")
		}
		i, known := f.at[string(key)]
		switch {
		case c.null():
			continue
		case !known:
			c.skip()
		case seen.has(i):
			c.fail("given twice")
		default:
			seen |= 1 << i
			f.list[i].read(c, into)
		}
		if c.err != nil {
			c.err = fmt.Errorf("%.40q: %w", key, c.err)
			return seen
		}
	}
	for i, known := range f.list {
		if c.err == nil && known.need && !seen.has(i) {
			c.fail("lacks %q", known.name)
		}
	}
	return seen
}

// seenFields says which of the known fields an object had.
type seenFields uint64

func (s seenFields) has(i int) bool { return s>>i&1 == 1 }

// has reports whether an object had a field.
func (f *fields[T]) has(seen seenFields, name string) bool { return seen.has(f.at[name]) }

// errNoAnswer is returned for an answer without bytes or of null.
var errNoAnswer = errors.New("the node has no answer")
