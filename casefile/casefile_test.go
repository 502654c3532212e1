package casefile_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/casefile"
)

func TestRead(t *testing.T) {
	datadriven.RunTest(t, "testdata/read", func(t *testing.T, d *datadriven.TestData) string {
		c, err := casefile.Read(strings.NewReader(d.Input))
		if err != nil {
			return err.Error() + "\n"
		}
		return strings.ReplaceAll(fmt.Sprintf("%#v\n", *c), ", ", ",\n  ")
	})
}

// TestBounds: what is too large or too deep is refused, and quickly.
func TestBounds(t *testing.T) {
	bomb := "a: &a [b, b]\n"
	for i := range 40 {
		bomb += fmt.Sprintf("x%d: &x%d [*a, *a]\n", i, i)
	}
	for name, tc := range map[string]struct{ text, want string }{
		"bytes":            {"notes: " + strings.Repeat("x", 1<<20), "more than 1048576 bytes"},
		"text":             {"notes: " + strings.Repeat("x", 64<<10+1), "line 1: notes: longer than 65536 bytes"},
		"entries":          {"starts: [" + strings.Repeat("a,", 10_001) + "]", "line 1: starts: more than 10000 entries"},
		"depth":            {"starts: " + strings.Repeat("[", 500_000), "exceeded max depth"},
		"bomb":             {bomb, "line 1: key \"a\" is not known"},
		"title":            {"title: " + strings.Repeat("x", 257), "want one line of at most 256 bytes"},
		"bytes of no text": {"starts: \xff", "UTF-8"},
	} {
		_, err := casefile.Read(strings.NewReader(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %.200v, want %q", name, err, tc.want)
		}
	}
}

// TestShipped reads every case of the folder cases, and looks for its files.
func TestShipped(t *testing.T) {
	cases, err := filepath.Glob("../cases/*/case.yaml")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, name := range cases {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := casefile.Read(f)
		f.Close()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, file := range append(append(append([]string{c.Facts}, c.StartFiles...), c.StopFiles...), c.Labels...) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), file)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// FuzzRead reads arbitrary bytes as a case.
//
// Invariants: nothing panics, and no file of a case that was read is outside
// its folder.
func FuzzRead(f *testing.F) {
	f.Add("starts: bitcoin:xyz\nlabels: [a/b.csv, ./c]\nfacts: d/../e\nnotes: |\n  x\n")
	f.Add("starts: &a [b]\nstops: *a\n---\n? x\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := casefile.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		files := append(append(append([]string{}, c.StartFiles...), c.StopFiles...), c.Labels...)
		for _, file := range append(files, c.Prices, c.Facts) {
			if file != "" && (!filepath.IsLocal(file) || path.Join("x", file) != "x/"+file) {
				t.Fatalf("file %q", file)
			}
		}
		if len(c.Starts) == 0 && len(c.StartFiles) == 0 {
			t.Fatal("no starts")
		}
	})
}
