package lint

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// integerOnly are the directories in which values are amounts, counts, offsets
// and times. A float there would sooner or later hold money, and would round
// it. Test files are left out: benchmarks report rates.
var integerOnly = []string{"ledger", "permit", "chain", "store", "follow/lot", "price", "node/facts"}

// floatsAllowed are files in those directories that may use floats, with the
// reason.
var floatsAllowed = map[string]string{}

func checkFloats(tr *tree) (found []string) {
	for _, f := range tr.code {
		counts := slices.ContainsFunc(integerOnly, func(dir string) bool { return under(f.dir, dir) })
		if f.test || !counts || floatsAllowed[f.path] != "" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if n != nil && isFloat(n) {
				found = append(found, f.at(n.Pos())+": a float beside the books: amounts are integers in base units; if it can never hold money, name the file and the reason in internal/lint")
			}
			return true
		})
	}
	return found
}

func isFloat(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		return n.Name == "float64" || n.Name == "float32"
	case *ast.BasicLit:
		return n.Kind == token.FLOAT || n.Kind == token.IMAG
	}
	return false
}

// under reports whether dir is parent or stands below it.
func under(dir, parent string) bool {
	return dir == parent || strings.HasPrefix(dir, parent+"/")
}

func TestFloats(t *testing.T) { onProject(t, checkFloats) }

// TestFloatsAllowed keeps the list of exceptions from outliving its reasons.
func TestFloatsAllowed(t *testing.T) {
	tr, err := project()
	if err != nil {
		t.Fatal(err)
	}
	for file := range floatsAllowed {
		if !strings.Contains(tr.text(file), "float") {
			t.Errorf("%s: no float in it any more; take it off the list", file)
		}
	}
}

func TestFloatsObjects(t *testing.T) {
	objects(t, checkFloats, []objection{
		{"integers", made{"ledger/a.go": "package ledger\n\nvar a uint64 = 1\n"}, ""},
		{"literal", made{"ledger/a.go": "package ledger\n\nvar a uint64 = 1e8\n"}, "a float"},
		{"type", made{"store/flat/a.go": "package flat\n\nfunc f(x float64) {}\n"}, "a.go:3"},
		{"in a test", made{"store/flat/a_test.go": "package flat\n\nvar rate float64\n"}, ""},
		{"in a comment", made{"ledger/a.go": "package ledger\n\n// Never a float64.\nvar a uint64\n"}, ""},
		{"elsewhere", made{"bench/a.go": "package bench\n\nvar rate float64\n"}, ""},
	})
}
