// Package invariant holds assertions: promises this program makes to itself.
// Their failure is our own fault, never the input's.
package invariant

import "fmt"

// Check panics with "BUG: " and the message if ok is false. Use it for what
// only a mistake in this program can break; hostile input is an error.
func Check(ok bool, format string, args ...any) {
	if !ok {
		panic("BUG: " + fmt.Sprintf(format, args...))
	}
}
