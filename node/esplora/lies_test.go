package esplora_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/node/esplora"
	"clew.example/clew/node/esplora/mock"
	"clew.example/clew/sim/launder"
)

// town is a small ledger in which everything below can be lied about.
const town = `
first 100
c1 coinbase -> miner:50
block
t1 miner:50 -> a:20 b:30
block
t2 a:20 -> c:12 d:8
t3 b:30 c:12 -> e:42
block
t4 d:8 e:42 -> f:50
block
`

// lies are what a server may say of town, and a part of what is answered.
func lies(w *launder.World) map[string]struct {
	lie  func(string, *mock.Answer)
	want string
} {
	id := func(name string) ledger.TxID {
		id, ok := w.TxID(name)
		if !ok {
			panic("BUG: no " + name)
		}
		return id
	}
	spender := func(name string, vin, height int) map[string]any {
		return map[string]any{"spent": true, "txid": id(name).String(), "vin": vin,
			"status": map[string]any{"confirmed": true, "block_height": height, "block_hash": w.Chain()[height-100].Hash.String()}}
	}
	status := func(height, hash int) map[string]any {
		return map[string]any{"confirmed": true, "block_height": height, "block_hash": w.Chain()[hash-100].Hash.String(), "block_time": 0}
	}
	path := "/tx/" + id("t2").String()
	return map[string]struct {
		lie  func(string, *mock.Answer)
		want string
	}{
		"amount of an output":         {mock.ChangeAmount(id("t2"), 0), path + ": hashes to"},
		"amount of an input":          {mock.ChangePrevout(id("t2"), 0), "input 0 spends 4711"},
		"amount of one of two inputs": {mock.ChangePrevout(id("t3"), 1), "input 1 spends 4711"},
		"block of another height":     {mock.ChangeStatus(id("t2"), status(101, 102)), "where the chain has"},
		"another block":               {mock.ChangeStatus(id("t2"), status(101, 101)), "block 102, where the transaction has 101"},
		"time of another block":       {mock.ChangeStatus(id("t2"), map[string]any{"confirmed": true, "block_height": 102, "block_hash": w.Chain()[2].Hash.String(), "block_time": 99}), "time 99"},
		"spender in no block":         {mock.ChangeStatus(id("t2"), map[string]any{"confirmed": false}), "no such transaction"},
		"place in the block":          {mock.ChangePlace(id("t2"), 2), "leads to"},
		"place of the coinbase":       {mock.ChangePlace(id("t2"), 0), "makes coins"},
		"place beyond the block":      {mock.ChangePlace(id("t2"), 5), "beyond a tree"},
		"place of a copy":             {mock.ChangePlace(id("t3"), 3), "copy of another"},
		"a spender that does not":     {mock.ChangeSpender(id("t1"), 0, spender("t4", 0, 103)), "does not spend it"},
		"another input":               {mock.ChangeSpender(id("t1"), 0, spender("t2", 7, 102)), "is not spent by input 7"},
		"a spender elsewhere":         {mock.ChangeSpender(id("t1"), 0, spender("t2", 0, 103)), "where the spender stands in 102"},
		"a spender before":            {mock.ChangeSpender(id("t1"), 0, spender("t2", 0, 100)), "in block 100, "},
		"spent and unspent":           {mock.ChangeSpender(id("t2"), 0, nil), "is s"},
		"fewer answers than outputs":  {mock.FewerSpends(id("t2")), "1 answers for 2 outputs"},
		"half of the JSON":            {mock.On(path, mock.Half), "no transaction"},
		"half of a proof":             {mock.On(path+"/merkle-proof", mock.Half), "no merkle branch"},
		"half of the spends":          {mock.On(path+"/outspends", mock.Half), "no list of spends"},
		"a body without end":          {mock.On(path+"/merkle-proof", mock.Endless), "an answer above"},
		"not the transaction":         {mock.On(path, func(a *mock.Answer) { *a = mock.Answer{Status: 404} }), "no such transaction"},
	}
}

// TestLies: what can not be true is refused, and the place is named.
func TestLies(t *testing.T) {
	t.Parallel()
	w := parse(t, town)
	start, _ := w.TxID("t1")
	for name, tc := range lies(w) {
		t.Run(name, func(t *testing.T) {
			s, v := view(t, blocksOf(w))
			s.Tamper(tc.lie)
			_, err := follow(context.Background(), v, start)
			var l *esplora.Lie
			if !errors.As(err, &l) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("answered with %v, want a lie and %q", err, tc.want)
			}
			s.Tamper(nil)
			if ids, err := follow(context.Background(), pinAgain(t, s), start); err != nil || len(ids) != 4 {
				t.Errorf("with the truth: %d transactions, %v", len(ids), err)
			}
		})
	}
}

func pinAgain(t *testing.T, s *mock.Server) *esplora.View {
	t.Helper()
	return pin(t, open(t, esplora.Options{URL: s.URL}), newest)
}

