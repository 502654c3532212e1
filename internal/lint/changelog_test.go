package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var entryName = regexp.MustCompile(`^(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.md$`)

// checkChangelog holds every entry to changelog/TEMPLATE, so that a release
// can be put together from them unread.
func checkChangelog(tr *tree) (found []string) {
	for _, file := range tr.all {
		if path.Dir(file) != "changelog/unreleased" {
			continue
		}
		if fault := entryFault(path.Base(file), tr.text(file)); fault != "" {
			found = append(found, fmt.Sprintf("%s: %s; see changelog/TEMPLATE", file, fault))
		}
	}
	return found
}

func entryFault(name, text string) string {
	m := entryName.FindStringSubmatch(name)
	if m == nil {
		return "an entry is named by its issue in four digits and a few small words"
	}
	lines := strings.Split(text, "\n")
	kinds := []string{"Kind: feature", "Kind: fix", "Kind: change", "Kind: security"}
	switch {
	case !strings.HasPrefix(lines[0], "# ") || strings.HasSuffix(lines[0], "."):
		return "the first line is \"# package: what\", without a full stop"
	case !slices.ContainsFunc(lines, func(l string) bool { return slices.Contains(kinds, l) }):
		return "want a line \"Kind:\" with feature, fix, change or security"
	case !slices.Contains(lines, "Issue: "+strings.TrimLeft(m[1], "0")):
		return "want a line \"Issue:\" with the number of the file's name"
	case len(paragraph(text, "Before:")) == 0 || len(paragraph(text, "Now:")) == 0:
		return "want a paragraph \"Before:\" and a paragraph \"Now:\""
	}
	return ""
}

// paragraph returns the words of the paragraph that begins with a label.
func paragraph(text, label string) string {
	for p := range strings.SplitSeq(text, "\n\n") {
		if words, ok := strings.CutPrefix(p, label); ok {
			return strings.TrimSpace(words)
		}
	}
	return ""
}

func TestChangelog(t *testing.T) { onProject(t, checkChangelog) }

func TestChangelogObjects(t *testing.T) {
	good := "# vfs: files can be mapped\n\nKind: feature\nIssue: 7\n\nBefore: they could not.\n\nNow: they can.\n"
	entry := func(name, text string) made { return made{"changelog/unreleased/" + name: text} }
	without := func(line string) string { return strings.Replace(good, line, "", 1) }
	objects(t, checkChangelog, []objection{
		{"as the template", entry("0007-map.md", good), ""},
		{"name", entry("map.md", good), "named by its issue"},
		{"title", entry("0007-map.md", without("# ")), "the first line"},
		{"kind", entry("0007-map.md", without("Kind: feature\n")), "\"Kind:\""},
		{"issue", entry("0008-map.md", good), "\"Issue:\""},
		{"before", entry("0007-map.md", without("they could not.")), "\"Before:\""},
		{"now", entry("0007-map.md", without("Now: ")), "\"Now:\""},
	})
}
