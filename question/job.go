package question

import (
	"context"
	"errors"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/price"
)

// Job is a question that is ready to be answered. It is not changed by that, so
// it may be answered again, and by several at once.
type Job struct {
	Parsed
	Names  Names
	Prices *price.Table // nil: none

	// Progress, if set, is told now and then how far a trace is.
	Progress func(trace.Progress)
	// Visited, if set, is told when all transactions were visited and the answer
	// is put together, which takes as long again where it is large.
	Visited func()
}

// Answer is what a trace found.
type Answer struct {
	Graph  *trace.Graph
	Result *trace.Result
}

// Job makes the question ready for a source of a network, with lists that were
// read, nil for none; their starts are to be added to the question's before.
// Errors are *UsageError and *InputError.
func (q *Question) Job(n *bitcoin.Network, lists *Lists) (*Job, error) {
	parsed, err := q.Parse(n)
	if err != nil {
		return nil, err
	}
	if lists == nil {
		lists = &Lists{}
	}
	names, err := NamesOf(parsed.Network, lists.Labels, lists.Stops, q.Stops)
	if err != nil {
		return nil, err
	}
	return &Job{Parsed: *parsed, Names: names, Prices: lists.Prices}, nil
}

// Answer runs the trace, and again from the beginning if blocks were taken back
// meanwhile. Errors are *UsageError (of as_of with ErrHeight where the source
// does not hold that block), *InputError (with trace.ErrInvalid where what the
// source says can not be), *MissingStart, and the source's own.
func (j *Job) Answer(ctx context.Context, src *Source) (a *Answer, err error) {
	err = src.read(ctx, j.AsOf, func(p trace.Source) (err error) {
		a, err = j.on(ctx, src, p)
		return err
	})
	var missing *MissingStart
	if errors.As(err, &missing) {
		return nil, j.missing(ctx, src, missing.ID)
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// on runs the trace on a pinned chain.
func (j *Job) on(ctx context.Context, src *Source, p trace.Source) (*Answer, error) {
	found, err := Starts(ctx, p, j.Starts)
	if err != nil {
		return nil, err
	}
	params, err := j.Params(ctx, p)
	if err != nil {
		return nil, err
	}
	g, err := j.graph(ctx, p, params, found)
	if errors.Is(err, trace.ErrInvalid) {
		return nil, &InputError{"", err, src.Noun + " says what can not be"}
	}
	if err != nil {
		return nil, err
	}
	prices, err := j.pricing(ctx, p, &found[0])
	if err != nil {
		return nil, err
	}
	r, err := g.Result(j.Input(src, p, params, found), prices)
	if err != nil {
		return nil, &InputError{Err: err}
	}
	if top, ok := p.(topped); ok {
		r.SetFinality(top.Newest())
	}
	return &Answer{Graph: g, Result: r}, nil
}

// topped is a pinned source that knows the newest block that the chain had when
// it was pinned.
type topped interface{ Newest() ledger.Height }

// Params are the parameters of the trace on a pinned chain.
func (j *Job) Params(ctx context.Context, p trace.Source) (trace.Params, error) {
	params := trace.Params{Policies: j.Policies, MinValue: j.MinValue, MaxHops: j.MaxHops, Names: j.Names.Known, Progress: j.Progress}
	if j.Until != nil {
		h, err := j.Until.On(ctx, p)
		if err != nil {
			return params, wrongMoment(FieldUntil, err)
		}
		params.Until = &h
	}
	return params, nil
}

func (j *Job) graph(ctx context.Context, p trace.Source, params trace.Params, found []Found) (*trace.Graph, error) {
	starts := make([]trace.Start, len(found))
	for i := range found {
		starts[i] = found[i].Start
	}
	visited := j.Visited
	if visited == nil {
		visited = func() {}
	}
	if j.Backward {
		defer visited()
		return trace.Backward(ctx, p, params, starts, Addresses(j.Network))
	}
	t := trace.New(params, starts)
	if err := t.Advance(ctx, p); err != nil {
		return nil, err
	}
	visited()
	return t.Graph(ctx, p, Addresses(j.Network))
}

// Input gathers all that an answer depends on: the parameters and starts as
// they were found on a pinned chain of a source.
func (j *Job) Input(src *Source, p trace.Source, params trace.Params, found []Found) trace.Input {
	tip := p.Tip()
	in := trace.Input{
		Chain: j.Network.Chain, FirstHeight: tip.FirstHeight, Tip: trace.InputTip{Height: tip.Height, Hash: tip.Hash.String()},
		Source: src.Class, Rules: trace.Rules, LabelSet: j.Names.LabelSet,
		Params: trace.InputParams{Policies: params.Policies, Backward: j.Backward, MinValue: params.MinValue, MaxHops: params.MaxHops,
			Until: params.Until, Stops: j.Names.Stops},
	}
	if j.Prices != nil {
		digest := j.Prices.Digest()
		in.Params.Prices = &digest
	}
	for i := range found {
		in.Starts = append(in.Starts, trace.InputStart{Outpoint: found[i].Outpoint, Amount: found[i].Value})
	}
	return in
}

// missing says why a transaction was not found: it is of a later block than the
// one to answer as of, or the source does not hold it.
func (j *Job) missing(ctx context.Context, src *Source, id ledger.TxID) error {
	m := &MissingStart{ID: id, Noun: src.Noun}
	if j.AsOf != nil {
		m.AsOf = j.AsOf.Text
	}
	err := src.Pin(ctx, Newest, func(p trace.Source) error {
		m.Tip, m.Held = p.Tip(), false
		refs, err := p.AppendTxRefs(ctx, nil, []ledger.TxID{id})
		if err != nil || uint64(refs[0]) == ledger.NoRef {
			return err
		}
		found, err := p.AppendTxs(ctx, nil, refs)
		if err == nil {
			m.At, m.Held = found[0].Pos.Height(), true
		}
		return err
	})
	if err != nil {
		return err
	}
	return m
}
