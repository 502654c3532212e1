// Clew follows stolen coins. This is its one binary: a file per subcommand,
// and nothing in it that another program could want to import.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// env is what a subcommand may touch of the process, so that tests can hand it
// something else. Out carries the answer, Err everything said beside it.
type env struct {
	Out    io.Writer
	Err    io.Writer
	Getenv func(string) string
}

func main() {
	os.Exit(run(os.Args[1:], env{Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv}))
}

// run executes one command line and returns the exit code.
func run(args []string, e env) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal must end a command that does not come to its end.
	context.AfterFunc(ctx, stop)

	root := newRoot(e)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	printFailure(e.Err, err)
	return exitCode(err)
}
