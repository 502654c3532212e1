package main

import (
	"context"
	"errors"
	"fmt"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/node/facts"
	"clew.example/clew/question"
)

// traceSource is where a trace reads a chain.
type traceSource struct {
	*question.Source
	path  string            // of the ledger folder, if it is one
	fail  func(error) error // gives the source's own errors their exit codes
	close func()
}

// failure gives an error of an answer its exit code and a hint.
func (s *traceSource) failure(err error) error {
	if said := questionFailure(err); said != err {
		return said
	}
	return s.fail(err)
}

// openSource opens the source that the flags name, of the network that the
// starts name, if they do.
func (f *traceFlags) openSource(ctx context.Context, e env, facts *question.File, n *bitcoin.Network) (*traceSource, error) {
	explorer := f.esplora != "" || f.offline
	switch {
	case explorer && f.facts != "", explorer && f.ledger != "", f.facts != "" && f.ledger != "":
		return nil, fail(exitUsage, errors.New("--ledger, --esplora and --facts are one source each: name one"), "")
	case explorer:
		return f.openExplorer(ctx, e, n)
	case facts != nil:
		return openFacts(*facts, n)
	}
	return openLedger(e.ledgerPath(f.ledger), n)
}

// openLedger opens the ledger of a network in a ledger folder, or the only one
// of the folder.
func openLedger(path string, n *bitcoin.Network) (*traceSource, error) {
	name := ""
	if n != nil {
		name = n.Name
	}
	p, err := choosePlace(path, name, "name the chain, as in bitcoin:"+chainExample)
	if err != nil {
		return nil, err
	}
	l, err := p.open()
	if err != nil {
		return nil, err
	}
	s := &traceSource{Source: question.Ledger(l, p.network), path: path, close: func() { l.Close() }}
	s.fail = func(err error) error {
		if errors.Is(err, question.ErrEmpty) {
			return fail(exitInput, fmt.Errorf("ledger %s holds no block", p.dir), "add some with 'clew ingest bitcoin --blocks DIR'")
		}
		return ledgerFailure(p.dir, err)
	}
	return s, nil
}

// openFacts reads a file of facts as a source.
func openFacts(path question.File, n *bitcoin.Network) (*traceSource, error) {
	r, err := question.Open(path)
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
	return &traceSource{
		Source: question.Facts(f), close: func() {},
		fail: func(err error) error { return fail(exitInput, fmt.Errorf("%s: %w", path, err), "") },
	}, nil
}
