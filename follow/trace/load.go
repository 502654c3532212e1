package trace

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// Source is a chain in which traces are found and followed.
type Source interface {
	UTXO
	Finder
}

// Dated is a source that tells two transactions of one id apart by their block
// (BIP 30).
type Dated interface {
	TxByIDAt(id ledger.TxID, h ledger.Height) (ref ledger.TxRef, ok bool, err error)
}

// ErrSaved says that a saved trace cannot be read.
var ErrSaved = errors.New("it is no trace that this version reads")

// loader reads what Save wrote; the first error stays, and then everything
// reads as 0. Counts are believed only as far as bytes follow.
type loader struct {
	r   *bufio.Reader
	sum hash.Hash32
	err error
}

// ReadByte serves the varints.
func (l *loader) ReadByte() (byte, error) {
	b, err := l.r.ReadByte()
	if err == nil {
		l.sum.Write([]byte{b})
	}
	return b, err
}

func (l *loader) bytes(b []byte) {
	if l.err != nil {
		return
	}
	if _, l.err = io.ReadFull(l.r, b); l.err == nil {
		l.sum.Write(b)
	}
}

// uint reads a number up to limit.
func (l *loader) uint(limit uint64) uint64 {
	if l.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(l)
	if err == nil && n > limit {
		err = fmt.Errorf("%d where %d is the most", n, limit)
	}
	if err != nil {
		l.err = err
		return 0
	}
	return n
}

// Load reads a saved trace. The source is pinned at the block where the trace
// stood; names are those that it was made with.
func Load(ctx context.Context, r io.Reader, src Source, names Names) (*Trace, error) {
	l := &loader{r: bufio.NewReader(r), sum: crc32.New(castagnoli)}
	t, err := l.trace(ctx, src, names)
	if err == nil {
		err = l.err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("it ends too early: %w", ErrSaved)
	}
	if err != nil {
		return nil, fmt.Errorf("load a trace: %w", err)
	}
	return t, nil
}

func (l *loader) trace(ctx context.Context, src Source, names Names) (*Trace, error) {
	p, err := l.head(names)
	if err != nil {
		return nil, err
	}
	tip := src.Tip()
	height := ledger.Height(l.uint(math.MaxUint32))
	var hash ledger.Hash
	l.bytes(hash[:])
	if l.err == nil && (tip.Height != height || tip.Hash != hash) {
		return nil, fmt.Errorf("it stands at block %d %s, the source at %d %s: %w", height, hash, tip.Height, tip.Hash, ErrMoved)
	}
	txs, err := l.txs(ctx, src)
	if err != nil {
		return nil, err
	}
	t := New(p, l.starts(txs))
	if l.err == nil {
		l.err = t.order(ctx, src)
	}
	for _, r := range t.runs {
		l.run(r, txs)
	}
	want := l.sum.Sum32()
	var sum [4]byte
	l.bytes(sum[:])
	if l.err == nil && binary.LittleEndian.Uint32(sum[:]) != want {
		return nil, fmt.Errorf("its sum is wrong: %w", ErrSaved)
	}
	for _, r := range t.runs {
		if n := r.totals(); l.err == nil && r.policy != lot.Poison && n.Sum() != n.Theft {
			return nil, fmt.Errorf("by %s its parts sum to %d of %d: %w", r.policy, n.Sum(), n.Theft, ErrSaved)
		}
	}
	t.tip, t.begun = tip, true
	return t, l.err
}

// head reads up to the tip's first height.
func (l *loader) head(names Names) (p Params, err error) {
	var magic [len(saveMagic)]byte
	var digest [32]byte
	l.bytes(magic[:])
	rules := l.uint(math.MaxUint32)
	if l.err == nil && (string(magic[:]) != saveMagic || rules != Rules) {
		return p, ErrSaved
	}
	l.bytes(digest[:])
	if l.err == nil && digest != names.digest() {
		return p, errors.New("it was made with other accounts to stop at")
	}
	for range l.uint(uint64(len(lot.Policies()))) {
		p.Policies = append(p.Policies, lot.Policy(l.uint(uint64(len(lot.Policies())-1))))
	}
	p.MinValue, p.Names = ledger.Amount(l.uint(math.MaxUint64)), names
	if n := l.uint(math.MaxUint32 + 1); n > 0 {
		hops := uint32(n - 1)
		p.MaxHops = &hops
	}
	if n := l.uint(math.MaxUint32 + 1); n > 0 {
		until := ledger.Height(n - 1)
		p.Until = &until
	}
	l.uint(math.MaxUint32) // the first height: what the source has is as good
	return p, l.err
}

