package refbfs

import "math/bits"

// Chain is a chain as plain arrays: the yardstick of haircut. Rows of
// transactions and outputs are in ledger order.
type Chain struct {
	FirstOut, FirstIn []uint32 // of each transaction, and one entry more
	Value             []uint64 // of each output
	Spender           []uint32 // of each output: its transaction plus one, 0: unspent
	In                []uint32 // of each input: the output it spends

	taint []uint64 // of each output, zero between walks
	wait  []uint64 // a bit for each transaction
	met   []uint32
}

// Add appends a transaction.
func (c *Chain) Add(ins []uint32, values []uint64, spenders []uint32) {
	if len(c.FirstOut) == 0 {
		c.FirstOut, c.FirstIn = []uint32{0}, []uint32{0}
	}
	c.In = append(c.In, ins...)
	c.Value = append(c.Value, values...)
	c.Spender = append(c.Spender, spenders...)
	c.FirstOut, c.FirstIn = append(c.FirstOut, uint32(len(c.Value))), append(c.FirstIn, uint32(len(c.In)))
}

// Haircut follows the value of an output that its inputs and outputs share in
// proportion, in whole units, the rest by largest remainder. It returns how
// many tainted outputs were spent, and where the value is.
func (c *Chain) Haircut(tx, vout uint32) (edges int, unspent, fees uint64) {
	if c.taint == nil {
		c.taint, c.wait = make([]uint64, len(c.Value)), make([]uint64, len(c.FirstOut)/64+1)
	}
	c.met = append(c.met[:0], tx)
	start := c.FirstOut[tx] + vout
	c.taint[start] = c.Value[start]
	c.queue(start)
	for w := tx / 64; int(w) < len(c.wait); w++ {
		for c.wait[w] != 0 {
			bit := bits.TrailingZeros64(c.wait[w])
			c.wait[w] &^= 1 << bit
			n, fee := c.pass(w*64 + uint32(bit))
			edges, fees = edges+n, fees+fee
		}
	}
	for _, tx := range c.met {
		for out := c.FirstOut[tx]; out < c.FirstOut[tx+1]; out++ {
			if c.Spender[out] == 0 {
				unspent += c.taint[out]
			}
			c.taint[out] = 0
		}
	}
	return edges, unspent, fees
}

func (c *Chain) queue(out uint32) {
	if s := c.Spender[out]; s != 0 {
		c.wait[(s-1)/64] |= 1 << ((s - 1) % 64)
	}
}

// pass gives what comes in to the outputs and the fee.
func (c *Chain) pass(tx uint32) (edges int, fee uint64) {
	left, total := uint64(0), uint64(0)
	for _, out := range c.In[c.FirstIn[tx]:c.FirstIn[tx+1]] {
		total += c.Value[out]
		if t := c.taint[out]; t != 0 {
			left += t
			edges++
		}
	}
	c.met = append(c.met, tx)
	for out := c.FirstOut[tx]; out < c.FirstOut[tx+1]; out++ {
		t := share(c.Value[out], left, total)
		left -= t
		total -= c.Value[out]
		if t != 0 {
			c.taint[out] = t
			c.queue(out)
		}
	}
	return edges, left
}

// share is out*left/total to the nearest unit, half up.
func share(out, left, total uint64) uint64 {
	if left == total {
		return out
	}
	hi, lo := bits.Mul64(out, left)
	q, r := bits.Div64(hi, lo, total)
	if r != 0 && r >= total-r {
		q++
	}
	return q
}
