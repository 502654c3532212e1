package flat

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"

	"clew.example/clew/ledger"
)

// Prepare fills in b.Keys, the keyed hashes of txids, spent txids and scripts
// in that order. Append does it where it was not done; done by the goroutine
// that decodes, it takes the hashing (0.6 s for 5 M transactions) off the
// writer. Safe for concurrent use.
func (w *Writer) Prepare(b *ledger.Block) {
	keys := b.Keys[:0]
	for i := range b.Txs {
		keys = append(keys, w.hash.sum(b.Txs[i].ID[:]))
	}
	for i := range b.Ins {
		keys = append(keys, w.hash.sum(b.Ins[i].Prev.TxID[:]))
	}
	for i := range b.Outs {
		keys = append(keys, w.hash.sum(b.Bytes(b.Outs[i].Script)))
	}
	b.Keys = keys
}

// Append adds a decoded block on top of the newest. It becomes durable and
// visible with the next commit, which comes by itself when a batch is full. An
// *InvalidBlock error leaves the ledger as it was before the call.
func (w *Writer) Append(b *ledger.Block) (err error) {
	defer func() { err = w.failed(err) }()
	defer guard(&err, faults())
	if w.broken != nil {
		return fmt.Errorf("%w (%v)", ErrBroken, w.broken)
	}
	if w.next.Blocks > 0 && b.Prev != w.tip {
		return w.invalid(b, fmt.Sprintf("follows %s, not the tip %s", b.Prev, w.tip))
	}
	if len(b.Keys) != len(b.Txs)+len(b.Ins)+len(b.Outs) {
		w.Prepare(b)
	}
	if err := w.makeRoom(b); err != nil {
		return err
	}
	before := w.next
	if w.opt.Memory == 0 {
		w.touch(b)
	}
	if reason := w.stage(b); reason != "" {
		w.next = before
		w.restage(0)
		for name, id := range w.files {
			if uint64(id) >= before.Files {
				delete(w.files, name)
			}
		}
		return w.invalid(b, reason)
	}
	w.tip = b.Hash
	return nil
}

func (w *Writer) invalid(b *ledger.Block, reason string) error {
	return &InvalidBlock{Hash: b.Hash, Height: w.rec.FirstHeight + ledger.Height(w.next.Blocks), Reason: reason}
}

// makeRoom commits a full batch, then sees that tables and columns take the
// largest number of rows that the block can add.
func (w *Writer) makeRoom(b *ledger.Block) error {
	size := len(b.Ins) + len(b.Outs)
	staged := int(w.next.Outs - w.rec.C.Outs + w.next.Ins - w.rec.C.Ins)
	if staged > 0 && staged+size > w.opt.BatchOuts {
		if err := w.Commit(); err != nil {
			return err
		}
	}
	if n := size + len(b.Spent) + len(b.Txs); !w.batch.room(n) {
		w.restage(n)
	}
	scripts := 0
	for i := range b.Outs {
		scripts += int(b.Outs[i].Script.Len)
	}
	for i := range b.Spent {
		scripts += len(b.Spent[i].Script)
	}
	c := w.next
	c.Blocks++
	c.Txs += uint64(len(b.Txs))
	c.Outs += uint64(len(b.Outs))
	c.Ins += uint64(len(b.Ins))
	c.Unknowns += uint64(len(b.Ins))
	c.Accounts += uint64(len(b.Outs) + len(b.Spent))
	c.Heap += uint64(scripts)
	c.Skips += uint64(len(b.Outs))
	c.Files++
	c.FileBytes += uint64(len(b.Source.File))
	for i := range specs {
		if c.of(specs[i].table) > rowLimit {
			return fmt.Errorf("column %s: more than %d rows", specs[i].name, uint64(rowLimit))
		}
		if err := w.cols[i].grow(specs[i].entries(&c)); err != nil {
			return err
		}
	}
	return nil
}

// stage writes the rows of a block beyond the committed ones. A reason says
// why the block is invalid; its rows are then to be forgotten.
func (w *Writer) stage(b *ledger.Block) (reason string) {
	before := w.next
	for i := range b.Txs {
		if reason := w.stageTx(b, i); reason != "" {
			return fmt.Sprintf("transaction %d %s: %s", i, b.Txs[i].ID, reason)
		}
	}
	row := before.Blocks
	copy(w.cols[blocksHeader].at(row), b.Header[:])
	copy(w.cols[blocksHash].at(row), b.Hash[:])
	w.next.Blocks++
	putEnd(w.cols[blocksEnd].at(row+1), &w.next)
	putSums(w.cols[blocksSum].at(row), w.sums(&before, &w.next))
	w.stageRaw(row, &b.Source)
	return ""
}

