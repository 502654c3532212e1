package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"clew.example/clew/follow/trace"
	"clew.example/clew/guard/watch"
	"clew.example/clew/internal/vfs"
	"clew.example/clew/ledger"
	"clew.example/clew/question"
	"clew.example/clew/store/flat"
)

// watchFlags are those of "clew watch".
type watchFlags struct {
	ledger, state, metrics string
	post, secret           string
	asJSON, replay, once   bool
	poll                   time.Duration
}

func newWatch(e env) *cobra.Command {
	var f watchFlags
	cmd := &cobra.Command{
		Use:   "watch CASE",
		Short: "Keep the trace of a case current, and say what each block changes",
		Long: `Keeps the trace of a case current while blocks come and go, and says what changed: stolen coins moved, came to rest, or
reached a service, a listed address or a mixer that a label names. The ledger is one that 'clew ingest bitcoin --follow'
keeps current, on the same machine.

Each change is one line, for people or, with --json, as JSON (docs/watch.md); with --post each is posted too. A change
whose block left the chain is taken back by another line that names it. After a restart it goes on where it stood: no
change is lost, and one that is told twice has the same id. Nothing is taken for final: wait for as many blocks on top
as the matter asks for.

SIGTERM ends it after a whole block, with exit code 0. Under systemd (Type=notify) it says when it is ready. For a timer
there is --once.`,
		Example: `  clew watch case.yaml --ledger ledger
  clew watch case.yaml --json --post https://host/hook --secret-file whsec.txt
  clew watch case.yaml --replay --json`,
		Args: exactArgs("CASE"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), e, args[0]) },
	}
	fs := cmd.Flags()
	ledgerFlag(cmd, &f.ledger)
	fs.BoolVar(&f.asJSON, "json", false, "print each change as a line of JSON")
	fs.BoolVar(&f.replay, "replay", false, "a first run tells every block since the theft; else it begins with where the coins lie now")
	fs.BoolVar(&f.once, "once", false, "end when the newest block of the ledger is done, instead of waiting for more")
	fs.StringVar(&f.state, "state", "", "folder that keeps where this watch stands (default: in the ledger's folder, named after CASE)")
	fs.StringVar(&f.post, "post", "", "URL to post each change to, as JSON with the headers of Standard Webhooks")
	fs.StringVar(&f.secret, "secret-file", "", "file of the secret that signs what is posted: whsec_ and base64; several lines sign several times")
	fs.DurationVar(&f.poll, "poll", 250*time.Millisecond, "between looks for a new block in the ledger")
	fs.StringVar(&f.metrics, "metrics", "", "serve figures for Prometheus on this loopback address, such as 127.0.0.1:9333")
	return cmd
}

func (f *watchFlags) run(ctx context.Context, e env, path string) error {
	job, src, err := f.job(e, path)
	if err != nil {
		return err
	}
	defer src.close()
	state, err := f.stateFolder(e, path)
	if err != nil {
		return err
	}
	told, err := newWatching(ctx, e, f, job.Policies)
	if err != nil {
		return fail(exitUsage, err, "")
	}
	defer told.close()
	params, err := watchParams(ctx, job, src)
	if err != nil {
		return src.failure(err)
	}
	w := watch.New(watch.Options{
		Case: filepath.Base(path), Params: params, Starts: startsFor(job.Starts), Pin: pinFor(src.Source),
		Address: question.Addresses(src.Network), Folder: vfs.NewOS(state), Emit: told.emit, Status: told.status,
		Retry: passing, Poll: f.poll, Replay: f.replay, Once: f.once,
	})
	err = w.Run(ctx)
	told.ended()
	if errors.Is(err, vfs.ErrLocked) {
		return fail(exitUsage, err, "another process watches this case: end it, or name another folder with --state")
	}
	return src.failure(err)
}

// job reads the case and opens the ledger.
func (f *watchFlags) job(e env, path string) (*question.Job, *traceSource, error) {
	c, err := readCase(path)
	if err != nil {
		return nil, nil, err
	}
	q := question.FromCase(c, filepath.Dir(path))
	switch {
	case q.Backward:
		return nil, nil, fail(exitUsage, errors.New("the case asks backward: what was before does not change"), "")
	case q.Until != "":
		return nil, nil, fail(exitUsage, errors.New("the case has an end (until), a watch has none"), "leave until out of the case")
	case q.AsOf != "":
		warn(e.Err, "as_of of the case is not used: the newest block is watched")
		q.AsOf = ""
	}
	lists, err := q.Files.Read(question.Open)
	if err != nil {
		return nil, nil, questionFailure(err)
	}
	q.Starts = append(q.Starts, lists.Starts...)
	n, err := q.Network()
	if err != nil {
		return nil, nil, questionFailure(err)
	}
	src, err := openLedger(e.ledgerPath(f.ledger), n)
	if err != nil {
		return nil, nil, err
	}
	job, err := q.Job(src.Network, lists)
	if err != nil {
		src.close()
		return nil, nil, questionFailure(err)
	}
	for _, text := range job.Names.Warnings {
		warn(e.Err, "%s", text)
	}
	return job, src, nil
}

// stateFolder is where a watch keeps where it stands: one for each case file.
func (f *watchFlags) stateFolder(e env, path string) (string, error) {
	if f.state != "" {
		return f.state, nil
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", fail(exitUsage, fmt.Errorf("--state: %w", err), "")
	}
	id := sha256.Sum256([]byte(whole))
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return filepath.Join(e.ledgerPath(f.ledger), "watch", name+"-"+hex.EncodeToString(id[:6])), nil
}

func watchParams(ctx context.Context, job *question.Job, src *traceSource) (params trace.Params, err error) {
	err = src.Pin(ctx, question.Newest, func(p trace.Source) (err error) {
		params, err = job.Params(ctx, p)
		return err
	})
	if errors.Is(err, question.ErrEmpty) {
		return job.Params(ctx, nil)
	}
	return params, err
}

// startsFor finds the starts that a pin holds. One that is not mined yet, or
// not any more, is waited for.
func startsFor(names []question.StartName) func(context.Context, trace.Source) ([]trace.Start, error) {
	return func(ctx context.Context, src trace.Source) (starts []trace.Start, err error) {
		for i := range names {
			found, err := question.Starts(ctx, src, names[i:i+1])
			var missing *question.MissingStart
			if errors.As(err, &missing) || errors.Is(err, question.ErrUnpaid) {
				continue
			}
			if err != nil {
				return nil, err
			}
			for _, f := range found {
				starts = append(starts, f.Start)
			}
		}
		return starts, nil
	}
}

// pinFor reads a source as a watch does.
func pinFor(src *question.Source) func(context.Context, ledger.Height, func(trace.Source) error) error {
	return func(ctx context.Context, asOf ledger.Height, ask func(trace.Source) error) error {
		err := src.Pin(ctx, asOf, ask)
		if errors.Is(err, question.ErrHeight) || errors.Is(err, question.ErrEmpty) {
			return fmt.Errorf("%w: %w", watch.ErrNoBlock, err)
		}
		return err
	}
}

// passing reports whether an error of the ledger is over by itself.
func passing(err error) bool { return errors.Is(err, flat.ErrMoved) }

// secrets reads the secrets that sign what is posted.
func (f *watchFlags) secrets() ([]string, error) {
	if f.secret == "" {
		return nil, nil
	}
	file, err := os.Open(f.secret)
	if err != nil {
		return nil, fmt.Errorf("--secret-file: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, passwordMax))
	if err != nil {
		return nil, fmt.Errorf("--secret-file: %w", err)
	}
	return strings.Fields(string(text)), nil
}
