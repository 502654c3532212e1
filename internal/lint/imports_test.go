package lint

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// oracles are modules that tests compare us with. Shipped code does not link
// them: what is checked by itself is not checked, and go-ethereum is LGPL.
var oracles = []string{"github.com/btcsuite", "github.com/ethereum/go-ethereum"}

// comparing are directories whose programs are never shipped.
var comparing = []string{"bench", "integration"}

func checkOracles(tr *tree) (found []string) {
	for _, f := range tr.code {
		if f.test || under(f.dir, comparing[0]) || under(f.dir, comparing[1]) {
			continue
		}
		for _, imp := range importsOf(f) {
			for _, o := range oracles {
				if under(imp, o) {
					found = append(found, fmt.Sprintf("%s: imports %s, a test oracle: code that shares its oracle's code shares its faults", f.path, imp))
				}
			}
		}
	}
	return found
}

func importsOf(f goFile) (paths []string) {
	for _, spec := range f.ast.Imports {
		imp, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, imp)
	}
	return paths
}

// requirement is a line of go.mod.
type requirement struct {
	module   string
	indirect bool
}

var requireLine = regexp.MustCompile(`(?m)^(?:require)?\s+([a-z0-9.-]+\.[a-z]+/\S+) v\S+( // indirect)?$`)

func requirements(gomod string) (reqs []requirement) {
	for _, m := range requireLine.FindAllStringSubmatch(gomod, -1) {
		reqs = append(reqs, requirement{m[1], m[2] != ""})
	}
	return reqs
}

// checkRequirements holds go.mod to the imports: what we import is required
// directly, and what is required directly is imported.
func checkRequirements(tr *tree) (found []string) {
	used := map[string]bool{}
	reqs := requirements(tr.text("go.mod"))
	for _, f := range tr.code {
		for _, imp := range importsOf(f) {
			used[moduleOf(reqs, imp)] = true
		}
	}
	for _, r := range reqs {
		switch {
		case r.indirect && used[r.module]:
			found = append(found, fmt.Sprintf("go.mod: %s is imported and must not be marked indirect", r.module))
		case !r.indirect && !used[r.module]:
			found = append(found, fmt.Sprintf("go.mod: %s is required and never imported", r.module))
		}
	}
	return found
}

// moduleOf returns the module that an import belongs to: the longest match,
// since modules nest.
func moduleOf(reqs []requirement, imp string) (longest string) {
	for _, r := range reqs {
		if under(imp, r.module) && len(r.module) > len(longest) {
			longest = r.module
		}
	}
	return longest
}

// checkReasons asks for a sentence about every module we chose, and for no
// sentence about one we dropped.
func checkReasons(tr *tree) (found []string) {
	section := sectionOf(tr.text("ARCHITECTURE.md"), "## Dependencies")
	chosen := map[string]bool{}
	for _, r := range requirements(tr.text("go.mod")) {
		if r.indirect {
			continue
		}
		chosen[r.module] = true
		if !strings.Contains(section, "`"+r.module+"`") {
			found = append(found, fmt.Sprintf("ARCHITECTURE.md: %s has no sentence under Dependencies: what it saves, what it drags in", r.module))
		}
	}
	for _, m := range regexp.MustCompile("`([a-z0-9.-]+\\.[a-z]+/[^`]+)`").FindAllStringSubmatch(section, -1) {
		if !chosen[m[1]] && !strings.Contains(tr.text("tools/go.mod"), m[1]+" ") {
			found = append(found, fmt.Sprintf("ARCHITECTURE.md: gives a reason for %s, which go.mod does not require", m[1]))
		}
	}
	return found
}

// sectionOf returns a document's text from a heading to the next one like it.
func sectionOf(doc, heading string) string {
	_, rest, _ := strings.Cut(doc, heading+"\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	return section
}

func TestOracles(t *testing.T)      { onProject(t, checkOracles) }
func TestRequirements(t *testing.T) { onProject(t, checkRequirements) }
func TestReasons(t *testing.T)      { onProject(t, checkReasons) }

func TestImportsObjects(t *testing.T) {
	code := func(imp string) string { return "package a\n\nimport _ \"" + imp + "\"\n" }
	gomod := "module clew.example/clew\n\nrequire (\n\tgithub.com/btcsuite/btcd v0.24.2\n\texample.org/y v1.0.0 // indirect\n)\n"
	wire := code("github.com/btcsuite/btcd/wire")
	objects(t, checkOracles, []objection{
		{"in a test", made{"chain/bitcoin/a_test.go": wire}, ""},
		{"in a bench", made{"bench/a.go": wire}, ""},
		{"in what ships", made{"chain/bitcoin/a.go": wire}, "a test oracle"},
	})
	objects(t, checkRequirements, []objection{
		{"imported", made{"go.mod": gomod, "a/a.go": wire}, ""},
		{"not imported", made{"go.mod": gomod, "a/a.go": "package a\n"}, "never imported"},
		{"not marked", made{"go.mod": gomod, "a/a.go": wire, "a/b.go": code("example.org/y/z")}, "must not be marked"},
		{"on one line", made{"go.mod": "module m\n\nrequire example.org/y v1.0.0\n"}, "never imported"},
	})
	reason := "## Dependencies\n\n`github.com/btcsuite/btcd`: an oracle.\n"
	objects(t, checkReasons, []objection{
		{"with a reason", made{"go.mod": gomod, "ARCHITECTURE.md": reason + "\n## Next\n"}, ""},
		{"without", made{"go.mod": gomod, "ARCHITECTURE.md": "## Else\n\n`github.com/btcsuite/btcd`\n"}, "has no sentence"},
		{"stale", made{"go.mod": gomod, "ARCHITECTURE.md": reason + "`example.org/old`: once.\n"}, "example.org/old"},
	})
}
