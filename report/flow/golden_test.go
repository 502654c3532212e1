package flow_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"clew.example/clew/report/flow"
)

var rewriteGolden = flag.Bool("golden", false, "write the golden documents anew")

// TestPeelCase pins the document of the shipped case, byte by byte: folded, and
// with a window of its chain open.
func TestPeelCase(t *testing.T) {
	s := peelCase(t)
	tip := uint32(1548444556)
	golden(t, "peel-2019.json", s.flow(t, flow.Query{Strip: true, TipTime: &tip}))
	for _, n := range s.flow(t, flow.Query{}).Nodes {
		if n.Fold != nil && n.Fold.Kind == flow.FoldPeel {
			golden(t, "peel-2019-open.json", s.flow(t, flow.Query{Open: []string{n.ID + "~160"}}))
			return
		}
	}
	t.Error("the case has no peel chain that is folded")
}

func golden(t *testing.T, name string, doc any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", " ")
	if err := enc.Encode(doc); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *rewriteGolden {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%s is not what is made now; go test -golden writes it anew", path)
	}
}