func (w *Writer) stageTx(b *ledger.Block, i int) string {
	tx, row := &b.Txs[i], w.next.Txs
	inFrom, inTo := b.InsOf(i)
	outFrom, outTo := b.OutsOf(i)
	in, known, reason := w.stageIns(b, inFrom, inTo)
	if reason != "" {
		return reason
	}
	out := w.stageOuts(b, outFrom, outTo)
	if known && i > 0 && in < out {
		return fmt.Sprintf("spends %d, creates %d", in, out)
	}
	*w.txid(row) = tx.ID
	w.cols[txsOut].put40(row+1, w.next.Outs)
	w.cols[txsIn].put40(row+1, w.next.Ins)
	w.cols[txsTraits].put64(row, uint64(tx.Traits))
	w.cols[txsWeight].put32(row, tx.Weight)
	w.next.Txs++
	w.batch.addTx(b.Keys[i], row)
	w.breathe(inTouches*int(inTo-inFrom) + outTouches*int(outTo-outFrom))
	return ""
}

// stageIns writes the inputs of a transaction and returns the sum they spend,
// if every value is known.
func (w *Writer) stageIns(b *ledger.Block, from, to uint32) (sum uint64, known bool, reason string) {
	known = true
	for i := from; i < to; i++ {
		cell, value := uint64(inCoinbase), uint64(0)
		if prev := &b.Ins[i].Prev; !prev.IsNull() {
			cell, reason = w.spend(prev, b.Keys[len(b.Txs)+int(i)])
			if reason != "" {
				return 0, false, fmt.Sprintf("input %d: %s", i-from, reason)
			}
			if cell != inUnknown {
				value = w.cols[outsValue].get64(cell)
				if len(b.Spent) > 0 && b.Spent[i].Known && uint64(b.Spent[i].Value) != value {
					return 0, false, fmt.Sprintf("input %d: the source says %s worth %s, the ledger %d", i-from, prev, b.Spent[i].Value, value)
				}
			} else {
				cell, value = w.stageUnknown(b, i)
				known = known && value != noValue
			}
		}
		w.cols[insOut].put40(w.next.Ins, cell)
		w.next.Ins++
		sum = addSaturated(sum, value)
	}
	return sum, known, ""
}

func addSaturated(a, b uint64) uint64 {
	s, carry := bits.Add64(a, b, 0)
	return s | -carry
}

// spend resolves an outpoint to an output row, or inUnknown, and notes that it
// is spent.
func (w *Writer) spend(prev *ledger.Outpoint, key uint64) (cell uint64, reason string) {
	row, ok := w.findTx(&prev.TxID, key)
	if !ok {
		if w.rec.FirstHeight == 0 {
			return 0, fmt.Sprintf("spends %s, which is not in the chain", prev)
		}
		return inUnknown, ""
	}
	outs := w.cols[txsOut]
	out := outs.get40(row) + uint64(prev.Vout)
	if out >= outs.get40(row+1) || out >= w.next.Outs {
		return 0, fmt.Sprintf("spends %s, which has %d outputs", prev, outs.get40(row+1)-outs.get40(row))
	}
	if out < w.rec.C.Outs && w.cols[outsSpender].load(out) != 0 {
		return 0, fmt.Sprintf("spends %s, spent before", prev)
	}
	if !w.batch.spend(out) {
		return 0, fmt.Sprintf("spends %s, spent before", prev)
	}
	return out, ""
}

// findTx returns the newest transaction of an id (BIP 30: there may be two).
func (w *Writer) findTx(id *ledger.TxID, key uint64) (uint64, bool) {
	if row, ok := w.newestTx(&w.batch.txs, id, key, w.next.Txs); ok {
		return row, true
	}
	return w.newestTx(&w.idx[txIndex].slots, id, key, w.rec.C.Txs)
}

// newestTx walks all rows below limit that have the id: insertion in row order
// puts the newest behind the others.
func (t *tables) newestTx(s *slots, id *ledger.TxID, key, limit uint64) (newest uint64, found bool) {
	for i := s.home(key); ; {
		row, next, ok := s.find(key, i)
		if !ok {
			return newest, found
		}
		if i = next; row < limit && *t.txid(row) == *id && (!found || row > newest) {
			newest, found = row, true
		}
	}
}

// stageUnknown writes the row of an input from before the ledger.
func (w *Writer) stageUnknown(b *ledger.Block, i uint32) (cell, value uint64) {
	row := w.next.Unknowns
	prev := w.cols[unknownsPrev].at(row)
	copy(prev, b.Ins[i].Prev.TxID[:])
	binary.LittleEndian.PutUint32(prev[32:], b.Ins[i].Prev.Vout)
	value, account := uint64(noValue), uint64(noRow40)
	if len(b.Spent) > 0 && b.Spent[i].Known {
		s := &b.Spent[i]
		value, account = uint64(s.Value), w.account(s.Script, w.hash.sum(s.Script))
	}
	w.cols[unknownsValue].put64(row, value)
	w.cols[unknownsAccount].put40(row, account)
	w.cols[unknownsIn].put40(row, w.next.Ins)
	w.next.Unknowns++
	return inUnknown | row, value
}

