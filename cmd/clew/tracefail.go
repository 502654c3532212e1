package main

import (
	"errors"
	"fmt"

	"clew.example/clew/question"
)

// fieldFlags are the flags that fields of a question come from. What is wrong
// with the others is said without naming one: it may come from a case.
var fieldFlags = map[string]string{
	question.FieldPolicies: "--policy", question.FieldAsOf: "--as-of", question.FieldUntil: "--until",
	question.FieldMinValue: "--min-value", question.FieldMaxHops: "--max-hops",
}

// questionFailure gives an error of a question its exit code and a hint. Other
// errors stay as they are.
func questionFailure(err error) error {
	var usage *question.UsageError
	var input *question.InputError
	var missing *question.MissingStart
	switch {
	case errors.As(err, &usage):
		if flag, ok := fieldFlags[usage.Field]; ok {
			return fail(exitUsage, errors.New(usage.Named(flag)), usage.Hint)
		}
		return fail(exitUsage, usage.Err, usage.Hint)
	case errors.As(err, &input):
		return fail(exitInput, err, input.Hint)
	case errors.As(err, &missing):
		return missingFailure(missing)
	}
	return err
}

func missingFailure(m *question.MissingStart) error {
	switch {
	case !m.Held:
		return fail(exitInput, m, fmt.Sprintf("%s holds blocks %d to %d", m.Noun, m.Tip.FirstHeight, m.Tip.Height))
	case m.AsOf != "":
		return fail(exitUsage, fmt.Errorf("transaction %s is of block %d, after --as-of %s", m.ID, m.At, m.AsOf), "")
	}
	return fail(exitIncomplete, m, "ask again")
}
