package launder

import (
	"fmt"

	"clew.example/clew/ledger"
)

// None is the row of something that is not there.
const None = -1

// Model is a ledger kept in plain slices and maps: the truth that a store is
// compared with. It aims to be obviously right, not fast, and shares no code
// with a store. Rows count from 0 in ledger order, as a store's rows may.
//
// Nothing is forgotten while a block stands: what was true as of an earlier
// height is found by leaving out what came later.
type Model struct {
	first    ledger.Height
	blocks   []modelBlock
	txs      []modelTx
	ins      []In
	outs     []modelOut
	byID     map[ledger.TxID][]int // tx rows, oldest first: BIP 30 allows several
	byOwner  map[string][]int      // output rows of a script, oldest first
	owners   roster                // scripts of outputs
	accounts roster                // the same, and scripts of unknown inputs where Spent names them
}

type modelBlock struct {
	hash, prev ledger.Hash
	time       uint32
	end        Counts // of the ledger up to and with this block
}

type modelTx struct {
	id                ledger.TxID
	pos               ledger.Pos
	weight            uint32
	traits            ledger.Traits
	firstIn, firstOut int
	endIn, endOut     int
	coinbase          bool
}

type modelOut struct {
	tx      int
	vout    uint32
	value   ledger.Amount
	script  string
	spender int // tx row, or None
}

// Counts are the sizes of a ledger.
type Counts struct {
	Blocks, Txs int
	Inputs      int // those of coinbases included
	Unknown     int // inputs that spend an output the ledger does not hold; no coinbases
	Valued      int // unknown inputs whose value Block.Spent states
	Outputs     int
	Accounts    int // distinct scripts of outputs
	AllAccounts int // the same with the scripts that Block.Spent states for unknown inputs
}

// In is an input of the model.
type In struct {
	Tx       int // row of the spending transaction
	Prev     ledger.Outpoint
	Out      int  // row of the output it spends, or None
	Coinbase bool // then Out is None, and nothing is known
	Known    bool // the value is known, from the ledger or from Block.Spent
	Value    ledger.Amount
	Script   ledger.Account
}

// NewModel returns an empty ledger. The first block applied sets its first
// height.
func NewModel() *Model {
	return &Model{
		blocks: []modelBlock{}, txs: []modelTx{}, ins: []In{}, outs: []modelOut{},
		byID: map[ledger.TxID][]int{}, byOwner: map[string][]int{},
		owners: newRoster(), accounts: newRoster(),
	}
}

// Apply appends a decoded block. b.Height must be the tip's plus one and
// b.Prev the tip's hash, except in an empty model. A block that does not fit,
// or that spends an output twice, is an error and changes nothing.
func (m *Model) Apply(b *ledger.Block) error {
	if err := m.fits(b); err != nil {
		return fmt.Errorf("apply block %d: %w", b.Height, err)
	}
	before := m.end()
	for i := range b.Txs {
		if err := m.applyTx(b, i); err != nil {
			m.cut(before)
			return fmt.Errorf("apply block %d: transaction %d: %w", b.Height, i, err)
		}
	}
	end := m.sizes()
	end.Blocks++
	m.blocks = append(m.blocks, modelBlock{b.Hash, b.Prev, b.Time, end})
	return nil
}

func (m *Model) fits(b *ledger.Block) error {
	if len(b.Spent) != 0 && len(b.Spent) != len(b.Ins) {
		return fmt.Errorf("%d spent outputs for %d inputs", len(b.Spent), len(b.Ins))
	}
	if len(m.blocks) == 0 {
		m.first = b.Height
		return nil
	}
	height, hash := m.Tip()
	if b.Height != height+1 || b.Prev != hash {
		return fmt.Errorf("block on %v does not follow the tip %v at %d", b.Prev, hash, height)
	}
	return nil
}

func (m *Model) applyTx(b *ledger.Block, i int) error {
	row := len(m.txs)
	tx := modelTx{
		id: b.Txs[i].ID, pos: ledger.MakePos(b.Height, uint32(i)), coinbase: i == 0,
		weight: b.Txs[i].Weight, traits: b.Txs[i].Traits,
		firstIn: len(m.ins), firstOut: len(m.outs),
	}
	from, to := b.InsOf(i)
	for j := from; j < to; j++ {
		in, err := m.resolve(b, j, row)
		if err != nil {
			// The spends made so far are taken back by the caller's cut.
			return fmt.Errorf("input %d: %w", j-from, err)
		}
		m.ins = append(m.ins, in)
	}
	from, to = b.OutsOf(i)
	for j := from; j < to; j++ {
		m.appendOut(row, j-from, b.Outs[j].Value, string(b.Bytes(b.Outs[j].Script)))
	}
	tx.endIn, tx.endOut = len(m.ins), len(m.outs)
	m.txs = append(m.txs, tx)
	m.byID[tx.id] = append(m.byID[tx.id], row)
	return nil
}

