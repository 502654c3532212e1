package main

import (
	"io"

	"clew.example/clew/report/lookup"
)

// writeJSON writes v as one line of JSON, the same bytes for equal answers.
func writeJSON(w io.Writer, v any) error { return lookup.WriteJSON(w, v) }
