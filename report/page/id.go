package page

import (
	"strings"

	"clew.example/clew/internal/plain"
)

// id is an identifier that a table shortens and paper shows in full.
type id struct{ Short, Full string }

// identify shortens an identifier to its first six and last four characters;
// an outpoint keeps its number.
func identify(s string) id {
	full := plain.Text(s)
	return id{shorten(full), full}
}

func shorten(s string) string {
	head, number, outpoint := strings.Cut(s, ":")
	runes := []rune(head)
	if len(runes) > 13 {
		head = string(runes[:6]) + "…" + string(runes[len(runes)-4:])
	}
	if outpoint {
		return head + ":" + number
	}
	return head
}

// clip keeps a name short enough for its place. The tables have all of it.
func clip(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return plain.Text(*s)
}
