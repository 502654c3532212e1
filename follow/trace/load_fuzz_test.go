package trace_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/sim/launder"
)

// kept is a saved trace and the source that it stands on.
type kept struct {
	scenario
	src  *launder.Source
	save []byte
}

// keep traces a scenario and saves it. Starts above its block are left out:
// nothing knows their ids there.
func keep(ctx context.Context, s scenario) (kept, error) {
	s.starts = slices.DeleteFunc(slices.Clone(s.starts), func(row int) bool { return row >= s.model.Counts(s.asOf).Outputs })
	k := kept{scenario: s, src: s.model.Source(s.asOf)}
	t := trace.New(s.params, s.refs(denseRef))
	if err := t.Advance(ctx, k.src); err != nil {
		return k, err
	}
	var b bytes.Buffer
	err := t.Save(ctx, k.src, &b)
	k.save = b.Bytes()
	return k, err
}

// saves are traces of a few random ledgers, by all policies and by some, with
// limits and without, the same every time.
var saves = sync.OnceValue(func() (list []kept) {
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 2))
		w, err := randomWorld(r)
		if err != nil {
			panic(err)
		}
		m, err := w.Truth(w.Tip().Hash)
		if err != nil {
			panic(err)
		}
		k, err := keep(context.Background(), randomScenario(r, m))
		if err != nil {
			panic(err)
		}
		if len(k.save) < 6000 { // small ones are cut at every byte
			list = append(list, k)
		}
	}
	return list
})

