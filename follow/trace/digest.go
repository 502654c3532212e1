package trace

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"reflect"
	"slices"
	"strings"
)

// Seal computes both digests of a result: that of all it depends on, and that
// of all it says. Two sources that hold the same chain differ in the first and
// agree in the second.
func (r *Result) Seal() (err error) {
	if r.Input.Digest, err = r.Input.digest(); err != nil {
		return fmt.Errorf("input digest: %w", err)
	}
	if r.ResultDigest, err = r.digest(); err != nil {
		return fmt.Errorf("result digest: %w", err)
	}
	return nil
}

// Verify computes both digests again and compares. The error names the one
// that differs.
func (r *Result) Verify() error {
	again := *r
	if err := again.Seal(); err != nil {
		return err
	}
	if again.Input.Digest != r.Input.Digest {
		return fmt.Errorf("input digest: the result states %.80q, its input makes %s", r.Input.Digest, again.Input.Digest)
	}
	if again.ResultDigest != r.ResultDigest {
		return fmt.Errorf("result digest: the result states %.80q, what it says makes %s", r.ResultDigest, again.ResultDigest)
	}
	return nil
}

// digest is over the canonical input without the digest itself.
func (in Input) digest() (string, error) {
	h := sha256.New()
	err := hashMembers(h, membersOf(&in, "digest"))
	return digestText(h), err
}

// digest is over the canonical result without its input, itself and finality.
func (r *Result) digest() (string, error) {
	h := sha256.New()
	err := hashMembers(h, membersOf(r, append([]string{"input", "result_digest"}, finalityKeys...)...))
	return digestText(h), err
}

// Digest is the digest of any value's canonical JSON, as digests are written
// everywhere: "sha256:" and hex.
func Digest(v any) (string, error) {
	text, err := Canonical(v)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write(text)
	return digestText(h), nil
}

func digestText(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

// moneyKey is the member of a result that is not there without prices.
const moneyKey = "money"

// finalityKeys are the members of a result that are not there where finality
// is not known, and never hashed.
var finalityKeys = []string{"finalised", "blocks_on_top"}

// field is a field of a struct by its JSON name.
type field struct {
	key   string
	value reflect.Value
}

// membersOf returns the fields of what s points to, in canonical order, without
// some.
func membersOf(s any, without ...string) (fields []field) {
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if slices.Contains(without, key) {
			continue
		}
		fields = append(fields, field{key, v.Field(i)})
	}
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.key, b.key) })
	return fields
}

// hashMembers hashes an object member by member and list items one by one:
// a result of millions of exits is never held as one text.
func hashMembers(h hash.Hash, fields []field) error {
	// Money is the one member that may be left out.
	fields = slices.DeleteFunc(fields, func(f field) bool { return f.key == moneyKey && f.value.IsNil() })
	w := digester{hash: h}
	for i, f := range fields {
		h.Write([]byte{"{,"[min(i, 1)]})
		h.Write(append(appendText(nil, f.key), ':'))
		write := w.value
		if f.value.Kind() == reflect.Slice && !f.value.IsNil() {
			write = w.items
		}
		if err := write(f.value); err != nil {
			return fmt.Errorf("%s: %w", f.key, err)
		}
	}
	h.Write([]byte("}"))
	return nil
}

// digester hashes values and keeps its room.
type digester struct {
	hash      hash.Hash
	canonizer canonizer
	text      []byte
}

func (w *digester) items(list reflect.Value) error {
	w.hash.Write([]byte("["))
	for i := range list.Len() {
		if i > 0 {
			w.hash.Write([]byte(","))
		}
		if err := w.value(list.Index(i)); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	w.hash.Write([]byte("]"))
	return nil
}

func (w *digester) value(v reflect.Value) (err error) {
	if v.CanAddr() {
		v = v.Addr() // spares a copy on the heap
	}
	w.text, err = w.canonizer.append(w.text[:0], v.Interface())
	w.hash.Write(w.text)
	return err
}
