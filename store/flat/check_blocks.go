package flat

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
)

// blocks checks headers, links, work, merkle roots and checksums.
func (c *checker) blocks() error {
	cols := &c.tables.cols
	var prev ledger.Hash
	for n := range c.C.Blocks {
		header := cols[blocksHeader].at(n)
		hash := bitcoin.HashHeader(header)
		if err := c.header(n, header, hash, prev); err != nil {
			return err
		}
		prev = ledger.Hash(cols[blocksHash].at(n))
		if err := c.merkle(n, header); err != nil {
			return err
		}
		if err := c.checksums(n); err != nil {
			return err
		}
	}
	if prev != c.state.Tip {
		return c.found(specs[blocksHash].name, c.C.Blocks-1, "not the tip that the record states, %s", c.state.Tip)
	}
	return nil
}

func (c *checker) header(n uint64, header []byte, hash, prev ledger.Hash) error {
	if stored := ledger.Hash(c.tables.cols[blocksHash].at(n)); stored != hash {
		if !bytes.Equal(c.sumsOf(n, blocksHeader), c.storedSum(n, blocksHeader)) {
			return c.found(specs[blocksHeader].name, n, "hashes to %s, recorded as %s", hash, stored)
		}
		return c.found(specs[blocksHash].name, n, "is %s, the header hashes to %s", stored, hash)
	}
	h, err := bitcoin.ParseHeader(header)
	if err != nil {
		return err
	}
	if n > 0 && h.Prev != prev {
		return c.found(specs[blocksHeader].name, n, "follows %s, the block before is %s", h.Prev, prev)
	}
	if c.net != nil && !c.l.meta.NoPow {
		if err := bitcoin.CheckPow(hash, h.Bits, c.net); err != nil {
			return c.found(specs[blocksHeader].name, n, "%v", err)
		}
	}
	return nil
}

// merkle computes the root from the txids.
func (c *checker) merkle(n uint64, header []byte) error {
	from, to := c.tables.endTxs(n), c.tables.endTxs(n+1)
	if from == to {
		return c.found(specs[blocksEnd].name, n+1, "a block without transactions")
	}
	c.ids = c.ids[:0]
	for tx := from; tx < to; tx++ {
		c.ids = append(c.ids, *c.tables.txid(tx))
	}
	root, _ := bitcoin.MerkleRoot(c.ids, c.hashes)
	if root != ledger.Hash(header[36:68]) {
		return c.foundRaw(n, txsID, from, to, "merkle root differs from the header's")
	}
	return nil
}

// sumsOf and storedSum give one checksum of a block, as it is and as it was.
func (c *checker) sumsOf(n uint64, id colID) []byte {
	before, after := c.tables.end(n), c.tables.end(n+1)
	s := &specs[id]
	b := c.tables.cols[id].span(before.of(s.table)+s.extra, after.of(s.table)+s.extra)
	return binary.LittleEndian.AppendUint32(nil, crc32.Checksum(b, castagnoli))
}

func (c *checker) storedSum(n uint64, id colID) []byte {
	i := 0
	for s := range id {
		if specs[s].summed {
			i++
		}
	}
	return c.tables.cols[blocksSum].at(n)[4*i : 4*i+4]
}

// checksums compares the rows of a block with what they were when they were
// appended.
func (c *checker) checksums(n uint64) error {
	stored, ok := getSums(c.tables.cols[blocksSum].at(n))
	if !ok {
		return c.found(specs[blocksSum].name, n, "the checksums do not agree with their own")
	}
	before, after := c.tables.end(n), c.tables.end(n+1)
	now := c.tables.sums(&before, &after)
	i := 0
	for id := range specs {
		s := &specs[id]
		if !s.summed {
			continue
		}
		if now[i] != stored[i] && s.id != txsID && s.id != blocksHeader && s.id != blocksHash {
			from, to := before.of(s.table)+s.extra, after.of(s.table)+s.extra
			if err := c.foundRaw(n, s.id, from, to, "checksum differs"); err != nil {
				return err
			}
		}
		i++
	}
	return nil
}

// foundRaw reports damage among the rows [from, to) of a block's column. Where
// the block can be read again it names the row.
func (c *checker) foundRaw(n uint64, id colID, from, to uint64, reason string) error {
	row, ok := c.differs(n, id)
	if ok {
		return c.found(specs[id].name, row, "%s; the raw block says otherwise", reason)
	}
	return c.foundRows(specs[id].name, from, max(to-from, 1), "%s for block %d", reason, c.l.meta.FirstHeight+ledger.Height(n))
}

