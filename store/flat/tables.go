package flat

import (
	"bytes"
	"encoding/binary"

	"clew.example/clew/ledger"
)

// tables are the mapped columns of one ledger, as the writer and each reader
// have them, with the reads that both need.
type tables struct {
	cols [numCols]*column
	hash hasher
}

func (t *tables) setKey(key [16]byte) {
	t.hash = hasher{binary.LittleEndian.Uint64(key[:]), binary.LittleEndian.Uint64(key[8:])}
}

// txid returns the id of a tx row.
func (t *tables) txid(tx uint64) *ledger.TxID { return (*ledger.TxID)(t.cols[txsID].at(tx)) }

// scriptMax bounds what a damaged end can make a reader copy: a script is
// within a block, and no block of any chain we know is above 32 MiB.
const scriptMax = 32 << 20

// script returns the key of an account row.
func (t *tables) script(account uint64) []byte {
	ends := t.cols[accountsScript]
	from, to := ends.get40(account), ends.get40(account+1)
	if to-from > scriptMax || to < from {
		stray(accountsScript, account+1, "the script ends outside the heap")
	}
	return t.cols[heapBytes].b[from:to:to]
}

func (t *tables) scriptIs(account uint64, script []byte) bool {
	return bytes.Equal(t.script(account), script)
}

// end returns the counts after n blocks, the files left out.
func (t *tables) end(n uint64) Counts {
	b := t.cols[blocksEnd].at(n)
	w := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	return Counts{Blocks: n, Txs: w(0), Outs: w(1), Ins: w(2), Unknowns: w(3), Accounts: w(4), Heap: w(5), Skips: w(6)}
}

func putEnd(b []byte, c *Counts) {
	for i, v := range [...]uint64{c.Txs, c.Outs, c.Ins, c.Unknowns, c.Accounts, c.Heap, c.Skips} {
		binary.LittleEndian.PutUint64(b[8*i:], v)
	}
}

// endTxs returns the number of transactions in the first n blocks.
func (t *tables) endTxs(n uint64) uint64 {
	return binary.LittleEndian.Uint64(t.cols[blocksEnd].b[n*endWidth:])
}

// An entry of outs.prev is the output before in its account's list plus one,
// or 0, in 40 bits, and the place in that list modulo 2^24 above them.
const rankShift = 40

func packPrev(prevPlus1, rank uint64) uint64 { return prevPlus1 | rank<<rankShift }

// prevOf returns the output before in the account's list, plus one. A list
// only goes down: a damaged one must not lead anybody around in a circle.
func (t *tables) prevOf(out uint64) uint64 {
	prev := t.cols[outsPrev].get64(out) & rowMask
	if prev > out {
		stray(outsPrev, out, "a list leads upwards")
	}
	return prev
}

// rankOf returns the place of an output in its account's list modulo 2^24.
func (t *tables) rankOf(out uint64) uint64 { return t.cols[outsPrev].get64(out) >> rankShift }

// Lists are long only for a few accounts, but those have millions of outputs:
// each 64th output of a list has a row in skips that points 64 back, and each
// 4,096th also 4,096 back, so that a reader pinned far back need not walk all
// that came since. The 2^24 of the rank is a multiple of both.
const (
	skipShort = 64
	skipLong  = 4096
)

// skipOf returns where the skips of an output lead, as row+1 or 0.
func (t *tables) skipOf(out uint64, skips uint64) (short, long uint64) {
	c := t.cols[skipsRow]
	lo, hi := uint64(0), skips
	for lo < hi {
		mid := (lo + hi) / 2
		if get40(c.at(mid)) < out {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == skips || get40(c.at(lo)) != out {
		return 0, 0
	}
	b := c.at(lo)
	short, long = get40(b[5:]), get40(b[10:])
	if max(short, long) > out {
		stray(skipsRow, lo, "a list leads upwards")
	}
	return short, long
}

// before follows an account's list from a head (row+1 or 0) to the newest
// output below limit.
func (t *tables) before(head, limit, skips uint64) uint64 {
	for head > limit {
		out := head - 1
		head = t.prevOf(out)
		if t.rankOf(out)%skipShort != 0 {
			continue
		}
		switch short, long := t.skipOf(out, skips); {
		case long > limit:
			head = long
		case short > limit:
			head = short
		}
	}
	return head
}
