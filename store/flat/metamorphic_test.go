package flat_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/sim/launder"
	"clew.example/clew/store/flat"
)

// The metamorphic law: the same blocks in one go, in pieces, through forks of
// depth 1 to 100 and back, with the writer closed or abandoned in between and
// with readers pinned above and below the cuts, give byte-equal rows and cells.
// The readers run on the real file system, whose mapped memory the race
// detector does not watch; what it watches is the Go state around it.
func TestMetamorphic(t *testing.T) {
	for seed := range uint64(runs(t, "CLEW_METAMORPHIC", 4)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := launder.Small(seed)
			if seed%2 == 1 {
				c = launder.Default(seed)
			}
			w := newWorld(t, c)
			want := fresh(t, w, w.Chain())
			fs := vfs.NewOS(t.TempDir())
			rng := seeded(t, seed)
			create(t, fs, c.First)
			stop := sync.OnceFunc(startReaders(t, w, fs, seed))
			defer stop()
			for _, path := range wander(w, rng) {
				walk(t, w, fs, path, rng)
			}
			stop()
			same(t, rowsOf(t, fs), want, "after forks and pieces")
		})
	}
}

func create(t *testing.T, fs vfs.FS, first ledger.Height) {
	t.Helper()
	s, err := flat.Create(fs, meta(first), small)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// wander goes through every fork in a random order and ends on the main branch.
func wander(w *launder.World, rng *rand.Rand) (paths [][]launder.BlockRef) {
	main := w.Chain()
	for _, i := range rng.Perm(len(w.Forks)) {
		paths = append(paths, main[:1+rng.IntN(len(main))], w.Path(w.Forks[i].Tip().Hash))
	}
	return append(paths, main)
}

// walk brings the ledger to a path in pieces, abandoning the writer now and then.
func walk(t *testing.T, w *launder.World, fs vfs.FS, path []launder.BlockRef, rng *rand.Rand) {
	t.Helper()
	for n := 0; n < len(path); {
		opt := small
		opt.BatchOuts, opt.CheckpointBytes = 1+rng.IntN(3000), int64(1+rng.IntN(1<<20))
		s, err := flat.OpenWriter(fs, opt)
		if err != nil {
			t.Fatal(err)
		}
		n = min(len(path), n+1+rng.IntN(40))
		if err := extend(t, w, s, path[:max(n, onPath(s, path))]); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
		if rng.IntN(3) == 0 {
			s.Abort()
			continue
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// startReaders pins random heights and compares what it reads with the model
// of the branch that was pinned. A view that was cut away must say so.
func startReaders(t *testing.T, w *launder.World, fs vfs.FS, seed uint64) (stop func()) {
	t.Helper()
	r := &readers{w: w, models: map[ledger.Hash]*launder.Model{}}
	var wg sync.WaitGroup
	for i := range uint64(2) {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, i))
			l, err := flat.Open(fs, small)
			if err != nil {
				t.Error(err)
				return
			}
			defer l.Close()
			for !r.done.Load() {
				if err := r.read(l, rng); err != nil {
					t.Errorf("seed %d: %v", seed, err)
					return
				}
			}
		})
	}
	return func() {
		r.done.Store(true)
		wg.Wait()
		t.Logf("readers: %d views compared, %d cut away", r.compared.Load(), r.moved.Load())
	}
}

type readers struct {
	w               *launder.World
	done            atomic.Bool
	compared, moved atomic.Int64
	mu              sync.Mutex
	models          map[ledger.Hash]*launder.Model
}

// read pins a random height and asks for some transactions, spenders and lists.
func (r *readers) read(l *flat.Ledger, rng *rand.Rand) error {
	ctx := context.Background()
	v, err := l.Pin(ctx, flat.MaxHeight)
	if err == nil && v.Counts().Blocks > 1 && rng.IntN(2) == 0 {
		tip := v.Tip()
		v, err = l.Pin(ctx, tip.FirstHeight+ledger.Height(rng.IntN(int(tip.Height-tip.FirstHeight)+1)))
	}
	if errors.Is(err, flat.ErrMoved) || errors.Is(err, flat.ErrNotFound) {
		return nil // the tip went down between the two pins
	}
	if err != nil || v.Counts().Blocks == 0 {
		return err
	}
	m, err := r.model(v.Tip().Hash)
	if err != nil {
		return err
	}
	for range 50 {
		err := r.compare(ctx, v, m, rng)
		if errors.Is(err, flat.ErrMoved) {
			r.moved.Add(1)
			return nil
		}
		if err != nil {
			return err
		}
	}
	r.compared.Add(1)
	return nil
}

