package launder_test

import (
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// TestEveryFeatureOccurs holds the default rates to their purpose.
func TestEveryFeatureOccurs(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		stats := world(t, launder.Default(seed)).Stats()
		for _, f := range launder.Features() {
			if stats.Features[f] == 0 && f != launder.HugeIns {
				t.Errorf("seed %d: no %v", seed, f)
			}
		}
		for _, k := range launder.AllKinds() {
			if stats.Kinds[k] == 0 {
				t.Errorf("seed %d: no output of kind %v", seed, k)
			}
		}
	}
}

// TestSmallWorldsHaveThemAll adds up small worlds, since tests that need many
// use those.
func TestSmallWorldsHaveThemAll(t *testing.T) {
	var sum launder.Stats
	for seed := range uint64(60) {
		stats := world(t, launder.Small(seed)).Stats()
		for i, n := range stats.Features {
			sum.Features[i] += n
		}
	}
	for _, f := range launder.Features() {
		if sum.Features[f] == 0 && f != launder.HugeIns {
			t.Errorf("no %v", f)
		}
	}
}

// TestShapes looks for the rare shapes in the ledger itself, not in what the
// generator says of itself.
func TestShapes(t *testing.T) {
	w := world(t, launder.Default(1))
	m := truth(t, w)
	seen := map[string]int{}
	for _, a := range m.Accounts(end) {
		seen["outputs of the hottest account"] = max(seen["outputs of the hottest account"], len(m.Outputs(a, end)))
	}
	counts := m.Counts(end)
	for row := range counts.Txs {
		noteTx(seen, m, m.Row(row))
	}
	for row := range counts.Inputs {
		noteIn(seen, m, m.In(row))
	}
	for row := range counts.Outputs {
		noteOut(seen, m.Out(row, end))
	}
	for name, least := range map[string]int{
		"outputs of the hottest account": 4097, "inputs of a transaction": 100, "outputs of a transaction": 1000,
		"transactions without fee": 1, "transactions twice": 2, "spends of a second coinbase": 1,
		"unknown inputs": 10, "unknown inputs of known value": 10, "spends inside a block": 100,
		"self-spends": 100, "lost outputs": 1, "zero values": 10, "empty scripts": 1, "longest script": 9_900,
	} {
		if seen[name] < least {
			t.Errorf("%s: have %d, want %d at least", name, seen[name], least)
		}
	}
}

func noteTx(seen map[string]int, m *launder.Model, tx launder.Tx) {
	seen["inputs of a transaction"] = max(seen["inputs of a transaction"], tx.EndIn-tx.FirstIn)
	seen["outputs of a transaction"] = max(seen["outputs of a transaction"], tx.EndOut-tx.FirstOut)
	if fee, known := m.Fee(tx.Row); known && fee == 0 && !tx.Coinbase {
		seen["transactions without fee"]++
	}
	if newest, _ := m.Tx(tx.ID, end); newest.Row != tx.Row {
		seen["transactions twice"]++
	}
}

func noteIn(seen map[string]int, m *launder.Model, in launder.In) {
	switch {
	case in.Coinbase:
		return
	case in.Out == launder.None && in.Known:
		seen["unknown inputs of known value"]++
		return
	case in.Out == launder.None:
		seen["unknown inputs"]++
		return
	}
	tx, of := m.Row(in.Tx), m.Row(m.Out(in.Out, end).Tx)
	if tx.Pos.Height() == of.Pos.Height() {
		seen["spends inside a block"]++
	}
	if of.Coinbase {
		if first, _ := m.Tx(of.ID, of.Pos.Height()-1); first.ID == of.ID {
			seen["spends of a second coinbase"]++
		}
	}
	for row := tx.FirstOut; row < tx.EndOut; row++ {
		if string(m.Out(row, end).Script) == string(in.Script) {
			seen["self-spends"]++
		}
	}
}

