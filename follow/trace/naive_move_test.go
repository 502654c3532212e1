package trace_test

import (
	"cmp"
	"math/big"
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
)

// sums are the totals of a transaction. Where an input's value is not known,
// it is assumed that the inputs are just worth what is needed.
type sums struct {
	in, fee uint64
	rest    uint64 // of the unknown inputs together
	unknown int
}

func sumsOf(ins []input, outs []uint64) sums {
	var s sums
	var known, out uint64
	for _, in := range ins {
		if in.known {
			known += in.value
		} else {
			s.unknown++
		}
	}
	for _, v := range outs {
		out += v
	}
	s.in = known
	if s.unknown > 0 {
		s.in = max(out, known)
	}
	s.fee, s.rest = s.in-out, s.in-known
	return s
}

// move returns what comes to each output and, last, to the fee.
func (n *naive) move(ins []input, outs []uint64) [][]piece {
	s := sumsOf(ins, outs)
	outs = append(slices.Clone(outs), s.fee)
	inOrder := make([]int, len(outs))
	for i := range inOrder {
		inOrder[i] = i
	}
	switch n.policy {
	case lot.FIFO:
		return cut(n.queue(ins, s), outs, inOrder)
	case lot.LIFO:
		queue := n.queue(ins, s)
		slices.Reverse(queue)
		return cut(queue, outs, inOrder)
	case lot.Haircut:
		return haircut(ins, s, outs, len(n.starts))
	case lot.TIHO:
		return cut(append(taintedOf(ins), cleanOf(ins, s)), outs, highestFirst(outs))
	case lot.DirtyFirst:
		return cut(append(taintedOf(ins), cleanOf(ins, s)), outs, inOrder)
	case lot.LIBR:
		return cut(append([]piece{cleanOf(ins, s)}, taintedOf(ins)...), outs, inOrder)
	case lot.Pure:
		return n.pure(ins, s, outs, inOrder)
	}
	return poison(outs)
}

// queue returns the inputs' pieces in order. The place of an input between two
// of unknown value is not known: its taint ends there, and all from the first
// to the last of unknown value is one clean piece.
func (n *naive) queue(ins []input, s sums) []piece {
	first, last := len(ins), -1
	for i, in := range ins {
		if !in.known {
			first, last = min(first, i), i
		}
	}
	var queue []piece
	middle := s.rest
	for i, in := range ins {
		if i < first || i > last {
			queue = append(queue, in.pieces...)
			continue
		}
		middle += in.value
		if in.tainted {
			n.endInput(in, trace.KindUnknownInput)
		}
		if i == last {
			queue = append(queue, piece{0, middle})
		}
	}
	return queue
}

// taintedOf returns the tainted pieces in order of arrival.
func taintedOf(ins []input) []piece {
	var list []piece
	for _, in := range ins {
		for _, p := range in.pieces {
			if p.source != 0 {
				list = append(list, p)
			}
		}
	}
	return list
}

// cleanOf returns all that is clean as one piece.
func cleanOf(ins []input, s sums) piece { return piece{0, s.in - taintOf(taintedOf(ins))} }

// highestFirst returns the outputs in descending order of value, equal ones in
// their order, and the fee last.
func highestFirst(outs []uint64) []int {
	fee := len(outs) - 1
	var order []int
	for i := range fee {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(outs[b], outs[a]) })
	return append(order, fee)
}

// cut gives out a queue from its head: each output, in the given order, takes
// as much as it is worth.
func cut(queue []piece, outs []uint64, order []int) [][]piece {
	moved := make([][]piece, len(outs))
	for _, i := range order {
		for want := outs[i]; want > 0; {
			take := piece{queue[0].source, min(want, queue[0].value)}
			if take.value > 0 {
				moved[i] = append(moved[i], take)
			}
			want -= take.value
			if queue[0].value -= take.value; queue[0].value == 0 {
				queue = queue[1:]
			}
		}
	}
	return moved
}

// pure lets taint through only where nothing else came with it.
func (n *naive) pure(ins []input, s sums, outs []uint64, order []int) [][]piece {
	if s.unknown == 0 && taintOf(taintedOf(ins)) == s.in {
		return cut(taintedOf(ins), outs, order)
	}
	for _, in := range ins {
		if in.tainted {
			n.endInput(in, trace.KindDiluted)
		}
	}
	return make([][]piece, len(outs))
}

// poison taints all that has a value.
func poison(outs []uint64) [][]piece {
	moved := make([][]piece, len(outs))
	for i, v := range outs {
		if v > 0 {
			moved[i] = []piece{{1, v}}
		}
	}
	return moved
}

// haircut shares each output among the sources, the clean one (0) included, by
// what each has left. The last takes the rest.
func haircut(ins []input, s sums, outs []uint64, sources int) [][]piece {
	left := make([]uint64, sources+1)
	for _, p := range taintedOf(ins) {
		left[p.source] += p.value
	}
	left[0] = cleanOf(ins, s).value
	moved := make([][]piece, len(outs))
	for i, v := range outs {
		shares := slices.Clone(left)
		if i < len(outs)-1 {
			shares = apportion(v, left)
		}
		for source, share := range shares {
			if share > 0 {
				moved[i] = append(moved[i], piece{source, share})
			}
			left[source] -= share
		}
	}
	return moved
}

// apportion shares a value in proportion to what is left: floors first, then
// one unit each to the largest remainders. Equal remainders go to the tainted
// source with the smallest number, to the clean one last.
func apportion(value uint64, left []uint64) []uint64 {
	total := new(big.Int)
	for _, l := range left {
		total.Add(total, whole(l))
	}
	shares, remainders := make([]uint64, len(left)), make([]*big.Int, len(left))
	var order []int
	missing := value
	for source, l := range left {
		if l == 0 {
			continue
		}
		product := new(big.Int).Mul(whole(value), whole(l))
		share, remainder := product.DivMod(product, total, new(big.Int))
		shares[source], remainders[source] = share.Uint64(), remainder
		missing -= share.Uint64()
		order = append(order, source)
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := remainders[b].Cmp(remainders[a]); c != 0 {
			return c
		}
		if a == 0 || b == 0 {
			return cmp.Compare(b, a)
		}
		return cmp.Compare(a, b)
	})
	for _, source := range order[:missing] {
		shares[source]++
	}
	return shares
}

func whole(v uint64) *big.Int { return new(big.Int).SetUint64(v) }
