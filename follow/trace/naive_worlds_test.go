package trace_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// randomWorld makes a small ledger of a seed: every other one from a text of
// tiny amounts, where remainders tie and outputs run dry, the rest with all
// that launder can do.
func randomWorld(r *rand.Rand) (*launder.World, error) {
	if r.IntN(2) == 0 {
		return launder.Parse(randomText(r))
	}
	c := launder.Small(r.Uint64())
	c.Blocks, c.TxPerBlock, c.Prior = 10+r.IntN(20), 1+r.IntN(5), r.IntN(40)
	c.Forks, c.InsMax, c.OutsMax = 0, 12, 20
	c.Rates[launder.ManyIns], c.Rates[launder.ManyOuts] = 40, 40
	c.Rates[launder.ZeroValue], c.Rates[launder.ZeroFee] = 60, 200
	c.Rates[launder.Duplicate], c.Rates[launder.SpentPartly] = 200, 300
	c.Kinds[launder.Huge], c.Kinds[launder.Long] = 0, 0
	if r.IntN(3) == 0 {
		c.First, c.Prior = 210_000*ledger.Height(24+r.IntN(7)), 0 // subsidies of 4 to 298
	}
	return launder.New(c)
}

// teller makes up a text of launder's language.
type teller struct {
	r     *rand.Rand
	text  strings.Builder
	coins []toldCoin
	txs   int
}

type toldCoin struct {
	name  string // as an input names it
	value int
}

func randomText(r *rand.Rand) string {
	t := &teller{r: r}
	t.text.WriteString("first 100\n")
	most := []int{3, 10, 1000}[r.IntN(3)]
	for range 5 + r.IntN(25) {
		if r.IntN(3) == 0 {
			t.pay([]toldCoin{{"coinbase", r.IntN(3 * most)}})
		}
		for range r.IntN(5) {
			t.pay(t.inputs(most))
		}
		t.text.WriteString("block\n")
	}
	return t.text.String()
}

// inputs draws outputs made so far, and some from before, of a value that is
// stated or not.
func (t *teller) inputs(most int) []toldCoin {
	var ins []toldCoin
	for range 1 + t.r.IntN(1+t.r.IntN(6)) {
		if n := len(t.coins); n > 0 && t.r.IntN(5) > 0 {
			i := t.r.IntN(n)
			if t.r.IntN(2) == 0 {
				i = n - 1 - t.r.IntN(min(n, 4)) // what is young is spent early
			}
			ins = append(ins, t.coins[i])
			t.coins = slices.Delete(t.coins, i, i+1)
			continue
		}
		value, mark := t.r.IntN(most+1), []string{"", "?"}[t.r.IntN(2)]
		ins = append(ins, toldCoin{fmt.Sprintf("p%d.%d:%d%s", t.txs, len(ins), value, mark), value})
	}
	return ins
}

// pay writes a transaction that spends inputs on outputs and keeps a fee, if
// any.
func (t *teller) pay(ins []toldCoin) {
	t.txs++
	fmt.Fprintf(&t.text, "t%d", t.txs)
	money := 0
	for _, in := range ins {
		fmt.Fprintf(&t.text, " %s", in.name)
		money += in.value
	}
	t.text.WriteString(" ->")
	outs := 1 + t.r.IntN(1+t.r.IntN(7))
	for vout := range outs {
		value := t.r.IntN(2*money/(outs-vout) + 1)
		if vout == outs-1 && t.r.IntN(2) == 0 {
			value = money // no fee
		}
		value = min(value, money)
		money -= value
		account := []string{"a", "b", "c", "d", "e", "f", "g", "h", "burn"}[t.r.IntN(9)]
		fmt.Fprintf(&t.text, " %s:%d", account, value)
		if account != "burn" {
			t.coins = append(t.coins, toldCoin{fmt.Sprintf("t%d:%d", t.txs, vout), value})
		}
	}
	t.text.WriteString("\n")
}

// randomScenario draws what to trace in a ledger.
func randomScenario(r *rand.Rand, m *launder.Model) scenario {
	tip, _ := m.Tip()
	s := scenario{model: m, asOf: tip, starts: randomStarts(r, m)}
	heights := int(tip - m.First() + 1)
	if r.IntN(2) == 0 {
		s.asOf = m.First() + ledger.Height(r.IntN(heights))
	}
	s.params.Policies = lot.Policies()
	if r.IntN(4) == 0 {
		r.Shuffle(len(s.params.Policies), func(i, j int) {
			p := s.params.Policies
			p[i], p[j] = p[j], p[i]
		})
		s.params.Policies = s.params.Policies[:1+r.IntN(len(s.params.Policies))]
	}
	if r.IntN(4) == 0 {
		out := m.Out(r.IntN(m.Counts(tip).Outputs), tip)
		s.params.MinValue = out.Value/ledger.Amount(1+r.IntN(1+r.IntN(500))) + ledger.Amount(r.IntN(2))
	}
	if r.IntN(4) == 0 {
		hops := uint32(r.IntN(1 + r.IntN(16)))
		s.params.MaxHops = &hops
	}
	if r.IntN(4) == 0 {
		until := m.First() + ledger.Height(r.IntN(heights))
		s.params.Until = &until
	}
	if r.IntN(2) == 0 {
		s.params.Names = randomNames(r, m.Accounts(tip))
	}
	return s
}

func randomNames(r *rand.Rand, accounts []ledger.Account) trace.Names {
	names := trace.Names{}
	for _, a := range accounts {
		kinds := []trace.Kind{trace.KindNone, trace.KindService, trace.KindListed, trace.KindMixer}
		if k := r.IntN(40); k < len(kinds) {
			names[string(a)] = trace.Name{Stop: kinds[k], Entity: fmt.Sprint("entity ", k)}
		}
	}
	return names
}

// randomStarts draws one to six starts, each an output or a whole transaction.
// Half of them descend from an earlier one, so that thefts meet.
func randomStarts(r *rand.Rand, m *launder.Model) []int {
	tip, _ := m.Tip()
	rows := map[int]bool{}
	var last int
	for range 1 + r.IntN(6) {
		row := r.IntN(m.Counts(tip).Outputs)
		if r.IntN(4) > 0 {
			row = r.IntN(1 + row/4) // early
		}
		if len(rows) > 0 && r.IntN(2) == 0 {
			row = descendant(r, m, last)
		}
		last = row
		rows[row] = true
		if r.IntN(3) == 0 {
			tx := m.Row(m.Out(row, tip).Tx)
			for out := tx.FirstOut; out < tx.EndOut; out++ {
				rows[out] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(rows))
}

func descendant(r *rand.Rand, m *launder.Model, row int) int {
	tip, _ := m.Tip()
	for range 1 + r.IntN(5) {
		out := m.Out(row, tip)
		if out.Spender == launder.None {
			break
		}
		if tx := m.Row(out.Spender); tx.EndOut > tx.FirstOut {
			row = tx.FirstOut + r.IntN(tx.EndOut-tx.FirstOut)
		}
	}
	return row
}

// refs returns the starts as a source names them. A trace as of an earlier
// block waits for those with a position.
func (s scenario) refs(ref func(row int) ledger.TxRef) []trace.Start {
	var list []trace.Start
	for _, row := range s.starts {
		out := s.model.Out(row, s.asOf)
		list = append(list, trace.Start{Tx: ref(out.Tx), Vout: out.Vout, Pos: s.model.Row(out.Tx).Pos})
	}
	return list
}

func denseRef(row int) ledger.TxRef { return ledger.TxRef(row) }