func (w *Writer) stageOuts(b *ledger.Block, from, to uint32) (sum uint64) {
	keys := b.Keys[len(b.Txs)+len(b.Ins):]
	for i := from; i < to; i++ {
		o, row := &b.Outs[i], w.next.Outs
		account := w.account(b.Bytes(o.Script), keys[i])
		w.cols[outsValue].put64(row, uint64(o.Value))
		w.cols[outsAccount].put40(row, account)
		w.link(account, row)
		w.next.Outs++
		sum = addSaturated(sum, uint64(o.Value))
	}
	return sum
}

// account returns the row of a scriptPubKey, adding it if it is new.
func (w *Writer) account(script []byte, key uint64) uint64 {
	if row, ok := w.findAccount(&w.batch.accounts, script, key, w.next.Accounts); ok {
		return row
	}
	if row, ok := w.findAccount(&w.idx[accountIndex].slots, script, key, w.rec.C.Accounts); ok {
		return row
	}
	row := w.next.Accounts
	copy(w.cols[heapBytes].b[w.next.Heap:], script)
	w.next.Heap += uint64(len(script))
	w.next.Accounts++
	w.cols[accountsScript].put40(w.next.Accounts, w.next.Heap)
	w.batch.addAccount(key, row)
	return row
}

func (t *tables) findAccount(s *slots, script []byte, key, limit uint64) (uint64, bool) {
	for i := s.home(key); ; {
		row, next, ok := s.find(key, i)
		if !ok {
			return 0, false
		}
		if i = next; row < limit && t.scriptIs(row, script) {
			return row, true
		}
	}
}

// link makes an output the newest of its account's list.
func (w *Writer) link(account, out uint64) {
	prev, ok := w.batch.head(account, out)
	if !ok && account < w.rec.C.Accounts {
		prev = w.cols[accountsHead].load(account)
	}
	rank := uint64(0)
	if prev != 0 {
		rank = (w.rankOf(prev-1) + 1) & (1<<24 - 1)
	}
	w.cols[outsPrev].put64(out, packPrev(prev, rank))
	if rank%skipShort == 0 && prev != 0 {
		w.stageSkip(out, prev, rank)
	}
}

// stageSkip finds the outputs 64 and 4,096 places back in the list: one step
// in the list per output added, and none for lists that stay short.
func (w *Writer) stageSkip(out, prev, rank uint64) {
	short := prev
	for range skipShort - 1 {
		short = w.prevOf(short - 1)
	}
	long := uint64(0)
	if rank%skipLong == 0 {
		long = short
		for range skipLong/skipShort - 1 {
			long, _ = w.skipOf(long-1, w.next.Skips)
		}
	}
	b := w.cols[skipsRow].at(w.next.Skips)
	put40(b, out)
	put40(b[5:], short)
	put40(b[10:], long)
	w.next.Skips++
}

// stageRaw notes where the block's bytes lie.
func (w *Writer) stageRaw(row uint64, ref *ledger.RawRef) {
	id, ok := w.files[ref.File]
	if !ok {
		id = uint32(w.next.Files)
		w.files[ref.File] = id
		copy(w.cols[filesName].b[w.next.FileBytes:], ref.File)
		w.next.FileBytes += uint64(len(ref.File))
		putFile(w.cols[filesEnd].at(w.next.Files), w.next.FileBytes, ref.File)
		w.next.Files++
	}
	b := w.cols[blocksRaw].at(row)
	le := binary.LittleEndian
	le.PutUint32(b, id)
	le.PutUint32(b[4:], ref.Size)
	le.PutUint64(b[8:], uint64(ref.Offset))
	le.PutUint32(b[16:], crc32.Checksum(b[:16], castagnoli))
	le.PutUint32(b[20:], 0)
}

func putFile(b []byte, end uint64, name string) {
	binary.LittleEndian.PutUint64(b, end)
	binary.LittleEndian.PutUint32(b[8:], crc32.Checksum([]byte(name), castagnoli))
	binary.LittleEndian.PutUint32(b[12:], 0)
}

// restage rebuilds the batch from the rows beyond the committed ones, with
// room for n more entries in each table.
func (w *Writer) restage(n int) {
	c, next := &w.rec.C, &w.next
	rows := int(next.Outs-c.Outs+next.Ins-c.Ins+next.Txs-c.Txs) + int(next.Accounts-c.Accounts)
	w.batch.reset(max(rows+n, w.batch.capacity), c)
	for tx := c.Txs; tx < next.Txs; tx++ {
		w.batch.addTx(w.hash.sum(w.txid(tx)[:]), tx)
		for in := w.cols[txsIn].get40(tx); in < w.cols[txsIn].get40(tx+1); in++ {
			if out := w.cols[insOut].get40(in); out < inUnknown {
				w.batch.spend(out)
			}
		}
	}
	for a := c.Accounts; a < next.Accounts; a++ {
		w.batch.addAccount(w.hash.sum(w.script(a)), a)
	}
	for out := c.Outs; out < next.Outs; out++ {
		w.batch.head(w.cols[outsAccount].get40(out), out)
	}
}
