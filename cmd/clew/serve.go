package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"clew.example/clew/internal/service"
	"clew.example/clew/question"
	"clew.example/clew/serve/api"
	"clew.example/clew/serve/auth"
	"clew.example/clew/serve/job"
	"clew.example/clew/serve/opsdb"
	"clew.example/clew/serve/web"
	"clew.example/clew/store/flat"
)

// serveFlags are those of "clew serve".
type serveFlags struct {
	ledger, db, listen string
	cert, key, memory  string
	hosts              []string
	workers, traceTxs  int
	noLink             bool
}

func newServe(e env) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the console and the API",
		Long: `Serves the console, where people trace and keep cases, and the API that it uses (/docs, /openapi.json), over the ledgers of
a folder; 'clew ingest bitcoin --follow' may write to them meanwhile.

It prints a link that logs a browser of this machine in, once, for 15 minutes; 'clew user link' prints another. Programs
use keys: 'clew user key NAME'. It listens on this machine only, or with a certificate anywhere.

Traces run one after the other, or --workers at a time. Memory: a trace holds 4 to 5 kB for each transaction that it visits,
under all its policies together, and is ended where these are more than --trace-txs; so the server stays below 5 kB times
--trace-txs for each worker, and as much once more for the graphs of answers looked at last (5 GB each at the default, a
few hundred megabytes with the traces that people mostly ask). Mapped pages of ledgers come on top and are the system's
to take back. --memory sets a goal.`,
		Example: `  clew serve --ledger ledger
  clew serve --ledger ledger --listen 0.0.0.0:8420 --tls-cert cert.pem --tls-key key.pem --host clew.example.org`,
		Args: exactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), e) },
	}
	fs := cmd.Flags()
	ledgerFlag(cmd, &f.ledger)
	dbFlag(cmd, &f.db)
	fs.StringVar(&f.listen, "listen", listenDefault, "address and port to listen on; port 0 picks a free one")
	fs.StringVar(&f.cert, "tls-cert", "", "certificate, PEM: needed where other machines reach the address")
	fs.StringVar(&f.key, "tls-key", "", "key of the certificate, PEM")
	fs.StringArrayVar(&f.hosts, "host", nil, "name by which browsers reach it, beside those of this machine (repeatable)")
	fs.IntVar(&f.workers, "workers", 1, "traces that run at a time")
	fs.IntVar(&f.traceTxs, "trace-txs", 1_000_000, "transactions that one trace may visit, under all its policies together")
	fs.StringVar(&f.memory, "memory", "", "goal for the memory of the program, such as 2GiB (default: none)")
	fs.BoolVar(&f.noLink, "no-link", false, "print no link to log in with")
	return cmd
}

func (f *serveFlags) run(ctx context.Context, e env) error {
	if err := f.check(); err != nil {
		return fail(exitUsage, err, "")
	}
	if f.memory != "" {
		n, err := parseSize(f.memory)
		if err != nil {
			return fail(exitUsage, fmt.Errorf("--memory: %w", err), "")
		}
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(n))
	}
	h, err := f.open(ctx, e)
	if err != nil {
		return err
	}
	defer h.close()
	return h.serve(ctx, e, f)
}

