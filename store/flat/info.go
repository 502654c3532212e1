package flat

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"clew.example/clew/ledger"
)

// BlockInfo is a block as the ledger knows it.
type BlockInfo struct {
	Height ledger.Height
	Hash   ledger.Hash
	Header [ledger.HeaderSize]byte
	Txs    uint64
	Raw    ledger.RawRef // where its bytes were read
}

// Time returns the header's time in unix seconds.
func (b *BlockInfo) Time() uint32 { return binary.LittleEndian.Uint32(b.Header[68:]) }

// Block returns the block at a height within the pin.
func (v *View) Block(h ledger.Height) (info BlockInfo, err error) {
	defer guard(&err, faults())
	first := v.l.meta.FirstHeight
	if h < first || uint64(h-first) >= v.C.Blocks {
		return info, fmt.Errorf("block %d: %w, which holds %s", h, ErrNotFound, v.heights())
	}
	n := uint64(h - first)
	info = BlockInfo{
		Height: h,
		Hash:   ledger.Hash(v.l.cols[blocksHash].at(n)),
		Header: [ledger.HeaderSize]byte(v.l.cols[blocksHeader].at(n)),
		Txs:    v.l.endTxs(n+1) - v.l.endTxs(n),
	}
	info.Raw, err = v.l.raw(n, v.C.Files)
	if err != nil {
		return info, err
	}
	return info, v.moved()
}

// Traits returns the habits and the weight of a transaction.
func (v *View) Traits(ref ledger.TxRef) (traits ledger.Traits, weight uint32, err error) {
	defer guard(&err, faults())
	if uint64(ref) >= v.C.Txs {
		return 0, 0, fmt.Errorf("transaction %d: %w", ref, ErrNotFound)
	}
	return ledger.Traits(v.l.cols[txsTraits].get64(uint64(ref))), v.l.cols[txsWeight].get32(uint64(ref)), v.moved()
}

// AppendInAccounts appends, for each input of a transaction but a coinbase's,
// the scriptPubKey that it spends, nil where it is not known.
func (v *View) AppendInAccounts(dst []ledger.Account, ref ledger.TxRef) (_ []ledger.Account, err error) {
	defer guard(&err, faults())
	if uint64(ref) >= v.C.Txs {
		return dst, fmt.Errorf("transaction %d: %w", ref, ErrNotFound)
	}
	c := &v.l.cols
	for in, end := c[txsIn].get40(uint64(ref)), c[txsIn].get40(uint64(ref)+1); in < end; in++ {
		cell, account := c[insOut].get40(in), uint64(noRow40)
		switch {
		case cell == inCoinbase:
			continue
		case cell < inUnknown:
			account = c[outsAccount].get40(cell)
		default:
			account = c[unknownsAccount].get40(cell &^ inUnknown)
		}
		var script ledger.Account
		if account != noRow40 {
			script = append(ledger.Account{}, v.l.script(account)...)
		}
		dst = append(dst, script)
	}
	return dst, v.moved()
}

// raw reads where a block's bytes lie.
func (t *tables) raw(block, files uint64) (ref ledger.RawRef, err error) {
	b := t.cols[blocksRaw].at(block)
	le := binary.LittleEndian
	id := uint64(le.Uint32(b))
	if le.Uint32(b[16:]) != crc32.Checksum(b[:16], castagnoli) || id >= files {
		return ref, &Damage{File: specs[blocksRaw].name, Row: block, Reason: "checksum differs"}
	}
	return ledger.RawRef{File: t.fileName(id), Size: le.Uint32(b[4:]), Offset: int64(le.Uint64(b[8:]))}, nil
}

// fileNameMax bounds what a damaged end can make fileName allocate. Systems
// allow 4,096 bytes.
const fileNameMax = 1 << 16

// fileName returns the name of a file that blocks came from.
func (t *tables) fileName(i uint64) string {
	from, to := uint64(0), binary.LittleEndian.Uint64(t.cols[filesEnd].at(i))
	if i > 0 {
		from = binary.LittleEndian.Uint64(t.cols[filesEnd].at(i - 1))
	}
	if to-from > fileNameMax || to < from {
		stray(filesEnd, i, "the name ends outside the names")
	}
	return string(t.cols[filesName].b[from:to])
}

// Bytes returns the size of the ledger's files.
func (v *View) Bytes() (n int64, err error) {
	for _, c := range v.l.cols {
		size, err := c.file.Size()
		if err != nil {
			return 0, fmt.Errorf("size of column %s: %w", c.spec.name, err)
		}
		n += size
	}
	for _, x := range v.Indexes {
		n += 8 << x.Log
	}
	return n + recordSize + liveSize, nil
}
