package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"clew.example/clew/internal/plain"
)

// The exit codes. Scripts rely on them: a code keeps its meaning.
const (
	exitOK         = 0
	exitUsage      = 1 // wrong use, and failures that have no code of their own
	exitInput      = 2 // bad or hostile input
	exitSource     = 3 // a source is not reachable
	exitLedger     = 4 // the ledger is damaged
	exitIncomplete = 5 // the answer is incomplete; what there is was written
)

// failure is an error that knows the exit code and what to do about it.
type failure struct {
	code int
	err  error
	hint string // one sentence for the user, or empty
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// fail gives an error its exit code and a hint, which may be empty.
func fail(code int, err error, hint string) error {
	return &failure{code: code, err: err, hint: hint}
}

// exitCode returns the code of an error. A command that was interrupted keeps
// what it wrote, so its answer is incomplete rather than wrong.
func exitCode(err error) int {
	var f *failure
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &f):
		return f.code
	case errors.Is(err, context.Canceled):
		return exitIncomplete
	}
	return exitUsage
}

// printFailure writes the error line and, where there is one, the hint line.
// Errors quote what strangers sent, so both lines are made plain.
func printFailure(w io.Writer, err error) {
	fmt.Fprintf(w, "clew: error: %s\n", plain.Text(err.Error()))
	var f *failure
	if errors.As(err, &f) && f.hint != "" {
		fmt.Fprintf(w, "clew: hint: %s\n", plain.Text(f.hint))
	}
}

// warn writes a line beside an answer: something that its reader should know
// and that does not make it wrong.
func warn(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "clew: warning: %s\n", plain.Text(fmt.Sprintf(format, args...)))
}
