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
	"math/bits"
	"slices"

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

// loader reads what Save wrote, and nothing else: what it accepts Save writes
// again, byte for byte. The first error stays, and then everything reads as 0.
// Counts are believed only as far as bytes follow.
type loader struct {
	r    *bufio.Reader
	sum  hash.Hash32
	read int // bytes of the number at hand
	err  error
}

// ReadByte serves the varints.
func (l *loader) ReadByte() (byte, error) {
	b, err := l.r.ReadByte()
	if err == nil {
		l.sum.Write([]byte{b})
		l.read++
	}
	return b, err
}

func (l *loader) bytes(b []byte) {
	if l.err != nil {
		return
	}
	if _, err := io.ReadFull(l.r, b); err != nil {
		l.fail(err)
		return
	}
	l.sum.Write(b)
}

// uint reads a number up to limit, in its shortest form.
func (l *loader) uint(limit uint64) uint64 {
	if l.err != nil {
		return 0
	}
	l.read = 0
	n, err := binary.ReadUvarint(l)
	if err != nil {
		l.fail(err)
		return 0
	}
	if n > limit || l.read != max(1, (bits.Len64(n)+6)/7) {
		l.err = fmt.Errorf("a number of %d where %d is the most: %w", n, limit, ErrSaved)
		return 0
	}
	return n
}

// fail keeps an error of the reader.
func (l *loader) fail(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("it ends too early: %w", ErrSaved)
	}
	l.err = err
}

// check refuses what Save does not write.
func (l *loader) check(ok bool) {
	if !ok && l.err == nil {
		l.err = ErrSaved
	}
}

