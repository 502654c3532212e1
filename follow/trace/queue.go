package trace

import "math/bits"

// pendingMax is how many transactions may wait in the heap before the bitmap
// takes over: the bitmap has a bit for every transaction of the ledger, which
// small traces need not clear.
const pendingMax = 1024

// queue hands out transactions of a dense source in ledger order, each once: a
// heap first, then a bitmap with two summary levels (a bit for 64 and for
// 4,096), in which the smallest bit is the next one. A transaction is queued
// only by smaller ones.
type queue struct {
	size uint64   // refs are below it
	heap []uint64 // may hold a ref several times
	bits []uint64 // nil: the heap is in use
	sum  []uint64
	top  []uint64
	low  int // no bit of top is set in a word before it
}

// none is what an empty queue returns as its smallest element.
const none = ^uint64(0)

func (q *queue) push(ref uint64) {
	if q.bits != nil {
		q.mark(ref)
		return
	}
	if len(q.heap) == pendingMax {
		q.spread()
		q.mark(ref)
		return
	}
	i := len(q.heap)
	q.heap = append(q.heap, ref)
	for i > 0 {
		up := (i - 1) / 2
		if q.heap[up] <= ref {
			break
		}
		q.heap[i] = q.heap[up]
		i = up
	}
	q.heap[i] = ref
}

// spread moves what waits from the heap to the bitmap.
func (q *queue) spread() {
	n := q.size/64 + 1
	m := (n + 63) / 64
	q.bits, q.sum, q.top = make([]uint64, n), make([]uint64, m), make([]uint64, (m+63)/64)
	q.low = len(q.top)
	for _, ref := range q.heap {
		q.mark(ref)
	}
	q.heap = q.heap[:0]
}

func (q *queue) mark(ref uint64) {
	q.bits[ref>>6] |= 1 << (ref & 63)
	q.sum[ref>>12] |= 1 << (ref >> 6 & 63)
	q.top[ref>>18] |= 1 << (ref >> 12 & 63)
	q.low = min(q.low, int(ref>>18))
}

// min returns the smallest element, none if there is none.
func (q *queue) min() uint64 {
	if q.bits == nil {
		if len(q.heap) == 0 {
			return none
		}
		return q.heap[0]
	}
	for ; q.low < len(q.top); q.low++ {
		if t := q.top[q.low]; t != 0 {
			s := q.low<<6 | bits.TrailingZeros64(t)
			w := s<<6 | bits.TrailingZeros64(q.sum[s])
			return uint64(w<<6 | bits.TrailingZeros64(q.bits[w]))
		}
	}
	return none
}

// peek appends up to n of the smallest elements to dst, fewer where they do
// not lie together. They stay in the queue.
func (q *queue) peek(dst []uint64, n int) []uint64 {
	first := q.min()
	if first == none || q.bits == nil {
		if first != none {
			dst = append(dst, first)
		}
		return dst
	}
	s := first >> 12
	for words := q.sum[s]; words != 0; words &= words - 1 {
		w := s<<6 | uint64(bits.TrailingZeros64(words))
		for left := q.bits[w]; left != 0; left &= left - 1 {
			dst = append(dst, w<<6|uint64(bits.TrailingZeros64(left)))
			if n--; n == 0 {
				return dst
			}
		}
	}
	return dst
}

// remove takes the smallest element out.
func (q *queue) remove(ref uint64) {
	if q.bits == nil {
		for len(q.heap) > 0 && q.heap[0] == ref {
			q.pop()
		}
		return
	}
	q.bits[ref>>6] &^= 1 << (ref & 63)
	if q.bits[ref>>6] == 0 {
		q.sum[ref>>12] &^= 1 << (ref >> 6 & 63)
		if q.sum[ref>>12] == 0 {
			q.top[ref>>18] &^= 1 << (ref >> 12 & 63)
		}
	}
}

func (q *queue) pop() {
	n := len(q.heap) - 1
	last := q.heap[n]
	q.heap = q.heap[:n]
	if n == 0 {
		return
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= n {
			break
		}
		if down+1 < n && q.heap[down+1] < q.heap[down] {
			down++
		}
		if q.heap[down] >= last {
			break
		}
		q.heap[i] = q.heap[down]
		i = down
	}
	q.heap[i] = last
}
