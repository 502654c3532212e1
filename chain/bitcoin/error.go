package bitcoin

import (
	"errors"
	"fmt"
)

// Error says what is wrong with a block and where.
type Error struct {
	Offset int // in the bytes that were decoded
	Reason string
}

// Error returns such as "transaction 12: output 3: value above 21,000,000 BTC
// (at byte 4711)".
func (e *Error) Error() string { return fmt.Sprintf("%s (at byte %d)", e.Reason, e.Offset) }

func errorAt(offset int, format string, args ...any) error {
	return &Error{Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

// within puts the place that an error was met in before its reason.
func within(what string, i int, err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Reason = fmt.Sprintf("%s %d: %s", what, i, e.Reason)
	}
	return err
}
