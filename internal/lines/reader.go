package lines

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits bound what is read. A text beyond one of them is an error, never cut.
type Limits struct {
	Bytes int64 // of the text
	Lines int   // of the text
	Line  int   // bytes of a line
}

// Table are the limits of a table that a person or a script keeps. The number
// of lines bounds what rows cost beside their text: one with an address in it
// has more than 34 bytes, so useful files meet the limit of bytes first.
var Table = Limits{Bytes: 64 << 20, Lines: 2_000_000, Line: 4 << 10}

// Reader reads lines.
type Reader struct {
	r      *bufio.Reader
	limits Limits
	long   []byte // a line that is longer than the buffer of r
	n      int
	size   int64
}

// NewReader returns a reader of r.
func NewReader(r io.Reader, limits Limits) *Reader {
	return &Reader{r: bufio.NewReaderSize(r, 32<<10), limits: limits}
}

// Line returns the number of the line that Next returned last, from 1.
func (r *Reader) Line() int { return r.n }

// Errorf returns an error about the line that Next returned last.
func (r *Reader) Errorf(format string, args ...any) error {
	return fmt.Errorf("line %d: %w", r.n, fmt.Errorf(format, args...))
}

// Next returns the next line without its end and without blanks around it; a
// byte order mark before the first is left out. The error is io.EOF behind the
// last line, else it names the line.
func (r *Reader) Next() (string, error) {
	b, err := r.read()
	if len(b) == 0 && err == io.EOF {
		return "", io.EOF
	}
	r.n++
	r.size += int64(len(b))
	if err != nil && err != io.EOF {
		return "", r.Errorf("%w", err)
	}
	b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	switch {
	case len(b) > r.limits.Line:
		return "", r.Errorf("longer than %d bytes", r.limits.Line)
	case r.n > r.limits.Lines:
		return "", r.Errorf("more than %d lines", r.limits.Lines)
	case r.size > r.limits.Bytes:
		return "", r.Errorf("more than %d bytes", r.limits.Bytes)
	case !utf8.Valid(b):
		return "", r.Errorf("not UTF-8")
	}
	if r.n == 1 {
		b = bytes.TrimPrefix(b, []byte("\ufeff"))
	}
	return strings.Trim(string(b), " \t"), nil
}

// read returns the next line with its end, or more of it than is allowed.
func (r *Reader) read() ([]byte, error) {
	b, err := r.r.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return b, err
	}
	for r.long = r.long[:0]; ; {
		r.long = append(r.long, b...)
		if err != bufio.ErrBufferFull {
			return r.long, err
		}
		if len(r.long) > r.limits.Line+len("\r\n") {
			return r.long, nil
		}
		b, err = r.r.ReadSlice('\n')
	}
}

// NextFilled returns the next line that is neither empty nor a comment, which
// begins with #.
func (r *Reader) NextFilled() (string, error) {
	for {
		line, err := r.Next()
		if err != nil || line != "" && line[0] != '#' {
			return line, err
		}
	}
}
