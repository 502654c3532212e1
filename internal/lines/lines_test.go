package lines_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"clew.example/clew/internal/lines"
)

// all reads every line, comments and empty ones left out.
func all(r io.Reader, limits lines.Limits) (got []string, err error) {
	in := lines.NewReader(r, limits)
	for {
		line, err := in.NextFilled()
		if err == io.EOF {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got = append(got, fmt.Sprintf("%d %s", in.Line(), line))
	}
}

func TestReader(t *testing.T) {
	limits := lines.Limits{Bytes: 40, Lines: 6, Line: 10}
	for _, tc := range []struct{ text, want string }{
		{"", "[]"},
		{"\ufeffa\r\n\n # no\n \tb c\t\n", "[1 a 4 b c]"},
		{"a\nb", "[1 a 2 b]"},
		{"a\n\ufeffb", "[1 a 2 \ufeffb]"},
		{"0123456789\n", "[1 0123456789]"},
		{"0123456789\r\n", "[1 0123456789]"},
		{"a\n0123456789x\n", "line 2: longer than 10 bytes"},
		{"a\n" + strings.Repeat("x", 200_000), "line 2: longer than 10 bytes"},
		{strings.Repeat("\n", 7), "line 7: more than 6 lines"},
		{strings.Repeat("01234567\n", 5), "line 5: more than 40 bytes"},
		{"a\n\xff\n", "line 2: not UTF-8"},
	} {
		got, err := all(iotest.OneByteReader(strings.NewReader(tc.text)), limits)
		have := fmt.Sprint(got)
		if err != nil {
			have = err.Error()
		}
		if have != tc.want {
			t.Errorf("%q: %s, want %s", tc.text[:min(len(tc.text), 50)], have, tc.want)
		}
	}
}

// TestLongLines: a line may be longer than any buffer, and no longer than the
// limit.
func TestLongLines(t *testing.T) {
	for _, n := range []int{32<<10 - 1, 32 << 10, 100_000} {
		line := strings.Repeat("x", n)
		got, err := all(strings.NewReader("a\n"+line+"\r\nb"), lines.Limits{Bytes: 1 << 20, Lines: 3, Line: n})
		if want := []string{"1 a", "2 " + line, "3 b"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%d bytes: %d lines, %v", n, len(got), err)
		}
		if _, err := all(strings.NewReader(line+"x"), lines.Limits{Bytes: 1 << 20, Lines: 3, Line: n}); err == nil {
			t.Errorf("%d bytes pass as %d", n+1, n)
		}
	}
}

func TestReaderFails(t *testing.T) {
	cause := errors.New("pulled out")
	_, err := all(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(cause)), lines.Table)
	if !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), "line 2: ") {
		t.Errorf("error %v", err)
	}
	long := lines.Limits{Bytes: 1 << 20, Lines: 3, Line: 1 << 20}
	_, err = all(io.MultiReader(strings.NewReader(strings.Repeat("x", 50_000)), iotest.ErrReader(cause)), long)
	if !errors.Is(err, cause) {
		t.Errorf("in a long line: error %v", err)
	}
	_, err = all(iotest.ErrReader(cause), lines.Table)
	if !errors.Is(err, cause) {
		t.Errorf("error %v", err)
	}
}

func TestFields(t *testing.T) {
	for _, tc := range []struct{ line, want string }{
		{``, `[""]`},
		{`a,b`, `["a" "b"]`},
		{` a b , ,c,`, `["a b" "" "c" ""]`},
		{`"a,""b""" , "" ,"c"`, `["a,\"b\"" "" "c"]`},
		{`a"b,c`, "a quote in the middle"},
		{`"a"b,c`, "a quote in the middle"},
		{`a,"b`, "a quote is not closed"},
		{`"""`, "a quote is not closed"},
	} {
		got, err := lines.AppendFields(nil, tc.line)
		have := fmt.Sprintf("%q", got)
		if err != nil {
			have = err.Error()
		}
		if !strings.HasPrefix(have, tc.want) {
			t.Errorf("%s: %s, want %s", tc.line, have, tc.want)
		}
	}
}

func TestHeader(t *testing.T) {
	parse := func(line string) (*lines.Header, error) {
		fields, _ := lines.AppendFields(nil, line)
		return lines.ParseHeader(fields, 2, "a", "b", "c")
	}
	for line, want := range map[string]string{
		"a,x": `the header has no column "b"`, "b,a,A": `the header has the column "a" twice`, "x,b,c,a": "<nil>", "B,A": "<nil>",
	} {
		if _, err := parse(line); fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
	h, err := parse("b,x,a")
	if err != nil {
		t.Fatal(err)
	}
	row := []string{"-", "-", "-"}
	if err := h.Pick(row, []string{"1", "2", "3"}); err != nil || !slices.Equal(row, []string{"3", "1", ""}) {
		t.Errorf("%q, %v", row, err)
	}
	if err := h.Pick(row, []string{"1", "2"}); err == nil || err.Error() != "2 fields, the header has 3" {
		t.Errorf("error %v", err)
	}
}

// FuzzFields compares with encoding/csv, which reads the same but for blanks.
//
// Invariants: what we accept, it accepts and reads alike; fields written by it
// are read back.
func FuzzFields(f *testing.F) {
	f.Add(`a,"b ""c""",,"d,e"`)
	f.Add(`"a"b`)
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\r\n \t\u00a0") || line == "" || strings.TrimSpace(line) != line {
			return
		}
		got, err := lines.AppendFields(nil, line)
		want, oracleErr := csv.NewReader(strings.NewReader(line)).Read()
		if (err == nil) != (oracleErr == nil) || err == nil && !slices.Equal(got, want) {
			t.Fatalf("%q: %q %v, encoding/csv has %q %v", line, got, err, want, oracleErr)
		}
	})
}
