package api

import (
	"errors"
	"net/http"
	"time"

	"clew.example/clew/question"
	"clew.example/clew/report/flow"
	"clew.example/clew/report/lookup"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
	"clew.example/clew/serve/opsdb"
	"clew.example/clew/store/flat"
)

// ledgerProblem tells what a ledger does not hold; nil for other errors.
func ledgerProblem(err error) *Problem {
	var missing *lookup.Missing
	var damage *flat.Damage
	switch {
	case errors.As(err, &missing):
		return notFound(missing.Error() + "; " + missing.Holds)
	case errors.As(err, &damage):
		return nil // the log names the file
	case errors.Is(err, flat.ErrNotFound):
		return notFound(err.Error())
	case errors.Is(err, flat.ErrMoved):
		return later(http.StatusServiceUnavailable, codeMoved, "blocks were taken back again and again while it was read", time.Second)
	}
	return nil
}

// questionProblem tells what is wrong with a question; nil for other errors.
func questionProblem(err error) *Problem {
	var usage *question.UsageError
	var input *question.InputError
	var missing *question.MissingStart
	switch {
	case errors.Is(err, job.ErrChanged):
		return newProblem(http.StatusConflict, codeMoved, job.ErrChanged.Error())
	case errors.Is(err, job.ErrLarge):
		return newProblem(http.StatusConflict, codeTooLarge, job.ErrLarge.Error())
	case errors.Is(err, flow.ErrLarge):
		return newProblem(http.StatusConflict, codeTooLarge, flow.ErrLarge.Error())
	case errors.Is(err, flow.ErrQuery):
		return newProblem(http.StatusUnprocessableEntity, codeInvalid, err.Error())
	case errors.As(err, &usage):
		p := wrong("body."+usage.Field, usage.Unwrap().Error())
		if usage.Hint != "" {
			p.Detail += "; " + usage.Hint
		}
		return p
	case errors.As(err, &missing):
		return wrong("body."+question.FieldStarts, missing.Error())
	case errors.As(err, &input):
		return newProblem(http.StatusUnprocessableEntity, codeInvalid, input.Error())
	case errors.Is(err, question.ErrEmpty):
		return notFound("the ledger holds no block")
	}
	return nil
}

// storeProblem tells what the store of cases refuses; nil for other errors.
func storeProblem(err error) *Problem {
	var conflict *opsdb.ConflictError
	var field *opsdb.FieldError
	var limit *opsdb.LimitError
	var state *opsdb.StateError
	switch {
	case errors.Is(err, auth.ErrNotFound):
		return notFound("there is no such thing, or no more")
	case errors.Is(err, auth.ErrKey):
		return newProblem(http.StatusUnprocessableEntity, codeInvalid, err.Error())
	case errors.As(err, &conflict):
		return newProblem(http.StatusConflict, codeConflict, conflict.Error())
	case errors.As(err, &state):
		return newProblem(http.StatusConflict, codeConflict, state.Error())
	case errors.As(err, &limit):
		return newProblem(http.StatusConflict, codeTooLarge, limit.Error())
	case errors.As(err, &field):
		return wrong("body."+field.Field, field.Reason)
	case errors.Is(err, opsdb.ErrPending):
		return later(http.StatusConflict, codePending, opsdb.ErrPending.Error(), time.Second)
	case errors.Is(err, opsdb.ErrReused):
		return newProblem(http.StatusUnprocessableEntity, codeReused, opsdb.ErrReused.Error())
	case errors.Is(err, opsdb.ErrBusy):
		return later(http.StatusServiceUnavailable, codeUnavailable, opsdb.ErrBusy.Error(), time.Second)
	case errors.Is(err, opsdb.ErrFull):
		return newProblem(http.StatusInsufficientStorage, codeFull, opsdb.ErrFull.Error())
	}
	return nil
}
