package vfs_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"clew.example/clew/internal/vfs"
)

// world is a naive model beside a Crashable. It remembers for every word of
// every file, and for every name, what it was since the last sync, oldest
// first: the first is what the disk was promised, the last what programs see,
// and only the flusher may bring one of those between.
type world struct {
	t      *testing.T
	c      *vfs.Crashable
	rng    *rand.Rand
	names  map[string][]*modelFile // nil stands for no file
	serial uint64
}

type modelFile struct {
	file    vfs.File
	mem     []byte
	words   [][]uint64
	durable int // length in words
}

const (
	wordBytes    = 8
	sectorWords  = 512 / wordBytes
	modelWordMax = 3000
)

func newWorld(t *testing.T, seed uint64, c *vfs.Crashable) *world {
	w := &world{t: t, c: c, rng: rand.New(rand.NewPCG(seed, 1)), names: map[string][]*modelFile{}}
	for i := range 5 {
		w.names[fmt.Sprintf("f%d", i)] = []*modelFile{nil}
	}
	for _, name := range list(t, c) {
		f := &modelFile{}
		for _, word := range found(t, c, name) {
			f.words = append(f.words, []uint64{word})
			w.serial = max(w.serial, word>>32)
		}
		f.durable = len(f.words)
		f.file, f.mem = open(t, c, name, vfs.ReadWrite, 0)
		w.names[name] = []*modelFile{f}
	}
	return w
}

func last[T any](history []T) T { return history[len(history)-1] }

// run takes random steps, most of them writes and syncs.
func (w *world) run(steps int) {
	for range steps {
		name := fmt.Sprintf("f%d", w.rng.IntN(5))
		f := last(w.names[name])
		switch k := w.rng.IntN(20); {
		case f == nil:
			w.create(name)
		case k == 0:
			check(w.t, w.c.Remove(name))
			w.names[name] = append(w.names[name], nil)
		case k == 1:
			w.syncNames()
		case k < 5:
			w.grow(f)
		case k < 10:
			w.sync(f)
		default:
			w.write(f)
		}
	}
}

func (w *world) create(name string) {
	f := &modelFile{}
	f.file, f.mem = open(w.t, w.c, name, vfs.Create, 0)
	w.names[name] = append(w.names[name], f)
}

func (w *world) syncNames() {
	check(w.t, w.c.SyncDir("."))
	for name, history := range w.names {
		w.names[name] = history[len(history)-1:]
	}
}

func (w *world) grow(f *modelFile) {
	n := min(len(f.words)+1+w.rng.IntN(500), modelWordMax)
	check(w.t, f.file.Allocate(int64(n*wordBytes)))
	for len(f.words) < n {
		f.words = append(f.words, []uint64{0})
	}
}

// write gives a run of words values that were never written before, in either
// half, or zeros where the word was not zero lately.
func (w *world) write(f *modelFile) {
	from, to := w.span(f)
	erase := w.rng.IntN(4) == 0
	for i := from; i < to; i++ {
		w.serial++
		word := w.serial<<32 | w.serial
		if erase && !slices.Contains(f.words[i], 0) {
			word = 0
		}
		binary.LittleEndian.PutUint64(f.mem[i*wordBytes:], word)
		f.words[i] = append(f.words[i], word)
	}
}

func (w *world) sync(f *modelFile) {
	from, to := w.span(f)
	check(w.t, f.file.Sync(int64(from*wordBytes), int64((to-from)*wordBytes)))
	for i := from; i < to; i++ {
		f.words[i] = []uint64{last(f.words[i])}
	}
	f.durable = len(f.words)
}

func (w *world) span(f *modelFile) (from, to int) {
	from = w.rng.IntN(len(f.words) + 1)
	return from, min(from+w.rng.IntN(300), len(f.words))
}

