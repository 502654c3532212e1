package page

import "strings"

// token is a colour with a meaning. No colour stands anywhere else.
type token struct{ name, light, dark string }

// Text tokens keep 4.5:1 on every plane, marks 3:1.
var tokens = []token{
	{"bg", "#F5F5F2", "#0F1113"}, {"surface", "#FFFFFF", "#16191C"}, {"sunken", "#EFEFEA", "#0B0D0F"}, {"hover", "#F3F3EF", "#1C2024"},
	{"line", "#E3E3DC", "#262A2F"}, {"line2", "#CBCBC2", "#3A4047"}, {"line3", "#8F9096", "#737A83"},
	{"ink", "#17191C", "#ECEDEE"}, {"ink2", "#474B52", "#B9BEC5"}, {"ink3", "#666B73", "#8F969F"}, {"onink", "#FFFFFF", "#121416"},
	{"harm", "#B33A17", "#FF8A60"},    // stolen
	{"wait", "#7C6000", "#E3C24C"},    // at rest: text
	{"waitf", "#A97E00", "#D9B73E"},   // at rest: line
	{"restf", "#DDC77E", "#7A682A"},   // at rest: fill
	{"service", "#0B5FA0", "#6BB5EE"}, // in the hands of a named party that can be asked
	{"servicebg", "#E7F0F8", "#152735"},
	{"mix", "#8F3578", "#E294CB"},                              // mixer
	{"t0", "#F6EAE3", "#241E1B"}, {"t1", "#F3DACE", "#35251F"}, // taint of a flow, 0 to 100 % in fifths
	{"t2", "#ECC0AE", "#4E3227"}, {"t3", "#E4A58C", "#6B3E2D"},
	{"t4", "#DB896A", "#8B4B32"}, {"t5", "#D06E4B", "#AC5A39"},
	{"core", "#621B04", "#FFD3C0"}, // centre line of a flow
}

// declare lists the tokens as custom properties.
func declare(dark bool) string {
	var b strings.Builder
	for _, t := range tokens {
		value := t.light
		if dark {
			value = t.dark
		}
		b.WriteString("--" + t.name + ":" + value + ";")
	}
	if dark {
		return b.String() + "color-scheme:dark"
	}
	return b.String() + "color-scheme:light"
}

// tokenStyle sets the tokens by what the reader's system prefers and, on a
// page, by its switch. Paper is always light.
func tokenStyle() string {
	light, dark := declare(false), declare(true)
	return ":root{" + light + "}\n" +
		"@media (prefers-color-scheme:dark){:root{" + dark + "}}\n" +
		":root:has(#light:checked){" + light + "}\n" +
		":root:has(#dark:checked){" + dark + "}\n" +
		"@media print{:root,:root:has(#dark:checked){" + light + "}}\n"
}
