package casefile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Append appends the canonical file of a case: the keys that say something, in
// one order, each value in one way of writing it. Read gives the same case
// back, and equal cases give equal bytes. A case that Check refuses, or whose
// file would be larger than 1 MiB, is an error.
func Append(dst []byte, c *Case) ([]byte, error) {
	clean := c.clone()
	if err := clean.Check(); err != nil {
		return dst, err
	}
	begin := len(dst)
	for _, f := range fields {
		switch {
		case f.text != nil:
			dst = appendText(dst, f.key, *f.text(clean))
		case f.list != nil:
			dst = appendList(dst, f.key, *f.list(clean))
		case *f.truth(clean):
			dst = append(append(dst, f.key...), ": true\n"...)
		}
	}
	if n := len(dst) - begin; n > sizeMax {
		return dst[:begin], fmt.Errorf("the file would have %d bytes, more than %d: put lists into files beside", n, sizeMax)
	}
	return dst, nil
}

// clone returns a case whose lists are its own, since Check cleans names.
func (c *Case) clone() *Case {
	twin := *c
	for _, f := range fields {
		if f.list != nil {
			*f.list(&twin) = append([]string(nil), *f.list(c)...)
		}
	}
	return &twin
}

func appendText(dst []byte, key, value string) []byte {
	switch {
	case value == "":
		return dst
	case key == "notes" && isBlock(value):
		return appendBlock(append(append(dst, key...), ':', ' '), value)
	}
	return append(appendScalar(append(append(dst, key...), ':', ' '), value), '\n')
}

func appendList(dst []byte, key string, values []string) []byte {
	if len(values) == 0 {
		return dst
	}
	dst = append(append(dst, key...), ':', '\n')
	for _, value := range values {
		dst = append(appendScalar(append(dst, "  - "...), value), '\n')
	}
	return dst
}

// isPlain matches values that need no quotes in YAML, and none to be read by
// people without a doubt: no colon before a blank, nothing of YAML's signs.
var isPlain = regexp.MustCompile(`^[\p{L}0-9](?:[\p{L}0-9_./@+-]|:[\p{L}0-9_./@+-]| [\p{L}0-9_./@+(),-])*$`)

// isWord matches what YAML 1.1 or 1.2 may take for no text.
var isWord = regexp.MustCompile(`(?i)^(?:null|true|false|yes|no|on|off|y|n)$`)

func appendScalar(dst []byte, value string) []byte {
	if isPlain.MatchString(value) && !isWord.MatchString(value) {
		return append(dst, value...)
	}
	return appendQuoted(dst, value)
}

// appendQuoted writes a value between double quotes, on one line. What is not
// printable is escaped, so that a file shows all it holds.
func appendQuoted(dst []byte, value string) []byte {
	dst = append(dst, '"')
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case unicode.IsPrint(r):
			dst = append(dst, string(r)...)
		default:
			dst = appendEscape(dst, r)
		}
	}
	return append(dst, '"')
}

// appendEscape writes a code point as \xXX, \uXXXX or \UXXXXXXXX.
func appendEscape(dst []byte, r rune) []byte {
	sign, digits := byte('x'), 2
	switch {
	case r > 0xffff:
		sign, digits = 'U', 8
	case r > 0xff:
		sign, digits = 'u', 4
	}
	hex := strconv.FormatUint(uint64(r), 16)
	dst = append(dst, '\\', sign)
	dst = append(dst, strings.Repeat("0", digits-len(hex))...)
	return append(dst, hex...)
}

// isBlock says that a text keeps its bytes as a literal block: printable lines
// that do not begin or end with a blank, the last one ended by one line feed.
func isBlock(value string) bool {
	body, ended := strings.CutSuffix(value, "\n")
	if !ended || body == "" || strings.HasPrefix(body, "\n") || strings.HasSuffix(body, "\n") {
		return false
	}
	for line := range strings.SplitSeq(body, "\n") {
		if line != strings.TrimSpace(line) || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return false
		}
	}
	return true
}

func appendBlock(dst []byte, value string) []byte {
	dst = append(dst, "|\n"...)
	for line := range strings.SplitSeq(strings.TrimSuffix(value, "\n"), "\n") {
		if line != "" {
			dst = append(append(dst, "  "...), line...)
		}
		dst = append(dst, '\n')
	}
	return dst
}
