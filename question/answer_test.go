package question_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/question"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// theft is a theft of 100 in block 100, whose coins lie still from block 102
// on, with seven blocks on top of block 101.
const theft = `first 100
c1 coinbase -> thief:100 clean:40
block
t1 thief:100 -> mule:60 desk:39
block
t2 mule:60 clean:40 -> cold:50 svc:45
block
block
block
block
block
block
block`

// TestAnswer: the same question has the same result on a ledger, on facts and
// asked again, and says how deep its block lies.
func TestAnswer(t *testing.T) {
	w := parse(t, theft)
	onLedger, onFacts := ledgerOf(t, w), factsOf(t, w)
	for _, c := range []struct {
		q     question.Question
		onTop uint32
	}{
		{question.Question{Starts: []string{start(t, w, "c1") + ":0"}}, 0},
		{question.Question{Starts: []string{start(t, w, "c1") + ":0"}, AsOf: "103"}, 5},
		{question.Question{Starts: []string{start(t, w, "c1") + ":0"}, AsOf: "102", Policies: []string{"all"}}, 6},
		{question.Question{Starts: []string{start(t, w, "c1") + ":0"}, AsOf: "101", MaxHops: "0", MinValue: "1sat"}, 6},
		{question.Question{Starts: []string{address(t, "thief") + "@100..2020-01-01"}, Until: "101"}, 0},
		{question.Question{Starts: []string{start(t, w, "t2") + ":1"}, Backward: true}, 0},
		{question.Question{Starts: []string{address(t, "thief")}, Stops: []string{address(t, "desk")}}, 0},
	} {
		a, b := answer(t, &c.q, onLedger), answer(t, &c.q, onFacts)
		if a.ResultDigest != b.ResultDigest || a.Input.Source != "ledger" || b.Input.Source != "facts" {
			t.Errorf("%+v: %s on the ledger, %s on facts", c.q, a.ResultDigest, b.ResultDigest)
		}
		for _, r := range []*trace.Result{a, b} {
			if err := r.Verify(); err != nil {
				t.Errorf("%+v: %v", c.q, err)
			}
			if r.BlocksOnTop == nil || *r.BlocksOnTop != c.onTop || *r.Finalised != (c.onTop == trace.FinalDepth) {
				t.Errorf("%+v: final %v, want %d blocks on top", c.q, *r.Finalised, c.onTop)
			}
		}
	}
}

// TestAnswerTwice: a job is not changed by being answered, by several at once
// too.
func TestAnswerTwice(t *testing.T) {
	w := parse(t, theft)
	src := ledgerOf(t, w)
	job := jobOf(t, &question.Question{Starts: []string{start(t, w, "c1")}, Policies: []string{"all"}, AsOf: "2009-01-06"}, src)
	var digests [4]string
	var all sync.WaitGroup
	for i := range digests {
		all.Go(func() {
			if a, err := job.Answer(context.Background(), src); err == nil {
				digests[i] = a.Result.ResultDigest
			}
		})
	}
	all.Wait()
	for _, d := range digests {
		if d == "" || d != digests[0] {
			t.Fatalf("%q", digests)
		}
	}
}

// TestDepthNotKnown: a source that does not say what its newest block is leaves
// open whether an answer is final.
func TestDepthNotKnown(t *testing.T) {
	w := parse(t, theft)
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	src := &question.Source{Class: "model", Noun: "the model", Network: network(t, "regtest")}
	src.Pin = func(_ context.Context, asOf ledger.Height, ask func(trace.Source) error) error {
		tip, _ := m.Tip()
		return ask(m.Source(min(asOf, tip)))
	}
	q := &question.Question{Starts: []string{start(t, w, "c1")}, AsOf: "101"}
	r := answer(t, q, src)
	if r.Finalised != nil || r.BlocksOnTop != nil {
		t.Errorf("final %v, %v on top", *r.Finalised, *r.BlocksOnTop)
	}
	if want := answer(t, q, ledgerOf(t, w)); want.ResultDigest != r.ResultDigest {
		t.Errorf("%s, want %s", r.ResultDigest, want.ResultDigest)
	}
}

