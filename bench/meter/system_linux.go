package meter

import (
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Evict writes every file below dir back and drops its pages from the page
// cache. Pages that some process has mapped stay: close the ledger first.
func Evict(dir string) error {
	return walkFiles(dir, func(name string) error {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := f.Sync(); err != nil {
			return err
		}
		if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
			return &fs.PathError{Op: "fadvise", Path: name, Err: err}
		}
		return nil
	})
}

// threadTime returns the processor time that this thread has used.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return time.Since(started)
	}
	return time.Duration(t.Nano())
}

var started = time.Now()
