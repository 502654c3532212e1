package blkfile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/node/blkfile"
)

// The easiest bits of the regression test network, and bits four times as hard.
const (
	easyBits = 0x207fffff
	hardBits = 0x201fffff
)

// named makes the hash of a block of a text case: names order as hashes do.
func named(name string) (h ledger.Hash) {
	for i := range name {
		h[ledger.HashSize-1-i] = name[i]
	}
	return h
}

func nameOf(h ledger.Hash) string {
	slices.Reverse(h[:])
	return strings.TrimRight(string(h[:]), "\x00")
}

// textLedger is the chain of a text case that a ledger holds, from height 100.
func textLedger(names []string) *blkfile.Held {
	const first = 100
	work := func(h ledger.Height) (w bitcoin.Uint256) {
		for _, n := range names[:h-first+1] {
			w = w.Add(bitcoin.Work(bitsOf(n)))
		}
		return w
	}
	last := len(names) - 1
	return &blkfile.Held{
		Height: func(h ledger.Hash) (ledger.Height, bool) {
			i := slices.IndexFunc(names, func(n string) bool { return named(n) == h })
			return ledger.Height(first + i), i >= 0
		},
		Work:      work,
		Tip:       named(names[last]),
		TipHeight: ledger.Height(first + last),
	}
}

// bitsOf returns the bits of a block by its name: capitals are hard.
func bitsOf(name string) uint32 {
	if name[0] < 'a' {
		return hardBits
	}
	return easyBits
}

// TestGraph runs the cases of testdata/graph: "graph" draws a tree, a line
// being a chain of which each block builds on the one before; "best" asks,
// with a ledger or without; "forbid" forbids.
func TestGraph(t *testing.T) {
	var lines []string
	var g *blkfile.Graph
	datadriven.RunTest(t, "testdata/graph", func(t *testing.T, d *datadriven.TestData) string {
		switch d.Cmd {
		case "graph":
			lines = strings.Split(strings.TrimSpace(d.Input), "\n")
			g = graphOf(edgesOf(lines))
			return ""
		case "forbid":
			g.Forbid(named(d.CmdArgs[0].Key))
			return ""
		case "components":
			return componentsText(g)
		case "best":
			var held *blkfile.Held
			if d.HasArg("ledger") {
				held = textLedger(d.CmdArgs[0].Vals)
			}
			return choiceText(g, g.Best(held))
		}
		t.Fatalf("no command %q", d.Cmd)
		return ""
	})
}

// edge is a block by name and the one it builds on.
type edge struct{ name, prev string }

func edgesOf(lines []string) (es []edge) {
	for _, l := range lines {
		names := strings.Fields(l)
		for i := 1; i < len(names); i++ {
			es = append(es, edge{names[i], names[i-1]})
		}
	}
	return es
}

// graphOf makes a graph whose genesis block is g.
func graphOf(es []edge) *blkfile.Graph {
	g := blkfile.NewGraph(named("g"))
	for _, e := range es {
		g.Add(named(e.name), named(e.prev), bitsOf(e.name))
	}
	return g
}

func componentsText(g *blkfile.Graph) string {
	var b strings.Builder
	for _, c := range g.Components() {
		fmt.Fprintf(&b, "root %s tip %s blocks %d genesis %v\n", nameOf(c.Root), nameOf(c.Tip), c.Blocks, c.Genesis)
	}
	return b.String()
}

func choiceText(g *blkfile.Graph, c blkfile.Choice) string {
	words := make(map[blkfile.Fate][]string)
	for i, f := range c.Fates {
		words[f] = append(words[f], nameOf(g.Hash(i)))
	}
	var branch []string
	for _, n := range c.Branch {
		branch = append(branch, nameOf(g.Hash(n)))
	}
	slices.Sort(words[blkfile.OnBranch])
	if !slices.Equal(words[blkfile.OnBranch], slices.Sorted(slices.Values(branch))) {
		return "fates and branch differ"
	}
	var b strings.Builder
	b.WriteString(strings.Join(append([]string{"branch:"}, branch...), " ") + "\n")
	if c.OnLedger {
		fmt.Fprintf(&b, "fork: %s %d\n", nameOf(c.Fork), c.ForkHeight)
	}
	if c.Genesis {
		b.WriteString("from genesis\n")
	}
	for i, label := range []string{"unconnected", "", "known", "stale", "below", "forbidden", "on forbidden"} {
		names := words[blkfile.Fate(i)]
		if slices.Sort(names); len(names) > 0 && label != "" {
			fmt.Fprintf(&b, "%s: %s\n", label, strings.Join(names, " "))
		}
	}
	return b.String()
}

// TestGraphOrder adds random trees in random orders: the choice is the same.
func TestGraphOrder(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		es := randomTree(rng, 1+rng.IntN(40))
		want := graphOf(es)
		text := choiceText(want, want.Best(nil))
		rng.Shuffle(len(es), func(i, j int) { es[i], es[j] = es[j], es[i] })
		got := graphOf(es)
		if other := choiceText(got, got.Best(nil)); other != text {
			t.Fatalf("seed %d: edges %v:\n%s\nin another order:\n%s", seed, es, other, text)
		}
	}
}

// randomTree draws a tree of n blocks on the genesis block g, with ties.
func randomTree(rng *rand.Rand, n int) []edge {
	es := []edge{{"g", "-"}}
	for i := range n {
		back := min(len(es), 1+rng.IntN(4))
		if rng.IntN(3) > 0 {
			back = 1
		}
		letter := []string{"x", "y", "Z"}[rng.IntN(3)]
		es = append(es, edge{letter + strconv.Itoa(i), es[len(es)-back].name})
	}
	return es
}

// TestGraphPieces gives a folder that grows to a ledger that follows it: the
// ledger ends where it would have with all blocks at once.
func TestGraphPieces(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	for range 300 {
		es := randomTree(rng, 2+rng.IntN(40))
		all := graphOf(es)
		want := apply(t, nil, all)
		var held []string
		for n := 1; n <= len(es); n += 1 + rng.IntN(5) {
			held = apply(t, held, graphOf(es[:n]))
		}
		if held = apply(t, held, all); !slices.Equal(held, want) {
			t.Fatalf("seed %d: edges %v: in pieces %v, at once %v", seed, es, held, want)
		}
		if c := all.Best(textLedger(held)); len(c.Branch) != 0 {
			t.Fatalf("seed %d: a second run adds %v", seed, c.Branch)
		}
	}
}

// apply returns the chain of a ledger after it took in what a graph has.
func apply(t *testing.T, chain []string, g *blkfile.Graph) []string {
	t.Helper()
	var held *blkfile.Held
	if len(chain) > 0 {
		held = textLedger(chain)
	}
	c := g.Best(held)
	if c.OnLedger {
		chain = chain[:c.ForkHeight-100+1]
	}
	for _, n := range c.Branch {
		chain = append(slices.Clip(chain), nameOf(g.Hash(n)))
	}
	return chain
}
