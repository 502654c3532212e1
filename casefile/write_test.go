package casefile_test

import (
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/casefile"
)

// TestWrite shows the canonical file of what a file says.
func TestWrite(t *testing.T) {
	datadriven.RunTest(t, "testdata/write", func(t *testing.T, d *datadriven.TestData) string {
		text, err := casefile.Append(nil, mustRead(t, d.Input))
		if err != nil {
			return err.Error() + "\n"
		}
		return string(text)
	})
}

// TestDiff: the input is two files with a line of === between them.
func TestDiff(t *testing.T) {
	datadriven.RunTest(t, "testdata/diff", func(t *testing.T, d *datadriven.TestData) string {
		before, after, _ := strings.Cut(d.Input, "===\n")
		var b strings.Builder
		for _, c := range casefile.Diff(mustRead(t, before), mustRead(t, after)) {
			b.WriteString(c.Key + ": " + strconv.Quote(c.Before) + " -> " + strconv.Quote(c.After))
			b.WriteString(" gone " + strconv.Quote(strings.Join(c.Gone, "|")) + " came " + strconv.Quote(strings.Join(c.Came, "|")))
			b.WriteString(" moved " + strconv.FormatBool(c.Moved) + "\n")
		}
		return b.String()
	})
}

func mustRead(t *testing.T, text string) *casefile.Case {
	t.Helper()
	c, err := casefile.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCheck: what no file can hold is refused, and the key is named.
func TestCheck(t *testing.T) {
	many := make([]string, 10_001)
	long := make([]string, 9_000)
	for i := range many {
		many[i] = "a"
	}
	for i := range long {
		long[i] = strings.Repeat("a", 120)
	}
	start := []string{"bitcoin:a"}
	for _, tc := range []struct {
		c    casefile.Case
		want string
	}{
		{casefile.Case{}, "no starts"},
		{casefile.Case{Starts: start, Title: "two\nlines"}, "title: want one line"},
		{casefile.Case{Starts: start, Notes: "a\x00b"}, "notes: holds a NUL"},
		{casefile.Case{Starts: start, Notes: "a\xff"}, "notes: is not UTF-8"},
		{casefile.Case{Starts: start, Notes: strings.Repeat("a", 64<<10+1)}, "notes: longer than 65536 bytes"},
		{casefile.Case{Starts: many}, "starts: more than 10000 entries"},
		{casefile.Case{Starts: []string{"a", ""}}, "starts: entry 2: is empty"},
		{casefile.Case{Starts: []string{" a"}}, "starts: entry 1: begins or ends with a blank"},
		{casefile.Case{Starts: start, Policies: []string{"a,b"}}, "policy: entry 1: holds a comma"},
		{casefile.Case{Starts: start, Labels: []string{"../a"}}, "labels: file \"../a\": leaves the folder"},
		{casefile.Case{Starts: start, Prices: "/a"}, "prices: file \"/a\": want a path relative"},
		{casefile.Case{Starts: long}, "the file would have"},
	} {
		got, err := casefile.Append([]byte("x"), &tc.c)
		if err == nil || !strings.Contains(err.Error(), tc.want) || string(got) != "x" {
			t.Errorf("error %v and %d bytes, want %q", err, len(got), tc.want)
		}
	}
}

// TestRoundTrip writes random cases of nasty values. Laws: what is read back
// is the case, its file is the same again, and it differs in nothing.
func TestRoundTrip(t *testing.T) {
	seed := uint64(1)
	if s := os.Getenv("CLEW_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("CLEW_SEED=%d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 5000 {
		roundTrip(t, randomCase(rng))
	}
}

func roundTrip(t *testing.T, c *casefile.Case) {
	t.Helper()
	text, err := casefile.Append(nil, c)
	if err != nil {
		t.Fatalf("%#v: %v", c, err)
	}
	back := mustRead(t, string(text))
	if !reflect.DeepEqual(back, c) {
		t.Fatalf("%s\nread as\n%#v\nwas\n%#v", text, back, c)
	}
	if again, err := casefile.Append(nil, back); err != nil || string(again) != string(text) {
		t.Fatalf("%s\nthen\n%s%v", text, again, err)
	}
	if changes := casefile.Diff(c, back); len(changes) > 0 {
		t.Fatalf("%v", changes)
	}
}

// pieces are what YAML has a meaning for, and what people paste.
var pieces = []string{
	"a", "Z", "0", "-", "- ", ": ", ":", " #", "#", "'", `"`, `\`, "~", "null", "true", "yes", "0x1f", "1e3", "2024-06-01", "<<", "=", "{", "}", "[", "]", "&a", "*a",
	"!", "!!str", "|", ">", "%", "@", "`", "?", ",", "(", "é", "금액", "\u2028", "\u0085", "\ufeff", "\u202e", "\x1b[31m", "\t", "😀", "\U000e0041", "---", "...", " ",
}

func randomCase(rng *rand.Rand) *casefile.Case {
	word := func(extra ...string) string {
		from := append(pieces[:len(pieces):len(pieces)], extra...)
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteString(from[rng.IntN(len(from))])
		}
		return b.String()
	}
	list := func(fix func(string) string) (items []string) {
		for range rng.IntN(4) {
			if item := fix(strings.TrimSpace(word())); item != "" {
				items = append(items, item)
			}
		}
		return items
	}
	same := func(s string) string { return s }
	name := func(string) string { return []string{"a.csv", "b/c d.csv", "- x", "~", "금액.txt"}[rng.IntN(5)] }
	line := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < ' ' || r >= 0x7f && r < 0xa0 {
				return '_'
			}
			return r
		}, s)
	}
	return &casefile.Case{
		Title: line(word()), Notes: word("\n", "\n", "a\n", "\r\n", "\n\n") + []string{"", "\n"}[rng.IntN(2)], Chain: word("\n"),
		Starts: append(list(same), "a:b"), StartFiles: list(name), Stops: list(same), StopFiles: list(name), Labels: list(name), Prices: name(""),
		Policies: list(func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, ",", "")) }),
		AsOf:     word(), MinValue: word(), MaxHops: word(), Until: word(), Backward: rng.IntN(2) == 0,
	}
}

// FuzzRoundTrip reads arbitrary bytes as a case. Law: whatever Read takes can
// be written, and read as the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add("starts: bitcoin:xyz\nnotes: |\n  x\n\n  y\nlabels: [./b]\npolicy: a, b\ntitle: \"\\u2028\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := casefile.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		if written, err := casefile.Append(nil, c); err != nil && !strings.Contains(err.Error(), "the file would have") {
			t.Fatal(err)
		} else if err == nil && len(written) > 0 {
			roundTrip(t, c)
		}
	})
}
