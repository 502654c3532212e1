package blkfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// openFilesMax is how many files are kept open between reads. A mainnet folder
// has 5,000 files, and the blocks of one height range lie in few of them.
const openFilesMax = 16

// pool opens the files of a folder and keeps the latest ones open. It is safe
// for concurrent use.
type pool struct {
	dir string

	mu     sync.Mutex // guards all below
	open   map[string]*handle
	clock  int64
	closed bool
}

// handle is an open file, with how many readers are on it right now.
type handle struct {
	f     *os.File
	users int
	used  int64 // the pool's clock at the latest use
}

// with calls fn with an open file. The file is only one of the folder's own
// regular files: names come from the folder's listing.
func (p *pool) with(name string, fn func(*os.File) error) error {
	h, err := p.acquire(name)
	if err != nil {
		return err
	}
	defer p.release(h)
	return fn(h.f)
}

func (p *pool) acquire(name string) (*handle, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, fs.ErrClosed
	}
	h := p.open[name]
	if h == nil {
		f, err := os.Open(filepath.Join(p.dir, name))
		if err != nil {
			return nil, err
		}
		h = &handle{f: f}
		p.open[name] = h
	}
	p.clock++
	h.used = p.clock
	h.users++
	return h, nil
}

func (p *pool) release(h *handle) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h.users--
	for len(p.open) > openFilesMax || p.closed {
		if !p.evict() {
			return
		}
	}
}

// evict closes the idle file that was used longest ago.
func (p *pool) evict() bool {
	var oldest string
	for name, h := range p.open {
		if h.users == 0 && (oldest == "" || h.used < p.open[oldest].used) {
			oldest = name
		}
	}
	if oldest == "" {
		return false
	}
	// Nothing was written, so closing has nothing to report.
	_ = p.open[oldest].f.Close()
	delete(p.open, oldest)
	return true
}

// close closes the idle files now and the others when their readers are done.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for p.evict() {
	}
}

// role is what a file's name says it is.
type role uint8

const (
	otherFile role = iota // raw blocks, or records under another name
	blkFile               // blk*.dat of Core
	revFile               // rev*.dat of Core
	coreFile              // of Core's too, and of no interest
)

// roleOf tells what a name in a folder of blocks stands for. The database
// files are those of an index that was copied beside the blocks.
func roleOf(name string) role {
	ext := filepath.Ext(name)
	switch {
	case ext == ".dat" && strings.HasPrefix(name, "blk"):
		return blkFile
	case ext == ".dat" && strings.HasPrefix(name, "rev"):
		return revFile
	case name == xorName, ext == ".lock", ext == ".ldb", ext == ".log":
		return coreFile
	case name == "CURRENT", name == "LOCK", name == "LOG", name == "LOG.old", strings.HasPrefix(name, "MANIFEST-"):
		return coreFile
	}
	return otherFile
}

// xorName is the file that holds the key of a folder.
const xorName = "xor.dat"

// readKey reads the key that obfuscates a folder: the zero key if none does.
func readKey(dir string) (xorKey, error) {
	var key xorKey
	name := filepath.Join(dir, xorName)
	info, err := os.Stat(name)
	if os.IsNotExist(err) {
		return key, nil
	}
	if err != nil {
		return key, err
	}
	if !info.Mode().IsRegular() || info.Size() != int64(len(key)) {
		return key, fmt.Errorf("%s: want a file of %d bytes", name, len(key))
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return key, err
	}
	copy(key[:], b)
	return key, nil
}
