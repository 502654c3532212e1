package flat

import (
	"encoding/binary"

	"clew.example/clew/ledger"
)

const (
	// queueMax is how many transactions a walk may reach before the sweep takes
	// over: below, a plain queue is twice as fast (69 M edges/s against 32 M on
	// 600 sources of 4,000 edges each), since the sweep pays for finding each
	// bit; above, the sweep wins by reading in ledger order.
	queueMax = 1 << 15
	// spendsMax bounds the outputs looked at before their spenders are queued.
	spendsMax = 4096
	// spendsMin spenders are collected before they are queued: 64 cost 3 % more,
	// 1,024 as much.
	spendsMin = 256
)

// fromQueue walks as From does, with a queue; false if the walk is too large
// for it, and the bitmaps are then as before.
func (s *Sweep) fromQueue(starts []ledger.OutRef) (r Reach, ok bool) {
	spends := s.spends
	n, k := 0, 0 // queued, and found but not queued yet
	if len(starts) > spendsMax {
		return r, false
	}
	for _, out := range starts {
		if uint64(out) < s.v.C.Outs && s.spender[out]-1 < s.v.C.Txs {
			spends[k] = s.spender[out] - 1
			k++
		}
	}
	for next := 0; ok || next == 0; {
		r.Edges += uint64(k)
		n, ok = s.enqueue(spends[:k], n)
		if next == n || !ok {
			break
		}
		next, k, ok = s.spendsOf(spends, next, n)
	}
	for _, tx := range s.queue[:n] {
		s.bits[tx>>6] = 0
	}
	r.Txs = uint64(n)
	return r, ok
}

// enqueue adds the transactions that are new; false if the queue is full.
func (s *Sweep) enqueue(spends []uint64, n int) (int, bool) {
	bits, queue := s.bits, s.queue
	if n+len(spends) > len(queue) {
		return n, false
	}
	for _, tx := range spends {
		word := bits[tx>>6]
		if word>>(tx&63)&1 != 0 {
			continue
		}
		bits[tx>>6] = word | 1<<(tx&63)
		queue[n] = tx
		n++
	}
	return n, true
}

// spendsOf collects the spenders of the outputs of queued transactions, from
// next on, until there are some hundred. Half of all outputs are unspent and no
// predictor knows which, so an unspent one is written too and then overwritten;
// three of four transactions have two outputs, which take no loop.
func (s *Sweep) spendsOf(spends *[spendsMax]uint64, next, n int) (done, k int, ok bool) {
	ends, spender, txs := s.v.l.cols[txsOut].b, s.spender, s.v.C.Txs
	for ; next < n && k < spendsMin; next++ {
		tx := s.queue[next]
		from := binary.LittleEndian.Uint64(ends[tx*5:]) & rowMask
		to := binary.LittleEndian.Uint64(ends[tx*5+5:]) & rowMask
		if to-from > spendsMax-spendsMin {
			return next, k, false
		}
		// The second cell may be the next transaction's, or the column's tail.
		two := spender[from : from+2 : from+2]
		first, second := two[0]-1, two[1]-1
		spends[k] = first
		k += int(below(first, txs))
		spends[k] = second
		k += int(below(second, txs) & below(from+1, to))
		if to-from > 2 {
			for _, cell := range spender[from+2 : to] {
				spends[k] = cell - 1
				k += int(below(cell-1, txs))
			}
		}
	}
	return next, k, true
}

// below is 1 if a < b and else 0, without a branch, for b below 2^63; a may be
// the wrapped -1 of an unspent cell.
func below(a, b uint64) uint64 { return (a - b) >> 63 &^ (a >> 63) }
