package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/serve/auth"
)

var problemType = reflect.TypeFor[Problem]()

// apiVersion is the one of the interface, not of the program: it rises by
// semantic versioning when the document changes.
const apiVersion = "1.0.0"

const apiDescription = `Ledgers, traces and cases over HTTP.

Amounts are decimal strings in base units; times are RFC 3339 in UTC. Chains are named by their CAIP-2 id or by an alias,
as in bitcoin or bitcoin-testnet4. Lists come in pages: next is the cursor of the page behind. Errors are problems (RFC
9457). A write may name an Idempotency-Key. What a document says was observed on the chain, is stated by the list that it
names, or follows from the rule that it names; what is not known is null or counted, and never 0.`

// description is the head of the OpenAPI document.
func description() *huma.OpenAPI {
	schemas := huma.NewMapRegistry("#/components/schemas/", schemaName)
	text := reflect.TypeFor[string]()
	for _, t := range []reflect.Type{reflect.TypeFor[ledger.Amount](), reflect.TypeFor[lot.Policy](), reflect.TypeFor[trace.Kind](), reflect.TypeFor[trace.Reason]()} {
		schemas.RegisterTypeAlias(t, text) // they write themselves as text
	}
	// A list of bytes would be taken for base64, but these are numbered names.
	for _, t := range []reflect.Type{reflect.TypeFor[[]lot.Policy](), reflect.TypeFor[[]trace.Kind](), reflect.TypeFor[[]trace.Reason]()} {
		schemas.RegisterTypeAlias(t, reflect.TypeFor[[]string]())
	}
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: "Clew", Version: apiVersion, Description: apiDescription},
		Components: &huma.Components{
			Schemas: schemas,
			SecuritySchemes: map[string]*huma.SecurityScheme{
				schemeSession: {Type: "apiKey", In: "cookie", Name: auth.CookieName, Description: "a browser's session, begun with a one-time link; over TLS the name begins with __Host-"},
				schemeKey:     {Type: "http", Scheme: "bearer", BearerFormat: "clew_...", Description: "an API key with the scopes read, write or both"},
			},
		},
		Tags: []*huma.Tag{
			{Name: "server", Description: "the server itself"}, {Name: "login", Description: "sessions and API keys"},
			{Name: "chains", Description: "what the ledgers hold"}, {Name: "traces", Description: "where stolen value went"},
			{Name: "cases", Description: "questions, notes and what was found"},
		},
	}
}

// plainNames are packages whose types are called what they are; those of
// others go by package and name, since some names stand in several.
var plainNames = map[string]bool{"api": true, "lookup": true, "auth": true, "job": true}

func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	pkg := path.Base(t.PkgPath())
	if t.Name() == "" || plainNames[pkg] || strings.EqualFold(pkg, name) {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// nullLists are the lists that are null where there is nothing to say.
var nullLists = map[string]string{"FlowNode": "started"}

// nullable says of fields that hold a pointer to a struct and are always
// written that they may be null, which huma can not.
func nullable(schemas huma.Registry) {
	null := &huma.Schema{Type: "null"}
	for name, field := range nullLists {
		schemas.Map()[name].Properties[field].Nullable = true
	}
	for name, schema := range schemas.Map() {
		t := schemas.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, f := range reflect.VisibleFields(t) {
			key, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
			p := schema.Properties[key]
			if p != nil && p.Ref != "" && f.Type.Kind() == reflect.Pointer && !strings.Contains(opts, "omitempty") {
				schema.Properties[key] = &huma.Schema{AnyOf: []*huma.Schema{p, null}, Description: p.Description}
			}
		}
	}
}

// asked returns the schemas that requests are checked against.
func asked(o *huma.OpenAPI) map[string]bool {
	names := map[string]bool{}
	var walk func(s *huma.Schema)
	walk = func(s *huma.Schema) {
		if s == nil {
			return
		}
		if name := path.Base(s.Ref); s.Ref != "" && !names[name] {
			names[name] = true
			walk(o.Components.Schemas.SchemaFromRef(s.Ref))
		}
		walk(s.Items)
		for _, p := range s.Properties {
			walk(p)
		}
	}
	for _, item := range o.Paths {
		for _, op := range []*huma.Operation{item.Post, item.Put, item.Delete} {
			if op != nil && op.RequestBody != nil {
				for _, media := range op.RequestBody.Content {
					walk(media.Schema)
				}
			}
		}
	}
	return names
}

// loosen lets answers have members that a client does not know yet, so that
// adding one breaks nobody. What is asked stays closed: a name that is typed
// wrongly must not be passed over.
func loosen(o *huma.OpenAPI) {
	closed := asked(o)
	for name, schema := range o.Components.Schemas.Map() {
		if never, ok := schema.AdditionalProperties.(bool); ok && !never && !closed[name] {
			schema.AdditionalProperties = nil
		}
	}
}

// Document returns the OpenAPI document, which depends on no option.
func Document() ([]byte, error) {
	s, err := build(Options{})
	if err != nil {
		return nil, err
	}
	return s.encode()
}

// encode writes the document with a line for each member, so that changes are
// seen.
func (s *server) encode() ([]byte, error) {
	nullable(s.huma.OpenAPI().Components.Schemas)
	loosen(s.huma.OpenAPI())
	line, err := json.Marshal(s.huma.OpenAPI())
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(line, &tree); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(tree)
	return b.Bytes(), err
}

// document serves the OpenAPI document and the page made of it, both made once.
func (s *server) document() error {
	spec, err := s.encode()
	if err != nil {
		return err
	}
	page, err := docsPage(spec)
	if err != nil {
		return err
	}
	for path, a := range map[string]struct {
		kind string
		body []byte
	}{"/openapi.json": {"application/json", spec}, "/docs": {"text/html; charset=utf-8", page}, "/docs.css": {"text/css; charset=utf-8", docsStyle}} {
		rt := &route{op: &huma.Operation{Method: http.MethodGet, Path: path, MaxBodyBytes: bodyMax}}
		s.routes[pattern(rt.op)] = rt
		s.mux.HandleFunc(pattern(rt.op), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", a.kind)
			w.Header().Set("Content-Security-Policy", docsPolicy)
			_, _ = w.Write(a.body) // who asked may be gone
		})
	}
	return nil
}
