package question

import (
	"context"
	"errors"
	"fmt"
	"math"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/node/esplora"
	"clew.example/clew/node/facts"
	"clew.example/clew/store/flat"
)

// Newest pins the newest block of any source.
const Newest = ledger.Height(math.MaxUint32)

// Pin answers a question from a chain as of a block, Newest for the newest one.
// The question is asked again if blocks were taken back while it was answered,
// so it must not keep what it found before. ErrHeight is a block that the
// source does not hold, ErrEmpty one that holds none. The pinned source ends
// with the question.
type Pin func(ctx context.Context, asOf ledger.Height, question func(trace.Source) error) error

// Source is where a chain is read. Safe for concurrent use, if what it was made
// from is.
type Source struct {
	Class   string // as results name it: ledger, esplora, facts
	Noun    string // as people do
	Network *bitcoin.Network
	Pin     Pin
}

// Pinner pins a ledger: *flat.Ledger does.
type Pinner interface {
	Pin(ctx context.Context, asOf ledger.Height) (*flat.View, error)
}

// ledgerTries bounds how often a question to a ledger is asked again because
// blocks were taken back while it was answered.
const ledgerTries = 20

// AskLedger answers a question from a view of a ledger as of a block, and again
// where a reorganisation came between. flat.ErrMoved says that one came each
// time.
func AskLedger(ctx context.Context, p Pinner, asOf ledger.Height, question func(*flat.View) error) (err error) {
	for range 1 + ledgerTries {
		var v *flat.View
		if v, err = p.Pin(ctx, asOf); err == nil {
			err = question(v)
		}
		if !errors.Is(err, flat.ErrMoved) {
			return err
		}
	}
	return err
}

// Ledger reads a ledger of a network. It stays the caller's to close.
func Ledger(p Pinner, n *bitcoin.Network) *Source {
	pin := func(ctx context.Context, asOf ledger.Height, question func(trace.Source) error) error {
		err := AskLedger(ctx, p, asOf, func(v *flat.View) error {
			if v.Counts().Blocks == 0 {
				return ErrEmpty
			}
			return question(v)
		})
		return heldOr(err, flat.ErrNotFound)
	}
	return &Source{Class: "ledger", Noun: "the ledger", Network: n, Pin: pin}
}

// heldOr marks the error of a pin that a source does not hold.
func heldOr(err, notFound error) error {
	if errors.Is(err, notFound) {
		return fmt.Errorf("%w: %w", ErrHeight, err)
	}
	return err
}

// Facts reads a file of facts.
func Facts(f *facts.Facts) *Source {
	pin := func(_ context.Context, asOf ledger.Height, question func(trace.Source) error) error {
		v, err := f.Pin(asOf)
		if err != nil {
			return heldOr(err, facts.ErrNotFound)
		}
		return question(v)
	}
	return &Source{Class: "facts", Noun: "the file of facts", Network: f.Network(), Pin: pin}
}

// explorerTries bounds how often a question is asked because blocks were taken
// back while it was answered: each time costs the whole trace.
const explorerTries = 3

// Explorer asks an explorer of a network. It stays the caller's to close.
func Explorer(x *esplora.Explorer, n *bitcoin.Network) *Source {
	pin := func(ctx context.Context, asOf ledger.Height, question func(trace.Source) error) (err error) {
		for range explorerTries {
			if err = askOnce(ctx, x, asOf, question); !errors.Is(err, esplora.ErrMoved) {
				return err
			}
		}
		return err
	}
	return &Source{Class: "esplora", Noun: "the explorer", Network: n, Pin: pin}
}

func askOnce(ctx context.Context, x *esplora.Explorer, asOf ledger.Height, question func(trace.Source) error) error {
	v, err := x.Pin(ctx, asOf)
	if err != nil {
		return heldOr(err, esplora.ErrNotFound)
	}
	defer v.Close()
	if err := question(v); err != nil {
		return err
	}
	return v.Recheck(ctx)
}

// read answers a question as of a moment, nil meaning the newest block.
func (s *Source) read(ctx context.Context, asOf *Moment, question func(trace.Source) error) error {
	height := Newest
	if asOf != nil {
		err := s.Pin(ctx, Newest, func(p trace.Source) (err error) {
			height, err = asOf.On(ctx, p)
			return err
		})
		if err != nil {
			return wrongMoment(FieldAsOf, err)
		}
	}
	err := s.Pin(ctx, height, question)
	if errors.Is(err, ErrHeight) {
		return &UsageError{Field: FieldAsOf, Err: err}
	}
	return err
}

// wrongMoment names the field of a moment that no block is as old as.
func wrongMoment(field string, err error) error {
	if errors.Is(err, errNoBlock) {
		return &UsageError{Field: field, Err: err}
	}
	return err
}
