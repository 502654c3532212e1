package api_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// TestProblemsExplained: each code that the two packages name has its place in
// the documentation, to which the type of a problem leads.
func TestProblemsExplained(t *testing.T) {
	page := string(newHouse(t).as().get("/docs").want(200).body)
	found := 0
	for _, name := range []string{"problem.go", "../auth/denial.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 || !strings.HasPrefix(strings.ToLower(v.Names[0].Name), "code") {
				return true
			}
			if text, ok := v.Values[0].(*ast.BasicLit); ok && text.Kind == token.STRING {
				code, _ := strconv.Unquote(text.Value)
				found++
				if !strings.Contains(page, `id="problem-`+code+`"`) {
					t.Errorf("the page does not explain %s", code)
				}
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("%d codes found", found)
	}
}