func (r *readers) model(tip ledger.Hash) (*launder.Model, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.models[tip]; m != nil {
		return m, nil
	}
	m, err := r.w.Truth(tip)
	if len(r.models) > 40 {
		clear(r.models)
	}
	r.models[tip] = m
	return m, err
}

func (r *readers) compare(ctx context.Context, v *flat.View, m *launder.Model, rng *rand.Rand) error {
	h, c := v.Tip().Height, v.Counts()
	out := rng.Uint64N(c.Outs)
	spends, err := v.AppendSpenders(ctx, nil, []ledger.OutRef{ledger.OutRef(out)})
	if err != nil {
		return err
	}
	want := m.Out(int(out), h)
	if spender := spends[0].Tx; uint64(spender) != uint64(want.Spender) && (want.Spender != launder.None || uint64(spender) != ledger.NoRef) {
		return fmt.Errorf("spender of %d as of %d: %d, the model has %d", out, h, spender, want.Spender)
	}
	list, err := v.AppendOutputs(ctx, nil, want.Script, 0, 1<<60)
	if err != nil {
		return err
	}
	model := m.Outputs(want.Script, h)
	if len(list) != len(model) {
		return fmt.Errorf("list of %x as of %d: %d outputs, the model has %d", want.Script, h, len(list), len(model))
	}
	for i := range list {
		if int(list[i]) != model[i].Row {
			return fmt.Errorf("list of %x as of %d: %d at %d, the model has %d", want.Script, h, list[i], i, model[i].Row)
		}
	}
	id := m.Row(want.Tx).ID
	newest, _ := m.Tx(id, h)
	if ref, ok, err := v.TxByID(id); err != nil {
		return err
	} else if !ok || int(ref) != newest.Row {
		return fmt.Errorf("tx %s as of %d: %d %v, the model has %d", id, h, ref, ok, newest.Row)
	}
	return nil
}

// TestAsOf: reads as of a height equal a ledger ingested only to it.
func TestAsOf(t *testing.T) {
	w := newWorld(t, launder.Default(11))
	rng := seeded(t, 11)
	fs := newFS(t, 11)
	build(t, w, fs, w.Chain())
	l, err := flat.Open(fs, small)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range runs(t, "CLEW_ASOF", 50) {
		n := 1 + rng.IntN(len(w.Chain()))
		asOfEquals(t, w, l, w.Chain()[:n])
	}
}

func asOfEquals(t *testing.T, w *launder.World, l *flat.Ledger, path []launder.BlockRef) {
	t.Helper()
	only := newFS(t, 1)
	build(t, w, only, path)
	_, want := open(t, only)
	have, err := l.Pin(context.Background(), path[len(path)-1].Height)
	if err != nil {
		t.Fatal(err)
	}
	a, b := have.Counts(), want.Counts()
	a.Files, a.FileBytes, b.Files, b.FileBytes = 0, 0, 0, 0 // files are never taken back
	if a != b {
		t.Fatalf("as of %d: %+v, ingested to it: %+v", path[len(path)-1].Height, a, b)
	}
	if answers(t, have) != answers(t, want) {
		t.Fatalf("as of %d the answers differ", path[len(path)-1].Height)
	}
	only.Free()
}

// answers is everything that a view says, as text.
func answers(t *testing.T, v *flat.View) string {
	t.Helper()
	ctx, c := context.Background(), v.Counts()
	refs, outs := make([]ledger.TxRef, c.Txs), make([]ledger.OutRef, c.Outs)
	for i := range refs {
		refs[i] = ledger.TxRef(i)
	}
	accounts := map[string]bool{}
	lists := ""
	for i := range outs {
		outs[i] = ledger.OutRef(i)
		a, err := v.Account(outs[i])
		if err != nil {
			t.Fatal(err)
		}
		if !accounts[string(a)] {
			accounts[string(a)] = true
			list, err := v.AppendOutputs(ctx, nil, a, 0, 1<<60)
			if err != nil {
				t.Fatal(err)
			}
			lists += fmt.Sprint(list)
		}
	}
	txs, err := v.AppendTxs(ctx, nil, refs)
	if err != nil {
		t.Fatal(err)
	}
	spends, err := v.AppendSpenders(ctx, nil, outs)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(txs, spends) + lists
}
