package trace

import (
	"math/rand/v2"
	"testing"

	"clew.example/clew/ledger"
)

// TestOutMap puts and gets at random and compares with a map: handles that are
// numbers, which turn to pages, and handles that say nothing.
func TestOutMap(t *testing.T) {
	for _, c := range []struct {
		name   string
		ref    func(r *rand.Rand) ledger.OutRef
		dense  bool
		beyond ledger.OutRef
	}{
		{"dense", denseOut, true, 1 << 40},
		{"sparse", func(r *rand.Rand) ledger.OutRef { return ledger.OutRef(r.Uint64() - 1) }, false, 1<<62 + 1},
	} {
		r := rand.New(rand.NewPCG(9, 7))
		m := outMap{dense: c.dense}
		want := map[ledger.OutRef]uint32{}
		if row, ok := m.get(0); ok {
			t.Errorf("%s: an empty map holds %d", c.name, row)
		}
		for i := range 3 * pagedMin {
			ref, row := c.ref(r), r.Uint32N(1<<31)
			m.put(ref, row)
			want[ref] = row
			if i%1000 == 0 && !sameMap(t, r, &m, want, c.ref) {
				t.Fatalf("%s, %d put", c.name, i)
			}
		}
		sameOutMap(t, &m, want)
		if m.paged != c.dense {
			t.Errorf("%s: paged %v, want %v", c.name, m.paged, c.dense)
		}
		if _, ok := m.get(c.beyond); ok {
			t.Errorf("%s: it holds what is beyond", c.name)
		}
		if _, ok := m.get(ledger.OutRef(ledger.NoRef)); ok {
			t.Errorf("%s: it holds what is none", c.name)
		}
	}
}

// denseOut draws a number: mostly in runs, with gaps of whole pages between.
func denseOut(r *rand.Rand) ledger.OutRef {
	return ledger.OutRef(r.IntN(600)<<(pageBits+1) + r.IntN(1<<pageBits))
}

// sameMap asks for a few that may be there.
func sameMap(t *testing.T, r *rand.Rand, m *outMap, want map[ledger.OutRef]uint32, draw func(*rand.Rand) ledger.OutRef) bool {
	for range 20 {
		ref := draw(r)
		row, ok := m.get(ref)
		if at, there := want[ref]; ok != there || ok && row != at {
			t.Errorf("%d is %d, %v, want %d, %v", ref, row, ok, at, there)
			return false
		}
	}
	return true
}

func sameOutMap(t *testing.T, m *outMap, want map[ledger.OutRef]uint32) {
	for ref, at := range want {
		if row, ok := m.get(ref); !ok || row != at {
			t.Fatalf("%d is %d, %v, want %d", ref, row, ok, at)
		}
	}
}

// TestOutMapTurns checks when pages take over: once so many are live that the
// table would have to grow, and only of a source whose handles are numbers.
func TestOutMapTurns(t *testing.T) {
	dense, sparse := outMap{dense: true}, outMap{}
	for i := range uint32(4 * pagedMin) {
		dense.put(ledger.OutRef(i), i)
		sparse.put(ledger.OutRef(i), i)
		if dense.paged && i < pagedMin {
			t.Fatalf("pages at %d", i)
		}
	}
	if !dense.paged || dense.slots != nil || sparse.paged {
		t.Errorf("dense paged %v, sparse paged %v", dense.paged, sparse.paged)
	}
	for i := range uint32(4 * pagedMin) {
		for _, m := range []*outMap{&dense, &sparse} {
			if row, ok := m.get(ledger.OutRef(i)); !ok || row != i {
				t.Fatalf("%d is %d, %v", i, row, ok)
			}
		}
	}
	if _, ok := dense.get(4 * pagedMin); ok {
		t.Error("pages hold what was not put")
	}
}
