package esplora_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/ledger"
	"clew.example/clew/node/esplora"
	"clew.example/clew/node/esplora/mock"
)

// findings is what a run saw: everything that a result could be made of.
type findings struct {
	txs   []ledger.TxID
	outs  int
	at    ledger.Height
	tip   ledger.Tip
	spent []ledger.Pos
}

func study(t *testing.T, v *esplora.View, story mock.Story) (findings, error) {
	t.Helper()
	ctx := context.Background()
	f := findings{tip: v.Tip()}
	var err error
	if f.txs, err = follow(ctx, v, story.Start); err != nil {
		return f, err
	}
	outs, err := v.AppendOutputs(ctx, nil, mock.Script(1), 0, 1<<60)
	if err != nil {
		return f, err
	}
	f.outs = len(outs)
	if f.at, _, err = v.HeightAt(ctx, 1_600_000_000+6000); err != nil {
		return f, err
	}
	refs, err := v.AppendTxRefs(ctx, nil, []ledger.TxID{{7}})
	if err != nil || uint64(refs[0]) != ledger.NoRef {
		t.Errorf("a transaction of nobody: %v %v", refs, err)
	}
	spends, err := v.AppendSpenders(ctx, nil, outs)
	for _, s := range spends {
		f.spent = append(f.spent, s.Pos)
	}
	return f, err
}

func (f findings) equal(g findings) bool {
	return slices.Equal(f.txs, g.txs) && f.outs == g.outs && f.at == g.at && f.tip == g.tip && slices.Equal(f.spent, g.spent)
}

// trimmed is a story that ends with its last transaction, so that a part of it
// is not settled.
func trimmed(n int) mock.Story {
	story := mock.Peel(n)
	story.Blocks = story.Blocks[:len(story.Blocks)-6]
	return story
}

// fill has a run kept in a folder.
func fill(t *testing.T, s *mock.Server, dir string, story mock.Story) findings {
	t.Helper()
	e := open(t, esplora.Options{URL: s.URL, CacheDir: dir})
	v := pin(t, e, newest)
	f, err := study(t, v, story)
	if err != nil {
		t.Fatal(err)
	}
	err = v.Recheck(context.Background())
	e.Close() // ends what nobody waited for
	if err = errors.Join(err, e.CacheErr()); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestOffline: a second run needs no server and sees the same.
func TestOffline(t *testing.T) {
	t.Parallel()
	story, dir := trimmed(20), t.TempDir()
	s := serve(t, story.Blocks)
	if _, err := open(t, esplora.Options{Offline: true, CacheDir: dir}).Pin(context.Background(), newest); !errors.Is(err, esplora.ErrOffline) {
		t.Errorf("an empty cache: %v", err)
	}
	want := fill(t, s, dir, story)
	s.Close() // waits for what was asked ahead and is given up: it is counted before
	asked := s.Stats().Requests
	for _, asOf := range []ledger.Height{newest, want.tip.Height} {
		v := pin(t, open(t, esplora.Options{Offline: true, CacheDir: dir}), asOf)
		have, err := study(t, v, story)
		if err != nil || !have.equal(want) {
			t.Errorf("offline as of %d: %+v, %v, want %+v", asOf, have, err, want)
		}
		if err := v.Recheck(context.Background()); err != nil {
			t.Error(err)
		}
		if _, err := tryTx(v, ledger.TxID{8}); !errors.Is(err, esplora.ErrOffline) {
			t.Errorf("what was never asked: %v", err)
		}
	}
	if _, err := open(t, esplora.Options{Offline: true, CacheDir: dir}).Pin(context.Background(), want.tip.Height-1); !errors.Is(err, esplora.ErrOffline) {
		t.Errorf("a pin that never was: %v", err)
	}
	if n := s.Stats().Requests - asked; n > 0 {
		t.Errorf("%d requests offline", n)
	}
	if _, err := esplora.Open(context.Background(), esplora.Options{Offline: true}); err == nil {
		t.Error("offline without a folder")
	}
}

// TestSecondRun: online, what is settled is not asked again, what is not under
// the same pin neither, and under a new pin it is.
func TestSecondRun(t *testing.T) {
	t.Parallel()
	story, dir := trimmed(20), t.TempDir()
	s := serve(t, story.Blocks)
	want := fill(t, s, dir, story)
	s.Reset()
	if have := fill(t, s, dir, story); !have.equal(want) {
		t.Errorf("%+v, want %+v", have, want)
	}
	// The tip, the first block, the pin and the pin again; and what the first
	// run did not wait for, of the transaction that is not there.
	if n := s.Stats(); n.ByKind["block-height"]+n.ByKind["tip"] != 4 || n.Requests > 6 || n.ByKind["tx"] > 0 {
		t.Errorf("%d requests under the same pin: %v", n.Requests, n.ByKind)
	}
	longer := mock.Peel(22)
	if err := s.Replace(longer.Blocks[:len(longer.Blocks)-6]); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	have := fill(t, s, dir, longer)
	if !slices.Equal(have.txs, longer.Txs) {
		t.Errorf("%d transactions, want %d", len(have.txs), len(longer.Txs))
	}
	// Of the first 20 transactions, the 14 six blocks below the first tip are settled.
	if n := s.Stats().ByKind; n["tx"] > 22-14+2 || n["merkle-proof"] > 22-14+2 {
		t.Errorf("settled transactions are asked for again: %v", n)
	}
}

// TestDamagedCache: a file that was changed in any way is asked for again.
func TestDamagedCache(t *testing.T) {
	t.Parallel()
	story := trimmed(9)
	s := serve(t, story.Blocks)
	for name, damage := range map[string]func(b []byte) []byte{
		"cut":         func(b []byte) []byte { return b[:len(b)/2] },
		"empty":       func([]byte) []byte { return nil },
		"a bit":       func(b []byte) []byte { b[len(b)-3] ^= 1; return b },
		"longer":      func(b []byte) []byte { return append(b, ' ') },
		"other words": func([]byte) []byte { return []byte("clew.esplora.cache/2 00000000\n[]") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			want := fill(t, s, dir, story)
			files := 0
			each(t, dir, func(path string) {
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, damage(b), 0o600); err != nil {
					t.Fatal(err)
				}
				files++
			})
			if have := fill(t, s, dir, story); !have.equal(want) || files < 20 {
				t.Errorf("%+v, want %+v; %d files", have, want, files)
			}
		})
	}
}

