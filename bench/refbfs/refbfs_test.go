package refbfs_test

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/bench/chain"
	"clew.example/clew/bench/refbfs"
)

// naive answers from a map of every spent output, one transaction at a time:
// another way to the same numbers.
type naive map[[2]uint32]uint32

func (n naive) reach(src, vout uint32) (edges, txs int) {
	seen := map[uint32]bool{}
	stack := [][2]uint32{{src, vout}}
	for len(stack) > 0 {
		out := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		dst, spent := n[out]
		if !spent {
			continue
		}
		edges++
		if seen[dst] {
			continue
		}
		seen[dst] = true
		// An output number has no bound in the map: 60 is above what a
		// generated transaction has.
		for v := range uint32(60) {
			stack = append(stack, [2]uint32{dst, v})
		}
	}
	return edges, len(seen)
}

func TestReachAgreesWithNaiveWalk(t *testing.T) {
	dir := t.TempDir()
	p := chain.Params{Txs: 3000, Seed: 7, PerBlock: 300}
	if _, err := chain.Generate(context.Background(), dir, p); err != nil {
		t.Fatal(err)
	}
	edges, err := os.ReadFile(filepath.Join(dir, chain.EdgesFile))
	if err != nil {
		t.Fatal(err)
	}
	spent := naive{}
	for row := range slices.Chunk(edges, chain.EdgeSize) {
		e := chain.ParseEdge(row)
		spent[[2]uint32{e.Src, uint32(e.Vout)}] = e.Dst
	}
	g, err := refbfs.Build(edges)
	if err != nil {
		t.Fatal(err)
	}
	if g.Edges() != len(spent) {
		t.Fatalf("edges: have %d, want %d", g.Edges(), len(spent))
	}
	for src := uint32(0); src < 3000; src += 37 {
		for vout := range uint32(3) {
			e, n := g.Reach(src, vout)
			we, wn := spent.reach(src, vout)
			if e != we || n != wn {
				t.Errorf("%d:%d: have %d edges, %d txs; want %d, %d", src, vout, e, n, we, wn)
			}
		}
	}
}

func row(src uint32, vout, vin uint16, dst uint32) []byte {
	b := binary.LittleEndian.AppendUint32(nil, src)
	b = binary.LittleEndian.AppendUint16(b, vout)
	b = binary.LittleEndian.AppendUint16(b, vin)
	return binary.LittleEndian.AppendUint32(b, dst)
}

func TestReachCountsEachEdgeOnce(t *testing.T) {
	// 0:0 -> 1, 1:0 and 1:1 -> 2, 0:1 -> 2, 2:0 -> 3.
	g, err := refbfs.Build(slices.Concat(row(2, 0, 0, 3), row(0, 0, 0, 1), row(1, 0, 0, 2), row(0, 1, 2, 2), row(1, 1, 1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		src, vout  uint32
		edges, txs int
	}{
		{0, 0, 4, 3}, {0, 1, 2, 2}, {1, 1, 2, 2}, {2, 0, 1, 1},
		{3, 0, 0, 0}, {0, 9, 0, 0}, {99, 0, 0, 0},
	} {
		if e, n := g.Reach(c.src, c.vout); e != c.edges || n != c.txs {
			t.Errorf("%d:%d: have %d edges, %d txs; want %d, %d", c.src, c.vout, e, n, c.edges, c.txs)
		}
	}
	if v := g.AppendVouts(nil, 0); !slices.Equal(v, []uint32{0, 1}) {
		t.Errorf("spent outputs of 0: %v", v)
	}
}

func TestBuildRefusesWhatIsNoChain(t *testing.T) {
	for _, c := range []struct {
		edges []byte
		want  string
	}{
		{make([]byte, 11), "not whole rows"},
		{row(4, 0, 0, 4), "not later"},
		{row(5, 0, 0, 4), "not later"},
		{row(5, 0, 0, 0xffffffff), "not later"},
	} {
		if _, err := refbfs.Build(c.edges); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%x: have error %v, want %q", c.edges, err, c.want)
		}
	}
	if g, err := refbfs.Build(nil); err != nil || g.Txs() != 0 {
		t.Errorf("no edges: %v", err)
	}
}
