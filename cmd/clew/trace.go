package main

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/spf13/cobra"

	"clew.example/clew/follow/trace"
	"clew.example/clew/question"
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

// traceAnswer is what a trace found, and what is written with it.
type traceAnswer struct {
	*question.Answer
	rerun        string
	network      string // for people
	title, notes string // of the case
}

func (f *traceFlags) run(cmd *cobra.Command, e env, args []string) error {
	f.backwardSaid = cmd.Flags().Changed("backward")
	q, err := f.question(args)
	if err != nil {
		return err
	}
	if _, err := q.Limits(); err != nil { // before any file is opened
		return questionFailure(err)
	}
	format, err := f.formatOf(q.Backward)
	if err != nil {
		return err
	}
	out, err := openOutput(e, f.out)
	if err != nil {
		return err
	}
	defer out.discard()
	a, err := f.ask(cmd.Context(), e, q, args)
	if err != nil {
		return err
	}
	if err := writeTrace(out, format, a); err != nil {
		return err
	}
	return out.commit()
}

// ask reads the files that are named, opens the source and has the question
// answered.
func (f *traceFlags) ask(ctx context.Context, e env, q *question.Question, args []string) (*traceAnswer, error) {
	lists, err := q.Files.Read(question.Open)
	if err != nil {
		return nil, questionFailure(err)
	}
	q.Starts = append(q.Starts, lists.Starts...)
	n, err := q.Network()
	if err != nil {
		return nil, questionFailure(err)
	}
	src, err := f.openSource(ctx, e, q.Files.Facts, n)
	if err != nil {
		return nil, err
	}
	defer src.close()
	job, err := q.Job(src.Network, lists)
	if err != nil {
		return nil, questionFailure(err)
	}
	for _, text := range job.Names.Warnings {
		warn(e.Err, "%s", text)
	}
	job.Progress = f.reach
	a, err := f.wait(ctx, e, job, src)
	if err != nil {
		return nil, src.failure(err)
	}
	return &traceAnswer{
		Answer: a, rerun: f.rerun(args, src.path, a.Result.Input.Tip.Height),
		network: "bitcoin " + src.Network.Name, title: q.Title, notes: q.Notes,
	}, nil
}

// wait answers a job, and says meanwhile what is going on.
func (f *traceFlags) wait(ctx context.Context, e env, job *question.Job, src *traceSource) (*question.Answer, error) {
	line := newStatusLine(e.Err)
	defer line.clear()
	defer line.clock(f.doing)()
	return job.Answer(ctx, src.Source)
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

// errFormat is a format that is listed and not written: our own fault.
func errFormat(format string) error { return fmt.Errorf("format %s has no writer", format) }
