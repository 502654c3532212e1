package watch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"clew.example/clew/guard/watch"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
)

// BenchmarkBlock is what a block costs that changes nothing, where 200 tainted
// outputs rest under all policies.
func BenchmarkBlock(b *testing.B) {
	const idle = 2000
	_, q := twoBranches(b, 14, 13)
	var text strings.Builder
	text.WriteString("first 100\ntheft old:1000000 -> thief:1000000\nsplit theft:0 ->")
	for i := range 200 {
		fmt.Fprintf(&text, " thief%d:%d", i, 1000+i)
	}
	text.WriteString("\nblock\n")
	text.WriteString(strings.Repeat("block\n", idle))
	w, err := launder.Parse(text.String())
	if err != nil {
		b.Fatal(err)
	}
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		b.Fatal(err)
	}
	id, _ := w.TxID("theft")
	q.starts = []ledger.Outpoint{{TxID: id}}
	for b.Loop() {
		c := &chain{branches: []*launder.Model{m}, now: m, head: 100}
		opt := options(c, q, &inbox{}, newDisk(b))
		opt.Replay = true
		w := watch.New(opt)
		err := errors.Join(w.Open(), w.Settle(b.Context()))
		c.head = 100 + idle
		if err = errors.Join(err, w.Settle(b.Context())); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/idle, "µs/block")
}
