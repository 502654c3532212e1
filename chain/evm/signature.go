package evm

import (
	"errors"
	"fmt"
	"strings"

	"github.com/holiman/uint256"

	"clew.example/clew/chain/internal/abi"
	"clew.example/clew/ledger"
)

// signature is an event whose arguments are known: where each of them stands.
// A struct without dynamic parts stands in the data word by word, and counts
// as that many arguments.
type signature struct {
	topic Hash
	slots []slot
	count uint8 // of topics, the name's included
}

// slot is a topic, or a word of the data.
type slot struct {
	indexed bool
	at      int
}

// event reads a signature in which a star stands after an indexed argument.
func event(s string) *signature {
	e := &signature{topic: abi.Topic(strings.ReplaceAll(s, "*", "")), count: 1}
	name := strings.IndexByte(s, '(')
	words := 0
	for _, t := range splitTypes(s[name+1 : len(s)-1]) {
		if strings.HasSuffix(t, "*") {
			e.slots = append(e.slots, slot{true, int(e.count)})
			e.count++
			continue
		}
		n := 1
		if isStatic := !strings.Contains(t, "bytes,") && !strings.Contains(t, "string") && !strings.Contains(t, "[]"); t[0] == '(' && isStatic {
			n = len(splitTypes(t[1 : len(t)-1]))
		}
		for range n {
			e.slots = append(e.slots, slot{false, words})
			words++
		}
	}
	return e
}

// splitTypes splits at the commas outside of brackets.
func splitTypes(s string) (types []string) {
	depth, from := 0, 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				types, from = append(types, s[from:i]), i+1
			}
		}
	}
	return append(types, s[from:])
}

// reading is a log read by a signature. The first error stays, and what is read
// after it is zero.
type reading struct {
	event  *signature
	topics []Hash
	data   abi.Tuple
	err    error
}

var errTopics = errors.New("not as many topics as the event has")

func (b *Block) reading(l *Log, e *signature) *reading {
	r := &reading{event: e, topics: l.Topics[:l.Count], data: abi.MakeTuple(b.Bytes(l.Data))}
	if l.Count != e.count {
		r.err = errTopics
	}
	return r
}

func (r *reading) place(i int) (abi.Tuple, int) {
	s := r.event.slots[i]
	if s.indexed && r.err == nil {
		return abi.MakeTuple(r.topics[s.at][:]), 0
	}
	return r.data, s.at
}

func (r *reading) note(i int, err error) {
	if r.err == nil && err != nil {
		r.err = fmt.Errorf("argument %d: %w", i, err)
	}
}

func (r *reading) hash(i int) Hash {
	t, at := r.place(i)
	w, err := t.Word(at)
	r.note(i, err)
	return w
}

func (r *reading) uint(i int) uint256.Int {
	t, at := r.place(i)
	n, err := t.Uint(at)
	r.note(i, err)
	return n
}

func (r *reading) uint64(i int) uint64 {
	t, at := r.place(i)
	n, err := t.Uint64(at)
	r.note(i, err)
	return n
}

// int returns an argument with a sign.
func (r *reading) int(i int) (n uint256.Int, negative bool) {
	t, at := r.place(i)
	n, negative, err := t.Int(at)
	r.note(i, err)
	return n, negative
}

func (r *reading) address(i int) ledger.Address {
	t, at := r.place(i)
	a, err := t.Address(at)
	r.note(i, err)
	return ledger.MakeAddress(a[:])
}

// foreign returns an address of any chain that was put into 32 bytes.
func (r *reading) foreign(i int) ledger.Address {
	return foreign(r.hash(i))
}

// foreign reads an address of any chain from 32 bytes: 20 of them where the
// first 12 are zero, else all.
func foreign(w [32]byte) ledger.Address {
	if [12]byte(w[:12]) == [12]byte{} {
		return ledger.MakeAddress(w[12:])
	}
	return ledger.MakeAddress(w[:])
}

// bytes returns an argument of any length, which is never indexed.
func (r *reading) bytes(i int) []byte {
	b, err := r.data.Bytes(r.event.slots[i].at)
	r.note(i, err)
	return b
}

// token returns the asset of a contract.
func token(contract ledger.Address) ledger.Asset {
	if contract.IsZero() || contract == (Address{}).Key() {
		return ledger.Asset{}
	}
	return ledger.Asset{Kind: ledger.AssetToken, Contract: contract}
}
