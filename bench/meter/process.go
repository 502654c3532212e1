// Package meter measures: what a process uses, and how long things take
// beside each other.
package meter

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Memory is what the kernel says of this process' pages, in bytes. All are
// zero where /proc is not Linux's.
type Memory struct {
	Peak int64 `json:"peak"` // VmHWM: the most that ever was resident, mapped files included
	Anon int64 `json:"anon"` // RssAnon: resident and backed by no file
	File int64 `json:"file"` // RssFile: resident pages of mapped files
}

// ReadMemory reads /proc/self/status.
func ReadMemory() Memory {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return Memory{}
	}
	return parseStatus(b)
}

// parseStatus takes the three lines it wants, "VmHWM:  1234 kB" and the like.
func parseStatus(status []byte) (m Memory) {
	for s := bufio.NewScanner(bytes.NewReader(status)); s.Scan(); {
		name, value, _ := strings.Cut(s.Text(), ":")
		kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "VmHWM":
			m.Peak = kb << 10
		case "RssAnon":
			m.Anon = kb << 10
		case "RssFile":
			m.File = kb << 10
		}
	}
	return m
}

// Usage is what a process has used since it started.
type Usage struct {
	User        time.Duration `json:"user"`
	System      time.Duration `json:"system"`
	MinorFaults int64         `json:"minor_faults"` // pages mapped without reading
	MajorFaults int64         `json:"major_faults"` // pages read from the disk
	MaxRSS      int64         `json:"max_rss"`      // bytes; not a difference in Sub
	Written     int64         `json:"written"`      // bytes sent to the disk; Linux only
	Allocs      int64         `json:"allocs"`       // objects of the Go heap
	AllocBytes  int64         `json:"alloc_bytes"`
	GCs         int64         `json:"gcs"`
}

// ReadUsage asks getrusage, /proc/self/io and the Go runtime.
func ReadUsage() Usage {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return Usage{}
	}
	u := Usage{
		User:        time.Duration(r.Utime.Nano()),
		System:      time.Duration(r.Stime.Nano()),
		MinorFaults: int64(r.Minflt),
		MajorFaults: int64(r.Majflt),
		MaxRSS:      maxRSS(&r),
		Written:     readWritten(),
	}
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/cycles/total:gc-cycles"},
	}
	metrics.Read(samples)
	for i, dst := range []*int64{&u.Allocs, &u.AllocBytes, &u.GCs} {
		if samples[i].Value.Kind() == metrics.KindUint64 {
			*dst = int64(samples[i].Value.Uint64())
		}
	}
	return u
}

// maxRSS prefers /proc: what getrusage says is never less than what the process
// that started this one had resident at that time.
func maxRSS(r *unix.Rusage) int64 {
	if m := ReadMemory(); m.Peak > 0 {
		return m.Peak
	}
	return int64(r.Maxrss) << 10
}

func readWritten() int64 {
	b, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	return parseWritten(b)
}

func parseWritten(io []byte) int64 {
	for line := range strings.Lines(string(io)) {
		if v, ok := strings.CutPrefix(line, "write_bytes: "); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
			return n
		}
	}
	return 0
}

// Sub returns what was used between two readings; MaxRSS is the later one's.
func (u Usage) Sub(before Usage) Usage {
	u.User -= before.User
	u.System -= before.System
	u.MinorFaults -= before.MinorFaults
	u.MajorFaults -= before.MajorFaults
	u.Written -= before.Written
	u.Allocs -= before.Allocs
	u.AllocBytes -= before.AllocBytes
	u.GCs -= before.GCs
	return u
}

// String tells the figures that explain a slow run.
func (u Usage) String() string {
	return fmt.Sprintf("cpu %.2f+%.2f s, faults %d minor %d major, max rss %d MB, written %d MB, %d allocations, %d gcs",
		u.User.Seconds(), u.System.Seconds(), u.MinorFaults, u.MajorFaults, u.MaxRSS/1e6, u.Written/1e6, u.Allocs, u.GCs)
}

// Sampler watches the memory of this process: the kernel keeps the peak of the
// whole, but not of the anonymous part, which is what a process needs for
// itself.
type Sampler struct {
	stop chan struct{}
	done sync.WaitGroup
	peak Memory
}

// StartSampler reads the memory every interval until Stop.
func StartSampler(interval time.Duration) *Sampler {
	s := &Sampler{stop: make(chan struct{})}
	s.done.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			s.sample()
			select {
			case <-tick.C:
			case <-s.stop:
				return
			}
		}
	})
	return s
}

func (s *Sampler) sample() {
	m := ReadMemory()
	s.peak.Peak = max(s.peak.Peak, m.Peak)
	s.peak.Anon = max(s.peak.Anon, m.Anon)
	s.peak.File = max(s.peak.File, m.File)
}

// Stop returns the most that was seen of each kind.
func (s *Sampler) Stop() Memory {
	close(s.stop)
	s.done.Wait()
	s.sample()
	return s.peak
}
