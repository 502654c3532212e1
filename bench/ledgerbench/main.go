// Command ledgerbench measures the ledger on the common workload and prints
// one table: what the best peer was recorded at, what plain arrays do in this
// run, what Clew does, and what it should do.
//
//	go run ./bench/ledgerbench                    every row; some minutes
//	go run ./bench/ledgerbench -only reach,lookup rows of these groups
//
// Rows of one thread count its processor time, the others wall time; each row
// says in its note how often it ran. The chain is generated into -dir once and kept; the ledgers are made anew.
// Answers are checked exactly wherever they are timed. The exit code is 1 if
// an answer is wrong or a gate is missed. Goals without a gate are for a quiet
// machine: missing one is printed, no more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"clew.example/clew/bench/chain"
	"clew.example/clew/bench/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "ledgerbench: error:", err)
		os.Exit(1)
	}
}

// groups are the names that -only takes, in the order they run. "big" is left
// out unless asked for: it makes a chain of 7.4 GB.
var groups = []struct {
	name string
	run  func(*bench, context.Context) error
}{
	{"ingest", (*bench).ingest},
	{"small", (*bench).ingestSmall},
	{"node", (*bench).node},
	{"scan", (*bench).scan},
	{"reach", (*bench).reach},
	{"trace", (*bench).trace},
	{"lookup", (*bench).lookup},
	{"fresh", (*bench).fresh},
	{"pinned", (*bench).pinned},
	{"decode", (*bench).decode},
	{"commit", (*bench).commit},
	{"server", (*bench).server},
	{"big", (*bench).ingestBig},
}

type config struct {
	dir    string
	params chain.Params
	memory int64
	only   map[string]bool
}

func parse(args []string, stderr io.Writer) (config, error) {
	c := config{params: chain.Defaults(), only: map[string]bool{}}
	var only string
	f := flag.NewFlagSet("ledgerbench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.dir, "dir", "bench-data", "folder for chains and ledgers")
	f.IntVar(&c.params.Txs, "tx", c.params.Txs, "transactions of the chain")
	f.Int64Var(&c.params.Seed, "seed", c.params.Seed, "seed of the chain and of every sample")
	f.Int64Var(&c.memory, "memory", 300e6, "memory goal of the bounded ingest, bytes")
	f.StringVar(&only, "only", "", "groups to run, with commas between: "+groupNames()+" (all but big)")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	for _, g := range groups {
		c.only[g.name] = only == "" && g.name != "big"
	}
	for name := range strings.SplitSeq(only, ",") {
		if _, ok := c.only[name]; !ok && name != "" {
			return c, fmt.Errorf("no group %q: want some of %s", name, groupNames())
		}
		c.only[name] = true
	}
	return c, nil
}

func groupNames() string {
	var names []string
	for _, g := range groups {
		names = append(names, g.name)
	}
	return strings.Join(names, ",")
}

// run measures what args ask for; in a child process it does the child's task.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 2 && args[0] == childFlag {
		return runChild(ctx, args[1], stdout)
	}
	c, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := newBench(ctx, c, stderr)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "before:", b.machine())
	for _, g := range groups {
		if !c.only[g.name] {
			continue
		}
		b.progress("measuring %s", g.name)
		if err := g.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
	}
	fmt.Fprintf(stdout, "after:  %s\n\n", b.machine())
	if err := report.Write(stdout, b.results); err != nil {
		return err
	}
	if i := slices.IndexFunc(b.results, func(r report.Result) bool { return !r.GateMet() }); i >= 0 {
		return fmt.Errorf("gate missed: %s", b.results[i].What)
	}
	return nil
}