// TestMissingStart: a transaction that is not there as of the block, by why.
func TestMissingStart(t *testing.T) {
	w := parse(t, theft)
	src := ledgerOf(t, w)
	later, never := start(t, w, "t2"), "bitcoin-regtest:"+strings.Repeat("0f", 32)
	for _, c := range []struct {
		q    question.Question
		want question.MissingStart
		text string
	}{
		{question.Question{Starts: []string{never}}, question.MissingStart{}, "not in the ledger"},
		{question.Question{Starts: []string{never}, AsOf: "101"}, question.MissingStart{AsOf: "101"}, "not in the ledger"},
		{question.Question{Starts: []string{later}, AsOf: "101"}, question.MissingStart{AsOf: "101", Held: true, At: 102},
			"is of block 102, after the block to answer as of, 101"},
	} {
		_, err := ask(t, &c.q, src)
		var m *question.MissingStart
		if !errors.As(err, &m) || m.AsOf != c.want.AsOf || m.Held != c.want.Held || m.At != c.want.At || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%+v: %v", c.q, err)
		} else if m.Noun != "the ledger" || m.Tip.Height != 108 || m.Tip.FirstHeight != 100 || m.ID == (ledger.TxID{}) {
			t.Errorf("%+v: %+v", c.q, m)
		}
	}
}

// TestStartsOfPin: starts are looked for on any pin; one that is not there yet
// is a *MissingStart with its id, and is found once it is.
func TestStartsOfPin(t *testing.T) {
	w := parse(t, theft)
	src := ledgerOf(t, w)
	job := jobOf(t, &question.Question{Starts: []string{start(t, w, "t2"), start(t, w, "t2") + ":0"}}, src)
	for _, height := range []ledger.Height{100, 101, 102} {
		var found []question.Found
		err := src.Pin(context.Background(), height, func(p trace.Source) (err error) {
			found, err = question.Starts(context.Background(), p, job.Starts)
			return err
		})
		var m *question.MissingStart
		id, _ := w.TxID("t2")
		switch {
		case height < 102 && (!errors.As(err, &m) || m.ID != id || m.Noun != ""):
			t.Errorf("block %d: %v", height, err)
		case height == 102 && (err != nil || len(found) != 2 || found[0].Value != 50 || found[1].Vout != 1 || found[1].Pos.Height() != 102):
			t.Errorf("block %d: %+v, %v", height, found, err)
		}
	}
}

// TestWrongOnChain: questions that mean nothing on the chain, by field.
func TestWrongOnChain(t *testing.T) {
	w := parse(t, theft+"\nt9 svc:45 -> burn:0 last:45")
	src := ledgerOf(t, w)
	tx := start(t, w, "t9")
	for _, c := range []struct {
		q           question.Question
		field, text string
	}{
		{question.Question{Starts: []string{tx}, AsOf: "110"}, question.FieldAsOf, "which holds blocks 100 to 109"},
		{question.Question{Starts: []string{tx}, AsOf: "2001-01-01"}, question.FieldAsOf, "as_of: 2001-01-01: no block is that old"},
		{question.Question{Starts: []string{tx}, Until: "2001-01-01"}, question.FieldUntil, "until: 2001-01-01: no block is that old"},
		{question.Question{Starts: []string{tx + ":2"}}, question.FieldStarts, "the transaction has 2 outputs, numbered from 0"},
		{question.Question{Starts: []string{tx + ":4294967295"}}, question.FieldStarts, "the transaction has 2 outputs, numbered from 0"},
		{question.Question{Starts: []string{tx + ":0"}}, question.FieldStarts, "the output holds nothing"},
		{question.Question{Starts: []string{address(t, "nobody")}}, question.FieldStarts, "nothing was paid to it from block 100 to block 109"},
		{question.Question{Starts: []string{address(t, "desk") + "@103..102"}}, question.FieldStarts, "ends at block 102, before it begins at 103"},
		{question.Question{Starts: []string{address(t, "desk") + "@2001-01-01.."}}, question.FieldStarts, "no block is that old"},
	} {
		a, err := ask(t, &c.q, src)
		var wrong *question.UsageError
		if a != nil || !errors.As(err, &wrong) || wrong.Field != c.field || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%+v: %v, want %s: ... %s", c.q, err, c.field, c.text)
		}
	}
	_, err := ask(t, &question.Question{Starts: []string{tx}, AsOf: "99"}, src)
	if !errors.Is(err, question.ErrHeight) || !errors.Is(err, flat.ErrNotFound) {
		t.Errorf("a block below the first: %v", err)
	}
	empty := question.Ledger(newStore(t, 100), network(t, "regtest"))
	if _, err := ask(t, &question.Question{Starts: []string{tx}}, empty); !errors.Is(err, question.ErrEmpty) {
		t.Errorf("an empty ledger: %v", err)
	}
}

