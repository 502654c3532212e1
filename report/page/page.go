package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the template and the style
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"slices"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/internal/plain"
	"clew.example/clew/ledger"
)

// Doc is what a page or a picture is made of.
type Doc struct {
	Title, Notes string        // of the case; may be empty
	Result       *trace.Result // with one policy or more
	Graph        *trace.Graph  // of the same trace; nil: no flow is drawn
	Rerun        string        // the command line to type again
	Version      string
	Network      string // as people call it, such as "bitcoin mainnet"
	Decimals     int    // of the asset
	Asset        string // its ticker
}

// viewer turns a document into what the template shows. All its text is plain;
// the template escapes it.
type viewer struct {
	doc      *Doc
	result   *trace.Result
	coin     coin
	policies []lot.Policy
	sources  map[string]string // who says so, by account in hex
	widest   ledger.Amount     // the most of a listed exit, up to the theft: the scale of ranges
}

func newViewer(d *Doc) (*viewer, error) {
	if d.Result == nil {
		return nil, fmt.Errorf("page: no result")
	}
	v := &viewer{doc: d, result: d.Result, coin: coin{max(d.Decimals, 0), plain.Text(d.Asset)}, policies: policiesOf(d.Result)}
	if len(v.policies) == 0 {
		return nil, fmt.Errorf("page: the result has no policy")
	}
	v.readSources()
	return v, nil
}

// readSources takes from the graph who stated each label: a result has only
// the label.
func (v *viewer) readSources() {
	v.sources = map[string]string{}
	if v.doc.Graph == nil {
		return
	}
	for i := range v.doc.Graph.Txs {
		for _, out := range v.doc.Graph.Txs[i].Outs {
			if out.Name.Source != "" && out.Ends != nil {
				v.sources[hex.EncodeToString(out.Account)] = plain.Text(out.Name.Source)
			}
		}
	}
}

// graphIndex is the place of a policy in the amounts of the graph, or -1.
func (v *viewer) graphIndex(p lot.Policy) int {
	if v.doc.Graph == nil {
		return -1
	}
	return slices.Index(v.doc.Graph.Policies, p)
}

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// HTML writes one file that stands alone. The same document gives the same
// bytes.
func HTML(w io.Writer, d *Doc) error {
	v, err := newViewer(d)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v.view()); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// styleOf returns a style element and the policy that lets this one style in
// and nothing else: no script, no picture, no font, no address is reached.
func styleOf(css string) (element template.HTML, security string) {
	sum := sha256.Sum256([]byte(css))
	return template.HTML("<style>" + css + "</style>"),
		"default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}
