package lint

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// module is the path that imports of our own packages begin with.
const module = "clew.example/clew/"

// unread are directories of the root that hold what the project makes, not
// what it is.
var unread = map[string]bool{"bin": true, "demo": true, "tour": true, "ledger-data": true, "bench-data": true}

// tree is the project as the checks see it.
type tree struct {
	fsys fs.FS
	all  []string // every file, as slash-separated path
	code []goFile
}

// goFile is one parsed Go file.
type goFile struct {
	path string
	dir  string
	test bool
	src  []byte
	fset *token.FileSet
	ast  *ast.File
}

// line returns the line of a position.
func (f goFile) line(p token.Pos) int { return f.fset.Position(p).Line }

// at names a position for a finding.
func (f goFile) at(p token.Pos) string { return fmt.Sprintf("%s:%d", f.path, f.line(p)) }

// check judges a tree and returns a finding for each fault, reason included.
type check func(*tree) []string

// loadTree reads every file that belongs to the project.
func loadTree(fsys fs.FS) (*tree, error) {
	tr := &tree{fsys: fsys}
	err := fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == ".git" || unread[file]):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		tr.all = append(tr.all, file)
		return tr.parse(file)
	})
	return tr, err
}

func (tr *tree) parse(file string) error {
	if path.Ext(file) != ".go" {
		return nil
	}
	src, err := fs.ReadFile(tr.fsys, file)
	if err != nil {
		return err
	}
	f := goFile{path: file, dir: path.Dir(file), src: src, fset: token.NewFileSet()}
	f.test = strings.HasSuffix(file, "_test.go")
	f.ast, err = parser.ParseFile(f.fset, file, src, parser.ParseComments|parser.SkipObjectResolution)
	tr.code = append(tr.code, f)
	return err
}

// text returns a file, or nothing where there is none.
func (tr *tree) text(file string) string {
	b, err := fs.ReadFile(tr.fsys, file)
	if err != nil {
		return ""
	}
	return string(b)
}

var project = sync.OnceValues(func() (*tree, error) { return loadTree(os.DirFS("../..")) })

// onProject runs a check on the project; every finding is a failure.
func onProject(t *testing.T, c check) {
	t.Helper()
	tr, err := project()
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range c(tr) {
		t.Error(finding)
	}
}

// made is a made-up tree: file contents by path.
type made map[string]string

// objection is a made-up tree with the one finding a check must have on it,
// or none. Want need only be a part of the finding.
type objection struct {
	name string
	tree made
	want string
}

// objects holds a check to what it must object to and what it must let pass.
func objects(t *testing.T, c check, cases []objection) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			found := c(tc.tree.load(t))
			switch {
			case tc.want == "" && len(found) > 0:
				t.Errorf("objects without reason: %q", found)
			case tc.want != "" && (len(found) != 1 || !strings.Contains(found[0], tc.want)):
				t.Errorf("findings %q, want one with %q", found, tc.want)
			}
		})
	}
}

func (m made) load(t *testing.T) *tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for file, text := range m {
		fsys[file] = &fstest.MapFile{Data: []byte(text)}
	}
	tr, err := loadTree(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}