// branches are two chains on one first block: where the thief's 50 went differs.
func branches(t *testing.T) (worlds [2]*launder.World) {
	for i, to := range []string{"b", "c"} {
		worlds[i] = parse(t, "first 100\nc1 coinbase -> a:50\nblock\nt1 a:50 -> "+to+":50")
	}
	return worlds
}

// TestReorgWhileAnswering: blocks that are taken back while a question is
// answered make it be asked again, of the new branch, as often as the source
// bounds; what was found before is not kept.
func TestReorgWhileAnswering(t *testing.T) {
	worlds := branches(t)
	for _, reorgs := range []int{0, 1, 2, 20, 21, 99} {
		s := newStore(t, 100)
		s.add(worlds[0], worlds[0].Chain())
		src, asked := question.Ledger(s, network(t, "regtest")), 0
		pin := src.Pin
		src.Pin = func(ctx context.Context, asOf ledger.Height, ask func(trace.Source) error) error {
			return pin(ctx, asOf, func(p trace.Source) error {
				if asked++; asked <= reorgs {
					s.cut(100)
					s.add(worlds[asked%2], worlds[asked%2].Chain()[1:])
				}
				return ask(p)
			})
		}
		a, err := ask(t, &question.Question{Starts: []string{start(t, worlds[0], "c1")}, Policies: []string{"fifo"}}, src)
		if reorgs > 20 {
			if !errors.Is(err, flat.ErrMoved) || a != nil || asked != 21 {
				t.Errorf("%d reorganisations: asked %d times, %v", reorgs, asked, err)
			}
			continue
		}
		if err != nil || asked != reorgs+1 {
			t.Fatalf("%d reorganisations: asked %d times, %v", reorgs, asked, err)
		}
		want := answer(t, &question.Question{Starts: []string{start(t, worlds[0], "c1")}, Policies: []string{"fifo"}}, ledgerOf(t, worlds[reorgs%2]))
		if a.Result.ResultDigest != want.ResultDigest {
			t.Errorf("%d reorganisations: %s, want %s", reorgs, a.Result.ResultDigest, want.ResultDigest)
		}
	}
}

// TestCancelled: an answer that nobody waits for ends.
func TestCancelled(t *testing.T) {
	w := parse(t, theft)
	src := factsOf(t, w)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	job := jobOf(t, &question.Question{Starts: []string{start(t, w, "c1")}}, src)
	if a, err := job.Answer(ctx, src); !errors.Is(err, context.Canceled) || a != nil {
		t.Errorf("%v, %v", a, err)
	}
}

// TestInvalidSource: what a source says that can not be is its fault, not ours.
func TestInvalidSource(t *testing.T) {
	w := parse(t, theft)
	src := factsOf(t, w)
	pin := src.Pin
	src.Pin = func(ctx context.Context, asOf ledger.Height, ask func(trace.Source) error) error {
		return pin(ctx, asOf, func(p trace.Source) error { return ask(minting{p}) })
	}
	_, err := ask(t, &question.Question{Starts: []string{start(t, w, "c1") + ":0"}}, src)
	var wrong *question.InputError
	if !errors.As(err, &wrong) || !errors.Is(err, trace.ErrInvalid) || wrong.Hint != "the file of facts says what can not be" {
		t.Errorf("%v, hint %+v", err, wrong)
	}
}

// minting is a source whose transactions pay more than they spend.
type minting struct{ trace.Source }

func (m minting) AppendTxs(ctx context.Context, dst []ledger.TxView, refs []ledger.TxRef) ([]ledger.TxView, error) {
	from := len(dst)
	dst, err := m.Source.AppendTxs(ctx, dst, refs)
	for i := from; i < len(dst); i++ {
		for o := range dst[i].Outs {
			dst[i].Outs[o].Value += 1000
		}
	}
	return dst, err
}
