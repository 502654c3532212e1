package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// contract holds every answer of every test to the OpenAPI file that is checked
// in: its status, its media type, and the shape of its JSON.
type contract struct {
	mux     *http.ServeMux
	answers map[string]map[string]struct {
		Content map[string]struct{ Schema schema }
	} // by pattern, then status
	schemas map[string]schema
}

// schema is as much of JSON Schema as the file uses for answers.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Enum       []any
	AnyOf      []schema
	Items      *schema
	Properties map[string]schema
	Required   []string
	Additional json.RawMessage `json:"additionalProperties"`
}

var readContract = sync.OnceValues(func() (*contract, error) {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		return nil, err
	}
	var d struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct {
				Content map[string]struct{ Schema schema }
			}
		}
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, err
	}
	c := &contract{http.NewServeMux(), map[string]map[string]struct {
		Content map[string]struct{ Schema schema }
	}{}, d.Components.Schemas}
	for at, methods := range d.Paths {
		for method, op := range methods {
			pattern := strings.ToUpper(method) + " " + at
			c.mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
			c.answers[pattern] = op.Responses
		}
	}
	return c, nil
})

// check says what of an answer the file does not say.
func (c *contract) check(r *http.Request, a *answer) error {
	_, pattern := c.mux.Handler(r)
	responses, known := c.answers[pattern]
	if !known {
		return nil // no operation: the page, the file itself, what is not there
	}
	said, ok := responses[strconv.Itoa(a.status)]
	if !ok {
		said, ok = responses["default"]
		if a.status < 400 {
			ok = false
		}
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	switch {
	case !ok:
		return fmt.Errorf("no status %d is said", a.status)
	case len(a.body) == 0 && len(said.Content) == 0:
		return nil
	}
	media, ok := said.Content[kind]
	if !ok {
		return fmt.Errorf("status %d: no %q is said", a.status, kind)
	}
	if !strings.HasSuffix(kind, "json") || media.Schema.Type == "string" {
		return nil
	}
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		return err
	}
	return c.fits("", media.Schema, v)
}

func (c *contract) fits(at string, s schema, v any) error {
	switch {
	case s.Ref != "":
		return c.fits(at, c.schemas[path.Base(s.Ref)], v)
	case len(s.AnyOf) > 0:
		var err error
		for _, one := range s.AnyOf {
			if err = c.fits(at, one, v); err == nil {
				return nil
			}
		}
		return err
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, v):
		return fmt.Errorf("%s: %v is none of %v", at, v, s.Enum)
	case !typed(s.Type, v):
		return fmt.Errorf("%s: %.100v is no %v", at, v, s.Type)
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			if err := c.fits(fmt.Sprintf("%s[%d]", at, i), *s.Items, v[i]); err != nil {
				return err
			}
		}
	case map[string]any:
		return c.members(at, s, v)
	}
	return nil
}

// members wants all that is required, and nothing that is not said: the file
// lets clients expect more, but we know all.
func (c *contract) members(at string, s schema, v map[string]any) error {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return fmt.Errorf("%s: no %s", at, name)
		}
	}
	var other schema
	open := len(s.Additional) > 1 && s.Additional[0] == '{' && json.Unmarshal(s.Additional, &other) == nil
	for name, value := range v {
		p, ok := s.Properties[name]
		if !ok && !open {
			return fmt.Errorf("%s: %s is not said", at, name)
		}
		if !ok {
			p = other
		}
		if err := c.fits(at+"."+name, p, value); err != nil {
			return err
		}
	}
	return nil
}

func typed(t, v any) bool {
	if several, ok := t.([]any); ok {
		return slices.ContainsFunc(several, func(one any) bool { return typed(one, v) })
	}
	switch v := v.(type) {
	case nil:
		return t == "null"
	case bool:
		return t == "boolean"
	case string:
		return t == "string"
	case float64:
		return t == "number" || t == "integer" && v == float64(int64(v))
	case []any:
		return t == "array"
	}
	return t == "object"
}

// TestContractObjects: the check can fail.
func TestContractObjects(t *testing.T) {
	c, err := readContract()
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	a := h.as().get("/healthz").want(200)
	r, _ := http.NewRequest("GET", "/healthz", nil)
	for _, bad := range []string{`{"status":"ok"}`, `{"status":"bad","version":"x"}`, `{"status":"ok","version":1}`, `{"status":"ok","version":"x","more":1}`, "[]", "x"} {
		a.body = []byte(bad)
		if err := c.check(r, a); err == nil {
			t.Errorf("%s passes", bad)
		}
	}
	a.status = 204
	if err := c.check(r, a); err == nil {
		t.Error("a status that is not said passes")
	}
}
