package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sort"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/store/flat"
)

// newestBlock pins the newest block of any source.
const newestBlock = ledger.Height(math.MaxUint32)

// chainSource is where a trace reads a chain.
type chainSource struct {
	class   string // as results name it
	noun    string // as people do
	path    string // of the ledger folder, if it is one
	network *bitcoin.Network
	// pin answers a question from the chain as of a block. A question is asked
	// again if blocks were taken back while it was answered, so it must not
	// keep what it found before. Errors have their exit codes; errHeight is a
	// block that the source does not hold.
	pin   func(ctx context.Context, asOf ledger.Height, question func(trace.Source) error) error
	close func() error
}

// errHeight: the source does not hold the block to answer as of.
var errHeight = errors.New("no such block")

// read answers a question as of a moment, nil meaning the newest block.
func (s *chainSource) read(ctx context.Context, asOf *moment, question func(trace.Source) error) error {
	height := newestBlock
	if asOf != nil {
		err := s.pin(ctx, newestBlock, func(p trace.Source) (err error) {
			height, err = asOf.on(ctx, p)
			return momentFailure("--as-of", err)
		})
		if err != nil {
			return err
		}
	}
	err := s.pin(ctx, height, question)
	if errors.Is(err, errHeight) {
		return fail(exitUsage, fmt.Errorf("--as-of: %w", err), "")
	}
	return err
}

// ledgerSource reads a ledger on this machine.
func ledgerSource(p place) *chainSource {
	s := &chainSource{class: "ledger", noun: "the ledger", network: p.network, close: func() error { return nil }}
	s.pin = func(ctx context.Context, asOf ledger.Height, question func(trace.Source) error) error {
		err := p.read(ctx, asOf, func(_ *flat.Ledger, v *flat.View) error {
			if v.Counts().Blocks == 0 {
				return fail(exitInput, fmt.Errorf("ledger %s holds no block", p.dir), "add some with 'clew ingest bitcoin --blocks DIR'")
			}
			return question(v)
		})
		if errors.Is(err, flat.ErrNotFound) {
			return fmt.Errorf("%w: %w", errHeight, err)
		}
		return err
	}
	return s
}

// openSource opens the source that the flags name, of the network that the
// starts name, if they do.
func (f *traceFlags) openSource(ctx context.Context, e env, facts *inputFile, n *bitcoin.Network) (*chainSource, error) {
	explorer := f.esplora != "" || f.offline
	switch {
	case explorer && f.facts != "", explorer && f.ledger != "", f.facts != "" && f.ledger != "":
		return nil, fail(exitUsage, errors.New("--ledger, --esplora and --facts are one source each: name one"), "")
	case explorer:
		return f.openExplorer(ctx, e, n)
	case facts != nil:
		return openFacts(*facts, n)
	}
	name := ""
	if n != nil {
		name = n.Name
	}
	p, err := choosePlace(e.ledgerPath(f.ledger), name, "name the chain, as in bitcoin:"+chainExample)
	if err != nil {
		return nil, err
	}
	s := ledgerSource(p)
	s.path = e.ledgerPath(f.ledger)
	return s, nil
}

// missing says why a transaction was not found: it is of a later block than
// --as-of, or the source does not hold it.
func (s *chainSource) missing(ctx context.Context, asOf *moment, m *missingStart) error {
	var found []ledger.TxView
	var tip ledger.Tip
	err := s.pin(ctx, newestBlock, func(p trace.Source) error {
		tip = p.Tip()
		refs, err := p.AppendTxRefs(ctx, nil, []ledger.TxID{m.id})
		if err != nil || uint64(refs[0]) == ledger.NoRef {
			return err
		}
		found, err = p.AppendTxs(ctx, found[:0], refs)
		return err
	})
	switch {
	case err != nil:
		return err
	case len(found) == 0:
		return fail(exitInput, fmt.Errorf("transaction %s: not in %s", m.id, s.noun),
			fmt.Sprintf("%s holds blocks %d to %d", s.noun, tip.FirstHeight, tip.Height))
	case asOf != nil:
		return fail(exitUsage, fmt.Errorf("transaction %s is of block %d, after --as-of %s", m.id, found[0].Pos.Height(), asOf.text), "")
	}
	return fail(exitIncomplete, fmt.Errorf("transaction %s came while it was looked for", m.id), "ask again")
}

// tipTime returns the header time of the block that a source is pinned at: the
// least time for which it names that block. Since is the time of a block that
// is not much younger.
func tipTime(ctx context.Context, p trace.Source, since uint32) (uint32, error) {
	const hours = 6 * 3600 // header times go back by two hours and a half at most
	tip, low := p.Tip().Height, since-min(since, hours)
	var failed error
	reaches := func(time uint32) bool {
		h, ok, err := p.HeightAt(ctx, time)
		failed = errors.Join(failed, err)
		return ok && h == tip
	}
	if reaches(low) {
		low = 0
	}
	at := sort.Search(int(math.MaxUint32-low), func(i int) bool { return failed != nil || reaches(low+uint32(i)) })
	return low + uint32(at), failed
}
