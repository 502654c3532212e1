package watch

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"

	"clew.example/clew/internal/invariant"
	"clew.example/clew/ledger"
)

// A state is bytes of this form. Integers are unsigned varints in their
// shortest form, but for hashes.
//
//	question  32  digest
//	base          height
//	first         height
//	blocks        count, each: hash 32, told (count, each: id 32, round, base 32 if round > 0)
//	starts        count, each: position less that of the one before, vout
//	undone        count, each: base 32, times
//	pending       count, each: length, JSON of a Change
var errState = errors.New("it is no state that this version reads")

func (s *state) append(dst []byte) []byte {
	dst = append(dst, s.question[:]...)
	dst = binary.AppendUvarint(dst, uint64(s.base))
	dst = binary.AppendUvarint(dst, uint64(s.first))
	dst = binary.AppendUvarint(dst, uint64(len(s.blocks)))
	for i := range s.blocks {
		dst = s.blocks[i].append(dst)
	}
	dst = binary.AppendUvarint(dst, uint64(len(s.starts)))
	last := ledger.Pos(0)
	for _, p := range s.starts {
		dst = binary.AppendUvarint(dst, uint64(p.pos-last))
		dst = binary.AppendUvarint(dst, uint64(p.vout))
		last = p.pos
	}
	dst = binary.AppendUvarint(dst, uint64(len(s.undone)))
	for _, u := range s.undone {
		dst = binary.AppendUvarint(append(dst, u.base[:]...), uint64(u.times))
	}
	dst = binary.AppendUvarint(dst, uint64(len(s.pending)))
	for i := range s.pending {
		text, err := json.Marshal(&s.pending[i])
		invariant.Check(err == nil, "a change cannot be written: %v", err)
		dst = append(binary.AppendUvarint(dst, uint64(len(text))), text...)
	}
	return dst
}

func (b *block) append(dst []byte) []byte {
	dst = append(dst, b.hash[:]...)
	dst = binary.AppendUvarint(dst, uint64(len(b.told)))
	for _, t := range b.told {
		dst = binary.AppendUvarint(append(dst, t.id[:]...), uint64(t.round))
		if t.round > 0 {
			dst = append(dst, t.base[:]...)
		}
	}
	return dst
}

// stateReader reads what append wrote and nothing else. After the first error
// everything reads as 0.
type stateReader struct {
	text []byte
	err  error
}

func parseState(text []byte) (*state, error) {
	r := &stateReader{text: text}
	s := &state{}
	s.question = r.digest()
	s.base, s.first = ledger.Height(r.uint(math.MaxUint32)), ledger.Height(r.uint(math.MaxUint32))
	for n := r.count(33); n > 0; n-- {
		s.blocks = append(s.blocks, r.block())
	}
	r.check(uint64(s.first)+uint64(len(s.blocks)) <= math.MaxUint32)
	s.starts = r.starts(s.next())
	for n := r.count(33); n > 0; n-- {
		s.undone = append(s.undone, undone{r.digest(), uint32(r.uint(math.MaxUint32))})
	}
	for n := r.count(1); n > 0; n-- {
		s.pending = append(s.pending, r.change())
	}
	r.check(len(r.text) == 0)
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

func (r *stateReader) check(ok bool) {
	if !ok && r.err == nil {
		r.err, r.text = errState, nil
	}
}

func (r *stateReader) take(n int) []byte {
	if n > len(r.text) {
		r.check(false)
		return make([]byte, min(n, len(digest{})))
	}
	b := r.text[:n]
	r.text = r.text[n:]
	return b
}

func (r *stateReader) digest() digest { return digest(r.take(len(digest{}))) }

func (r *stateReader) uint(limit uint64) uint64 {
	n, size := binary.Uvarint(r.text)
	if size <= 0 || n > limit || size != max(1, (bits.Len64(n)+6)/7) {
		r.check(false)
		return 0
	}
	r.text = r.text[size:]
	return n
}

// count reads how many things follow, of which each has at least so many bytes.
func (r *stateReader) count(least int) uint64 {
	n := r.uint(math.MaxUint32)
	r.check(n <= uint64(len(r.text)/least))
	if r.err != nil {
		return 0
	}
	return n
}

func (r *stateReader) block() block {
	b := block{hash: ledger.Hash(r.take(ledger.HashSize))}
	for n := r.count(33); n > 0; n-- {
		t := told{id: r.digest(), round: uint32(r.uint(math.MaxUint32 - 1))}
		if t.base = t.id; t.round > 0 {
			t.base = r.digest()
		}
		b.told = append(b.told, t)
	}
	return b
}

// before compares two starts in ledger order.
func (s start) before(t start) bool { return s.pos < t.pos || s.pos == t.pos && s.vout < t.vout }

// starts are in order, and below a height.
func (r *stateReader) starts(below ledger.Height) (list []start) {
	last := ledger.Pos(0)
	for n := r.count(2); n > 0; n-- {
		last += ledger.Pos(r.uint(uint64(math.MaxUint64 - last)))
		p := start{last, uint32(r.uint(math.MaxUint32))}
		r.check(uint64(last>>24) < uint64(below))
		r.check(len(list) == 0 || list[len(list)-1].before(p))
		list = append(list, p)
	}
	return list
}

func (r *stateReader) change() (c Change) {
	text := r.take(int(r.uint(uint64(len(r.text)))))
	if r.err != nil {
		return c
	}
	if err := json.Unmarshal(text, &c); err != nil {
		r.err = fmt.Errorf("a change: %w: %w", errState, err)
		return c
	}
	again, err := json.Marshal(&c)
	r.check(err == nil && bytes.Equal(again, text))
	return c
}