// TestSwappedCache: a file under the name of another is no answer.
func TestSwappedCache(t *testing.T) {
	t.Parallel()
	story, dir := mock.Peel(9), t.TempDir()
	s := serve(t, story.Blocks)
	want := fill(t, s, dir, story)
	last := map[string]string{}
	each(t, dir, func(path string) {
		kind := filepath.Base(filepath.Dir(filepath.Dir(path)))
		if other := last[kind]; other != "" {
			b, err := os.ReadFile(other)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		last[kind] = path
	})
	if have := fill(t, s, dir, story); !have.equal(want) {
		t.Errorf("%+v, want %+v", have, want)
	}
}

func each(t *testing.T, dir string, f func(path string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			f(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCacheIsShared: two at a time fill one folder, and leave nothing half.
func TestCacheIsShared(t *testing.T) {
	t.Parallel()
	story, dir := trimmed(12), t.TempDir()
	s := serve(t, story.Blocks)
	done := make(chan error, 2)
	for range cap(done) {
		e := open(t, esplora.Options{URL: s.URL, CacheDir: dir})
		v := pin(t, e, newest)
		go func() {
			_, err := follow(context.Background(), v, story.Start)
			done <- errors.Join(err, v.Recheck(context.Background()), e.CacheErr())
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	each(t, dir, func(path string) {
		if strings.HasPrefix(filepath.Base(path), ".") {
			t.Errorf("left behind: %s", path)
		}
	})
	v := pin(t, open(t, esplora.Options{Offline: true, CacheDir: dir}), newest)
	if ids, err := follow(context.Background(), v, story.Start); err != nil || !slices.Equal(ids, story.Txs) {
		t.Errorf("%d transactions, %v", len(ids), err)
	}
}

// TestUnwritableCache: a cache that can not be written is told and does no harm.
func TestUnwritableCache(t *testing.T) {
	t.Parallel()
	story, dir := mock.Peel(3), t.TempDir()
	s := serve(t, story.Blocks)
	e := open(t, esplora.Options{URL: s.URL, CacheDir: dir})
	for _, kind := range []string{"tx", "spends", "proof", "header"} {
		if err := os.WriteFile(filepath.Join(dir, "regtest", kind), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if ids, err := follow(context.Background(), pin(t, e, newest), story.Start); err != nil || len(ids) != 3 {
		t.Errorf("%d transactions, %v", len(ids), err)
	}
	if e.CacheErr() == nil {
		t.Error("nothing is told")
	}
	if _, err := esplora.Open(context.Background(), esplora.Options{URL: s.URL, CacheDir: filepath.Join(dir, "regtest", "tx")}); err == nil {
		t.Error("a file is taken for a folder")
	}
}

// TestMoved: a pin whose block left the chain is told, at the end or where
// answers of two branches meet.
func TestMoved(t *testing.T) {
	t.Parallel()
	story := trimmed(12)
	s, v := view(t, story.Blocks)
	ctx := context.Background()
	if _, err := follow(ctx, v, story.Txs[9]); err != nil {
		t.Fatal(err)
	}
	var m mock.Miner
	for range 14 {
		m.Mine(mock.Script(9))
	}
	if err := s.Replace(m.Blocks); err != nil {
		t.Fatal(err)
	}
	if err := v.Recheck(ctx); !errors.Is(err, esplora.ErrMoved) {
		t.Errorf("at the end: %v", err)
	}
	if err := s.Replace(story.Blocks); err != nil {
		t.Fatal(err)
	}
	s.Tamper(mock.On("/block-height/13", func(a *mock.Answer) { a.Body = []byte(story.Start.String()) }))
	s.Tamper(mock.ChangeStatus(story.Start, map[string]any{"confirmed": true, "block_height": 2, "block_hash": story.Start.String()}))
	if _, err := tryTx(v, story.Start); !errors.Is(err, esplora.ErrMoved) {
		t.Errorf("where answers meet: %v", err)
	}
}
