package opsdb_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"clew.example/clew/serve/opsdb"
)

// tableRow matches a column of a table in the words of the format.
var tableRow = regexp.MustCompile("(?m)^\\| (?:`(\\w+)`)? ?\\| `(\\w+)` \\| ([A-Z]+) \\|")

// TestDocument compares docs/format/opsdb.md with the schema, column by
// column.
func TestDocument(t *testing.T) {
	text := must[[]byte](t)(os.ReadFile("../../docs/format/opsdb.md"))
	var said []string
	table := ""
	for _, m := range tableRow.FindAllStringSubmatch(string(text), -1) {
		if m[1] != "" {
			table = m[1]
		}
		said = append(said, table+" "+m[2]+" "+m[3])
	}
	made := slices.DeleteFunc(opsdb.Columns(t, fresh(t)), func(c string) bool {
		return strings.HasPrefix(c, "goose_db_version ") || strings.HasPrefix(c, "sqlite_")
	})
	slices.Sort(said)
	slices.Sort(made)
	if !slices.Equal(said, made) {
		t.Errorf("docs/format/opsdb.md says\n%s\nthe schema has\n%s", strings.Join(said, "\n"), strings.Join(made, "\n"))
	}
}
