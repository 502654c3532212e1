package watch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clew.example/clew/guard/watch"
)

// states are those of a watch on its way through a reorganisation.
func states(t testing.TB) (list [][]byte) {
	c, q := twoBranches(t, 24, 20)
	fs := newDisk(t)
	b := &inbox{}
	opt := options(c, q, b, fs)
	opt.Replay = true
	w := watch.New(opt)
	emit := func() { list = append(list, w.StateText()) }
	w.OnEmit(emit)
	err := errors.Join(w.Open(), w.Settle(t.Context()))
	c.now = c.branches[1]
	c.head, _ = c.now.Tip()
	if err = errors.Join(err, w.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	return append(list, w.StateText())
}

// TestStateCut cuts states at every byte: each is refused, and the whole is
// read and written again.
func TestStateCut(t *testing.T) {
	list := states(t)
	for _, text := range [][]byte{list[0], list[len(list)-2], list[len(list)-1]} {
		again, err := watch.ParseState(text)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("a state of %d bytes: %v", len(text), err)
		}
		for n := range text {
			if _, err := watch.ParseState(text[:n]); err == nil {
				t.Fatalf("a state of %d bytes cut to %d is read", len(text), n)
			}
		}
		if _, err := watch.ParseState(append(bytes.Clone(text), 0)); err == nil {
			t.Error("a state with a byte more is read")
		}
	}
}

// FuzzState changes states. Its law: reading never panics, and what is read is
// written again byte for byte.
func FuzzState(f *testing.F) {
	for i, text := range states(f) {
		if i%8 == 0 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if again, err := watch.ParseState(text); err == nil && !bytes.Equal(again, text) {
			t.Errorf("%d bytes are read, and written as %d others", len(text), len(again))
		}
	})
}

// TestLines pins the JSON of a small story: a theft, two peels, a coin at rest,
// a reorganisation of one block.
func TestLines(t *testing.T) {
	c, q := twoBranches(t, 14, 13)
	b := &inbox{}
	opt := options(c, q, b, newDisk(t))
	opt.Replay = true
	w := watch.New(opt)
	err := errors.Join(w.Open(), w.Settle(t.Context()))
	c.now = c.branches[1]
	c.head--
	if err = errors.Join(err, w.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	var have strings.Builder
	for i := range b.all {
		text, err := json.Marshal(&b.all[i])
		if err != nil {
			t.Fatal(err)
		}
		have.Write(append(text, '\n'))
	}
	file := filepath.Join("testdata", "peel.jsonl")
	if os.Getenv("CLEW_REWRITE") != "" {
		if err := os.WriteFile(file, []byte(have.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || have.String() != string(want) {
		t.Errorf("the lines are others than those of %s (CLEW_REWRITE=1 writes them): %v\n%s", file, err, have.String())
	}
}
