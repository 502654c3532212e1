package lookup

import (
	"fmt"
	"slices"

	"clew.example/clew/ledger"
)

// Move is a transaction that paid an account or spent from it.
type Move struct {
	TxID     string        `json:"txid"`
	Height   ledger.Height `json:"height"`
	Time     string        `json:"time"`
	Received string        `json:"received"` // by the account's outputs of this transaction
	Spent    string        `json:"spent"`    // by its inputs, of outputs that the ledger holds
}

// Name names the transaction for ParseTxName, also where its id came twice.
func (m *Move) Name() string { return fmt.Sprintf("%s@%d", m.TxID, m.Height) }

// Moves returns up to limit moves of an account, the newest first, those before
// a transaction where one is named; *Missing if that is not there (any more).
// It reads who spends each output of the account, so its time grows with them;
// what it holds is 8 bytes for each and the moves it returns.
func (q *Query) Moves(account ledger.Account, before *TxName, limit int) ([]Move, error) {
	end := ledger.TxRef(q.v.Dense())
	to := ledger.MakePos(q.v.Tip().Height, 1<<24-1)
	if before != nil {
		var err error
		if end, err = before.find(q.v); err != nil {
			return nil, err
		}
		if to, err = q.posOf(end); err != nil {
			return nil, err
		}
	}
	outs, err := q.v.AppendOutputs(q.ctx, nil, account, 0, to)
	if err != nil {
		return nil, err
	}
	m := mover{q: q, outs: outs, end: end, limit: limit}
	if err := m.choose(); err != nil {
		return nil, err
	}
	return m.sum()
}

func (q *Query) posOf(ref ledger.TxRef) (ledger.Pos, error) {
	txs, err := q.v.AppendTxs(q.ctx, nil, []ledger.TxRef{ref})
	if err != nil {
		return 0, err
	}
	return txs[0].Pos, nil
}

// mover finds the newest transactions that move an account's outputs: first
// which, by their rows, then how much.
type mover struct {
	q     *Query
	outs  []ledger.OutRef // in ledger order
	end   ledger.TxRef    // only transactions before it
	limit int
	refs  []ledger.TxRef // chosen, in ledger order
}

// keep notes a transaction if it is among the newest.
func (m *mover) keep(ref ledger.TxRef) {
	if ref >= m.end || len(m.refs) == m.limit && (m.limit == 0 || ref < m.refs[0]) {
		return
	}
	at, known := slices.BinarySearch(m.refs, ref)
	if known {
		return
	}
	m.refs = slices.Insert(m.refs, at, ref)
	if len(m.refs) > m.limit {
		m.refs = slices.Delete(m.refs, 0, 1)
	}
}

func (m *mover) choose() error {
	err := m.spends(func(_ int, s ledger.Spend) error {
		m.keep(s.Tx)
		return nil
	})
	if err != nil {
		return err
	}
	return m.pays(func(tx ledger.TxRef, _ int) { m.keep(tx) })
}

// spends goes through those of the outputs that are spent.
func (m *mover) spends(with func(i int, s ledger.Spend) error) error {
	var spends []ledger.Spend
	var err error
	for from := 0; from < len(m.outs); from += sumBatch {
		batch := m.outs[from:min(from+sumBatch, len(m.outs))]
		if spends, err = m.q.v.AppendSpenders(m.q.ctx, spends[:0], batch); err != nil {
			return err
		}
		for i, s := range spends {
			if uint64(s.Tx) == ledger.NoRef {
				continue
			}
			if err := with(from+i, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// pays goes back through the transactions that made the outputs, as far as they
// can be among the newest.
func (m *mover) pays(with func(tx ledger.TxRef, i int)) error {
	for i := len(m.outs) - 1; i >= 0; i-- {
		tx, _, err := m.q.v.TxOf(m.outs[i])
		if err != nil {
			return err
		}
		if len(m.refs) > 0 && len(m.refs) == m.limit && tx < m.refs[0] {
			return nil
		}
		with(tx, i)
	}
	return nil
}

// sum adds up what the chosen transactions move.
func (m *mover) sum() ([]Move, error) {
	received, spent := make([]total, len(m.refs)), make([]total, len(m.refs))
	add := func(to []total, tx ledger.TxRef, i int) error {
		at, chosen := slices.BinarySearch(m.refs, tx)
		if !chosen {
			return nil
		}
		values, err := m.q.v.AppendValues(m.q.ctx, nil, m.outs[i:i+1])
		if err == nil {
			to[at].add(values[0])
		}
		return err
	}
	var failed error
	err := m.pays(func(tx ledger.TxRef, i int) {
		if err := add(received, tx, i); err != nil {
			failed = err
		}
	})
	if err == nil {
		err = failed
	}
	if err == nil {
		err = m.spends(func(i int, s ledger.Spend) error { return add(spent, s.Tx, i) })
	}
	if err != nil {
		return nil, err
	}
	return m.describe(received, spent)
}

func (m *mover) describe(received, spent []total) ([]Move, error) {
	txs, err := m.q.v.AppendTxs(m.q.ctx, nil, m.refs)
	if err != nil {
		return nil, err
	}
	moves := make([]Move, 0, len(txs))
	for i := len(txs) - 1; i >= 0; i-- {
		moves = append(moves, Move{TxID: txs[i].ID.String(), Height: txs[i].Pos.Height(), Time: when(txs[i].Time),
			Received: received[i].String(), Spent: spent[i].String()})
	}
	return moves, nil
}

// Seen returns when an account was paid first and last, nil if it never was.
func (q *Query) Seen(account ledger.Account) (first, last *Event, err error) {
	refs, err := q.v.AppendOutputs(q.ctx, nil, account, 0, ledger.MakePos(q.v.Tip().Height, 1<<24-1))
	if err != nil || len(refs) == 0 {
		return nil, nil, err
	}
	if first, err = q.event(refs[0]); err != nil {
		return nil, nil, err
	}
	last, err = q.event(refs[len(refs)-1])
	return first, last, err
}

// TxSeen returns where a transaction stands; *Missing if the ledger does not
// hold it.
func (q *Query) TxSeen(name TxName) (*Event, int, error) {
	ref, err := name.find(q.v)
	if err != nil {
		return nil, 0, err
	}
	txs, err := q.v.AppendTxs(q.ctx, nil, []ledger.TxRef{ref})
	if err != nil {
		return nil, 0, err
	}
	return &Event{txs[0].Pos.Height(), when(txs[0].Time)}, len(txs[0].Outs), nil
}

// BlockSeen returns the hash and time of a block; false if the ledger does not
// hold one of that height.
func (q *Query) BlockSeen(h ledger.Height) (*Tip, bool, error) {
	t := q.v.Tip()
	if q.v.Counts().Blocks == 0 || h < t.FirstHeight || h > t.Height {
		return nil, false, nil
	}
	b, err := q.v.Block(h)
	if err != nil {
		return nil, false, err
	}
	return &Tip{Height: b.Height, Hash: b.Hash.String(), Time: when(b.Time())}, true, nil
}

// BlockNamed returns the block of a hash; false if the ledger does not hold it.
// Hashes of blocks have no index: all are looked at, newest first, which is 32
// bytes read for each.
func (q *Query) BlockNamed(hash ledger.Hash) (*Tip, bool, error) {
	t := q.v.Tip()
	for n := q.v.Counts().Blocks; n > 0; n-- {
		h := t.FirstHeight + ledger.Height(n-1)
		at, err := q.v.HashAt(q.ctx, h)
		if err != nil {
			return nil, false, err
		}
		if at == hash {
			return q.BlockSeen(h)
		}
	}
	return nil, false, nil
}
