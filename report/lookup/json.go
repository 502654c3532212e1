package lookup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// WriteJSON writes v as one line of JSON with sorted keys, whatever the order
// of its fields, so that equal answers are equal bytes. Numbers keep every
// digit. Characters that could steer a terminal are written as \u escapes,
// which change no value.
func WriteJSON(w io.Writer, v any) error {
	line, err := sortedJSON(v)
	if err != nil {
		return fmt.Errorf("json: %w", err)
	}
	_, err = w.Write(line)
	return err
}

func sortedJSON(v any) ([]byte, error) {
	first, err := encodeJSON(v)
	if err != nil {
		return nil, err
	}
	// Decoding into maps is what sorts: the encoder writes map keys in order.
	dec := json.NewDecoder(bytes.NewReader(first))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	line, err := encodeJSON(tree)
	if err != nil {
		return nil, err
	}
	return EscapeUnprintable(line), nil
}

func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// EscapeUnprintable works on encoded JSON: all that it can meet beyond ASCII
// stands inside strings, and so does DEL.
func EscapeUnprintable(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		switch {
		case r == '\n' || unicode.IsPrint(r):
			out = append(out, line[:n]...)
		case r > 0xffff:
			hi, lo := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		line = line[n:]
	}
	return out
}
