package meter

import (
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// DiskUse is what a folder takes, in bytes.
type DiskUse struct {
	Length    int64 // sum of the files' lengths
	Allocated int64 // blocks taken on the disk
}

// ReadDiskUse adds up the files below dir.
func ReadDiskUse(dir string) (u DiskUse, err error) {
	err = walkFiles(dir, func(name string) error {
		var st unix.Stat_t
		if err := unix.Stat(name, &st); err != nil {
			return &fs.PathError{Op: "stat", Path: name, Err: err}
		}
		u.Length += st.Size
		u.Allocated += st.Blocks * 512
		return nil
	})
	return u, err
}

// Warm reads every file below dir once, so that it lies in the page cache.
func Warm(dir string) error {
	buf := make([]byte, 1<<20)
	return walkFiles(dir, func(name string) error {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		for {
			if n, err := f.Read(buf); n == 0 || err != nil {
				return nil // a file that can not be read stays cold, no more
			}
		}
	})
}

// walkFiles visits the regular files below dir.
func walkFiles(dir string, visit func(name string) error) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		return visit(name)
	})
}
