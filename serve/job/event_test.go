package job

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"clew.example/clew/follow/trace"
	"clew.example/clew/question"
	"clew.example/clew/serve/opsdb"
)

// TestSince: whoever saw an event gets those behind it, in order and each once,
// as far back as they are kept; nothing comes behind the last.
func TestSince(t *testing.T) {
	seed := uint64(1)
	if s := os.Getenv("CLEW_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("CLEW_SEED=%d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 200 {
		l := newLive()
		told := rng.IntN(3 * ringMax)
		for i := range told {
			l.tell(Progress{Txs: i})
		}
		seen := rng.IntN(told + 1)
		after := l.seqOf(fmt.Sprintf("%s-%d", l.run, seen))
		l.end(opsdb.Done)
		l.tell(Progress{Txs: -1})
		events, next, last, _ := l.since(after)
		want := min(told-seen+1, ringMax)
		if len(events) != want || !last || next != told+1 || events[len(events)-1].ID != EndID {
			t.Fatalf("told %d, seen %d: %d events, want %d", told, seen, len(events), want)
		}
		for i, e := range events[:len(events)-1] {
			if n := told - want + 2 + i; e.ID != fmt.Sprintf("%s-%d", l.run, n) {
				t.Fatalf("event %s, want %d", e.ID, n)
			}
		}
		if again, _, _, _ := l.since(next); len(again) > 0 {
			t.Fatalf("%d events behind the last", len(again))
		}
	}
}

// TestSeqOf: ids of another run, and nonsense, begin from what is kept.
func TestSeqOf(t *testing.T) {
	l := newLive()
	l.tell(Progress{})
	for id, want := range map[string]int{"": 0, "x": 0, "other-1": 0, l.run + "-1": 1, l.run + "-2": 0, l.run + "--1": 0, l.run + "-": 0, EndID: 0} {
		if got := l.seqOf(id); got != want {
			t.Errorf("%q: %d, want %d", id, got, want)
		}
	}
}

// TestShelf: what was looked at last stays, as far as there is room, and the
// newest whatever its size.
func TestShelf(t *testing.T) {
	of := func(txs int) *Kept {
		return &Kept{Answer: &question.Answer{Graph: &trace.Graph{Txs: make([]trace.TxNode, txs)}}}
	}
	s := shelf{most: 10}
	s.put("a", of(4))
	s.put("b", of(4))
	s.get("a")
	s.put("c", of(4))
	if s.get("b") != nil || s.get("a") == nil || s.get("c") == nil || s.txs != 8 {
		t.Errorf("%v, %d txs", s.ids, s.txs)
	}
	s.put("c", of(5))
	if len(s.ids) != 2 || s.txs != 9 {
		t.Errorf("%v, %d txs", s.ids, s.txs)
	}
	s.put("large", of(50))
	if len(s.ids) != 1 || s.get("large") == nil {
		t.Errorf("%v", s.ids)
	}
	s.put("d", of(1))
	if len(s.ids) != 1 || s.txs != 1 {
		t.Errorf("%v, %d txs", s.ids, s.txs)
	}
}
