package page

import (
	"strconv"
	"strings"
)

// ink writes SVG. Every text and attribute goes through its escaper; shapes
// come from numbers and from our own words only.
type ink struct{ strings.Builder }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// raw writes words of our own.
func (k *ink) raw(parts ...string) {
	for _, p := range parts {
		k.WriteString(p)
	}
}

// text writes what may have come from outside. It was made plain before.
func (k *ink) text(s string) { _, _ = escaper.WriteString(k, s) }

func (k *ink) title(s string) {
	k.raw("<title>")
	k.text(s)
	k.raw("</title>")
}

func (k *ink) line(class string, x0, y0, x1, y1 float64) {
	k.raw(`<path class="`, class, `" d="M`, num(x0), " ", num(y0), "L", num(x1), " ", num(y1), `"/>`)
}

func (k *ink) rect(class string, x, y, w, h, r float64) {
	k.raw(`<rect class="`, class, `" x="`, num(x), `" y="`, num(y), `" width="`, num(w), `" height="`, num(h), `" rx="`, num(r), `"/>`)
}

func (k *ink) use(glyph string, x, y float64) {
	k.raw(`<use href="#g-`, glyph, `" x="`, num(x-12), `" y="`, num(y-12), `" width="24" height="24"/>`)
}

// label writes a name and what stands behind it on one line. Anchor is start,
// middle or end.
func (k *ink) label(class, anchor string, x, y float64, name, value string) {
	k.raw(`<text class="`, class, `" x="`, num(x), `" y="`, num(y), `"`)
	if anchor != "start" {
		k.raw(` text-anchor="`, anchor, `"`)
	}
	k.raw(">")
	if name != "" {
		k.raw(`<tspan class="n">`)
		k.text(name)
		k.raw("</tspan>")
	}
	if value != "" {
		if name != "" {
			k.raw(" \u00a0")
		}
		k.text(value)
	}
	k.raw("</text>")
}

func digits(n int) string { return strconv.Itoa(n) }
