package lint

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// bannedPackages say nothing about what is in them, or hide a package of the
// standard library from everyone who imports them.
var bannedPackages = []string{
	"util", "utils", "common", "model", "models", "misc", "helper", "helpers", "shared", "types", "base", "lib",
	"bytes", "csv", "errors", "hash", "http", "io", "json", "log", "net", "os", "path", "sort", "strings", "testing", "time",
}

func checkPackageNames(tr *tree) (found []string) {
	for _, f := range tr.code {
		name := strings.TrimSuffix(f.ast.Name.Name, "_test")
		if slices.Contains(bannedPackages, name) || slices.Contains(bannedPackages, path.Base(f.dir)) {
			found = append(found, fmt.Sprintf("%s: package %s: name it by the one noun it is about, and leave the standard library's names alone", f.path, name))
		}
	}
	return found
}

// checkPackageComments wants each package to say what it is, in one place.
func checkPackageComments(tr *tree) (found []string) {
	comments := map[string]int{}
	for _, f := range tr.code {
		if f.test {
			continue
		}
		comments[f.dir] += 0
		if f.ast.Doc == nil {
			continue
		}
		comments[f.dir]++
		if name := f.ast.Name.Name; name != "main" && !strings.HasPrefix(f.ast.Doc.Text(), "Package "+name+" ") {
			found = append(found, fmt.Sprintf("%s: the package comment must begin with \"Package %s\", or go doc shows a stray remark", f.path, name))
		}
	}
	for dir, n := range comments {
		if n != 1 {
			found = append(found, fmt.Sprintf("%s: %d package comments, want one: it is the first thing a newcomer reads", dir, n))
		}
	}
	return found
}

var (
	// A place of somebody's own machine. A path below a variable, a URL or a
	// relative path does not match.
	machinePath = regexp.MustCompile(`(?:^|[\s"'=(` + "`" + `])(/(?:home|Users|root|tmp|work)/[\w.]|[A-Z]:\\Users\\)`)
	// A note without a name and a condition is never read again.
	looseNote = regexp.MustCompile(`\b(?:FIXME|XXX\b|TODO(?:[^(\w]|$))`)
)

// readAsText are the files whose words are checked.
var readAsText = []string{".go", ".md", ".mod", ".sh", ".txt", ".txtar", ".yml", ".yaml", ""}

func checkPaths(tr *tree) (found []string) {
	for _, file := range tr.all {
		if !slices.Contains(readAsText, path.Ext(file)) || path.Base(file) == "LICENSE" {
			continue
		}
		for i, line := range strings.Split(tr.text(file), "\n") {
			if m := machinePath.FindString(line); m != "" {
				found = append(found, fmt.Sprintf("%s:%d: %q is a path of one machine: make it relative, a flag or an environment variable", file, i+1, m))
			}
		}
	}
	return found
}

func checkNotes(tr *tree) (found []string) {
	for _, f := range tr.code {
		for _, group := range f.ast.Comments {
			if m := looseNote.FindString(group.Text()); m != "" {
				found = append(found, fmt.Sprintf("%s: a %s without a name: write TODO(name): and on what condition, or do it", f.at(group.Pos()), strings.TrimSpace(m)))
			}
		}
	}
	return found
}

// checkSkips wants every skipped test to say what is missing: a test that
// skips in silence looks like one that passed.
func checkSkips(tr *tree) (found []string) {
	for _, f := range tr.code {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if ok && skips(call) && !explains(call) {
				found = append(found, f.at(call.Pos())+": skips without saying what is missing and how to provide it")
			}
			return true
		})
	}
	return found
}

// skips reports whether a call skips a test: Skip, Skipf or SkipNow on
// something that is named like a test, a benchmark or a fuzz target.
func skips(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
		return false
	}
	on, ok := sel.X.(*ast.Ident)
	return ok && slices.Contains([]string{"t", "b", "f", "tb"}, on.Name)
}

