package page_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode"

	"clew.example/clew/follow/lot"
	"clew.example/clew/follow/trace"
	"clew.example/clew/report/page"
)

// attacks are what a label, a title or an address may try.
var attacks = []string{
	"<script>alert(1)</script>", "\x1b[31mred\x1b]0;title\a", "a\u202etxt.exe", "\"><img src=x onerror=alert(1)>", "</title></style><svg onload=alert(1)>",
	"' onmouseover='alert(1)", "]]><script>", "&lt;b&gt;", "{{.Title}}", "a\u2066b\u2069\u200f\u200b", "\xff\xfe\x00", "line\nbreak", "javascript:alert(1)", "=HYPERLINK(\"http://x\")",
}

// hostileScene says an attack wherever a document can say something.
func hostileScene(t testing.TB, attack string) *page.Doc {
	w := newWorld()
	w.names["raw "+attack] = trace.Name{Stop: trace.KindService, Entity: attack, Category: attack, Source: attack}
	w.names["mixer"] = trace.Name{Stop: trace.KindMixer, Entity: attack + " 2", Category: attack, Source: attack}
	start := w.tx(0, nil, pay{"theft", 10 * btc})
	outs := w.tx(60, start, pay{"raw " + attack, btc}, pay{"raw x" + attack, 2 * btc}, pay{"mixer", btc}, pay{"more", 5 * btc})
	w.tx(60, outs[3:], pay{"raw y" + attack, 4 * btc})
	d := w.trace(t, []lot.Policy{lot.FIFO, lot.Poison}, start[0])
	d.Title, d.Notes, d.Rerun, d.Version, d.Network, d.Asset = attack, attack, attack, attack, attack, attack
	d.Result.Input.Source, d.Result.Input.Tip.Hash = attack, attack
	d.Result.Input.Params.Prices = &attack
	d.Result.Exits[0].LastTime = attack
	d.Result.PeelChains = append(d.Result.PeelChains, trace.PeelChain{First: attack, Last: attack, End: attack, Next: &trace.PeelVariant{TxID: attack, Form: attack, Then: attack}})
	d.Result.Money = &trace.Money{Asset: attack, Then: &trace.Quote{Time: attack, USD: &attack, Source: attack}, Theft: trace.Valued{Then: trace.Fiat{USD: &attack}}}
	d.Result.Exits[0].Money = &trace.Valued{Then: trace.Fiat{USD: &attack}}
	return d
}

// TestHostile: nothing from outside becomes markup, steers a terminal or turns
// text around.
func TestHostile(t *testing.T) {
	calm := tags(t, hostileScene(t, "calm"))
	for _, attack := range attacks {
		d := hostileScene(t, attack)
		for form, text := range written(t, d) {
			for _, r := range text {
				if r == unicode.ReplacementChar || r != '\n' && r != '\u00a0' && r != '\u202f' && !unicode.IsPrint(r) {
					t.Errorf("%q in %s: %U is left", attack, form, r)
					break
				}
			}
			if got := countTags(text); form == "html" && got != calm[form] {
				t.Errorf("%q in %s: made markup: %d tags, not %d", attack, form, got, calm[form])
			}
			if strings.Contains(text, "<script") || strings.Contains(text, "<img") || strings.Contains(text, "<svg on") {
				t.Errorf("%q in %s: came through raw", attack, form)
			}
		}
		if err := wellFormed(written(t, d)["svg"]); err != nil {
			t.Errorf("%q: the picture is no XML: %v", attack, err)
		}
	}
}

func written(t testing.TB, d *page.Doc) map[string]string {
	t.Helper()
	var html, svg bytes.Buffer
	if err := errors.Join(page.HTML(&html, d), page.SVG(&svg, d)); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"html": html.String(), "svg": svg.String()}
}

func tags(t testing.TB, d *page.Doc) map[string]int {
	n := map[string]int{}
	for form, text := range written(t, d) {
		n[form] = countTags(text)
	}
	return n
}

// countTags counts elements but names in pictures: those depend on their room.
func countTags(s string) int {
	n := strings.Count(s, "<")
	for _, name := range []string{"<text", "</text", "<tspan", "</tspan"} {
		n -= strings.Count(s, name)
	}
	return n
}

// wellFormed reads a picture as strictly as a viewer may, and wants no element
// or attribute that runs something.
func wellFormed(s string) error {
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if el, ok := tok.(xml.StartElement); ok {
			for _, a := range el.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#") {
					return fmt.Errorf("attribute %s=%q", a.Name.Local, a.Value)
				}
			}
			if el.Name.Local == "script" || el.Name.Local == "foreignObject" || el.Name.Local == "image" {
				return fmt.Errorf("element %s", el.Name.Local)
			}
		}
	}
}

// FuzzLabel feeds any label. Invariant: the picture stays XML, and the page has
// the markup it has for a calm one.
func FuzzLabel(f *testing.F) {
	for _, a := range attacks {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, label string) {
		d := hostileScene(t, "calm"+label)
		text := written(t, d)
		if err := wellFormed(text["svg"]); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text["html"], "<script") {
			t.Fatal("a script came through")
		}
	})
}
