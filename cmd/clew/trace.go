package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/spf13/cobra"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/follow/trace"
	"clew.example/clew/ledger"
	"clew.example/clew/price"
	"clew.example/clew/report/file"
)

func newTrace(e env) *cobra.Command {
	var f traceFlags
	cmd := &cobra.Command{
		Use:   "trace bitcoin:TXID[:VOUT]... | bitcoin:ADDRESS[@FROM..TO]...",
		Short: "Follow stolen coins to every place where they ended",
		Long: `Follows stolen coins from the outputs they were taken to, to every place where they ended: services, addresses of a
list, mixers, fees, and outputs that nobody has spent as of the block.

A start is a TXID (all its outputs), a TXID:VOUT (one of them) or an ADDRESS (every output paid to it, from block FROM to
block TO, ends included). FROM, TO, --as-of and --until are heights, dates or times as in 2019-01-24T10:11:12Z; a date is
its midnight in UTC, and a time means the greatest height whose header time is at or before it.

Where stolen and other coins meet, a policy says which leave first. Six apportion, and their exits sum to the theft: fifo,
lifo, haircut, tiho, dirty_first, libr. pure follows only what met nothing else and counts the rest as diluted. poison
apportions nothing and says how far the theft reaches. Read docs/trace.md before an answer is shown to a court.

A file of --stop or --start is a line "bitcoin ADDRESS" each, and one of --labels a CSV with the header
chain,address,label,category[,source]. A trace stops at services (exchange, exchange_deposit, service, wallet_service,
payment, gambling, market) and at mixers (mixer); other categories name and do not stop.`,
		Example: `  clew trace bitcoin:TXID --ledger ledger
  clew trace bitcoin:TXID:0 bitcoin:TXID:1 --policy all --labels labels.csv --json
  clew trace bitcoin:ADDRESS@560062..560086 --stop exchanges.txt --format csv -o exits.csv
  clew trace bitcoin:TXID --min-value 0.01btc --max-hops 50 --until 2019-01-25
  clew trace bitcoin:TXID --esplora https://host/api --format html -o trace.html
  clew trace --start stolen.txt --format holders
  clew trace --case case.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, e, args) },
	}
	f.add(cmd)
	cmd.AddCommand(newTraceDiff(e))
	return cmd
}

// traceJob is a trace that is ready to run.
type traceJob struct {
	traceParams
	names  traceNames
	prices *price.Table
	starts []startName
	src    *chainSource

	progress func(trace.Progress)
}

// traceAnswer is what a trace found.
type traceAnswer struct {
	graph        *trace.Graph
	result       *trace.Result
	rerun        string
	network      string // for people
	title, notes string // of the case
}

func (f *traceFlags) run(cmd *cobra.Command, e env, args []string) error {
	ctx := cmd.Context()
	f.backwardSaid = cmd.Flags().Changed("backward")
	q, err := f.question(args)
	if err != nil {
		return err
	}
	params, err := q.params()
	if err != nil {
		return err
	}
	format, err := f.formatOf(q.backward)
	if err != nil {
		return err
	}
	out, err := openOutput(e, f.out)
	if err != nil {
		return err
	}
	defer out.discard()
	job, err := f.prepare(ctx, e, q, params)
	if err != nil {
		return err
	}
	defer job.src.close()
	a, err := job.answer(ctx, e, f.doing)
	if err != nil {
		return err
	}
	a.rerun = f.rerun(args, job.src.path, a.result.Input.Tip.Height)
	a.network, a.title, a.notes = "bitcoin "+job.src.network.Name, q.title, q.notes
	if err := writeTrace(out, format, a); err != nil {
		return err
	}
	return out.commit()
}

// doing says what is going on, for whoever waits.
func (f *traceFlags) doing() string {
	text := "tracing"
	for _, said := range []*atomic.Pointer[string]{&f.reached, &f.asked} {
		if s := said.Load(); s != nil {
			text += "  " + *s
		}
	}
	return text
}

// reach notes how far a trace is.
func (f *traceFlags) reach(p trace.Progress) {
	text := fmt.Sprintf("%s to block %s, %s", p.Policy, file.Count(p.Height), file.Plural(p.Txs, "transaction"))
	f.reached.Store(&text)
}

// prepare reads the files that are named and opens the source.
func (f *traceFlags) prepare(ctx context.Context, e env, q *traceQuestion, params traceParams) (*traceJob, error) {
	listed, err := readStarts(q.startFiles)
	if err != nil {
		return nil, err
	}
	n, texts, err := startsOf(append(slices.Clone(q.starts), listed...))
	if err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		return nil, fail(exitUsage, errors.New("clew trace: where does it begin?"), startForms)
	}
	job := &traceJob{traceParams: params, progress: f.reach}
	if job.prices, err = readPrices(q.prices); err != nil {
		return nil, err
	}
	if job.src, err = f.openSource(ctx, e, q.facts, n); err != nil {
		return nil, err
	}
	if err = job.parseStarts(texts); err == nil {
		job.names, err = readNames(q, job.src.network, e.Err)
	}
	if err != nil {
		return nil, errors.Join(err, job.src.close())
	}
	return job, nil
}

func (j *traceJob) parseStarts(texts []string) error {
	for _, s := range texts {
		name, err := parseStart(s, j.src.network)
		if err != nil {
			return fail(exitUsage, err, startForms)
		}
		j.starts = append(j.starts, name)
	}
	return nil
}

// answer runs the trace. It is run again from the beginning if blocks were
// taken back meanwhile.
func (j *traceJob) answer(ctx context.Context, e env, doing func() string) (a *traceAnswer, err error) {
	line := newStatusLine(e.Err)
	defer line.clear()
	defer line.clock(doing)()
	err = j.src.read(ctx, j.asOf, func(p trace.Source) (err error) {
		a, err = j.on(ctx, p)
		return err
	})
	var missing *missingStart
	if errors.As(err, &missing) {
		return nil, j.src.missing(ctx, j.asOf, missing)
	}
	return a, err
}

// on runs the trace on a pinned chain.
func (j *traceJob) on(ctx context.Context, p trace.Source) (*traceAnswer, error) {
	found, err := findStarts(ctx, p, j.starts)
	if err != nil {
		return nil, err
	}
	params := trace.Params{Policies: j.policies, MinValue: j.minValue, MaxHops: j.maxHops, Names: j.names.names, Progress: j.progress}
	if j.until != nil {
		h, err := j.until.on(ctx, p)
		if err != nil {
			return nil, momentFailure("--until", err)
		}
		params.Until = &h
	}
	g, err := j.graph(ctx, p, params, found)
	if errors.Is(err, trace.ErrInvalid) {
		return nil, fail(exitInput, err, j.src.noun+" says what can not be")
	}
	if err != nil {
		return nil, err
	}
	prices, err := j.pricing(ctx, p, &found[0])
	if err != nil {
		return nil, err
	}
	r, err := g.Result(j.input(p, params, found), prices)
	if err != nil {
		return nil, fail(exitInput, err, "")
	}
	return &traceAnswer{graph: g, result: r}, nil
}

func (j *traceJob) graph(ctx context.Context, p trace.Source, params trace.Params, found []foundStart) (*trace.Graph, error) {
	starts := make([]trace.Start, len(found))
	for i := range found {
		starts[i] = found[i].Start
	}
	address := func(a ledger.Account) string {
		address, _ := bitcoin.AppendAddress(nil, a, j.src.network)
		return string(address)
	}
	if j.backward {
		return trace.Backward(ctx, p, params, starts, address)
	}
	t := trace.New(params, starts)
	if err := t.Advance(ctx, p); err != nil {
		return nil, err
	}
	return t.Graph(ctx, p, address)
}

// input gathers all that the answer depends on.
func (j *traceJob) input(p trace.Source, params trace.Params, found []foundStart) trace.Input {
	tip := p.Tip()
	in := trace.Input{
		Chain: j.src.network.Chain, FirstHeight: tip.FirstHeight, Tip: trace.InputTip{Height: tip.Height, Hash: tip.Hash.String()},
		Source: j.src.class, Rules: trace.Rules, LabelSet: j.names.labelSet,
		Params: trace.InputParams{Policies: params.Policies, Backward: j.backward, MinValue: params.MinValue, MaxHops: params.MaxHops,
			Until: params.Until, Stops: j.names.stops},
	}
	if j.prices != nil {
		digest := j.prices.Digest()
		in.Params.Prices = &digest
	}
	for i := range found {
		in.Starts = append(in.Starts, trace.InputStart{Outpoint: found[i].outpoint, Amount: found[i].value})
	}
	return in
}

// errFormat is a format that is listed and not written: our own fault.
func errFormat(format string) error { return fmt.Errorf("format %s has no writer", format) }
