package page

import (
	"html/template"
	"strings"
)

// symbol is a glyph, drawn around 0,0 in a box of 24, or a class mark, drawn in
// a box of 12 from 0,0. Shape tells kinds apart, colour only repeats it.
type symbol struct{ name, label, box, body string }

const (
	glyphBox = "-12 -12 24 24"
	markBox  = "0 0 12 12"
)

var glyphs = []symbol{
	{"theft", "theft", glyphBox, `<path d="M0-11 11 0 0 11-11 0z" class="g-harm"/><path d="M0-4.5v5.5M0 4v.3" class="g-on" stroke-width="2"/>`},
	{"addr", "transaction", glyphBox, `<circle r="5.5" class="g-open"/>`},
	{"service", "service", glyphBox, `<rect x="-10" y="-10" width="20" height="20" rx="4" class="g-service"/><path d="M-5 0h8.500M.5-3.500 4 0 .5 3.500M5.500-5v10" class="g-on" stroke-width="1.7"/>`},
	{"listed", "listed address", glyphBox, `<rect x="-9" y="-9" width="18" height="18" rx="4" class="g-listed"/><path d="M-5 0h8.500M.5-3.500 4 0 .5 3.500" class="g-listedline"/>`},
	{"mixer", "mixer", glyphBox, `<path d="M-5.800-10H5.800L11.500 0 5.800 10H-5.800L-11.500 0z" class="g-mix"/><path d="M-6-3.500C0-3.500 0 3.500 6 3.500M-6 3.500C0 3.500 0-3.500 6-3.500" class="g-on" stroke-width="1.6"/>`},
	{"rest", "at rest", glyphBox, `<circle r="9" class="g-rest"/><path d="M-2.500-3.500v7M2.500-3.500v7" class="g-restbars"/>`},
	{"undec", "cannot be followed", glyphBox, `<rect x="-9" y="-9" width="18" height="18" rx="4" class="g-dashed"/><path d="M-2.500-2.500a2.500 2.500 0 1 1 3.600 2.300c-.8.4-1.100.8-1.100 1.700M0 4.500v.3" class="g-ask"/>`},
	{"cutoff", "left out by a limit", glyphBox, `<rect x="-9" y="-9" width="18" height="18" rx="4" class="g-dashed"/><path d="M-3.500-4v8M0-4v8M3.500-4v8" class="g-ask" stroke-dasharray="2 2"/>`},
	{"burn", "burned", glyphBox, `<rect x="-9" y="-9" width="18" height="18" rx="4" class="g-ink"/><path d="M-4-4 4 4M4-4-4 4" class="g-on" stroke-width="1.6"/>`},
	{"fee", "fee", glyphBox, `<circle r="8" class="g-thin"/><path d="M-3.500 0h7" class="g-ask"/>`},
	{"dilute", "mixed with other money", glyphBox, `<circle r="9" class="g-thin"/><path d="M-4-2h8M-4 2h8" class="g-ask"/>`},
	{"fold", "folded group", glyphBox, `<rect x="-9" y="-9" width="18" height="18" rx="4" class="g-open"/><path d="M-4-4h8M-4 0h8M-4 4h8" class="g-lines"/>`},
}

var marks = []symbol{
	{"chain", "on chain", markBox, `<circle cx="6" cy="6" r="4.500" class="m-fill"/>`},
	{"stated", "stated by somebody", markBox, `<path d="M1 9.500V6C1 3.500 2.500 2 4.500 1.500v1.600C3.600 3.500 3.200 4.200 3.200 5h1.600v4.500zM6.800 9.500V6c0-2.500 1.500-4 3.500-4.500v1.600c-.9.4-1.300 1.100-1.300 1.900h1.600v4.500z" class="m-fill"/>`},
	{"rule", "inferred by rule", markBox, `<path d="M6 1 11 10H1z" class="m-line"/>`},
	{"missing", "missing", markBox, `<path d="M2 10 10 2" class="m-line"/><circle cx="6" cy="6" r="4" class="m-line"/>`},
}

// symbols defines each glyph once; the rest of the file refers to them.
func symbols() template.HTML {
	var b strings.Builder
	b.WriteString(`<svg class="defs" width="0" height="0" aria-hidden="true"><defs>`)
	writeSymbols(&b)
	b.WriteString(`</defs></svg>`)
	return template.HTML(b.String())
}

func writeSymbols(b *strings.Builder) {
	for _, set := range [][]symbol{glyphs, marks} {
		for _, s := range set {
			prefix := "g-"
			if s.box == markBox {
				prefix = "m-"
			}
			b.WriteString(`<symbol id="` + prefix + s.name + `" viewBox="` + s.box + `" overflow="visible">` + s.body + `</symbol>`)
		}
	}
	b.WriteString(`<pattern id="stripe" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="3" height="6" class="k-stripe"/></pattern>`)
	b.WriteString(`<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="k-hatch"/><rect width="2" height="6" class="k-hatchline"/></pattern>`)
}
