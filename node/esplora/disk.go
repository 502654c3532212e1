package esplora

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// diskMark begins every file of the cache.
const diskMark = "clew.esplora.cache/1 "

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// disk keeps answers in files. The zero folder keeps nothing. The names of
// files are made of numbers and hashes of our own, never of what a server said.
type disk struct {
	root     string // of the network; empty: nothing is kept
	readOnly bool

	mu  sync.Mutex // guards err
	err error      // the first in writing
}

func openDisk(dir, network string, readOnly bool) (*disk, error) {
	if dir == "" {
		return &disk{}, nil
	}
	d := &disk{root: filepath.Join(dir, network), readOnly: readOnly}
	if !readOnly {
		// What was asked says what is being looked into: it is nobody else's.
		if err := os.MkdirAll(d.root, 0o700); err != nil {
			return nil, fmt.Errorf("cache of the explorer: %w", err)
		}
	}
	return d, nil
}

func (d *disk) failed() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// place names a file: deep, or as of a pin.
type place struct {
	pin        string // name of the pin's folder; empty: deep
	kind, name string
}

func (d *disk) path(p place) string {
	if p.kind == kindPin {
		return filepath.Join(d.root, "pins", p.pin, kindPin)
	}
	if p.pin != "" {
		return filepath.Join(d.root, "pins", p.pin, p.kind, shard(p.name), p.name)
	}
	return filepath.Join(d.root, p.kind, shard(p.name), p.name)
}

// shard spreads files over folders: heights by the thousand, hashes by their
// first byte.
func shard(name string) string {
	if len(name) == heightDigits {
		return name[:heightDigits-3]
	}
	return name[:min(2, len(name))]
}

// kindPin is the one file of its kind in the folder of a pin.
const kindPin = "pin"

// heightDigits is the length of a height as a name.
const heightDigits = 10

// get returns what was kept, at most limit bytes.
func (d *disk) get(p place, limit int64) ([]byte, bool) {
	if d.root == "" {
		return nil, false
	}
	f, err := os.Open(d.path(p))
	if err != nil {
		return nil, false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+int64(len(diskMark))+10))
	if err != nil {
		return nil, false
	}
	line, payload, ok := bytes.Cut(b, []byte("\n"))
	return payload, ok && string(line) == head(p, payload) && int64(len(payload)) <= limit
}

// head is the first line of a file.
func head(p place, payload []byte) string {
	sum := crc32.Checksum([]byte(p.kind+"/"+p.name+"\n"), castagnoli)
	return fmt.Sprintf("%s%08x", diskMark, crc32.Update(sum, castagnoli, payload))
}

// put keeps something. A cache that can not be written loses time, not answers.
func (d *disk) put(p place, payload []byte) {
	if d.root == "" || d.readOnly {
		return
	}
	if err := d.write(d.path(p), append([]byte(head(p, payload)+"\n"), payload...)); err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.err == nil {
			d.err = fmt.Errorf("cache of the explorer: %w", err)
		}
	}
}

func (d *disk) write(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*") // readable by us alone
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// drop forgets what a server's later answers do not bear out.
func (d *disk) drop(p place) {
	if d.root != "" && !d.readOnly {
		os.Remove(d.path(p))
	}
}