// explains reports whether a call carries words, which a bare error is not.
func explains(call *ast.CallExpr) (words bool) {
	const shortest = len(`"no network"`)
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			words = words || ok && lit.Kind == token.STRING && len(lit.Value) >= shortest
			return true
		})
	}
	return words
}

var link = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)]*)?\)`)

// checkLinks wants the files that documents point to.
func checkLinks(tr *tree) (found []string) {
	for _, file := range tr.all {
		if path.Ext(file) != ".md" {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(tr.text(file), -1) {
			if _, err := fs.Stat(tr.fsys, path.Join(path.Dir(file), m[1])); err != nil {
				found = append(found, fmt.Sprintf("%s: points to %s, which is not there", file, m[1]))
			}
		}
	}
	return found
}

func TestPackageNames(t *testing.T)    { onProject(t, checkPackageNames) }
func TestPackageComments(t *testing.T) { onProject(t, checkPackageComments) }
func TestPaths(t *testing.T)           { onProject(t, checkPaths) }
func TestNotes(t *testing.T)           { onProject(t, checkNotes) }
func TestSkips(t *testing.T)           { onProject(t, checkSkips) }
func TestLinks(t *testing.T)           { onProject(t, checkLinks) }

func TestPackageObjects(t *testing.T) {
	objects(t, checkPackageNames, []objection{
		{"a noun", made{"ledger/a_test.go": "package ledger_test\n"}, ""},
		{"nothing said", made{"util/a.go": "package util\n"}, "package util"},
		{"by its folder", made{"bench/common/a.go": "package main\n"}, "package main"},
	})
	objects(t, checkPackageComments, []objection{
		{"one", made{"a/a.go": "// Package a is.\npackage a\n", "a/b.go": "package a\n"}, ""},
		{"a program", made{"a/a.go": "// A program.\npackage main\n"}, ""},
		{"none", made{"a/a.go": "package a\n"}, "0 package comments"},
		{"two", made{"a/a.go": "// Package a is.\npackage a\n", "a/b.go": "// Package a is.\npackage a\n"}, "2 package comments"},
		{"stray", made{"a/a.go": "// Copyright.\npackage a\n"}, "must begin with"},
	})
}

func TestWordsObject(t *testing.T) {
	inTest := func(s string) made { return made{"a/a_test.go": "package a\n\nfunc f() { " + s + " }\n"} }
	inDoc := func(s string) made { return made{"README.md": s + "\n"} }
	comment := func(s string) made { return made{"a/a.go": "package a\n\n// " + s + "\nvar a int\n"} }
	place := "/home" + "/ann/src"
	objects(t, checkSkips, []objection{
		{"says what", inTest(`t.Skip("no data: set CLEW_DATA")`), ""},
		{"says what, built up", inTest(`t.Skipf("%s: no such data", dir)`), ""},
		{"something else", inTest(`reader.Skip(4)`), ""},
		{"nothing", inTest(`t.Skip()`), "skips without"},
		{"now", inTest(`t.SkipNow()`), "skips without"},
		{"only an error", inTest(`b.Skip(err)`), "skips without"},
	})
	objects(t, checkPaths, []objection{
		{"a URL", inDoc("see https://example.org" + place), ""},
		{"a variable", inDoc("cd $HOME/src"), ""},
		{"a machine", inDoc("cd " + place), "a path of one machine"},
	})
	objects(t, checkNotes, []objection{
		{"with a name", comment("TODO(ann): drop it once go 1.30 is out."), ""},
		{"without", comment("TODO: speed"), "without a name"},
	})
	objects(t, checkLinks, []objection{
		{"there", made{"docs/a.md": "[b](b.md#c)\n", "docs/b.md": ""}, ""},
		{"elsewhere", inDoc("[go](https://go.dev/dl)"), ""},
		{"gone", inDoc("[b](b.md)"), "points to b.md"},
	})
}
