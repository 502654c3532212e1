package question

import (
	"errors"
	"fmt"

	"clew.example/clew/ledger"
)

// The fields of a question, as errors name them and as JSON does.
const (
	FieldStarts   = "starts"
	FieldStops    = "stops"
	FieldPolicies = "policies"
	FieldAsOf     = "as_of"
	FieldUntil    = "until"
	FieldMinValue = "min_value"
	FieldMaxHops  = "max_hops"
	FieldLabels   = "labels"
	FieldPrices   = "prices"
)

// UsageError: the question can not mean anything, at all or on this chain.
type UsageError struct {
	Field string // of the question that is wrong
	Err   error
	Hint  string // what to do, or empty
}

// Error begins with the field.
func (e *UsageError) Error() string { return e.Named(e.Field) }

// Unwrap returns what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// Named is the error under another name of its field, such as that of a flag.
func (e *UsageError) Named(field string) string {
	var goesOn clause
	if errors.As(e.Err, &goesOn) {
		return field + " " + e.Err.Error()
	}
	return field + ": " + e.Err.Error()
}

// clause is an error that goes on after what it is about: a value in quotes, or
// a verb.
type clause string

func (c clause) Error() string { return string(c) }

func clausef(format string, args ...any) error { return clause(fmt.Sprintf(format, args...)) }

// InputError: a file, a stop, or what the chain is said to hold, is wrong.
type InputError struct {
	Field string // of the question that it came from; empty: the chain
	Err   error
	Hint  string // what to do, or empty
}

func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *InputError) Unwrap() error { return e.Err }

// MissingStart is a start's transaction that the source does not hold as of its
// pin. From Starts only ID is set; Answer looks for it in newer blocks.
type MissingStart struct {
	ID   ledger.TxID
	Noun string        // of the source that was looked through; empty: from Starts
	Tip  ledger.Tip    // the newest block that was looked at
	At   ledger.Height // where the transaction stands, if Held
	Held bool          // by the source, in a block after the pin
	AsOf string        // the moment asked for; empty: the newest block, so a transaction that is held came meanwhile
}

// Error says where it was looked for.
func (m *MissingStart) Error() string {
	switch {
	case m.Noun == "":
		return fmt.Sprintf("transaction %s: not in the source", m.ID)
	case !m.Held:
		return fmt.Sprintf("transaction %s: not in %s", m.ID, m.Noun)
	case m.AsOf == "":
		return fmt.Sprintf("transaction %s came while it was looked for", m.ID)
	}
	return fmt.Sprintf("transaction %s is of block %d, after the block to answer as of, %s", m.ID, m.At, m.AsOf)
}

// ErrHeight: the source does not hold the block to answer as of.
var ErrHeight = errors.New("no such block")

// ErrEmpty: the source holds no block.
var ErrEmpty = errors.New("it holds no block")

// errNoBlock: every block is younger than the time.
var errNoBlock = errors.New("no block is that old")