// TestLiesWithoutProof: a list of transactions must be its block's.
func TestLiesWithoutProof(t *testing.T) {
	t.Parallel()
	w := parse(t, town)
	id, _ := w.TxID("t3")
	other, _ := w.TxID("t4")
	for name, change := range map[string]func(a *mock.Answer){
		"another list":      func(a *mock.Answer) { a.Body = bytes.ReplaceAll(a.Body, []byte(id.String()), []byte(other.String())) },
		"the last twice":    func(a *mock.Answer) { a.Body = append(a.Body[:len(a.Body)-1], `,"`+id.String()+`"]`...) },
		"half of it":        mock.Half,
		"another order":     func(a *mock.Answer) { a.Body = []byte(`["` + id.String() + `"]`) },
		"no list at all":    func(a *mock.Answer) { a.Body = []byte("{}") },
		"the block is gone": func(a *mock.Answer) { a.Status = 404 },
	} {
		t.Run(name, func(t *testing.T) {
			s, v := view(t, blocksOf(w))
			s.Without("merkle-proof")
			s.Tamper(mock.On("/txids", change))
			_, err := tryTx(v, id)
			var l *esplora.Lie
			if !errors.As(err, &l) || !strings.HasSuffix(l.Path, "/txids") {
				t.Errorf("answered with %v", err)
			}
		})
	}
}

// TestLiesOfBlocks: a header must be a header.
func TestLiesOfBlocks(t *testing.T) {
	t.Parallel()
	w := parse(t, town)
	ctx := context.Background()
	for name, lie := range map[string]func(path string, a *mock.Answer){
		"another hash": func(p string, a *mock.Answer) {
			if p == "/block-height/101" {
				a.Body = []byte(w.Chain()[2].Hash.String())
			}
		},
		"no hash":         mock.On("/block-height/101", func(a *mock.Answer) { a.Body = []byte("hello") }),
		"a header less":   mock.On("/header", func(a *mock.Answer) { a.Body = a.Body[2:] }),
		"another header":  mock.On("/header", func(a *mock.Answer) { a.Body[0] ^= 1 }),
		"no header":       mock.On("/header", mock.Half),
		"nothing":         mock.On("/header", func(a *mock.Answer) { a.Body = nil }),
		"another network": mock.On("/block-height/0", func(a *mock.Answer) { a.Status, a.Body = 200, []byte(w.Chain()[0].Hash.String()) }),
		"no tip":          mock.On("/tip/height", func(a *mock.Answer) { a.Body = []byte("-1") }),
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, blocksOf(w))
			s.Without("blocks")
			s.Tamper(lie)
			id, _ := w.TxID("t1")
			v, err := open(t, esplora.Options{URL: s.URL}).Pin(ctx, newest)
			if err == nil {
				_, err = tryTx(v, id)
			}
			var l *esplora.Lie
			if !errors.As(err, &l) {
				t.Errorf("answered with %v", err)
			}
		})
	}
}

// TestBlocksShortCut: a list of blocks that does not check out is left aside.
func TestBlocksShortCut(t *testing.T) {
	t.Parallel()
	w := parse(t, town)
	id, _ := w.TxID("t2")
	for _, change := range []func(a *mock.Answer){
		mock.Half,
		func(a *mock.Answer) { a.Status = 400 },
		func(a *mock.Answer) { a.Body = []byte("[]") },
		func(a *mock.Answer) { a.Body = bytes.ReplaceAll(a.Body, []byte(`"nonce":`), []byte(`"nonce":1`)) },
		func(a *mock.Answer) {
			a.Body = bytes.ReplaceAll(a.Body, []byte(`"height":102`), []byte(`"height":103`))
		},
	} {
		s := serve(t, blocksOf(w))
		s.Tamper(func(path string, a *mock.Answer) {
			if strings.HasPrefix(path, "/blocks/1") {
				change(a)
			}
		})
		if tx := txAt(t, pinAgain(t, s), id); tx.Pos != ledger.MakePos(102, 1) {
			t.Errorf("stands at %v", tx.Pos)
		}
	}
}

// TestLiesOfAccounts: pages end, go on, and hold what belongs there.
func TestLiesOfAccounts(t *testing.T) {
	t.Parallel()
	story := mock.Peel(60)
	ctx := context.Background()
	foreign := []byte(`[{"txid":"` + story.Start.String() + `"}]`)
	for name, lie := range map[string]func(path string, a *mock.Answer){
		"pages without end": mock.EndlessPages(),
		"half a page":       mock.On("/chain", mock.Half),
		"not a transaction": mock.On("/chain", func(a *mock.Answer) { a.Body = foreign }),
		"no list":           mock.On("/chain", func(a *mock.Answer) { a.Body = []byte(`{"a":1}`) }),
		"a page of others":  mock.On("/chain", func(a *mock.Answer) { a.Body = []byte("[" + strings.Repeat("{},", 1000) + "{}]") }),
		"no height": mock.On("/chain", func(a *mock.Answer) {
			a.Body = bytes.Replace(a.Body, []byte(`"confirmed":true`), []byte(`"confirmed":false`), 1)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			s, v := view(t, story.Blocks)
			s.SetPageSize(10)
			s.Tamper(lie)
			_, err := v.AppendOutputs(ctx, nil, mock.Script(1), 0, 1<<60)
			var l *esplora.Lie
			if !errors.As(err, &l) || !strings.HasPrefix(l.Path, "/scripthash/") {
				t.Errorf("answered with %v", err)
			}
			if n := s.Stats().ByKind["history"]; n > 3 {
				t.Errorf("%d pages were read", n)
			}
		})
	}
}
