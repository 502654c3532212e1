package trace

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"maps"
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// A saved trace holds no handles: transactions are named once, by id and
// position, and then by their place in that list. Integers are unsigned
// varints, but for hashes and the sum at the end.
//
//	magic     8  "clewtrc1"
//	rules        Rules
//	names    32  SHA-256 of the accounts to stop at
//	params       policies (count, each), min value, max hops + 1 or 0, until + 1 or 0
//	tip          first height, height, hash 32
//	txs          count, each: position less that of the one before, txid 32
//	starts       count, each: tx, vout
//	runs         for each policy: visits (count, each: tx, hop, fee,
//	             outputs (count, each: vout, taint, fate, reason, lots (count,
//	             each: qty, offset, source, parent + 1 or 0)));
//	             overlaps (count, each: output, amount)
//	sum       4  CRC-32C of all before, little-endian
const saveMagic = "clewtrc1"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// saver writes what Load reads; the first error stays.
type saver struct {
	w   *bufio.Writer
	sum hash.Hash32
	err error
	buf [binary.MaxVarintLen64]byte
}

func (s *saver) bytes(b []byte) {
	if s.err == nil {
		s.sum.Write(b)
		_, s.err = s.w.Write(b)
	}
}

func (s *saver) uint(n uint64) { s.bytes(s.buf[:binary.PutUvarint(s.buf[:], n)]) }

// Save writes the trace, so that Load makes the same again from a source of the
// same chain. The source is pinned where the trace stands. Equal traces are
// equal bytes.
func (t *Trace) Save(ctx context.Context, src UTXO, w io.Writer) error {
	if !t.begun {
		return fmt.Errorf("save a trace: it has seen no block")
	}
	s := &saver{w: bufio.NewWriter(w), sum: crc32.New(castagnoli)}
	s.bytes([]byte(saveMagic))
	s.uint(Rules)
	names := t.params.Names.digest()
	s.bytes(names[:])
	s.params(&t.params)
	s.uint(uint64(t.tip.FirstHeight))
	s.uint(uint64(t.tip.Height))
	s.bytes(t.tip.Hash[:])
	list, err := t.listed(ctx, src)
	if err != nil {
		return fmt.Errorf("save a trace: %w", err)
	}
	s.txs(list)
	s.starts(t, list)
	for _, r := range t.runs {
		s.run(r, list)
	}
	s.bytes(binary.LittleEndian.AppendUint32(nil, s.sum.Sum32()))
	if s.err == nil {
		s.err = s.w.Flush()
	}
	return s.err
}

func (s *saver) params(p *Params) {
	s.uint(uint64(len(p.Policies)))
	for _, policy := range p.Policies {
		s.uint(uint64(policy))
	}
	s.uint(uint64(p.MinValue))
	hops, until := uint64(0), uint64(0)
	if p.MaxHops != nil {
		hops = uint64(*p.MaxHops) + 1
	}
	if p.Until != nil {
		until = uint64(*p.Until) + 1
	}
	s.uint(hops)
	s.uint(until)
}

// digest is the hash of where a trace stops.
func (n Names) digest() [sha256.Size]byte {
	h := sha256.New()
	for _, account := range slices.Sorted(maps.Keys(n)) {
		if stop := n[account].Stop; stop != KindNone {
			h.Write(binary.AppendUvarint([]byte{byte(stop)}, uint64(len(account))))
			io.WriteString(h, account)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// listing names the transactions of a trace.
type listing struct {
	views []ledger.TxView // in ledger order
	at    map[ledger.TxRef]int
	vout  map[ledger.OutRef]uint32
}

// listed reads all transactions that were visited, and those of all starts that
// were come to.
func (t *Trace) listed(ctx context.Context, src UTXO) (*listing, error) {
	refs := t.visited()
	l := &listing{at: map[ledger.TxRef]int{}, vout: map[ledger.OutRef]uint32{}}
	var err error
	if l.views, err = src.AppendTxs(ctx, nil, refs); err != nil {
		return nil, err
	}
	for i := range l.views {
		l.at[refs[i]] = i
		for k := range l.views[i].Outs {
			l.vout[l.views[i].Outs[k].Ref] = uint32(k)
		}
	}
	return l, nil
}

func (s *saver) txs(list *listing) {
	s.uint(uint64(len(list.views)))
	last := ledger.Pos(0)
	for i := range list.views {
		s.uint(uint64(list.views[i].Pos - last))
		last = list.views[i].Pos
		s.bytes(list.views[i].ID[:])
	}
}

// starts writes the starts. One that is not come to yet has no id that the
// source could tell.
func (s *saver) starts(t *Trace, list *listing) {
	come := t.startsUpTo(t.tip.Height)
	s.uint(uint64(come))
	for _, start := range t.starts[:come] {
		s.uint(uint64(list.at[start.Tx]))
		s.uint(uint64(start.Vout))
	}
	if come < len(t.starts) && s.err == nil {
		s.err = fmt.Errorf("save a trace: %d of its starts come after block %d", len(t.starts)-come, t.tip.Height)
	}
}

func (s *saver) run(r *run, list *listing) {
	s.uint(uint64(r.visits.len()))
	for i := range r.visits.len() {
		v := r.visits.at(i)
		s.uint(uint64(list.at[v.ref]))
		s.uint(uint64(v.hop))
		s.uint(uint64(v.fee))
		end := r.endOuts(i)
		s.uint(uint64(end) - uint64(v.outs))
		for row := v.outs; int(row) < end; row++ {
			o := r.outs.at(int(row))
			s.uint(uint64(list.vout[o.ref]))
			s.uint(uint64(o.taint))
			s.uint(uint64(o.fate))
			s.uint(uint64(o.reason))
			s.lots(r.lotsOf(row))
		}
	}
	s.uint(uint64(len(r.overlaps)))
	for _, o := range r.overlaps {
		s.uint(uint64(o.out))
		s.uint(uint64(o.amount))
	}
}

func (s *saver) lots(lots []lot.Lot) {
	s.uint(uint64(len(lots)))
	for _, l := range lots {
		s.uint(uint64(l.Qty))
		s.uint(uint64(l.Offset))
		s.uint(uint64(l.Source))
		s.uint(uint64(l.Parent + 1))
	}
}
