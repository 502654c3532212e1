package flat

import (
	"context"
	"math/bits"

	"clew.example/clew/ledger"
)

// Sweep walks forward from outputs to every transaction that their value can
// have reached. A spender's row is greater than its own, so a bitmap of the
// reached transactions is also the queue of those to look at, in ledger order:
// take the smallest bit, mark its spenders, go on. Two summary levels, a bit
// for 64 and for 4,096, find the next bit. It keeps its bitmaps for reuse and
// is not for concurrent use.
type Sweep struct {
	v     *View
	bits  []uint64 // a bit for each transaction
	sum   []uint64 // a bit for each word of bits
	top   []uint64 // a bit for each word of sum
	reach Reach
}

// Reach counts what a walk met: an edge is a spent output leading to its
// spending transaction; a transaction is looked at once and the start's own is
// not counted.
type Reach struct {
	Edges, Txs uint64
}

// NewSweep makes the bitmaps of a view: an eighth of a byte for each
// transaction.
func (v *View) NewSweep() *Sweep {
	n := (v.C.Txs + 63) / 64
	m := (n + 63) / 64
	return &Sweep{v: v, bits: make([]uint64, n), sum: make([]uint64, m), top: make([]uint64, (m+63)/64)}
}

// From returns what the outputs reach as of the pin.
func (s *Sweep) From(ctx context.Context, starts []ledger.OutRef) (_ Reach, err error) {
	defer guard(&err)()
	s.reach = Reach{}
	for _, out := range starts {
		if uint64(out) < s.v.C.Outs {
			s.follow(uint64(out), uint64(out)+1)
		}
	}
	if err := s.run(ctx); err != nil {
		s.clear()
		return Reach{}, err
	}
	return s.reach, s.v.moved()
}

// follow marks the spenders of the outputs [from, to).
func (s *Sweep) follow(from, to uint64) {
	spender, txs := words(s.v.l.cols[outsSpender].b), s.v.C.Txs
	for _, cell := range spender[from:to] {
		tx := cell - 1 // unspent wraps beyond txs
		if tx >= txs {
			continue
		}
		s.reach.Edges++
		w, bit := tx>>6, uint64(1)<<(tx&63)
		old := s.bits[w]
		if old&bit != 0 {
			continue
		}
		s.reach.Txs++
		s.bits[w] = old | bit
		if old == 0 {
			s.sum[w>>6] |= 1 << (w & 63)
			s.top[w>>12] |= 1 << (w >> 6 & 63)
		}
	}
}

// run takes the smallest transaction until none is left. A word's bits can
// only be set at or after the one being looked at, so every level is left
// empty behind.
func (s *Sweep) run(ctx context.Context) error {
	ends := s.v.l.cols[txsOut]
	for t := range s.top {
		for s.top[t] != 0 {
			m := t<<6 | bits.TrailingZeros64(s.top[t])
			if err := ctx.Err(); err != nil {
				return err
			}
			for s.sum[m] != 0 {
				w := m<<6 | bits.TrailingZeros64(s.sum[m])
				s.drain(w, ends)
				s.sum[m] &^= 1 << (w & 63)
			}
			s.top[t] &^= 1 << (m & 63)
		}
	}
	return nil
}

// drain looks at the transactions of one word, those marked meanwhile too.
func (s *Sweep) drain(w int, ends *column) {
	done := uint64(0)
	for {
		left := s.bits[w] &^ done
		if left == 0 {
			break
		}
		bit := bits.TrailingZeros64(left)
		done |= 1 << bit
		tx := uint64(w)<<6 | uint64(bit)
		s.follow(ends.get40(tx), ends.get40(tx+1))
	}
	s.bits[w] = 0
}

// clear empties the bitmaps after a walk that was given up.
func (s *Sweep) clear() {
	clear(s.bits)
	clear(s.sum)
	clear(s.top)
}

// SumOutputs returns the sum of all output values, transaction by
// transaction, as a scan of the ledger does.
func (v *View) SumOutputs(ctx context.Context) (sum uint64, err error) {
	defer guard(&err)()
	values, ends := words(v.l.cols[outsValue].b), v.l.cols[txsOut]
	out := uint64(0)
	for tx := range v.C.Txs {
		end := ends.get40(tx + 1)
		for _, value := range values[out:end] {
			sum += value
		}
		out = end
	}
	return sum, v.moved()
}
