package watch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"

	"clew.example/clew/internal/vfs"
)

// A file of a watch is written once and never changed; the next one has the
// next number and the older ones are removed when it is on disk. So a crash
// leaves the old one or the new one, whole. docs/watch.md names them.
//
//	magic   8  "clewwch1"
//	length  8  of the body, little-endian
//	sum     4  CRC-32C of the body, little-endian
//	body
const (
	fileMagic  = "clewwch1"
	headerSize = 20
	fileMax    = 1 << 34 // bytes: no count of a damaged file is believed beyond
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// series is the files of one name: name-1, name-2 and so on.
type series struct {
	fs   vfs.FS
	name string
	last uint64 // the greatest number that was ever seen
}

// errDamaged: there are files, and none of them is whole.
var errDamaged = errors.New("no file of it is whole")

// numbers lists the files that are there, the newest first.
func (s *series) numbers() (list []uint64, err error) {
	names, err := s.fs.List(".")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, ok := strings.CutPrefix(name, s.name+"-")
		n, err := strconv.ParseUint(text, 10, 64)
		if ok && err == nil && s.file(n) == name {
			list = append(list, n)
			s.last = max(s.last, n)
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list, nil
}

func (s *series) file(n uint64) string { return s.name + "-" + strconv.FormatUint(n, 10) }

// load returns the body of the newest file that is whole: nil if there is no
// file at all.
func (s *series) load() ([]byte, error) {
	list, err := s.numbers()
	if err != nil || len(list) == 0 {
		return nil, err
	}
	for _, n := range list {
		body, err := s.read(s.file(n))
		if err != nil {
			return nil, err
		}
		if body != nil {
			return body, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", s.file(list[0]), errDamaged)
}

// read returns the body of a file, nil if it is not whole.
func (s *series) read(name string) (body []byte, err error) {
	f, err := s.fs.Open(name, vfs.ReadOnly)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Size()
	if err != nil || size < headerSize || size > fileMax {
		return nil, err
	}
	b, err := f.Map(size)
	if err != nil || string(b[:len(fileMagic)]) != fileMagic {
		return nil, err
	}
	length := binary.LittleEndian.Uint64(b[8:])
	if length > uint64(size-headerSize) {
		return nil, nil
	}
	body = slices.Clone(b[headerSize : headerSize+length : headerSize+length])
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[16:]) {
		return nil, nil
	}
	return body, nil
}

// save makes a body durable, then removes the files before it.
func (s *series) save(body []byte) error {
	s.last++
	name := s.file(s.last)
	if err := s.write(name, body); err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	if err := s.fs.SyncDir("."); err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	list, err := s.numbers()
	for _, n := range list {
		if err == nil && n < s.last {
			err = s.fs.Remove(s.file(n))
		}
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	return nil
}

func (s *series) write(name string, body []byte) (err error) {
	f, err := s.fs.Open(name, vfs.Create)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size := int64(headerSize + len(body))
	if err := f.Allocate(size); err != nil {
		return err
	}
	b, err := f.Map(size)
	if err != nil {
		return err
	}
	if int64(len(b)) < size {
		return fmt.Errorf("%d bytes: %w", size, vfs.ErrNoSpace)
	}
	copy(b, fileMagic)
	binary.LittleEndian.PutUint64(b[8:], uint64(len(body)))
	binary.LittleEndian.PutUint32(b[16:], crc32.Checksum(body, castagnoli))
	copy(b[headerSize:], body)
	return f.Sync(0, size)
}
