package meter

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

func TestParseStatus(t *testing.T) {
	have := parseStatus([]byte("Name:\tclew\nVmPeak:\t  900 kB\nVmHWM:\t  1000 kB\nRssAnon:\t     200 kB\nRssFile:\t 300 kB\nVmHWM\nodd"))
	if want := (Memory{Peak: 1000 << 10, Anon: 200 << 10, File: 300 << 10}); have != want {
		t.Errorf("have %+v, want %+v", have, want)
	}
	if n := parseWritten([]byte("rchar: 5\nwrite_bytes: 4096\ncancelled_write_bytes: 7\n")); n != 4096 {
		t.Errorf("written: %d", n)
	}
}

var sink []byte

func TestSamplerSeesAnonymousMemoryThatWentAway(t *testing.T) {
	if ReadMemory() == (Memory{}) {
		t.Skip("no /proc/self/status as Linux has it")
	}
	s := StartSampler(time.Millisecond)
	sink = make([]byte, 64<<20)
	for i := range sink {
		sink[i] = 1
	}
	time.Sleep(20 * time.Millisecond)
	sink = nil
	peak := s.Stop()
	if peak.Anon < 64<<20 || peak.Peak < peak.Anon {
		t.Errorf("peak %+v, with 64 MB touched", peak)
	}
}

func TestUsageIsADifference(t *testing.T) {
	before := ReadUsage()
	for range 1000 {
		sink = make([]byte, 4096)
	}
	u := ReadUsage().Sub(before)
	if u.Allocs < 1000 || u.AllocBytes < 1000*4096 || u.MaxRSS <= 0 {
		t.Errorf("%+v", u)
	}
}

func TestInterleave(t *testing.T) {
	var order []string
	variant := func(name string) func(int) error {
		return func(round int) error { order = append(order, name); return nil }
	}
	times, err := Interleave(3, variant("a"), variant("b"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "b", "b", "a", "a", "b"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if len(times) != 2 || len(times[0]) != 3 || len(times[1]) != 3 {
		t.Errorf("times %v", times)
	}
	times, err = Interleave(1, func(int) error { time.Sleep(50 * time.Millisecond); return nil })
	if err != nil || runtime.GOOS == "linux" && times[0][0] > 40*time.Millisecond {
		t.Errorf("sleeping for 50 ms counts as %v; error %v", times[0], err)
	}
	broken := errors.New("broken")
	if _, err := Interleave(2, func(int) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("have error %v", err)
	}
}

func TestTimings(t *testing.T) {
	ts := Timings{5, 1, 9}
	if ts.Median() != 5 || ts.Best() != 1 || ts.Sum() != 15 {
		t.Errorf("median %v, best %v, sum %v", ts.Median(), ts.Best(), ts.Sum())
	}
	if (Timings{}).Median() != 0 || (Timings{}).Best() != 0 || PerSecond(5, 0) != 0 {
		t.Error("nothing measured is not zero")
	}
	if r := PerSecond(10, 2*time.Second); r != 5 {
		t.Errorf("rate %v", r)
	}
	if !slices.Equal(ts, Timings{5, 1, 9}) {
		t.Error("median sorted its receiver")
	}
}

func TestDiskUse(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string]int{"a": 10_000, "sub/b": 5} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, n), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(Warm(dir), Evict(dir)); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		t.Fatal(err)
	}
	u, err := ReadDiskUse(dir)
	if err != nil || u.Length != 10_005 || u.Allocated < 0 {
		t.Errorf("%+v, %v", u, err)
	}
}
