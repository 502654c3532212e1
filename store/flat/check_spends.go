package flat

import "clew.example/clew/ledger"

// txEnds: the ends of inputs and outputs never fall and agree with the block's.
func (c *checker) txEnds() error {
	outs, ins := c.tables.cols[txsOut], c.tables.cols[txsIn]
	for n := range c.C.Blocks {
		before, after := c.tables.end(n), c.tables.end(n+1)
		out, in := before.Outs, before.Ins
		for tx := before.Txs; tx < after.Txs; tx++ {
			nextOut, nextIn := outs.get40(tx+1), ins.get40(tx+1)
			if nextOut < out || nextOut > after.Outs || tx+1 == after.Txs && nextOut != after.Outs {
				return &Damage{File: specs[txsOut].name, Row: tx + 1, Reason: "outputs end outside the block"}
			}
			if nextIn < in || nextIn > after.Ins || tx+1 == after.Txs && nextIn != after.Ins {
				return &Damage{File: specs[txsIn].name, Row: tx + 1, Reason: "inputs end outside the block"}
			}
			out, in = nextOut, nextIn
		}
	}
	return c.inputs()
}

// inputs checks what every input points at, and the rows of the unknown ones.
func (c *checker) inputs() error {
	ends, outs, cells := c.tables.cols[txsIn], c.tables.cols[txsOut], c.tables.cols[insOut]
	unknown, block := uint64(0), uint64(0)
	for tx := range c.C.Txs {
		for tx >= c.tables.endTxs(block+1) {
			block++
		}
		coinbase := tx == c.tables.endTxs(block)
		for in := ends.get40(tx); in < ends.get40(tx+1); in++ {
			cell := cells.get40(in)
			reason := ""
			switch {
			case coinbase != (cell == inCoinbase):
				reason = "only a block's first transaction is a coinbase"
			case cell == inCoinbase:
			case cell >= inUnknown:
				if cell&^inUnknown != unknown {
					reason = "not the next unknown input"
				} else if c.tables.cols[unknownsIn].get40(unknown) != in {
					if err := c.found(specs[unknownsIn].name, unknown, "belongs to input %d", in); err != nil {
						return err
					}
				}
				unknown++
			case cell >= outs.get40(tx):
				reason = "spends an output that comes later"
			}
			if reason != "" {
				if err := c.found(specs[insOut].name, in, "%s", reason); err != nil {
					return err
				}
			}
		}
	}
	if unknown != c.C.Unknowns {
		return c.found(specs[insOut].name, 0, "%d unknown inputs, %d rows of them", unknown, c.C.Unknowns)
	}
	return nil
}

// spends computes the spender of every output from the inputs.
func (c *checker) spends() error {
	want := make([]uint64, min(c.C.Outs, c.opt.window))
	for low := uint64(0); low < c.C.Outs; low += c.opt.window {
		high := min(low+c.opt.window, c.C.Outs)
		clear(want)
		if err := c.spendsOf(want, low, high); err != nil {
			return err
		}
		for out := low; out < high; out++ {
			have := c.tables.cols[outsSpender].load(out)
			if have > c.C.Txs && !c.report.Strict {
				have = 0 // spent after the pin
			}
			if have != want[out-low] {
				if err := c.found(specs[outsSpender].name, out, "is %d, the inputs say %d", have, want[out-low]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// spendsOf notes the spenders of the outputs [low, high).
func (c *checker) spendsOf(want []uint64, low, high uint64) error {
	ends, cells := c.tables.cols[txsIn], c.tables.cols[insOut]
	for tx := range c.C.Txs {
		if err := c.stop(tx); err != nil {
			return err
		}
		for in := ends.get40(tx); in < ends.get40(tx+1); in++ {
			out := cells.get40(in)
			if out < low || out >= high {
				continue
			}
			if want[out-low] != 0 {
				if err := c.found(specs[insOut].name, in, "output %d is spent twice", out); err != nil {
					return err
				}
			}
			want[out-low] = tx + 1
		}
	}
	return nil
}

// scripts: the ends of scripts never fall.
func (c *checker) scripts() error {
	ends := c.tables.cols[accountsScript]
	for a := range c.C.Accounts {
		if from, to := ends.get40(a), ends.get40(a+1); to < from || to > c.C.Heap {
			return &Damage{File: specs[accountsScript].name, Row: a + 1, Reason: "the script ends outside the heap"}
		}
	}
	if ends.get40(c.C.Accounts) != c.C.Heap {
		return &Damage{File: specs[accountsScript].name, Row: c.C.Accounts, Reason: "the last script does not end with the heap"}
	}
	return nil
}

// txIndexed and accountsIndexed: every key is found, each row in one slot.
func (c *checker) txIndexed() error {
	for tx := range c.C.Txs {
		if err := c.stop(tx); err != nil {
			return err
		}
		if !c.idx[txIndex].holds(c.l.hash.sum(c.tables.txid(tx)[:]), tx) {
			if err := c.found(specs[txsID].name, tx, "%s is not in the index", c.tables.txid(tx)); err != nil {
				return err
			}
		}
	}
	return c.slots(txIndex, c.C.Txs, func(row uint64) uint64 { return c.l.hash.sum(c.tables.txid(row)[:]) })
}

func (c *checker) accountsIndexed() error {
	for a := range c.C.Accounts {
		if err := c.stop(a); err != nil {
			return err
		}
		script := c.tables.script(a)
		row, ok := c.tables.findAccount(&c.idx[accountIndex], script, c.l.hash.sum(script), c.C.Accounts)
		reason := ""
		if !ok {
			reason = "its script is not in the index"
		} else if row != a {
			reason = "has the script of another account"
		}
		if reason != "" {
			if err := c.found(specs[accountsScript].name, a, "%s", reason); err != nil {
				return err
			}
		}
	}
	return c.slots(accountIndex, c.C.Accounts, func(row uint64) uint64 { return c.l.hash.sum(c.tables.script(row)) })
}

// slots: no slot holds a row twice, a row with other bits, or one beyond the
// committed.
func (c *checker) slots(which int, rows uint64, hash func(row uint64) uint64) error {
	s, name := &c.idx[which], indexName(which, c.Indexes[which].Number)
	seen := make([]uint64, (rows+63)/64)
	for i, w := range s.w {
		if w == 0 {
			continue
		}
		row, reason := w&rowMask-1, ""
		switch {
		case row >= rows && !c.report.Strict:
			continue
		case row >= rows:
			reason = "a row that is not there"
		case word(hash(row), row) != w:
			reason = "bits of another key"
		case seen[row/64]&(1<<(row%64)) != 0:
			reason = "a row that another slot holds"
		default:
			seen[row/64] |= 1 << (row % 64)
		}
		if reason != "" {
			if err := c.found(name, uint64(i), "slot holds %s (row %d)", reason, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// holds reports whether the slot of a row is found from its home.
func (s *slots) holds(hash, row uint64) bool {
	v := word(hash, row)
	for i, n := s.home(hash), 0; n < len(s.w) && s.w[i] != 0; i, n = (i+1)&s.mask(), n+1 {
		if s.w[i] == v {
			return true
		}
	}
	return false
}

// Height returns the height of the newest block that was checked.
func (r *CheckReport) Height() ledger.Height { return r.Tip.Height }
