package opsdb

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of values in bytes. They stop a caller who fills the disk, and a row
// that no page can show.
const (
	wordMax     = 256
	noteMax     = 64 << 10
	questionMax = 1 << 20
	progressMax = 16 << 10
	errorMax    = 16 << 10
	detailMax   = 64 << 10
)

// text checks lines of words: UTF-8 without NUL, which neither PostgreSQL nor
// C keeps.
func text(field, s string, limit int) error {
	switch {
	case len(s) > limit:
		return &FieldError{field, fmt.Sprintf("longer than %d bytes", limit)}
	case !utf8.ValidString(s):
		return &FieldError{field, "is not UTF-8"}
	case strings.ContainsRune(s, 0):
		return &FieldError{field, "holds a NUL"}
	}
	return nil
}

// word checks a single line that may be empty.
func word(field, s string) error {
	if err := text(field, s, wordMax); err != nil {
		return err
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return &FieldError{field, "holds a control character"}
	}
	return nil
}

// name checks a single line that says something.
func name(field, s string) error {
	if strings.TrimSpace(s) == "" {
		return &FieldError{field, "is empty"}
	}
	return word(field, s)
}

// document checks a JSON document.
func document(field string, doc []byte, limit int) error {
	if err := text(field, string(doc), limit); err != nil {
		return err
	}
	if !json.Valid(doc) {
		return &FieldError{field, "is not JSON"}
	}
	return nil
}

// first returns the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
