package question

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
)

// Found is an output that a trace begins from.
type Found struct {
	trace.Start
	Outpoint string
	Value    ledger.Amount
	Time     uint32 // of its block, unix seconds
}

// finder finds the outputs that names mean on a pinned chain.
type finder struct {
	ctx   context.Context
	src   trace.Source
	found []Found
	txs   []ledger.TxView
}

// Starts returns the outputs that names mean on a pinned chain, each once, in
// ledger order: what Parsed.Starts holds is asked of any pin. A transaction
// that the pin does not hold is a *MissingStart; what names can not mean is a
// *UsageError, with ErrUnpaid where that may change.
func Starts(ctx context.Context, src trace.Source, names []StartName) ([]Found, error) {
	s := &finder{ctx: ctx, src: src}
	if err := s.transactions(names); err != nil {
		return nil, err
	}
	for i := range names {
		if names[i].Account == nil {
			continue
		}
		if err := s.paidTo(&names[i]); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(s.found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Vout, b.Vout))
	})
	return slices.CompactFunc(s.found, func(a, b Found) bool { return a.Tx == b.Tx && a.Vout == b.Vout }), nil
}

// startBatch is how many transactions are asked for at a time.
const startBatch = 512

// transactions finds the starts that are named by transactions.
func (s *finder) transactions(names []StartName) error {
	var named []StartName
	var ids []ledger.TxID
	for _, n := range names {
		if n.Account == nil {
			named, ids = append(named, n), append(ids, n.Outpoint.TxID)
		}
	}
	refs, err := s.src.AppendTxRefs(s.ctx, nil, ids)
	if err != nil {
		return err
	}
	for i, ref := range refs {
		if uint64(ref) == ledger.NoRef {
			return &MissingStart{ID: ids[i]}
		}
	}
	for from := 0; from < len(refs); from += startBatch {
		to := min(from+startBatch, len(refs))
		if s.txs, err = s.src.AppendTxs(s.ctx, s.txs[:0], refs[from:to]); err != nil {
			return err
		}
		for i := range s.txs {
			if err := s.named(&named[from+i], &s.txs[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// named adds what a name means of its transaction: one output, or all that
// hold anything.
func (s *finder) named(n *StartName, tx *ledger.TxView) error {
	if !n.Whole {
		if uint64(n.Outpoint.Vout) >= uint64(len(tx.Outs)) {
			return wrongStart(fmt.Errorf("start %s: the transaction has %d outputs, numbered from 0", n.Text, len(tx.Outs)), "")
		}
		if tx.Outs[n.Outpoint.Vout].Value == 0 {
			return wrongStart(fmt.Errorf("start %s: the output holds nothing", n.Text), "")
		}
		return s.add(tx, n.Outpoint.Vout)
	}
	before := len(s.found)
	for vout := range tx.Outs {
		if tx.Outs[vout].Value == 0 {
			continue
		}
		if err := s.add(tx, uint32(vout)); err != nil {
			return err
		}
	}
	if len(s.found) == before {
		return wrongStart(fmt.Errorf("start %s: its outputs hold nothing", n.Text), "")
	}
	return nil
}

// manyStarts says what to do where starts are too many.
const manyStarts = "name fewer, or a range of blocks: bitcoin:ADDRESS@FROM..TO"

func (s *finder) add(tx *ledger.TxView, vout uint32) error {
	if len(s.found) == StartsMax {
		return wrongStart(fmt.Errorf("the trace begins from more than %d outputs", StartsMax), manyStarts)
	}
	s.found = append(s.found, Found{
		Start:    trace.Start{Tx: tx.Ref, Vout: vout, Pos: tx.Pos},
		Outpoint: ledger.Outpoint{TxID: tx.ID, Vout: vout}.String(), Value: tx.Outs[vout].Value, Time: tx.Time,
	})
	return nil
}

// ErrUnpaid: an account that is a start got nothing in its range, so far.
var ErrUnpaid = errors.New("nothing was paid to it")

// paidTo adds every output that was paid to an account in its range.
func (s *finder) paidTo(n *StartName) error {
	from, to, err := s.between(n)
	if err != nil {
		return err
	}
	outs, err := s.src.AppendOutputs(s.ctx, nil, n.Account, from, to)
	if err != nil {
		return err
	}
	if len(outs) > StartsMax {
		return wrongStart(fmt.Errorf("start %s: paid %d times, more than %d", n.Text, len(outs), StartsMax), manyStarts)
	}
	before := len(s.found)
	for at := 0; at < len(outs); at += startBatch {
		if err := s.outputs(outs[at:min(at+startBatch, len(outs))]); err != nil {
			return err
		}
	}
	if len(s.found) == before {
		return wrongStart(fmt.Errorf("start %s: %w from block %d to block %d", n.Text, ErrUnpaid, from.Height(), to.Height()), "")
	}
	return nil
}

// between returns the range of a start, cut to what the source holds.
func (s *finder) between(n *StartName) (from, to ledger.Pos, err error) {
	tip := s.src.Tip()
	first, last := tip.FirstHeight, tip.Height
	if n.From != nil {
		if first, err = s.end(n, n.From); err != nil {
			return 0, 0, err
		}
	}
	if n.To != nil {
		if last, err = s.end(n, n.To); err != nil {
			return 0, 0, err
		}
	}
	switch {
	case first > tip.Height && (n.To == nil || last >= first):
		return 0, 0, wrongStart(fmt.Errorf("start %s: %w: its range begins at block %d, the newest is %d", n.Text, ErrUnpaid, first, tip.Height), "")
	case last < first:
		return 0, 0, wrongStart(fmt.Errorf("start %s: the range ends at block %d, before it begins at %d", n.Text, last, first), "")
	}
	return ledger.MakePos(first, 0), ledger.MakePos(min(last, tip.Height), 1<<24-1), nil
}

func (s *finder) end(n *StartName, m *Moment) (ledger.Height, error) {
	h, err := m.On(s.ctx, s.src)
	if errors.Is(err, errNoBlock) {
		return 0, wrongStart(fmt.Errorf("start %s: %w", n.Text, err), "")
	}
	return h, err
}

// outputs adds some outputs with their transactions.
func (s *finder) outputs(outs []ledger.OutRef) error {
	refs, vouts := make([]ledger.TxRef, len(outs)), make([]uint32, len(outs))
	var err error
	for i, out := range outs {
		if refs[i], vouts[i], err = s.src.TxOf(out); err != nil {
			return err
		}
	}
	if s.txs, err = s.src.AppendTxs(s.ctx, s.txs[:0], refs); err != nil {
		return err
	}
	for i := range s.txs {
		if s.txs[i].Outs[vouts[i]].Value == 0 {
			continue
		}
		if err := s.add(&s.txs[i], vouts[i]); err != nil {
			return err
		}
	}
	return nil
}
