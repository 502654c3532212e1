package page

import (
	"fmt"
	"io"

	"clew.example/clew/internal/plain"
)

// Lengths of a picture that stands alone.
const (
	titleHeight  = 74.0
	legendHeight = 64.0
)

// SVG writes the flow under the first policy as a picture that stands alone,
// with its title, what it was made from, and what it does not show.
func SVG(w io.Writer, d *Doc) error {
	v, err := newViewer(d)
	if err != nil {
		return err
	}
	k := &ink{}
	pic := v.picture(0)
	width, height := pictureWidth, titleHeight+legendHeight+30
	if pic != nil {
		width, height = pic.l.width, titleHeight+pic.height()+legendHeight
	}
	k.raw(`<svg xmlns="http://www.w3.org/2000/svg" width="`, num(width), `" height="`, num(height), `" viewBox="0 0 `, num(width), " ", num(height), `" role="img">`)
	k.title(v.title() + ". " + v.answer(v.policies[0]))
	k.raw("<style>", tokenStyle(), flowStyle, "</style><defs>")
	writeSymbols(&k.Builder)
	k.raw("</defs>")
	k.rect("bg", 0, 0, width, height, 0)
	v.drawTitle(k)
	if pic == nil {
		k.label("l", "start", 24, titleHeight+20, "", "Nothing to draw: the trace came with no graph.")
	} else {
		k.raw(`<g transform="translate(0 `, num(titleHeight), `)">`)
		pic.drawInto(k)
		k.raw("</g>")
		v.drawLegend(k, titleHeight+pic.height()+8, v.folded(pic, v.policies[0]))
	}
	k.raw("</svg>\n")
	if _, err := io.WriteString(w, k.String()); err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	return nil
}

func (v *viewer) drawTitle(k *ink) {
	in := &v.result.Input
	k.label("l big", "start", 24, 28, clip(v.title(), 90), "")
	k.label("l", "start", 24, 47, "", clip(v.answer(v.policies[0]), 170))
	from := ""
	if len(in.Starts) > 0 {
		from = ", from " + shorten(plain.Text(in.Starts[0].Outpoint))
		if more := len(in.Starts) - 1; more > 0 {
			from += " and " + count(more) + " more"
		}
	}
	k.label("l a", "start", 24, 64, "", clip(plain.Text(v.doc.Network)+" as of block "+count(int(in.Tip.Height))+from+", under "+policyNames[v.policies[0]]+
		", result "+plain.Text(v.result.ResultDigest), 220))
}

// drawLegend says what lines, widths and shapes mean, and what is not shown.
func (v *viewer) drawLegend(k *ink, top float64, folded string) {
	x := 24.0
	entry := func(words string, width float64, draw func()) {
		draw()
		k.label("l a", "start", x+width+7, top+14, "", words)
		x += width + 7 + measure(words, false).width + 16
	}
	alone, mixed, part := v.legend()
	entry(alone, 32, func() { k.line("c", x, top+10, x+32, top+10) })
	entry(mixed+" "+policyNames[v.policies[0]], 32, func() { k.line("c i", x, top+10, x+32, top+10) })
	entry(part+", 20 to 100\u202f%", 60, func() {
		for i := range 5 {
			k.rect("p t"+digits(i+1), x+12*float64(i), top+5, 12, 10, 0)
		}
	})
	entry("width: amount", 0, func() {})
	x, top = 24, top+26
	for _, g := range []string{"theft", "service", "rest", "mixer", "undec", "fold"} {
		words := ""
		for _, s := range glyphs {
			if s.name == g {
				words = s.label
			}
		}
		entry(words, 16, func() {
			k.raw(`<use href="#g-`, g, `" x="`, num(x), `" y="`, num(top+2), `" width="16" height="16"/>`)
		})
	}
	k.label("l a", "start", x+10, top+14, "", folded)
}
