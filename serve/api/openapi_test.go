package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"clew.example/clew/serve/api"
)

var update = flag.Bool("update", false, "write openapi.json anew")

// TestOpenAPI: the document that is checked in is the one that is served.
func TestOpenAPI(t *testing.T) {
	made, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	held, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, held) {
		t.Error("openapi.json is not what the operations say: go test ./serve/api -run TestOpenAPI -update")
	}
}

// TestOpenAPIWords: each operation says what it is for, and each reference
// leads somewhere.
func TestOpenAPIWords(t *testing.T) {
	text, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if d.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %q", d.OpenAPI)
	}
	for path, methods := range d.Paths {
		for method, op := range methods {
			if op.Summary == "" || op.OperationID == "" || len(op.Tags) != 1 || strings.HasSuffix(op.Summary, ".") {
				t.Errorf("%s %s: %+v", method, path, op)
			}
		}
	}
	for _, ref := range bytes.Split(text, []byte(`"$ref": "#/components/schemas/`))[1:] {
		name, _, _ := strings.Cut(string(ref), `"`)
		if _, ok := d.Components.Schemas[name]; !ok {
			t.Errorf("no schema %s", name)
		}
	}
}

// document is what of OpenAPI the tests walk.
type document struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]any }
}

type operation struct {
	Summary, OperationID string
	Tags                 []string
	Security             []map[string][]string
	Parameters           []struct {
		Name, In string
		Required bool
	}
	RequestBody *struct{ Content map[string]any }
}