// sealed replaces the sum at the end of a saved trace by the right one.
func sealed(b []byte) []byte {
	if len(b) < 4 {
		return b
	}
	body := slices.Clone(b[:len(b)-4])
	return binary.LittleEndian.AppendUint32(body, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

// law loads bytes: what is accepted saves to the same bytes again, and can be
// drawn.
func (k kept) law(ctx context.Context, b []byte) (loaded bool, err error) {
	t, err := trace.Load(ctx, bytes.NewReader(b), k.src, k.params.Names)
	if err != nil {
		return false, nil
	}
	var again bytes.Buffer
	if err := t.Save(ctx, k.src, &again); err != nil {
		return true, fmt.Errorf("it loads and does not save: %w", err)
	}
	if !bytes.Equal(again.Bytes(), b) {
		return true, fmt.Errorf("%d bytes load and save as %d others", len(b), again.Len())
	}
	g, err := t.Graph(ctx, k.src, addressOf)
	if err != nil {
		return true, fmt.Errorf("it loads and cannot be drawn: %w", err)
	}
	for p := range g.Policies {
		for i := range g.Txs {
			for vout := -1; vout < len(g.Txs[i].Outs); vout++ {
				g.Path(p, i, vout)
			}
		}
	}
	return true, nil
}

// FuzzLoad changes saved traces, as they are and with the right sum below them,
// so that changes get past it. Its law: Load never panics, and what it accepts
// saves to the same bytes again.
func FuzzLoad(f *testing.F) {
	for i, k := range saves() {
		f.Add(uint8(i), k.save)
	}
	f.Fuzz(func(t *testing.T, i uint8, b []byte) {
		k := saves()[int(i)%len(saves())]
		for _, b := range [][]byte{b, sealed(b)} {
			if _, err := k.law(t.Context(), b); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestLoadCut cuts saved traces at every byte, and lengthens them: always an
// error, with the right sum too.
func TestLoadCut(t *testing.T) {
	cuts := 0
	for i, k := range saves()[:8] {
		if ok, err := k.law(t.Context(), k.save); !ok || err != nil {
			t.Fatalf("save %d: loaded %v, %v", i, ok, err)
		}
		for n := range len(k.save) {
			_, err := trace.Load(t.Context(), bytes.NewReader(k.save[:n]), k.src, k.params.Names)
			if !errors.Is(err, trace.ErrSaved) {
				t.Fatalf("save %d cut to %d of %d bytes: %v", i, n, len(k.save), err)
			}
			if _, err = trace.Load(t.Context(), bytes.NewReader(sealed(k.save[:n])), k.src, k.params.Names); err == nil {
				t.Fatalf("save %d cut to %d of %d bytes and sealed loads", i, n, len(k.save))
			}
			cuts++
		}
		longer := append(slices.Clone(k.save), 0)
		for _, b := range [][]byte{longer, sealed(longer)} {
			if _, err := trace.Load(t.Context(), bytes.NewReader(b), k.src, k.params.Names); !errors.Is(err, trace.ErrSaved) {
				t.Errorf("save %d with a byte more: %v", i, err)
			}
		}
	}
	t.Logf("%d cuts of %d saves", cuts, 8)
}

// TestLoadChanged changes bytes: always an error, but where the right sum is put
// below; then the law holds.
func TestLoadChanged(t *testing.T) {
	tried, loaded := 0, 0
	for i, k := range saves() {
		r := rand.New(rand.NewPCG(uint64(i), 3))
		for range 400 {
			n, b := r.IntN(len(k.save)), slices.Clone(k.save)
			b[n] ^= byte(1 + r.IntN(255))
			if ok, _ := k.law(t.Context(), b); ok {
				t.Fatalf("save %d loads with byte %d of %d changed", i, n, len(b))
			}
			ok, err := k.law(t.Context(), sealed(b))
			if err != nil {
				t.Fatalf("save %d with byte %d of %d changed to %#x: %v", i, n, len(b), b[n], err)
			}
			if tried++; ok {
				loaded++
			}
		}
	}
	t.Logf("%d of %d changes load, sealed", loaded, tried)
}

// TestLoadLongNumbers writes a number in more bytes than it needs, where there
// is one of a byte: Save would not, so it is refused.
func TestLoadLongNumbers(t *testing.T) {
	for i, k := range saves() {
		for n := range len(k.save) - 4 {
			if k.save[n] >= 0x80 || n > 100 && n%7 != i%7 {
				continue
			}
			b := slices.Concat(k.save[:n], []byte{k.save[n] | 0x80, 0}, k.save[n+1:])
			if _, err := k.law(t.Context(), sealed(b)); err != nil {
				t.Fatalf("save %d with a longer number at byte %d: %v", i, n, err)
			}
		}
	}
}

// TestLoadStartsInOrder loads starts out of order, and one named twice.
func TestLoadStartsInOrder(t *testing.T) {
	w, err := launder.Parse("t0 coinbase -> a:5 b:6\nblock")
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Truth(w.Tip().Hash)
	if err != nil {
		t.Fatal(err)
	}
	s := scenario{model: m, asOf: w.Tip().Height, starts: []int{0, 1}, params: trace.Params{Policies: []lot.Policy{lot.Poison}}}
	k, err := keep(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	starts := []byte{2, 0, 0, 0, 1} // two: the first transaction, its outputs 0 and 1
	if bytes.Count(k.save, starts) != 1 {
		t.Fatalf("%x is not once in %x", starts, k.save)
	}
	for _, other := range [][]byte{{2, 0, 1, 0, 0}, {2, 0, 0, 0, 0}, {2, 0, 1, 0, 1}, {2, 0, 0, 0, 2}, {2, 1, 0, 0, 1}} {
		b := sealed(bytes.Replace(k.save, starts, other, 1))
		if _, err := trace.Load(t.Context(), bytes.NewReader(b), k.src, nil); !errors.Is(err, trace.ErrSaved) {
			t.Errorf("starts %v: %v", other, err)
		}
	}
}

// TestLoadGreedy puts the largest counts wherever a number may be: what follows
// is far less, and Load takes no more memory than that asks for.
func TestLoadGreedy(t *testing.T) {
	k := saves()[1]
	huge := binary.AppendUvarint(nil, 1<<32-1)
	for n := range len(k.save) - 4 {
		for _, keepsRest := range []bool{true, false} {
			b := slices.Concat(k.save[:n], huge)
			if keepsRest {
				b = slices.Concat(b, k.save[n+1:])
			}
			if got := allocated(func() {
				if _, err := k.law(t.Context(), sealed(b)); err != nil {
					t.Fatal(err)
				}
			}); got > 4<<20 {
				t.Fatalf("2^32-1 at byte %d of %d: %d bytes allocated", n, len(b), got)
			}
		}
	}
}

// allocated returns how many bytes a function allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLoadAnnouncesMany loads a header that announces 2^32-1 transactions.
func TestLoadAnnouncesMany(t *testing.T) {
	k := saves()[0]
	k.params.Names = nil
	empty := trace.New(trace.Params{}, nil)
	if err := empty.Advance(t.Context(), k.src); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := empty.Save(t.Context(), k.src, &b); err != nil {
		t.Fatal(err)
	}
	// An empty trace ends with two counts of 0, of transactions and starts.
	head := b.Bytes()[:b.Len()-4-2]
	bad := binary.AppendUvarint(slices.Clone(head), 1<<32-1)
	var err error
	if got := allocated(func() { _, err = trace.Load(t.Context(), bytes.NewReader(bad), k.src, nil) }); got > 64<<10 {
		t.Errorf("%d bytes allocated", got)
	}
	if !errors.Is(err, trace.ErrSaved) || !strings.Contains(err.Error(), "too early") {
		t.Errorf("%v", err)
	}
}

// TestLoadElsewhere loads what was saved with other names, as of another block
// and of another ledger.
func TestLoadElsewhere(t *testing.T) {
	k := saves()[0]
	load := func(src trace.Source, names trace.Names) error {
		_, err := trace.Load(t.Context(), bytes.NewReader(k.save), src, names)
		return err
	}
	other := trace.Names{"\x6a": {Stop: trace.KindListed}}
	if err := load(k.src, other); err == nil || !strings.Contains(err.Error(), "load a trace: it was made with other accounts to stop at") {
		t.Errorf("other names: %v", err)
	}
	if k.asOf == k.model.First() {
		t.Fatal("the first save is as of the first block")
	}
	if err := load(k.model.Source(k.asOf-1), k.params.Names); !errors.Is(err, trace.ErrMoved) || !strings.Contains(err.Error(), fmt.Sprint("it stands at block ", k.asOf)) {
		t.Errorf("another block: %v", err)
	}
	m := smallModel(t, 99)
	if err := load(m.Source(m.First()+3), k.params.Names); !errors.Is(err, trace.ErrMoved) {
		t.Errorf("another ledger: %v", err)
	}
	said := trace.Names{}
	for account, name := range k.params.Names {
		name.Entity += " by another name"
		said[account] = name
	}
	if err := load(k.src, said); err != nil {
		t.Errorf("the same stops by other names: %v", err)
	}
}

// TestLoadSave saves traces of random ledgers, loads them from either form of
// source, the older of two transactions of one id too, and saves them again.
// Loaded ones draw the same graph.
func TestLoadSave(t *testing.T) {
	namesakes, stops, limits := 0, 0, 0
	eachWorld(t, 150, func(r *rand.Rand, m *launder.Model, s scenario) error {
		k, err := keep(t.Context(), s)
		if err != nil {
			return err
		}
		seed := r.Uint64()
		var graphs []*trace.Graph
		for _, f := range forms(seed) {
			g, err := k.again(t.Context(), f.at(m, s.asOf))
			if err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
			graphs = append(graphs, g)
		}
		if err := sameGraph(graphs[1], graphs[0]); err != nil {
			return err
		}
		if err := compareGraph(k.scenario, graphs[0]); err != nil {
			return err
		}
		namesakes += k.namesakes(graphs[0])
		stops += len(s.params.Names)
		if s.params.MaxHops != nil || s.params.Until != nil || s.params.MinValue > 0 {
			limits++
		}
		return nil
	})
	t.Logf("%d transactions whose id a newer one bears, %d names, %d traces with limits", namesakes, stops, limits)
}

// again loads what was kept and saves it.
func (k kept) again(ctx context.Context, src trace.Source) (*trace.Graph, error) {
	t, err := trace.Load(ctx, bytes.NewReader(k.save), src, k.params.Names)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Save(ctx, src, &b); err != nil {
		return nil, err
	}
	if !bytes.Equal(b.Bytes(), k.save) {
		return nil, fmt.Errorf("%d bytes load and save as %d others", len(k.save), b.Len())
	}
	if tip, ok := t.Tip(); !ok || !reflect.DeepEqual(tip, src.Tip()) {
		return nil, fmt.Errorf("it stands at %+v, the source at %+v", tip, src.Tip())
	}
	return t.Graph(ctx, src, addressOf)
}

func (k kept) namesakes(g *trace.Graph) (n int) {
	for i := range g.Txs {
		if newest, _ := k.model.Tx(g.Txs[i].ID, k.asOf); newest.Pos != g.Txs[i].Pos {
			n++
		}
	}
	return n
}

// undated hides that a source tells two transactions of one id apart.
type undated struct{ trace.Source }

// TestLoadNamesakesUndated loads the older of two transactions of one id from a
// source that finds the newer one only: an error, and no wrong trace.
func TestLoadNamesakesUndated(t *testing.T) {
	refused := 0
	eachWorld(t, 60, func(_ *rand.Rand, m *launder.Model, s scenario) error {
		k, err := keep(t.Context(), s)
		if err != nil {
			return err
		}
		g, err := k.again(t.Context(), k.src)
		if err != nil {
			return err
		}
		_, err = trace.Load(t.Context(), bytes.NewReader(k.save), undated{k.src}, k.params.Names)
		if n := k.namesakes(g); n == 0 && err != nil || n > 0 && !errors.Is(err, trace.ErrMoved) {
			return fmt.Errorf("with %d namesakes: %v", n, err)
		} else if n > 0 {
			refused++
		}
		return nil
	})
	t.Logf("%d refused", refused)
}
