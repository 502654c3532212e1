package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
)

//go:embed docs.html
var docsText string

//go:embed docs.css
var docsStyle []byte

// docsPolicy lets the page load its style and nothing else.
const docsPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var docsTemplate = template.Must(template.New("docs").Parse(docsText))

// spec is what of the OpenAPI document is shown.
type spec struct {
	Info struct{ Title, Version, Description string }
	Tags []struct{ Name, Description string }
	// by path, then by method
	Paths      map[string]map[string]specOperation
	Components struct{ Schemas map[string]specSchema }
}

type specOperation struct {
	Summary, Description, OperationID string
	Tags                              []string
	Security                          []map[string][]string
	Parameters                        []struct {
		Name, In, Description string
		Required              bool
	}
	RequestBody *struct{ Content map[string]specMedia }
	Responses   map[string]struct{ Content map[string]specMedia }

	Method, Path string `json:"-"`
}

type specMedia struct{ Schema specSchema }

type specSchema struct {
	Ref         string `json:"$ref"`
	Type        any
	Description string
	Format      string
	Enum        []any
	Items       *specSchema
	AnyOf       []specSchema
	Required    []string
	Properties  map[string]specSchema
	Additional  any `json:"additionalProperties"`
}

// docsPage renders the OpenAPI document as a page that needs no script.
func docsPage(text []byte) ([]byte, error) {
	var d spec
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("docs: %w", err)
	}
	var b bytes.Buffer
	if err := docsTemplate.Execute(&b, &d); err != nil {
		return nil, fmt.Errorf("docs: %w", err)
	}
	return b.Bytes(), nil
}

// Problems returns what the codes of problems mean.
func (*spec) Problems() any { return explained }

// Of returns the operations of a tag, in order of path and method.
func (d *spec) Of(tag string) (ops []specOperation) {
	for _, p := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, m := range slices.Sorted(maps.Keys(d.Paths[p])) {
			if op := d.Paths[p][m]; slices.Contains(op.Tags, tag) {
				op.Method, op.Path = strings.ToUpper(m), p
				ops = append(ops, op)
			}
		}
	}
	return ops
}

// Paragraphs are the parts of the description.
func (d *spec) Paragraphs() []string { return strings.Split(d.Info.Description, "\n\n") }

// Needs says which scope an operation needs.
func (o *specOperation) Needs() string {
	for _, s := range o.Security {
		if scopes := s[schemeKey]; len(scopes) > 0 {
			return scopes[0]
		}
	}
	return "no log-in"
}

// Ref is the name of the schema that a schema refers to, itself or in its list.
func (s specSchema) Name() string {
	switch {
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case s.Items != nil:
		return s.Items.Name()
	}
	for _, any := range s.AnyOf {
		if name := any.Name(); name != "" {
			return name
		}
	}
	return ""
}

// Shape says in words what a value is.
func (s specSchema) Shape() string {
	switch t := s.Type.(type) {
	case string:
		if s.Items != nil {
			return "list"
		}
		return t
	case []any:
		parts := make([]string, len(t))
		for i, v := range t {
			parts[i] = fmt.Sprint(v)
		}
		return strings.Join(parts, " or ")
	}
	if len(s.AnyOf) > 0 {
		return "object or null"
	}
	return ""
}

// Choices are the values of an enumeration.
func (s specSchema) Choices() string {
	parts := make([]string, len(s.Enum))
	for i, v := range s.Enum {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, ", ")
}

// Must reports whether a property is always there.
func (s specSchema) Must(name string) bool { return slices.Contains(s.Required, name) }