// differs reads a block again and returns the first row of a column that is
// not what the block says.
func (c *checker) differs(n uint64, id colID) (uint64, bool) {
	if c.opt.ReadBlock == nil || !c.readAgain(n) {
		return 0, false
	}
	before := c.tables.end(n)
	b, cols := &c.raw, &c.tables.cols
	switch id {
	case txsID, txsTraits, txsWeight:
		for i := range b.Txs {
			tx, row := &b.Txs[i], before.Txs+uint64(i)
			if id == txsID && *c.tables.txid(row) != tx.ID ||
				id == txsTraits && cols[txsTraits].get64(row) != uint64(tx.Traits) ||
				id == txsWeight && cols[txsWeight].get32(row) != tx.Weight {
				return row, true
			}
		}
	case outsValue:
		for i := range b.Outs {
			if row := before.Outs + uint64(i); cols[outsValue].get64(row) != uint64(b.Outs[i].Value) {
				return row, true
			}
		}
	case outsAccount:
		for i := range b.Outs {
			row := before.Outs + uint64(i)
			account := cols[outsAccount].get40(row)
			if account >= c.C.Accounts || !c.tables.scriptIs(account, b.Bytes(b.Outs[i].Script)) {
				return row, true
			}
		}
	case insOut:
		return c.spentDiffers(before.Ins)
	case unknownsPrev:
		return c.unknownDiffers(before.Ins, before.Unknowns)
	}
	return 0, false
}

// spentDiffers compares the outputs that inputs spend with the block's
// outpoints.
func (c *checker) spentDiffers(firstIn uint64) (uint64, bool) {
	for i := range c.raw.Ins {
		row, prev := firstIn+uint64(i), c.raw.Ins[i].Prev
		cell := c.tables.cols[insOut].get40(row)
		if cell == inCoinbase != prev.IsNull() || cell < inUnknown && cell >= c.C.Outs {
			return row, true
		}
		if cell < inUnknown && c.readIn(cell).Prev != prev {
			return row, true
		}
	}
	return 0, false
}

// unknownDiffers compares the outpoints of unknown inputs with the block's.
func (c *checker) unknownDiffers(firstIn, firstUnknown uint64) (uint64, bool) {
	row := firstUnknown
	for i := range c.raw.Ins {
		cell := c.tables.cols[insOut].get40(firstIn + uint64(i))
		if cell == inCoinbase || cell < inUnknown {
			continue
		}
		if c.tables.unknownPrev(row) != c.raw.Ins[i].Prev {
			return row, true
		}
		row++
	}
	return 0, false
}

func (c *checker) readAgain(n uint64) bool {
	ref, err := c.tables.raw(n, c.C.Files)
	if err != nil {
		return false
	}
	raw, err := c.opt.ReadBlock(ref)
	if err != nil || c.dec.Decode(&c.raw, raw) != nil {
		return false
	}
	before, after := c.tables.end(n), c.tables.end(n+1)
	return c.raw.Hash == ledger.Hash(c.tables.cols[blocksHash].at(n)) &&
		uint64(len(c.raw.Txs)) == after.Txs-before.Txs && uint64(len(c.raw.Outs)) == after.Outs-before.Outs &&
		uint64(len(c.raw.Ins)) == after.Ins-before.Ins
}

// origins checks where blocks came from: the only rows outside the checksums
// of blocks.
func (c *checker) origins() error {
	end, le := uint64(0), binary.LittleEndian
	for i := range c.C.Files {
		b := c.tables.cols[filesEnd].at(i)
		next := le.Uint64(b)
		if next < end || next > c.C.FileBytes {
			return &Damage{File: specs[filesEnd].name, Row: i, Reason: "the name ends outside the names"}
		}
		name := c.tables.cols[filesName].b[end:next]
		if le.Uint32(b[8:]) != crc32.Checksum(name, castagnoli) {
			if err := c.foundRows(specs[filesName].name, end, max(next-end, 1), "name of file %d: checksum differs", i); err != nil {
				return err
			}
		}
		end = next
	}
	for n := range c.C.Blocks {
		if _, err := c.tables.raw(n, c.C.Files); err != nil {
			if err := c.found(specs[blocksRaw].name, n, "checksum differs"); err != nil {
				return err
			}
		}
	}
	return nil
}