// resolve finds what input j of the block spends and marks it spent. A
// transaction cannot spend its own outputs: it is not in byID yet.
func (m *Model) resolve(b *ledger.Block, j uint32, row int) (In, error) {
	in := In{Tx: row, Prev: b.Ins[j].Prev, Out: None}
	if in.Prev.IsNull() {
		in.Coinbase = true
		return in, nil
	}
	in.Out = m.outRow(in.Prev, b.Height)
	if in.Out == None {
		if len(b.Spent) != 0 && b.Spent[j].Known {
			s := b.Spent[j]
			in.Known, in.Value, in.Script = true, s.Value, append(ledger.Account{}, s.Script...)
			m.accounts.add(string(s.Script))
		}
		return in, nil
	}
	out := &m.outs[in.Out]
	if out.spender != None {
		return in, fmt.Errorf("%v is spent already, in transaction row %d", in.Prev, out.spender)
	}
	out.spender = row
	in.Known, in.Value, in.Script = true, out.value, ledger.Account(out.script)
	return in, nil
}

func (m *Model) appendOut(tx int, vout uint32, value ledger.Amount, script string) {
	m.byOwner[script] = append(m.byOwner[script], len(m.outs))
	m.outs = append(m.outs, modelOut{tx, vout, value, script, None})
	m.owners.add(script)
	m.accounts.add(script)
}

// Undo takes back the newest block. An empty model stays empty.
func (m *Model) Undo() {
	if len(m.blocks) == 0 {
		return
	}
	m.blocks = m.blocks[:len(m.blocks)-1]
	m.cut(m.end())
}

// UndoTo takes back blocks until the tip is at h, or the model is empty.
func (m *Model) UndoTo(h ledger.Height) {
	for len(m.blocks) > 0 && m.first+ledger.Height(len(m.blocks))-1 > h {
		m.Undo()
	}
}

// cut takes back every row at or beyond the counts. Rows of a transaction
// that was refused half-way have no row in txs yet, so inputs and outputs are
// walked by themselves.
func (m *Model) cut(to Counts) {
	for _, in := range m.ins[to.Inputs:] {
		if in.Out != None {
			m.outs[in.Out].spender = None
		}
	}
	for _, tx := range m.txs[to.Txs:] {
		dropLast(m.byID, tx.id)
	}
	for _, out := range m.outs[to.Outputs:] {
		dropLast(m.byOwner, out.script)
	}
	m.ins, m.txs, m.outs = m.ins[:to.Inputs], m.txs[:to.Txs], m.outs[:to.Outputs]
	m.owners.cut(to.Accounts)
	m.accounts.cut(to.AllAccounts)
}

func dropLast[K comparable](rows map[K][]int, key K) {
	list := rows[key]
	if len(list) == 1 {
		delete(rows, key)
		return
	}
	rows[key] = list[:len(list)-1]
}

// end returns the counts at the tip.
func (m *Model) end() Counts {
	if len(m.blocks) == 0 {
		return Counts{}
	}
	return m.blocks[len(m.blocks)-1].end
}

// sizes counts what the slices hold, unknown inputs by looking at each.
func (m *Model) sizes() Counts {
	before := m.end()
	c := Counts{
		Blocks: len(m.blocks), Txs: len(m.txs), Inputs: len(m.ins), Outputs: len(m.outs),
		Unknown: before.Unknown, Valued: before.Valued,
		Accounts: len(m.owners.order), AllAccounts: len(m.accounts.order),
	}
	for _, in := range m.ins[before.Inputs:] {
		if in.Out != None || in.Coinbase {
			continue
		}
		c.Unknown++
		if in.Known {
			c.Valued++
		}
	}
	return c
}

// roster lists distinct scripts in the order of their first appearance.
type roster struct {
	order []string
	seen  map[string]bool
}

func newRoster() roster { return roster{order: []string{}, seen: map[string]bool{}} }

func (r *roster) add(s string) {
	if !r.seen[s] {
		r.seen[s] = true
		r.order = append(r.order, s)
	}
}

func (r *roster) cut(n int) {
	for _, s := range r.order[n:] {
		delete(r.seen, s)
	}
	r.order = r.order[:n]
}
