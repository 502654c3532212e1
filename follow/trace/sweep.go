package trace

import (
	"context"

	"clew.example/clew/ledger"
)

// sweepBatch is how many transactions are read at a time: their misses then
// overlap.
const sweepBatch = 128

// sweep advances a run over a source whose handles are in ledger order.
type sweep struct {
	*run
	src   UTXO
	dense Dense
	queue queue
	rows  ledger.Rows // read ahead
	late  ledger.Rows // of one that was queued in between
	batch []uint64
	refs  []ledger.TxRef

	soon  uint64        // nothing that was queued since the batch was read comes before it
	found []uint32      // row of outs for each input of rows, noRow if none
	sink  ledger.Amount // keeps the compiler from leaving find out
}

func (s *sweep) do(ctx context.Context) error {
	if err := s.seed(ctx); err != nil {
		return err
	}
	for {
		s.batch = s.queue.peek(s.batch[:0], sweepBatch)
		if len(s.batch) == 0 {
			return nil
		}
		if err := s.read(ctx, &s.rows, s.batch); err != nil {
			return err
		}
		s.find()
		s.soon = none
		for i, ref := range s.batch {
			if err := s.before(ctx, ref); err != nil {
				return err
			}
			s.now.found, s.now.since = s.found, s.firstOut()
			if err := s.take(ctx, &s.rows, i); err != nil {
				return err
			}
		}
	}
}

// seed queues the starts that the source holds, and who spends what rested.
func (s *sweep) seed(ctx context.Context) error {
	last := s.t.startsUpTo(s.src.Tip().Height)
	for i := s.next; i < last; i++ {
		s.queue.push(uint64(s.t.starts[i].Tx))
	}
	refs, rows := s.resting()
	spends, err := s.src.AppendSpenders(ctx, nil, refs)
	if err != nil {
		return err
	}
	for i, spend := range spends {
		s.follow(refs[i], rows[i], spend.Tx)
	}
	return nil
}

func (s *sweep) read(ctx context.Context, rows *ledger.Rows, batch []uint64) error {
	s.refs = s.refs[:0]
	for _, ref := range batch {
		s.refs = append(s.refs, ledger.TxRef(ref))
	}
	rows.Reset()
	return s.dense.AppendRows(ctx, rows, s.refs)
}

// find looks up the inputs of a batch, and reads what it finds: in loops that
// do nothing else misses overlap. What the batch itself makes is found later.
func (s *sweep) find() {
	s.found = s.found[:0]
	for i := range s.rows.Ins {
		row, ok := s.at.get(s.rows.Ins[i].Ref) // NoRef is never there
		if !ok {
			row = noRow
		}
		s.found = append(s.found, row)
	}
	sink := ledger.Amount(0)
	for _, row := range s.found {
		if row != noRow {
			sink += s.outs.at(int(row)).taint
		}
	}
	s.sink = sink
}

// firstOut returns the first output that the batch can make.
func (s *sweep) firstOut() ledger.OutRef {
	if len(s.rows.Outs) == 0 {
		return 0
	}
	return s.rows.Outs[0].Ref
}

// before takes those that were queued since the batch was read and come before
// ref.
func (s *sweep) before(ctx context.Context, ref uint64) error {
	if s.soon >= ref {
		return nil
	}
	var one [1]uint64
	for one[0] = s.queue.min(); one[0] < ref; one[0] = s.queue.min() {
		if err := s.read(ctx, &s.late, one[:]); err != nil {
			return err
		}
		s.now.found = nil
		if err := s.take(ctx, &s.late, 0); err != nil {
			return err
		}
	}
	return nil
}

// take visits a transaction and queues who spends what it passed on.
func (s *sweep) take(ctx context.Context, rows *ledger.Rows, i int) error {
	s.queue.remove(uint64(rows.Txs[i].Ref))
	if err := s.visit(ctx, s.src, rows, i); err != nil {
		return err
	}
	for _, f := range s.now.followed {
		s.follow(rows.Outs[f.out].Ref, f.row, rows.Outs[f.out].Spender)
	}
	return nil
}

// follow queues who spends an output, if somebody does.
func (s *sweep) follow(out ledger.OutRef, row uint32, spender ledger.TxRef) {
	if uint64(spender) == ledger.NoRef {
		return
	}
	s.at.put(out, row)
	s.queue.push(uint64(spender))
	s.soon = min(s.soon, uint64(spender))
}
