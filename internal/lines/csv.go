package lines

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// errQuote is a quote where RFC 4180 allows none.
var errQuote = errors.New("a quote in the middle of a field: a field with quotes stands in quotes, and its own are doubled")

// AppendFields appends the comma-separated fields of a line, without blanks
// around them. Quotes are those of RFC 4180, within one line.
func AppendFields(dst []string, line string) ([]string, error) {
	for {
		line = strings.TrimLeft(line, " \t")
		field, rest, more, err := cutField(line)
		if err != nil {
			return dst, err
		}
		dst = append(dst, strings.Trim(field, " \t"))
		if !more {
			return dst, nil
		}
		line = rest
	}
}

// cutField cuts the first field off; more says that a comma followed it.
func cutField(line string) (field, rest string, more bool, err error) {
	if !strings.HasPrefix(line, `"`) {
		field, rest, more = strings.Cut(line, ",")
		if strings.Contains(field, `"`) {
			return "", "", false, errQuote
		}
		return field, rest, more, nil
	}
	end := 1
	for {
		at := strings.IndexByte(line[end:], '"')
		if at < 0 {
			return "", "", false, errors.New("a quote is not closed in its line")
		}
		end += at + 1
		if end == len(line) || line[end] != '"' {
			break
		}
		end++
	}
	field = strings.ReplaceAll(line[1:end-1], `""`, `"`)
	rest = strings.TrimLeft(line[end:], " \t")
	if rest == "" {
		return field, "", false, nil
	}
	if rest[0] != ',' {
		return "", "", false, errQuote
	}
	return field, rest[1:], true, nil
}

// Header knows where the columns of a table stand.
type Header struct {
	fields  int
	columns []int // by name as asked for; -1: not there
}

// ParseHeader finds the named columns in the fields of a header, in any order
// and any case. The first few are required; other columns may stand between.
func ParseHeader(fields []string, required int, names ...string) (*Header, error) {
	h := &Header{fields: len(fields), columns: make([]int, len(names))}
	for i, name := range names {
		is := func(field string) bool { return strings.EqualFold(field, name) }
		at := slices.IndexFunc(fields, is)
		if at < 0 && i < required {
			return nil, fmt.Errorf("the header has no column %q", name)
		}
		if at >= 0 && slices.ContainsFunc(fields[at+1:], is) {
			return nil, fmt.Errorf("the header has the column %q twice", name)
		}
		h.columns[i] = at
	}
	return h, nil
}

// Pick puts the named columns of a row into dst, in the order of their names,
// empty where the table has no such column. A row with more or fewer fields
// than the header is an error: a comma that should be quoted would move all
// that follows into other columns.
func (h *Header) Pick(dst, row []string) error {
	if len(row) != h.fields {
		return fmt.Errorf("%d fields, the header has %d", len(row), h.fields)
	}
	for i, at := range h.columns {
		if dst[i] = ""; at >= 0 {
			dst[i] = row[at]
		}
	}
	return nil
}
