package launder

import "clew.example/clew/ledger"

// Tx is a transaction of the model.
type Tx struct {
	Row      int
	ID       ledger.TxID
	Pos      ledger.Pos
	Time     uint32 // unix seconds of the block's header
	Coinbase bool
	Weight   uint32
	Traits   ledger.Traits
	FirstIn  int // rows of its inputs: [FirstIn, EndIn)
	EndIn    int
	FirstOut int // rows of its outputs: [FirstOut, EndOut)
	EndOut   int
}

// Out is an output of the model as of a height.
type Out struct {
	Row     int
	Tx      int // row of its transaction
	Vout    uint32
	Value   ledger.Amount
	Script  ledger.Account
	Spender int  // row of the spending transaction, or None
	Lost    bool // unspent, but a newer transaction bears the same id (BIP 30): no outpoint names it
}

// Tip returns height and hash of the newest block. Both are zero in an empty
// model.
func (m *Model) Tip() (ledger.Height, ledger.Hash) {
	if len(m.blocks) == 0 {
		return 0, ledger.Hash{}
	}
	n := len(m.blocks) - 1
	return m.first + ledger.Height(n), m.blocks[n].hash
}

// First returns the height of the first block.
func (m *Model) First() ledger.Height { return m.first }

// Hash returns the hash of the block at h, false where the model has none.
func (m *Model) Hash(h ledger.Height) (ledger.Hash, bool) {
	if h < m.first || uint64(h-m.first) >= uint64(len(m.blocks)) {
		return ledger.Hash{}, false
	}
	return m.blocks[h-m.first].hash, true
}

// Counts returns the sizes of the ledger as of h. Heights above the tip mean
// the tip, here and everywhere else.
func (m *Model) Counts(h ledger.Height) Counts {
	if len(m.blocks) == 0 || h < m.first {
		return Counts{}
	}
	return m.blocks[min(uint64(h-m.first), uint64(len(m.blocks)-1))].end
}

// Row returns the transaction of a row.
func (m *Model) Row(row int) Tx {
	t := m.txs[row]
	return Tx{
		Row: row, ID: t.id, Pos: t.pos, Time: m.timeOf(t.pos.Height()), Coinbase: t.coinbase,
		Weight: t.weight, Traits: t.traits,
		FirstIn: t.firstIn, EndIn: t.endIn, FirstOut: t.firstOut, EndOut: t.endOut,
	}
}

// timeOf returns 0 for the block that Apply has not finished.
func (m *Model) timeOf(h ledger.Height) uint32 {
	if uint64(h-m.first) >= uint64(len(m.blocks)) {
		return 0
	}
	return m.blocks[h-m.first].time
}

// Tx returns the newest transaction of that id as of h.
func (m *Model) Tx(id ledger.TxID, h ledger.Height) (Tx, bool) {
	row := m.txRow(id, h)
	if row == None {
		return Tx{}, false
	}
	return m.Row(row), true
}

// TxAt returns the transaction of that id in the block at h: the txid@height
// that tells duplicates apart.
func (m *Model) TxAt(id ledger.TxID, h ledger.Height) (Tx, bool) {
	tx, ok := m.Tx(id, h)
	return tx, ok && tx.Pos.Height() == h
}

func (m *Model) txRow(id ledger.TxID, h ledger.Height) int {
	newest := None
	for _, row := range m.byID[id] {
		if m.txs[row].pos.Height() <= h {
			newest = row
		}
	}
	return newest
}

func (m *Model) outRow(o ledger.Outpoint, h ledger.Height) int {
	row := m.txRow(o.TxID, h)
	if row == None {
		return None
	}
	tx := m.txs[row]
	if int64(o.Vout) >= int64(tx.endOut-tx.firstOut) {
		return None
	}
	return tx.firstOut + int(o.Vout)
}

// In returns the input of a row.
func (m *Model) In(row int) In { return m.ins[row] }

// Out returns the output of a row as of h.
func (m *Model) Out(row int, h ledger.Height) Out {
	o := m.outs[row]
	out := Out{Row: row, Tx: o.tx, Vout: o.vout, Value: o.value, Script: ledger.Account(o.script), Spender: None}
	if o.spender != None && m.txs[o.spender].pos.Height() <= h {
		out.Spender = o.spender
		return out
	}
	out.Lost = m.txRow(m.txs[o.tx].id, h) != o.tx
	return out
}

// Outpoint returns the output that an outpoint names as of h: the newest, if
// several transactions bear the id.
func (m *Model) Outpoint(o ledger.Outpoint, h ledger.Height) (Out, bool) {
	row := m.outRow(o, h)
	if row == None {
		return Out{}, false
	}
	return m.Out(row, h), true
}

// Spender returns the transaction that spends an outpoint as of h; false where
// it is unspent or not in the ledger.
func (m *Model) Spender(o ledger.Outpoint, h ledger.Height) (Tx, bool) {
	out, ok := m.Outpoint(o, h)
	if !ok || out.Spender == None {
		return Tx{}, false
	}
	return m.Row(out.Spender), true
}

// Outputs returns the outputs of an account as of h, oldest first.
func (m *Model) Outputs(of ledger.Account, h ledger.Height) []Out {
	var list []Out
	for _, row := range m.byOwner[string(of)] {
		if row < m.Counts(h).Outputs {
			list = append(list, m.Out(row, h))
		}
	}
	return list
}

// Balance returns what an account holds unspent as of h, and apart from it
// what it lost to newer transactions of the same id (BIP 30).
func (m *Model) Balance(of ledger.Account, h ledger.Height) (held, lost ledger.Amount) {
	for _, o := range m.Outputs(of, h) {
		switch {
		case o.Lost:
			lost += o.Value
		case o.Spender == None:
			held += o.Value
		}
	}
	return held, lost
}

// Unspent returns the outputs without a spender as of h in ledger order, the
// lost ones too.
func (m *Model) Unspent(h ledger.Height) []Out {
	var list []Out
	for row := range m.Counts(h).Outputs {
		if o := m.Out(row, h); o.Spender == None {
			list = append(list, o)
		}
	}
	return list
}

// UnspentSum returns the value of Unspent, the lost outputs apart.
func (m *Model) UnspentSum(h ledger.Height) (held, lost ledger.Amount) {
	for _, o := range m.Unspent(h) {
		if o.Lost {
			lost += o.Value
		} else {
			held += o.Value
		}
	}
	return held, lost
}

// Accounts returns the distinct scripts of outputs as of h, in the order of
// their first appearance.
func (m *Model) Accounts(h ledger.Height) []ledger.Account {
	list := make([]ledger.Account, m.Counts(h).Accounts)
	for i := range list {
		list[i] = ledger.Account(m.owners.order[i])
	}
	return list
}

// Fee returns inputs minus outputs of a transaction that is not a coinbase;
// false where an input's value is not known. A transaction that makes money
// is false too.
func (m *Model) Fee(row int) (ledger.Amount, bool) {
	tx := m.txs[row]
	var in, out ledger.Amount
	for _, i := range m.ins[tx.firstIn:tx.endIn] {
		if !i.Known {
			return 0, false
		}
		in += i.Value
	}
	for _, o := range m.outs[tx.firstOut:tx.endOut] {
		out += o.value
	}
	return in - out, in >= out
}
