package lint

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// layers lists the packages from the ground up; ARCHITECTURE.md says what each
// is for. A package imports lower layers only: packages of one layer do not
// know each other, save by an edge. A name stands for everything below it, and
// a name may stand here before its package exists.
var layers = [][]string{
	0: {
		"ledger", "permit",
		"internal/clock", "internal/enc", "internal/invariant", "internal/lines", "internal/lint", "internal/plain", "internal/service", "internal/textcase", "internal/vfs",
	},
	1: {
		"chain/bitcoin", "chain/evm", "chain/internal/abi", "chain/solana", "chain/tron", "chain/xrp",
		"label", "price", "casefile", "follow/lot",
	},
	2: {
		"store/flat", "store/click",
		"follow/trace", "follow/cluster", "follow/mixer", "follow/bridge", "follow/exposure", "follow/attribute",
		"node/bitcoind", "node/blkfile", "node/csvfile", "node/esplora", "node/ethrpc", "node/facts",
	},
	3: {
		"guard/gate", "guard/halt", "guard/detect", "guard/screen", "guard/reserve",
		"respond/incident", "respond/evidence", "respond/intel", "respond/notify",
		"ingest", "question", "guard/watch",
		"report/page", "report/file", "report/flow", "report/lookup",
	},
	4: {
		"serve/api", "serve/auth", "serve/job", "serve/opsdb", "serve/web",
		"sim/launder", "sim/exchange",
		"bench",
	},
	5: {"cmd/clew", "examples", "integration"},
}

// edges are the imports inside one layer that are meant.
var edges = map[[2]string]bool{
	{"internal/vfs", "internal/invariant"}: true,
	{"chain/evm", "chain/internal/abi"}:    true,
	{"chain/tron", "chain/internal/abi"}:   true,
	{"guard/gate", "guard/halt"}:           true,
	{"serve/api", "serve/auth"}:            true,
	{"serve/api", "serve/job"}:             true,
	{"serve/api", "serve/opsdb"}:           true,
	{"serve/job", "serve/opsdb"}:           true,
	{"serve/opsdb", "serve/auth"}:          true,
}

// ceilings bound what a package may import below its own layer. Test files of
// every layer use sim/launder, so it must stand on almost nothing.
var ceilings = map[string]int{"sim/launder": 1}

// forTests are packages that test files of any layer may import.
var forTests = map[string]bool{"sim/launder": true}

// layerOf returns the layer of a package and the table's name for it, or -1.
func layerOf(pkg string) (layer int, name string) {
	for i, names := range layers {
		for _, n := range names {
			if pkg == n || strings.HasPrefix(pkg, n+"/") {
				return i, n
			}
		}
	}
	return -1, ""
}

func checkLayers(tr *tree) (found []string) {
	for _, f := range tr.code {
		if layer, _ := layerOf(f.dir); layer < 0 {
			found = append(found, fmt.Sprintf("%s: the package is in no layer; add it to the table in internal/lint and to ARCHITECTURE.md", f.path))
			continue
		}
		for _, spec := range f.ast.Imports {
			imp, _ := strconv.Unquote(spec.Path.Value)
			if dep, ours := strings.CutPrefix(imp, module); ours {
				found = append(found, judgeImport(f, dep)...)
			}
		}
	}
	return found
}

func judgeImport(f goFile, dep string) []string {
	from, fromName := layerOf(f.dir)
	to, toName := layerOf(dep)
	top, bounded := ceilings[fromName]
	switch {
	case to < 0:
		return []string{fmt.Sprintf("%s: imports %s, which is in no layer", f.path, dep)}
	case fromName == toName, f.test && forTests[toName]:
		return nil
	case bounded && !f.test && to > top:
		return []string{fmt.Sprintf("%s: %s may import layers 0 to %d only, since tests of every layer use it; %s is of layer %d", f.path, fromName, top, dep, to)}
	case to > from:
		return []string{fmt.Sprintf("%s: layer %d may not import %s of layer %d: what is below must be readable, testable and replaceable without what is above", f.path, from, dep, to)}
	case to == from && !edges[[2]string{fromName, toName}]:
		return []string{fmt.Sprintf("%s: %s may not import its neighbour %s: engines meet in cmd, through interfaces that the caller declares", f.path, fromName, dep)}
	}
	return nil
}

func TestLayers(t *testing.T) { onProject(t, checkLayers) }

func TestLayersObjects(t *testing.T) {
	imports := func(pkg, dep string) string {
		return "package " + pkg + "\n\nimport _ \"" + module + dep + "\"\n"
	}
	objects(t, checkLayers, []objection{
		{"down", made{"store/flat/a.go": imports("flat", "ledger")}, ""},
		{"itself", made{"store/flat/a_test.go": imports("flat_test", "store/flat")}, ""},
		{"below itself", made{"bench/x/a.go": imports("x", "bench/y")}, ""},
		{"edge", made{"internal/vfs/a.go": imports("vfs", "internal/invariant")}, ""},
		{"up", made{"ledger/a.go": imports("ledger", "store/flat")}, "layer 0 may not import"},
		{"neighbour", made{"store/flat/a.go": imports("flat", "node/blkfile")}, "its neighbour"},
		{"edge backwards", made{"internal/invariant/a.go": imports("invariant", "internal/vfs")}, "its neighbour"},
		{"chains do not know chains", made{"chain/evm/a.go": imports("evm", "chain/tron")}, "its neighbour"},
		{"unknown package", made{"store/slow/a.go": "package slow\n"}, "in no layer"},
		{"unknown import", made{"ledger/a.go": imports("ledger", "wallet")}, "in no layer"},
		{"tests use the launderer", made{"ledger/a_test.go": imports("ledger_test", "sim/launder")}, ""},
		{"code does not", made{"ledger/a.go": imports("ledger", "sim/launder")}, "layer 0 may not import"},
		{"the launderer stands low", made{"sim/launder/a.go": imports("launder", "chain/bitcoin")}, ""},
		{"and no higher", made{"sim/launder/a.go": imports("launder", "store/flat")}, "layers 0 to 1 only"},
	})
}

// TestLayerTable holds the table itself to its own words: a name stands once,
// and an edge or a bound speaks of names that stand in it.
func TestLayerTable(t *testing.T) {
	seen := map[string]bool{}
	for _, names := range layers {
		for _, n := range names {
			if _, first := layerOf(n); first != n || seen[n] {
				t.Errorf("%s stands in the table twice", n)
			}
			seen[n] = true
		}
	}
	for e := range edges {
		a, _ := layerOf(e[0])
		b, _ := layerOf(e[1])
		if a != b || !seen[e[0]] || !seen[e[1]] {
			t.Errorf("edge %s -> %s: not two names of one layer", e[0], e[1])
		}
	}
	for n, top := range ceilings {
		if own, _ := layerOf(n); !seen[n] || top >= own {
			t.Errorf("the bound %d of %s bounds nothing", top, n)
		}
	}
}
