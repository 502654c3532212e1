package flat

// lists computes the list of every account: each output's predecessor, its
// place, the skips, and the heads. Accounts are held a window at a time.
func (c *checker) lists() error {
	last := make([]uint64, min(c.C.Accounts, c.opt.window))
	skips := uint64(0)
	for low := uint64(0); low < c.C.Accounts; low += c.opt.window {
		high := min(low+c.opt.window, c.C.Accounts)
		clear(last)
		n, err := c.listsOf(last, low, high)
		if err != nil {
			return err
		}
		skips += n
		if err := c.heads(last, low, high); err != nil {
			return err
		}
	}
	if skips != c.C.Skips {
		return c.found(specs[skipsRow].name, 0, "%d rows, the lists have %d", c.C.Skips, skips)
	}
	return nil
}

// listsOf walks the outputs of the accounts [low, high) and leaves each one's
// newest output, plus one, in last.
func (c *checker) listsOf(last []uint64, low, high uint64) (skips uint64, err error) {
	accounts, prevs := c.tables.cols[outsAccount], c.tables.cols[outsPrev]
	for out := range c.C.Outs {
		if err := c.stop(out); err != nil {
			return skips, err
		}
		account := accounts.get40(out)
		if account >= c.C.Accounts {
			if low == 0 {
				err = c.found(specs[outsAccount].name, out, "account %d of %d", account, c.C.Accounts)
			}
			if err != nil {
				return skips, err
			}
			continue
		}
		if account < low || account >= high {
			continue
		}
		prev, rank := last[account-low], uint64(0)
		if prev != 0 {
			rank = (c.tables.rankOf(prev-1) + 1) & (1<<24 - 1)
		}
		last[account-low] = out + 1
		if have, want := prevs.get64(out), packPrev(prev, rank); have != want {
			err = c.found(specs[outsPrev].name, out, "is %#x, the list of account %d says %#x", have, account, want)
		} else if rank%skipShort == 0 && prev != 0 {
			skips++
			err = c.skip(out, account, rank)
		}
		if err != nil {
			return skips, err
		}
	}
	return skips, nil
}

// skip checks that the skips of an output lead 64 and 4,096 places back in
// its own list.
func (c *checker) skip(out, account, rank uint64) error {
	short, long := c.tables.skipOf(out, c.C.Skips)
	if !c.leads(short, out, account, rank-skipShort) {
		return c.found(specs[skipsRow].name, c.skipRow(out), "of output %d does not lead %d back", out, skipShort)
	}
	if rank%skipLong == 0 && !c.leads(long, out, account, rank-skipLong) || rank%skipLong != 0 && long != 0 {
		return c.found(specs[skipsRow].name, c.skipRow(out), "of output %d does not lead %d back", out, skipLong)
	}
	return nil
}

func (c *checker) leads(to, out, account, rank uint64) bool {
	return to != 0 && to <= out && c.tables.cols[outsAccount].get40(to-1) == account && c.tables.rankOf(to-1) == rank&(1<<24-1)
}

// skipRow returns the row of skips that stands where an output's belongs.
func (c *checker) skipRow(out uint64) uint64 {
	row := uint64(0)
	for row+1 < c.C.Skips && get40(c.tables.cols[skipsRow].at(row)) < out {
		row++
	}
	return row
}

// heads compares the heads with the newest outputs.
func (c *checker) heads(last []uint64, low, high uint64) error {
	for account := low; account < high; account++ {
		have := c.tables.cols[accountsHead].load(account)
		if !c.report.Strict {
			have = c.tables.before(have, c.C.Outs, c.skips)
		}
		if have != last[account-low] {
			if err := c.found(specs[accountsHead].name, account, "is %d, the list ends at %d", have, last[account-low]); err != nil {
				return err
			}
		}
	}
	return nil
}
