package main

import (
	"context"
	"errors"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/node/facts"
)

// openFacts reads a file of facts as a source.
func openFacts(path inputFile, n *bitcoin.Network) (*chainSource, error) {
	r, err := path.open()
	if err != nil {
		return nil, fail(exitSource, err, "")
	}
	defer r.Close()
	f, err := facts.Read(r)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: %w", path, err), "")
	}
	if n != nil && n != f.Network() {
		return nil, fail(exitUsage, fmt.Errorf("%s holds %s, not %s", path, f.Network().Name, n.Name), "")
	}
	s := &chainSource{class: "facts", noun: "the file of facts", network: f.Network(), close: func() error { return nil }}
	s.pin = func(ctx context.Context, asOf ledger.Height, question func(trace.Source) error) error {
		v, err := f.Pin(asOf)
		if errors.Is(err, facts.ErrNotFound) {
			return fmt.Errorf("%w: %w", errHeight, err)
		}
		if err != nil {
			return fail(exitInput, fmt.Errorf("%s: %w", path, err), "")
		}
		return question(v)
	}
	return s, nil
}
