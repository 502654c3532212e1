package file_test

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/report/file"
)

var rewrite = flag.Bool("rewrite", false, "write the answers of this build to testdata")

// write returns what one of the formats writes.
func write(t *testing.T, f func(io.Writer) error) string {
	t.Helper()
	var b strings.Builder
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func table(r *trace.Result) func(io.Writer) error {
	return func(w io.Writer) error {
		return file.Table(w, r, file.Options{Chain: "bitcoin mainnet", Rows: 3, Rerun: "clew trace 'bitcoin:aa:0'"})
	}
}

// TestGolden holds each format to its bytes.
func TestGolden(t *testing.T) {
	for name, f := range map[string]func(io.Writer) error{
		"table.txt":   table(result("Exchange")),
		"exits.csv":   func(w io.Writer) error { return file.CSV(w, result("Exchange")) },
		"holders.txt": func(w io.Writer) error { return file.Holders(w, result("Exchange")) },
		"graph.xml":   func(w io.Writer) error { return file.GraphML(w, graph("Exchange")) },
		"diff.txt":    func(w io.Writer) error { return file.Diff(w, difference("Exchange")) },
	} {
		got, path := write(t, f), filepath.Join("testdata", name)
		if *rewrite {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
		}
	}
}

// TestFinality: what is known of the depth of a result is said, and what is not
// known is said not to be.
func TestFinality(t *testing.T) {
	for newest, want := range map[ledger.Height]string{
		560085: "\n  final or not: not known\n", 560086: "\n  not final: 0 blocks on top\n", 560087: "\n  not final: 1 block on top\n",
		560092: "\n  final: 6 blocks or more on top\n", 570000: "\n  final: 6 blocks or more on top\n",
	} {
		r := result("a")
		r.SetFinality(newest)
		if text := write(t, table(r)); !strings.Contains(text, want) {
			t.Errorf("newest block %d: want %q in\n%s", newest, want, text)
		}
	}
}

// TestHostile: what strangers wrote steers no terminal, whatever the format.
func TestHostile(t *testing.T) {
	for _, name := range hostile {
		for format, f := range map[string]func(io.Writer) error{
			"table":   table(result(name)),
			"csv":     func(w io.Writer) error { return file.CSV(w, result(name)) },
			"holders": func(w io.Writer) error { return file.Holders(w, result(name)) },
			"graphml": func(w io.Writer) error { return file.GraphML(w, graph(name)) },
			"diff":    func(w io.Writer) error { return file.Diff(w, difference(name)) },
		} {
			for _, r := range write(t, f) {
				if r != '\n' && r != '\r' && !unicode.IsPrint(r) {
					t.Errorf("%s of %q holds %U", format, name, r)
				}
			}
		}
	}
}

// TestFormulas: no field of a table opens a formula in a spreadsheet.
func TestFormulas(t *testing.T) {
	names := append([]string{"+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1", "  =1", "a,\"b\""}, hostile...)
	for _, name := range names {
		rows, err := csv.NewReader(strings.NewReader(write(t, func(w io.Writer) error { return file.CSV(w, result(name)) }))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range slices.Concat(rows...) {
			if f := strings.TrimLeft(f, " "); f != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(f)[0]) {
				t.Errorf("%q becomes %q", name, f)
			}
		}
	}
	rows, err := csv.NewReader(strings.NewReader(write(t, func(w io.Writer) error { return file.CSV(w, result("a,\"b\"")) }))).ReadAll()
	if err != nil || rows[2][1] != "a,\"b\"" {
		t.Errorf("quoted text comes back as %q, %v", rows, err)
	}
}

// graphML is what a reader of the format sees.
type graphML struct {
	XMLName xml.Name `xml:"http://graphml.graphdrawing.org/xmlns graphml"`
	Keys    []struct {
		ID string `xml:"id,attr"`
	} `xml:"key"`
	Nodes []struct {
		ID   string    `xml:"id,attr"`
		Data []keyData `xml:"data"`
	} `xml:"graph>node"`
	Edges []struct {
		Source string    `xml:"source,attr"`
		Target string    `xml:"target,attr"`
		Data   []keyData `xml:"data"`
	} `xml:"graph>edge"`
}

type keyData struct {
	Key   string `xml:"key,attr"`
	Value string `xml:",chardata"`
}

// TestGraphML: it is well formed whatever names hold, edges lead from node to
// node, each id is there once, each key is declared.
func TestGraphML(t *testing.T) {
	for _, name := range append([]string{"a", "]]>&\"'\x00\uffff\xff"}, hostile...) {
		var g graphML
		if err := xml.Unmarshal([]byte(write(t, func(w io.Writer) error { return file.GraphML(w, graph(name)) })), &g); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		nodes, keys := map[string]bool{}, map[string]bool{}
		for _, k := range g.Keys {
			keys[k.ID] = true
		}
		for _, n := range g.Nodes {
			if nodes[n.ID] {
				t.Errorf("node %s is there twice", n.ID)
			}
			nodes[n.ID] = true
			checkKeys(t, keys, n.Data)
		}
		for _, e := range g.Edges {
			if !nodes[e.Source] || !nodes[e.Target] {
				t.Errorf("edge from %s to %s, which are not both nodes", e.Source, e.Target)
			}
			checkKeys(t, keys, e.Data)
		}
		if len(g.Nodes) != 3+4 || len(g.Edges) != 6 {
			t.Errorf("%d nodes and %d edges", len(g.Nodes), len(g.Edges))
		}
	}
}

// TestBackward: value comes from where it ended, and goes to the start.
func TestBackward(t *testing.T) {
	g := graph("a")
	g.Backward = true
	g.Txs[0].Outs[0].Started = false
	g.Txs[0].Outs[0].Ends = []trace.Kind{trace.KindListed, trace.KindListed}
	g.Txs[0].Ins = []trace.InNode{{Tx: -1, Value: 7, Taint: []ledger.Amount{7, 7}}}
	g.Txs[1].FeeTaint = nil
	g.Txs[2].Outs[0].Started, g.Txs[2].Outs[0].Ends = true, []trace.Kind{0, 0}
	var doc graphML
	if err := xml.Unmarshal([]byte(write(t, func(w io.Writer) error { return file.GraphML(w, g) })), &doc); err != nil {
		t.Fatal(err)
	}
	kinds, edges := map[string]string{}, map[string]int{}
	for _, n := range doc.Nodes {
		for _, d := range n.Data {
			if d.Key == "n_kind" {
				kinds[n.ID] = d.Value
			}
		}
	}
	for _, e := range doc.Edges {
		edges[kinds[e.Source]+" to "+kinds[e.Target]]++
	}
	want := map[string]int{"listed to start": 1, "unknown_input to start": 1, "start to transaction": 1, "service to transaction": 1,
		"cutoff to transaction": 1, "transaction to transaction": 1, "transaction to start": 1}
	if !maps.Equal(edges, want) {
		t.Errorf("edges %v, want %v", edges, want)
	}
}

func checkKeys(t *testing.T, keys map[string]bool, data []keyData) {
	t.Helper()
	for _, d := range data {
		if !keys[d.Key] {
			t.Errorf("key %q is not declared", d.Key)
		}
	}
}

// TestFailingWriter: a disk that is full is an error of every format.
func TestFailingWriter(t *testing.T) {
	full := errors.New("full")
	for name, f := range map[string]func(io.Writer) error{
		"table":   table(result("a")),
		"csv":     func(w io.Writer) error { return file.CSV(w, result("a")) },
		"holders": func(w io.Writer) error { return file.Holders(w, result("a")) },
		"graphml": func(w io.Writer) error { return file.GraphML(w, graph("a")) },
		"diff":    func(w io.Writer) error { return file.Diff(w, difference("a")) },
	} {
		if err := f(failing{full}); !errors.Is(err, full) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
