package flow_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"clew.example/clew/report/flow"
)

// TestWords: every field of the documents is explained.
func TestWords(t *testing.T) {
	words, err := os.ReadFile(filepath.Join("..", "..", "docs", "format", "flow.md"))
	if err != nil {
		t.Fatal(err)
	}
	met := map[reflect.Type]bool{}
	var explain func(of reflect.Type)
	explain = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || met[of] {
			return
		}
		met[of] = true
		for _, field := range reflect.VisibleFields(of) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if !strings.Contains(string(words), "`"+name+"`") {
				t.Errorf("%s of %s is not explained in docs/format/flow.md", name, of.Name())
			}
			explain(field.Type)
		}
	}
	explain(reflect.TypeFor[flow.Flow]())
	explain(reflect.TypeFor[flow.Path]())
}
