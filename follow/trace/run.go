package trace

import (
	"context"
	"sort"

	"clew.example/clew/follow/lot"
	"clew.example/clew/ledger"
)

// run is a trace under one policy. Visits, outputs and lots are appended in
// ledger order and never changed, but for what became of an output.
type run struct {
	t      *Trace
	index  int
	policy lot.Policy

	visits   list[visit]
	outs     list[tainted]
	lots     []lot.Lot // of the outputs, where keepsLots
	overlaps []overlap
	next     int // the first start that was not come to

	at  outMap // rows of outs whose spenders come next; empty between advances
	now moment

	noting bool // while a step is under way
	notes  []note
}

// visit is a transaction that taint came to, or began in.
type visit struct {
	ref  ledger.TxRef
	pos  ledger.Pos
	fee  ledger.Amount // taint that it paid to miners
	hop  uint32
	outs uint32 // row of its first tainted output
}

// tainted is an output that carries taint. Its lots begin at row lots and end
// where those of the next output begin.
type tainted struct {
	ref    ledger.OutRef
	taint  ledger.Amount
	lots   uint32
	hop    uint32 // of its transaction
	fate   fate
	reason Reason
}

// overlap is what an output that was started from carried of earlier starts.
type overlap struct {
	out    uint32 // row of outs
	amount ledger.Amount
}

// fate is what became of a tainted output.
type fate uint8

const (
	fateRests   fate = iota // not spent as of the tip
	fateMoved               // spent, and followed
	fateService             // from here on: it ended
	fateListed
	fateMixer
	fateCutoff
	fateUnknown // the place of its lots among inputs is not known
	fateDiluted
)

// kind is the absorber of a fate. Whether an output that rests is burnt is for
// the one who has its script.
func (f fate) kind() Kind {
	return [...]Kind{KindUnspent, KindNone, KindService, KindListed, KindMixer, KindCutoff, KindUnknownInput, KindDiluted}[f]
}

var fateOfStop = map[Kind]fate{KindService: fateService, KindListed: fateListed, KindMixer: fateMixer}

// single reports whether haircut has one source only: then the taint of an
// output says all.
func (r *run) single() bool { return r.policy == lot.Haircut && len(r.t.starts) == 1 }

// keepsLots reports whether outputs have lots. Poison only reaches.
func (r *run) keepsLots() bool { return r.policy != lot.Poison && !r.single() }

// lotsOf returns the lots of a row of outs.
func (r *run) lotsOf(row uint32) []lot.Lot {
	end := uint32(len(r.lots))
	if int(row)+1 < r.outs.len() {
		end = r.outs.at(int(row + 1)).lots
	}
	return r.lots[r.outs.at(int(row)).lots:end]
}

func (r *run) advance(ctx context.Context, src UTXO) error {
	d, ok := src.(Dense)
	r.at = outMap{dense: ok}
	defer func() { r.at = outMap{} }()
	if ok {
		s := &sweep{run: r, src: src, dense: d}
		s.queue.size = d.Dense()
		return s.do(ctx)
	}
	w := &walk{run: r, src: src}
	w.ahead, _ = src.(Ahead)
	return w.do(ctx)
}

// resting returns the outputs that were not spent when the trace stopped, and
// their rows.
func (r *run) resting() (refs []ledger.OutRef, rows []uint32) {
	for i := range r.outs.len() {
		if o := r.outs.at(i); o.fate == fateRests {
			refs, rows = append(refs, o.ref), append(rows, uint32(i))
		}
	}
	return refs, rows
}

// undo cuts off what lies above the tip of a source, and lets rest what was
// spent above it.
func (r *run) undo(ctx context.Context, src UTXO) error {
	limit := ledger.MakePos(src.Tip().Height, maxIndex)
	n := sort.Search(r.visits.len(), func(i int) bool { return r.visits.at(i).pos > limit })
	if n < r.visits.len() {
		out := r.visits.at(n).outs
		if int(out) < r.outs.len() {
			r.lots = r.lots[:r.outs.at(int(out)).lots]
		}
		r.outs.cut(int(out))
		r.visits.cut(n)
		for len(r.overlaps) > 0 && r.overlaps[len(r.overlaps)-1].out >= out {
			r.overlaps = r.overlaps[:len(r.overlaps)-1]
		}
	}
	r.next = r.t.startsUpTo(src.Tip().Height)
	return r.revive(ctx, src)
}

// revive lets rest what is not spent as of the source.
func (r *run) revive(ctx context.Context, src UTXO) error {
	var refs []ledger.OutRef
	var rows []uint32
	for i := range r.outs.len() {
		if o := r.outs.at(i); o.fate != fateRests && !o.ended() {
			refs, rows = append(refs, o.ref), append(rows, uint32(i))
		}
	}
	spends, err := src.AppendSpenders(ctx, nil, refs)
	if err != nil {
		return err
	}
	for i, s := range spends {
		if uint64(s.Tx) == ledger.NoRef {
			o := r.outs.at(int(rows[i]))
			o.fate, o.reason = fateRests, ReasonNone
		}
	}
	return nil
}

// ended reports whether the output's fate was sealed when it was made.
func (o *tainted) ended() bool {
	switch o.fate {
	case fateService, fateListed, fateMixer:
		return true
	case fateCutoff:
		return o.reason != ReasonUntil
	}
	return false
}
