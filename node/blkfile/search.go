package blkfile

import (
	"bytes"
	"errors"
)

// search returns the offset of the next believable record at or behind off,
// -1 if there is none. Only whole records count if whole is set.
func (s *recordScanner) search(off int64, whole bool) (int64, error) {
	for ; ; off++ {
		var err error
		if off, err = s.searchMagic(off); err != nil || off < 0 {
			return -1, err
		}
		ok, err := s.believable(off, whole)
		if ok || err != nil {
			return off, err
		}
		if s.budget--; s.budget <= 0 {
			return -1, errors.New("too many false records, the rest of the file is left out")
		}
	}
}

// believable reports whether a magic found by searching starts a record.
// Without proof of work any bytes make a header, so what follows must fit too.
func (s *recordScanner) believable(off int64, whole bool) (bool, error) {
	p, err := s.at(off)
	switch {
	case err != nil:
		return false, err
	case p.kind == cut && !whole && !s.noPow:
		return true, nil
	case p.kind != record:
		return false, nil
	case s.noPow:
		return s.boundary(p.next)
	}
	return true, nil
}

// searchMagic returns the offset of the next magic at or behind off, -1 if
// there is none.
func (s *recordScanner) searchMagic(off int64) (int64, error) {
	for off+int64(len(s.magic)) <= s.size {
		b, err := s.view(off, len(s.magic))
		if err != nil {
			return -1, err
		}
		if i := bytes.Index(b, s.magic[:]); i >= 0 {
			return off + int64(i), nil
		}
		off += int64(len(b) - len(s.magic) + 1)
	}
	return -1, nil
}

// view returns clear text from off on, at least n bytes of it. What was read
// is kept: the search comes back to it after each false magic.
func (s *recordScanner) view(off int64, n int) ([]byte, error) {
	if skip := off - s.windowOff; skip >= 0 && skip+int64(n) <= int64(len(s.window)) {
		return s.window[skip:], nil
	}
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	if s.window == nil {
		s.window = make([]byte, searchChunk)
	}
	s.window, s.windowOff = s.window[:min(searchChunk, s.size-off)], off
	err := s.read(s.window, off)
	if err != nil {
		s.window = s.window[:0]
	}
	return s.window, err
}
