package page_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/page"
)

const btc = 1_0000_0000

// peelScene is a chain of 173 peels, of which 30 go on for one to three hops,
// some to a service.
func peelScene(t testing.TB, policies ...lot.Policy) *page.Doc {
	w := newWorld()
	w.label("kestrel", trace.KindService, "Kestrel Exchange")
	rest := ledger.Amount(24285527612)
	start := w.tx(0, nil, pay{"theft", rest})
	big, dice := start[0], rand.New(rand.NewPCG(1, 2))
	for i := range 173 {
		peel := ledger.Amount(dice.IntN(8_000_000) + 300_000)
		if i%31 == 7 {
			peel *= 6
		}
		rest -= peel + 10_000
		outs := w.tx(uint32(dice.IntN(55)), []*ledger.OutRef{big}, pay{fmt.Sprint("peel ", i), peel}, pay{fmt.Sprint("change ", i), rest})
		big = outs[1]
		if i%6 == 1 && i < 175 {
			w.onward(outs[0], i)
		}
	}
	return w.trace(t, policies, start[0])
}

// onward moves a peel one to three hops, every third time to the service.
func (w *world) onward(o *ledger.OutRef, i int) {
	for h := range i/6%3 + 1 {
		value := w.outs[*o].value - 5000
		to := fmt.Sprint("hop ", i, " ", h)
		if h == i/6%3 && i/6%4 == 0 {
			to = "kestrel"
		}
		o = w.tx(3, []*ledger.OutRef{o}, pay{to, value})[0]
	}
}

// fanScene spreads over 24 equal outputs: 11 reach a service, others a mixer,
// rest, or are mixed with other coins first.
func fanScene(t testing.TB, policies ...lot.Policy) *page.Doc {
	w, start, _ := fanWorld()
	return w.trace(t, policies, start)
}

// backScene follows one of its last outputs back.
func backScene(t testing.TB, policies ...lot.Policy) *page.Doc {
	w, _, last := fanWorld()
	return w.follow(t, true, policies, last)
}

func fanWorld() (w *world, start, last *ledger.OutRef) {
	w = newWorld()
	w.label("north", trace.KindService, "Northgate Exchange")
	w.label("north 2", trace.KindService, "Northgate Exchange")
	w.label("whirl", trace.KindMixer, "Whirl")
	clean := w.mint(90 * btc)
	start = w.tx(100, nil, pay{"theft", 242_8550_0000})[0]
	first := w.tx(4800, []*ledger.OutRef{start}, pay{"a", 240 * btc}, pay{"b", 2_8540_0000})
	var pays []pay
	for i := range 24 {
		pays = append(pays, pay{fmt.Sprint("leg ", i), 10*btc - ledger.Amount(i)*100_000})
	}
	legs := w.tx(2500, first[:1], pays...)
	for i, o := range legs[:11] {
		value := w.outs[*o].value - 10_000
		w.tx(900, []*ledger.OutRef{o}, pay{[]string{"north", "north 2"}[i%2], value})
	}
	mix := w.tx(4000, legs[11:16], pay{"whirl", 30 * btc}, pay{"kept", 19 * btc})
	both := w.tx(7000, []*ledger.OutRef{clean, legs[16], legs[17]}, pay{"join", 80 * btc}, pay{"other", 29 * btc})
	late := w.tx(9000, []*ledger.OutRef{both[0], mix[1]}, pay{"north", 60 * btc}, pay{"late", 38 * btc})
	return w, start, late[1]
}

// wideScene is a trace of thousands of transactions that split and join.
func wideScene(t testing.TB, txs int, policies ...lot.Policy) *page.Doc {
	w := newWorld()
	for i := range 40 {
		w.label(fmt.Sprint("service ", i), trace.KindService, fmt.Sprint("Service ", i))
	}
	start := w.tx(0, nil, pay{"theft", 5000 * btc})
	free, dice := start, rand.New(rand.NewPCG(3, 4))
	for i := range txs {
		var ins []*ledger.OutRef
		var value ledger.Amount
		for range 1 + dice.IntN(2) {
			if len(free) == 0 {
				break
			}
			at := dice.IntN(len(free))
			ins, value = append(ins, free[at]), value+w.outs[*free[at]].value
			free = append(free[:at], free[at+1:]...)
		}
		if len(ins) == 0 {
			break
		}
		var pays []pay
		for k := range 2 + dice.IntN(3) {
			part := value / ledger.Amount(2+dice.IntN(4))
			value -= part
			if k == 1 {
				part, value = part+value-5000, 0
			}
			if part == 0 {
				break
			}
			to := fmt.Sprint("account ", i, " ", k)
			if dice.IntN(12) == 0 {
				to = fmt.Sprint("service ", dice.IntN(40))
			}
			pays = append(pays, pay{to, part})
		}
		for _, o := range w.tx(uint32(dice.IntN(900)), ins, pays...) {
			if w.names[w.outs[*o].account].Stop == trace.KindNone && w.outs[*o].value > 100_000 {
				free = append(free, o)
			}
		}
	}
	return w.trace(t, policies, start[0])
}

// stillScene is a theft of which nothing moved.
func stillScene(t testing.TB, policies ...lot.Policy) *page.Doc {
	w := newWorld()
	return w.trace(t, policies, w.tx(0, nil, pay{"theft", 3 * btc})...)
}