// found is a file as a program sees it after the crash.
func found(t *testing.T, c *vfs.Crashable, name string) []uint64 {
	f, mem := open(t, c, name, vfs.ReadOnly, 0)
	words := make([]uint64, sizeOf(t, f)/wordBytes)
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(mem[i*wordBytes:])
	}
	return words
}

func list(t *testing.T, c *vfs.Crashable) []string {
	names, err := c.List(".")
	check(t, err)
	return names
}

// dump is everything that can be seen, for comparing two file systems.
func dump(t *testing.T, c *vfs.Crashable) string {
	var s string
	for _, name := range list(t, c) {
		s += fmt.Sprintln(name, found(t, c, name))
	}
	return s
}

// checkAfter checks what the crash left against everything that was promised.
func (w *world) checkAfter(after *vfs.Crashable, p float64) {
	w.t.Helper()
	present := list(w.t, after)
	for _, name := range present {
		if w.names[name] == nil {
			w.t.Errorf("%s came from nowhere", name)
		}
	}
	for name, history := range w.names {
		if err := w.checkName(after, name, slices.Contains(present, name), w.allowed(history, p), p); err != nil {
			w.t.Errorf("%s after a crash at p=%v: %v", name, p, err)
		}
	}
}

// allowed returns what a name may stand for after a crash.
func (w *world) allowed(history []*modelFile, p float64) []*modelFile {
	switch {
	case p == 1:
		return history[len(history)-1:]
	case w.c.Writeback > 0:
		return history
	case p == 0:
		return history[:1]
	}
	return []*modelFile{history[0], between(history), last(history)}
}

// between is no file where a name changed, since an old file can go before the
// new one comes.
func between(history []*modelFile) *modelFile {
	if len(history) == 1 {
		return history[0]
	}
	return nil
}

// checkName wants one of the allowed files to fit what is there.
func (w *world) checkName(after *vfs.Crashable, name string, present bool, allowed []*modelFile, p float64) (err error) {
	if !present {
		if slices.Contains(allowed, nil) {
			return nil
		}
		return errors.New("it is gone")
	}
	words := found(w.t, after, name)
	err = errors.New("it should not be there")
	for _, f := range allowed {
		if f == nil {
			continue
		}
		if err = w.fits(f, words, p); err == nil {
			return nil
		}
	}
	return err
}

func (w *world) fits(f *modelFile, got []uint64, p float64) error {
	switch n := len(got); {
	case n < f.durable || n > len(f.words):
		return fmt.Errorf("%d words, of which %d were synced and %d written", n, f.durable, len(f.words))
	case p == 0 && w.c.Writeback == 0 && n != f.durable, p == 1 && n != len(f.words):
		return fmt.Errorf("%d words of %d synced and %d written", n, f.durable, len(f.words))
	}
	for at := 0; at < len(got); at += sectorWords {
		end := min(at+sectorWords, len(got))
		if err := w.fitsSector(f.words[at:end], got[at:end], p); err != nil {
			return fmt.Errorf("sector at word %d: %w", at, err)
		}
	}
	return nil
}

// fitsSector checks each word, and that old and new are mixed in a torn sector
// only.
func (w *world) fitsSector(words [][]uint64, got []uint64, p float64) error {
	var old, fresh bool
	for i, history := range words {
		at := slices.Index(history, got[i])
		end := len(history) - 1
		switch {
		case at < 0:
			return fmt.Errorf("word %d is %d, not one of %d", i, got[i], history)
		case w.c.Writeback == 0 && at != 0 && at != end,
			w.c.Writeback == 0 && p == 0 && at != 0, p == 1 && at != end:
			return fmt.Errorf("word %d is %d of %d", i, got[i], history)
		}
		old = old || at == 0 && end > 0
		fresh = fresh || at == end && end > 0
	}
	if old && fresh && !w.c.Tear && w.c.Writeback == 0 {
		return fmt.Errorf("torn: %d of %d", got, words)
	}
	return nil
}