func noteOut(seen map[string]int, o launder.Out) {
	if o.Lost {
		seen["lost outputs"]++
	}
	if o.Value == 0 {
		seen["zero values"]++
	}
	if len(o.Script) == 0 {
		seen["empty scripts"]++
	}
	seen["longest script"] = max(seen["longest script"], len(o.Script))
}

// TestForksSpendTheSameOtherwise counts outpoints that the main branch and a
// fork spend in different transactions, and in the same one elsewhere.
func TestForksSpendTheSameOtherwise(t *testing.T) {
	w := world(t, launder.Default(2))
	main := truth(t, w)
	double, moved := 0, 0
	for _, f := range w.Forks {
		m, err := w.Truth(f.Tip().Hash)
		if err != nil {
			t.Fatal(err)
		}
		from := m.Counts(f.Leaves.Height).Inputs
		for row := from; row < m.Counts(end).Inputs; row++ {
			in := m.In(row)
			here := m.Row(in.Tx)
			there, ok := main.Spender(in.Prev, end)
			switch {
			case in.Coinbase || !ok:
			case there.ID != here.ID:
				double++
			case there.Pos != here.Pos:
				moved++
			}
		}
	}
	if double < 100 || moved < 100 {
		t.Errorf("outpoints spent otherwise on forks: %d, in a transaction that moved: %d", double, moved)
	}
}

// TestHugeInputs makes a transaction of 10,000 inputs.
func TestHugeInputs(t *testing.T) {
	config := launder.Default(3)
	config.Blocks, config.Forks = 120, 0
	config.Prior, config.Rates[launder.HugeIns] = 12_000, 3
	m := truth(t, world(t, config))
	most := 0
	for row := range m.Counts(end).Txs {
		tx := m.Row(row)
		most = max(most, tx.EndIn-tx.FirstIn)
	}
	if most != 10_000 {
		t.Errorf("the most inputs are %d", most)
	}
}

// TestConservation holds every ledger to the law that money comes from
// coinbases only, and that a coinbase claims no more than it may.
func TestConservation(t *testing.T) {
	for seed := range uint64(10) {
		config := launder.Small(seed)
		config.First, config.Prior, config.Blocks = 0, 0, 60
		m := truth(t, world(t, config))
		var claimed, fees, blockFees ledger.Amount
		for row := m.Counts(end).Txs - 1; row >= 0; row-- {
			tx := m.Row(row)
			if !tx.Coinbase {
				fee, ok := m.Fee(row)
				if !ok {
					t.Fatalf("seed %d: transaction %v makes money", seed, tx.ID)
				}
				blockFees += fee
				continue
			}
			claim := worth(m, tx)
			if claim > 50_0000_0000+blockFees {
				t.Errorf("seed %d: block %d claims %v", seed, tx.Pos.Height(), claim)
			}
			claimed, fees, blockFees = claimed+claim, fees+blockFees, 0
		}
		held, lost := m.UnspentSum(end)
		if held+lost != claimed-fees {
			t.Errorf("seed %d: unspent %v + lost %v, claimed %v - fees %v", seed, held, lost, claimed, fees)
		}
	}
}

func worth(m *launder.Model, tx launder.Tx) (sum ledger.Amount) {
	for row := tx.FirstOut; row < tx.EndOut; row++ {
		sum += m.Out(row, end).Value
	}
	return sum
}

// TestSpentIsTrue compares what a block states of its inputs with the ledger.
func TestSpentIsTrue(t *testing.T) {
	w := world(t, launder.Small(7))
	m := truth(t, w)
	row, stated := 0, 0
	for _, ref := range w.Chain() {
		spent := w.Spent(ref.Hash)
		from := row
		for row = from; row < m.Counts(ref.Height).Inputs; row++ {
			if len(spent) == 0 || !spent[row-from].Known {
				continue
			}
			stated++
			in, s := m.In(row), spent[row-from]
			if in.Coinbase || !in.Known || in.Value != s.Value || string(in.Script) != string(s.Script) {
				t.Errorf("block %d, input %d: %+v is stated as %+v", ref.Height, row-from, in, s)
			}
		}
	}
	if stated == 0 {
		t.Error("nothing is stated")
	}
}
