package page

import (
	_ "embed" // the style of what is drawn
	"strconv"
	"strings"
)

// flowStyle is shared by the page and by the picture that stands alone.
//
//go:embed flow.css
var flowStyle string

// num writes a length with two decimal places at most.
func num(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	if s = strings.TrimRight(strings.TrimRight(s, "0"), "."); s == "-0" {
		return "0"
	}
	return s
}