func (f *serveFlags) check() error {
	if (f.cert == "") != (f.key == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	if f.workers < 1 || f.workers > 64 {
		return fmt.Errorf("--workers %d: want 1 to 64", f.workers)
	}
	if f.traceTxs < 1 {
		return fmt.Errorf("--trace-txs %d: want 1 or more", f.traceTxs)
	}
	if err := auth.CheckListen(f.listen, f.cert != ""); err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	return nil
}

// house is what the server stands on.
type house struct {
	db      *opsdb.DB
	guard   *auth.Guard
	ledgers []api.Ledger
	opened  []*flat.Ledger
	jobs    *job.Manager
	handler http.Handler
	log     *slog.Logger
}

// open opens the database and the ledgers, and puts the server together.
func (f *serveFlags) open(ctx context.Context, e env) (*house, error) {
	h := &house{log: slog.New(slog.NewTextHandler(e.Err, nil))}
	err := h.open(ctx, e, f)
	if err != nil {
		h.close()
	}
	return h, err
}

func (h *house) open(ctx context.Context, e env, f *serveFlags) error {
	sources, err := h.openLedgers(e, e.ledgerPath(f.ledger))
	if err != nil {
		return err
	}
	path := e.dbPath(f.db)
	if h.db, err = opsdb.Open(ctx, path, opsdb.Options{Serve: true, Requeue: true}); err != nil {
		return dbFailure(path, err)
	}
	h.guard = guardOf(h.db, f.cert != "", f.hosts)
	h.jobs = job.New(job.Options{Queue: h.db, Shelf: h.db, Sources: sources, Workers: f.workers, TxsMax: f.traceTxs, Log: h.log})
	h.handler, err = api.New(api.Options{
		Version: buildVersion().Version, Guard: h.guard, Keys: h.db, Ledgers: h.ledgers, Requests: h.db, Cases: h.db, Folders: h.db, Notes: h.db, History: h.db,
		Traces: h.db, Runs: h.jobs, Console: web.Handler(), Registry: service.NewRegistry(), Ready: h.db.Ready, Log: h.log,
	})
	return err
}

// openLedgers opens each chain of a ledger folder. There may be none yet: cases
// that bring facts of their own can be traced all the same.
func (h *house) openLedgers(e env, path string) (sources []*question.Source, err error) {
	all, err := places(path)
	if errors.Is(err, flat.ErrNoLedger) {
		warn(e.Err, "no ledger in %s: only cases with facts of their own can be traced", path)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		l, err := p.open()
		if err != nil {
			return nil, err
		}
		h.opened = append(h.opened, l)
		h.ledgers = append(h.ledgers, api.Ledger{Network: p.network, Pinner: l})
		sources = append(sources, question.Ledger(l, p.network))
	}
	return sources, nil
}

func (h *house) close() {
	if h.jobs != nil {
		h.jobs.Close()
	}
	for _, l := range h.opened {
		l.Close()
	}
	if h.db != nil {
		_ = h.db.Close()
	}
}

// How long requests under way may take when the server is told to end, and how
// often what has expired is removed from the database.
const (
	shutdownTime = 5 * time.Second
	pruneEvery   = time.Hour
)

func (h *house) serve(ctx context.Context, e env, f *serveFlags) error {
	l, base, err := f.bind(ctx)
	if err != nil {
		return fail(exitUsage, err, "another server may be there: name another port, or 0 for a free one")
	}
	server := auth.NewServer(h.handler)
	server.ErrorLog = slog.NewLogLogger(h.log.Handler(), slog.LevelDebug)
	server.BaseContext = func(net.Listener) context.Context { return ctx } // streams of events end with it
	if err := h.greet(ctx, e, f, base); err != nil {
		l.Close()
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	notify := service.NewNotifier()
	notify.Ready()
	beside, done := context.WithCancel(ctx)
	defer done()
	go notify.Watchdog(beside)
	go h.prune(beside)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	notify.Stopping()
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(late); err != nil {
		_ = server.Close()
	}
	<-failed
	return nil
}

// bind listens, and returns where browsers reach it.
func (f *serveFlags) bind(ctx context.Context) (l net.Listener, base string, err error) {
	var pair tls.Certificate
	if f.cert != "" {
		if pair, err = tls.LoadX509KeyPair(f.cert, f.key); err != nil {
			return nil, "", fmt.Errorf("--tls-cert: %w", err)
		}
	}
	if l, err = new(net.ListenConfig).Listen(ctx, "tcp", f.listen); err != nil {
		return nil, "", fmt.Errorf("--listen: %w", err)
	}
	base = "http://" + l.Addr().String()
	if f.cert != "" {
		base = "https://" + l.Addr().String()
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	}
	return l, base, nil
}

// greet says what is served and how to get in. The link is the only secret that
// is ever printed: it works once, here, for a quarter of an hour.
func (h *house) greet(ctx context.Context, e env, f *serveFlags, base string) error {
	var chains []string
	for _, l := range h.ledgers {
		chains = append(chains, l.Network.Alias())
	}
	if len(chains) == 0 {
		chains = []string{"no ledger"}
	}
	fmt.Fprintf(e.Out, "clew serves %s at %s\n", strings.Join(chains, ", "), base)
	if !web.Built {
		fmt.Fprintln(e.Out, "this build has no console ('make web' makes one that has): the API is there, see "+base+"/docs")
	}
	if f.noLink {
		return nil
	}
	token, err := h.guard.Issue(ctx, auth.Owner)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Out, "log in within 15 minutes, once: %s\nanother link: clew user link --db %s --url %s\n",
		auth.LinkURL(base, token), shellWord(e.dbPath(f.db)), base)
	return err
}

// prune removes links, sessions and kept answers that have expired.
func (h *house) prune(ctx context.Context) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if _, err := h.db.Prune(ctx); err != nil && ctx.Err() == nil {
				h.log.Warn("what has expired could not be removed", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}