// txs reads the list of transactions and finds them in the source.
func (l *loader) txs(ctx context.Context, src Source) ([]ledger.TxView, error) {
	var ids []ledger.TxID
	var places []ledger.Pos
	last := ledger.Pos(0)
	for n := l.uint(math.MaxUint32); n > 0 && l.err == nil; n-- {
		last += ledger.Pos(l.uint(math.MaxUint64))
		var id ledger.TxID
		l.bytes(id[:])
		ids, places = append(ids, id), append(places, last)
	}
	if l.err != nil {
		return nil, l.err
	}
	refs, err := src.AppendTxRefs(ctx, nil, ids)
	if err != nil {
		return nil, err
	}
	for i, ref := range refs {
		if uint64(ref) == ledger.NoRef {
			return nil, fmt.Errorf("transaction %s: the source does not hold it", ids[i])
		}
	}
	views, err := src.AppendTxs(ctx, nil, refs)
	if err != nil {
		return nil, err
	}
	for i := range views {
		if views[i].Pos != places[i] {
			if err := l.older(ctx, src, &views[i], places[i]); err != nil {
				return nil, err
			}
		}
	}
	return views, nil
}

// older finds the transaction that bore an id before another took it.
func (l *loader) older(ctx context.Context, src Source, v *ledger.TxView, pos ledger.Pos) error {
	d, ok := src.(Dated)
	if !ok {
		return fmt.Errorf("transaction %s: it is not where it was: %w", v.ID, ErrMoved)
	}
	ref, ok, err := d.TxByIDAt(v.ID, pos.Height())
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("transaction %s in block %d: %w", v.ID, pos.Height(), ErrMoved)
	}
	views, err := src.AppendTxs(ctx, nil, []ledger.TxRef{ref})
	if err == nil {
		*v = views[0]
	}
	return err
}

func (l *loader) starts(txs []ledger.TxView) (starts []Start) {
	for n := l.uint(math.MaxUint32); n > 0 && l.err == nil; n-- {
		tx, vout := l.tx(txs), uint32(l.uint(math.MaxUint32))
		if l.err == nil && int(vout) >= len(tx.Outs) {
			l.err = ErrSaved
		}
		if l.err == nil {
			starts = append(starts, Start{Tx: tx.Ref, Vout: vout, Pos: tx.Pos, value: tx.Outs[vout].Value})
		}
	}
	return starts
}

var noTx ledger.TxView

// tx reads a place in the list of transactions.
func (l *loader) tx(txs []ledger.TxView) *ledger.TxView {
	if len(txs) == 0 {
		if l.err == nil {
			l.err = ErrSaved
		}
		return &noTx
	}
	return &txs[l.uint(uint64(len(txs)-1))]
}

func (l *loader) run(r *run, txs []ledger.TxView) {
	for n := l.uint(math.MaxUint32); n > 0 && l.err == nil; n-- {
		tx := l.tx(txs)
		v := visit{ref: tx.Ref, pos: tx.Pos, hop: uint32(l.uint(math.MaxUint32)), fee: ledger.Amount(l.uint(math.MaxUint64)), outs: uint32(r.outs.len())}
		r.visits.push(v)
		for outs := l.uint(uint64(len(tx.Outs))); outs > 0 && l.err == nil; outs-- {
			l.out(r, tx)
		}
	}
	for n := l.uint(uint64(r.outs.len())); n > 0 && l.err == nil; n-- {
		r.overlaps = append(r.overlaps, overlap{uint32(l.uint(uint64(r.outs.len()))), ledger.Amount(l.uint(math.MaxUint64))})
	}
	r.next = len(r.t.starts)
}

func (l *loader) out(r *run, tx *ledger.TxView) {
	if len(tx.Outs) == 0 {
		l.err = ErrSaved
		return
	}
	o := tainted{ref: tx.Outs[l.uint(uint64(len(tx.Outs)-1))].Ref, lots: uint32(len(r.lots)), hop: r.visits.at(r.visits.len() - 1).hop}
	o.taint, o.fate = ledger.Amount(l.uint(math.MaxUint64)), fate(l.uint(uint64(fateDiluted)))
	o.reason = Reason(l.uint(uint64(reasonCount - 1)))
	for n := l.uint(math.MaxUint32); n > 0 && l.err == nil; n-- {
		lt := lot.Lot{Qty: ledger.Amount(l.uint(math.MaxUint64)), Offset: ledger.Amount(l.uint(math.MaxUint64)), Source: uint32(l.uint(uint64(len(r.t.starts))))}
		lt.Parent = uint32(l.uint(math.MaxUint32)) - 1
		if lt.Parent != noParent && int(lt.Parent) >= len(r.lots) && l.err == nil {
			l.err = ErrSaved // it would come from a later one
		}
		r.lots = append(r.lots, lt)
	}
	if o.fate == fateRests {
		r.at.put(o.ref, uint32(r.outs.len()), r.dense)
	}
	r.outs.push(o)
}
