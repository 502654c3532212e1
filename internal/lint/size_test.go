package lint

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

const (
	// functionLinesMax is a wall. STYLE.md aims at 10 and asks at 40.
	functionLinesMax = 70
	// fileLinesMax is a wall; a file above fileLinesAsked is reported.
	fileLinesMax   = 800
	fileLinesAsked = 400
)

func checkFunctionLength(tr *tree) (found []string) {
	for _, f := range tr.code {
		for _, decl := range f.ast.Decls {
			for _, fn := range functionsOf(decl) {
				if n := f.line(fn.end) - f.line(fn.pos) + 1; n > functionLinesMax {
					found = append(found, fmt.Sprintf("%s: %s has %d lines, the wall is %d: a function is read as a whole, and a screen ends there", f.at(fn.pos), fn.name, n, functionLinesMax))
				}
			}
		}
	}
	return found
}

// extent is where a function begins and ends, its comment left out: a comment
// may be as long as it needs to be.
type extent struct {
	name     string
	pos, end token.Pos
}

// functionsOf returns the outermost functions of a declaration: the declared
// one, or the literals in a variable.
func functionsOf(decl ast.Decl) (fns []extent) {
	if fn, ok := decl.(*ast.FuncDecl); ok {
		return []extent{{fn.Name.Name, fn.Type.Func, fn.End()}}
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if ok {
			fns = append(fns, extent{"a function literal", lit.Pos(), lit.End()})
		}
		return !ok
	})
	return fns
}

func checkFileLength(tr *tree) (found []string) {
	for _, f := range tr.code {
		if n := bytes.Count(f.src, []byte("\n")); n > fileLinesMax {
			found = append(found, fmt.Sprintf("%s: %d lines, the wall is %d: a file is one noun", f.path, n, fileLinesMax))
		}
	}
	return found
}

func TestFunctionLength(t *testing.T) { onProject(t, checkFunctionLength) }

func TestFileLength(t *testing.T) {
	onProject(t, checkFileLength)
	tr, err := project()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range tr.code {
		if n := bytes.Count(f.src, []byte("\n")); !f.test && n > fileLinesAsked {
			t.Logf("%s: %d lines: is it still one noun?", f.path, n)
		}
	}
}

func TestSizeObjects(t *testing.T) {
	lines := func(n int) string { return strings.Repeat("\t_ = 0\n", n) }
	objects(t, checkFunctionLength, []objection{
		{"seventy lines", made{"ledger/a.go": "package ledger\n\nfunc f() {\n" + lines(68) + "}\n"}, ""},
		{"long comment", made{"ledger/a.go": "package ledger\n\n" + strings.Repeat("// f.\n", 99) + "func f() {}\n"}, ""},
		{"one more", made{"ledger/a.go": "package ledger\n\nfunc f() {\n" + lines(69) + "}\n"}, "f has 71 lines"},
		{"tests too", made{"ledger/a_test.go": "package ledger\n\nfunc f() {\n" + lines(69) + "}\n"}, "f has 71 lines"},
		{"literals too", made{"ledger/a.go": "package ledger\n\nvar f = func() {\n" + lines(69) + "}\n"}, "71 lines"},
	})
	objects(t, checkFileLength, []objection{
		{"as long as may be", made{"ledger/a.go": "package ledger\n" + strings.Repeat("//\n", 799)}, ""},
		{"one more", made{"ledger/a.go": "package ledger\n" + strings.Repeat("//\n", 800)}, "801 lines"},
	})
}