// Load reads a saved trace. The source is pinned at the block where the trace
// stood; names are those that it was made with.
func Load(ctx context.Context, r io.Reader, src Source, names Names) (*Trace, error) {
	l := &loader{r: bufio.NewReader(r), sum: crc32.New(castagnoli)}
	t, err := l.trace(ctx, src, names)
	if err == nil {
		err = l.err
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
	tip.FirstHeight = ledger.Height(l.uint(math.MaxUint32))
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
	l.end()
	if l.err == nil {
		l.err = t.consistent(txs)
	}
	t.tip, t.begun = tip, true
	return t, l.err
}

// end reads the sum, and that nothing follows it.
func (l *loader) end() {
	want := l.sum.Sum32()
	var sum [4]byte
	l.bytes(sum[:])
	if l.err == nil && binary.LittleEndian.Uint32(sum[:]) != want {
		l.err = fmt.Errorf("its sum is wrong: %w", ErrSaved)
	}
	if l.err != nil {
		return
	}
	if _, err := l.r.ReadByte(); err != io.EOF {
		l.err = fmt.Errorf("something follows its end: %w", ErrSaved)
	}
}

// consistent checks what ties the parts of a saved trace together: every
// listed transaction was visited, each start's under every policy, and parts
// sum to the theft.
func (t *Trace) consistent(txs []ledger.TxView) error {
	met := map[ledger.TxRef]bool{}
	for _, r := range t.runs {
		here := map[ledger.TxRef]bool{}
		for i := range r.visits.len() {
			here[r.visits.at(i).ref], met[r.visits.at(i).ref] = true, true
		}
		for _, s := range t.starts {
			if !here[s.Tx] {
				return fmt.Errorf("by %s a start was not come to: %w", r.policy, ErrSaved)
			}
		}
		if n := r.totals(); r.policy != lot.Poison && n.Sum() != n.Theft {
			return fmt.Errorf("by %s its parts sum to %d of %d: %w", r.policy, n.Sum(), n.Theft, ErrSaved)
		}
	}
	if len(met) != len(txs) {
		return fmt.Errorf("it lists %d transactions and visits %d: %w", len(txs), len(met), ErrSaved)
	}
	return nil
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
		policy := lot.Policy(l.uint(uint64(len(lot.Policies()) - 1)))
		l.check(!slices.Contains(p.Policies, policy))
		p.Policies = append(p.Policies, policy)
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
	return p, l.err
}

// txs reads the list of transactions and finds them in the source.
func (l *loader) txs(ctx context.Context, src Source) ([]ledger.TxView, error) {
	var ids []ledger.TxID
	var places []ledger.Pos
	last := ledger.Pos(0)
	for n := l.uint(math.MaxUint32); n > 0 && l.err == nil; n-- {
		next := last + ledger.Pos(l.uint(math.MaxUint64))
		l.check(next > last || len(ids) == 0)
		last = next
		var id ledger.TxID
		l.bytes(id[:])
		ids, places = append(ids, id), append(places, last)
	}
	if l.err != nil {
		return nil, l.err
	}
	// A list that is not of this source ends at the first that differs, before
	// much was read for it.
	var views []ledger.TxView
	for from := 0; from < len(ids); from += graphBatch {
		to := min(from+graphBatch, len(ids))
		some, err := l.find(ctx, src, ids[from:to], places[from:to])
		if err != nil {
			return nil, err
		}
		views = append(views, some...)
	}
	return views, nil
}

// find reads transactions from the source.
func (l *loader) find(ctx context.Context, src Source, ids []ledger.TxID, places []ledger.Pos) ([]ledger.TxView, error) {
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
	if err != nil {
		return err
	}
	if *v = views[0]; v.Pos != pos {
		return fmt.Errorf("transaction %s: it is not where it was: %w", v.ID, ErrMoved)
	}
	return nil
}

func (l *loader) starts(txs []ledger.TxView) (starts []Start) {
	for n := l.uint(math.MaxUint32); n > 0 && l.err == nil; n-- {
		tx, vout := l.tx(txs), uint32(l.uint(math.MaxUint32))
		l.check(int(vout) < len(tx.Outs))
		if k := len(starts); k > 0 {
			last := starts[k-1]
			l.check(last.Pos < tx.Pos || last.Pos == tx.Pos && last.Vout < vout)
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
	l.check(len(txs) > 0)
	if len(txs) == 0 {
		return &noTx
	}
	return &txs[l.uint(uint64(len(txs)-1))]
}

func (l *loader) run(r *run, txs []ledger.TxView) {
	for n := l.uint(math.MaxUint32); n > 0 && l.err == nil; n-- {
		l.visit(r, l.tx(txs))
	}
	for n := l.uint(uint64(r.outs.len())); n > 0 && l.err == nil; n-- {
		o := overlap{uint32(l.uint(uint64(r.outs.len() - 1))), ledger.Amount(l.uint(math.MaxUint64))}
		if k := len(r.overlaps); k > 0 {
			l.check(r.overlaps[k-1].out < o.out)
		}
		l.check(0 < o.amount && o.amount <= r.outs.at(int(o.out)).taint && r.policy != lot.Poison)
		r.overlaps = append(r.overlaps, o)
	}
	r.next = len(r.t.starts)
}

func (l *loader) visit(r *run, tx *ledger.TxView) {
	if k := r.visits.len(); k > 0 {
		l.check(r.visits.at(k-1).pos < tx.Pos)
	}
	v := visit{ref: tx.Ref, pos: tx.Pos, hop: uint32(l.uint(math.MaxUint32)), fee: ledger.Amount(l.uint(math.MaxUint64)), outs: uint32(r.outs.len())}
	r.visits.push(v)
	lots, least := len(r.lots), uint64(0)
	for n := l.uint(uint64(len(tx.Outs))); n > 0 && l.err == nil; n-- {
		vout := l.uint(uint64(len(tx.Outs) - 1))
		l.check(vout >= least)
		least = vout + 1
		l.out(r, tx.Outs[vout], v.hop, lots)
	}
}

// out reads an output. Its lots are parts of those before the visit.
func (l *loader) out(r *run, out ledger.OutView, hop uint32, before int) {
	o := tainted{ref: out.Ref, lots: uint32(len(r.lots)), hop: hop}
	o.taint, o.fate = ledger.Amount(l.uint(uint64(out.Value))), fate(l.uint(uint64(fateDiluted)))
	o.reason = Reason(l.uint(uint64(reasonCount - 1)))
	l.check(o.taint > 0 && (o.fate == fateCutoff) == (o.reason != ReasonNone))
	room, stolen := out.Value, ledger.Amount(0)
	for n := l.uint(math.MaxUint32); n > 0 && l.err == nil; n-- {
		lt := l.lot(r, room, before)
		if room -= lt.Qty; lt.Source != lot.Clean {
			stolen += lt.Qty
		}
		r.lots = append(r.lots, lt)
	}
	if r.keepsLots() {
		l.check(stolen == o.taint)
	} else {
		l.check(int(o.lots) == len(r.lots))
	}
	r.outs.push(o)
}

func (l *loader) lot(r *run, room ledger.Amount, before int) lot.Lot {
	lt := lot.Lot{Qty: ledger.Amount(l.uint(uint64(room))), Offset: ledger.Amount(l.uint(math.MaxUint64)), Source: uint32(l.uint(uint64(len(r.t.starts))))}
	lt.Parent = uint32(l.uint(math.MaxUint32)) - 1
	l.check(lt.Qty > 0 && (lt.Parent == noParent || int(lt.Parent) < before))
	return lt
}
