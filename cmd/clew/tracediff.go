package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"clew.example/clew/follow/trace"
	"clew.example/clew/report/file"
)

func newTraceDiff(e env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "diff A.json B.json",
		Short: "Compare two traces: new exits, moved coins, changed labels",
		Long: `Compares two answers of 'clew trace --json': what was unspent and moved, which exits are new or gone, which labels and
sums changed, and where their inputs differ. Files whose digests do not fit what they say are refused.

It exits 0 whether or not they differ.`,
		Example: `  clew trace bitcoin:TXID --as-of 560080 --json -o monday.json
  clew trace bitcoin:TXID --json -o today.json
  clew trace diff monday.json today.json`,
		Args: exactArgs("A.json", "B.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := readTrace(args[0])
			if err != nil {
				return err
			}
			b, err := readTrace(args[1])
			if err != nil {
				return err
			}
			d := trace.Diff(a, b)
			if asJSON {
				return writeJSON(e.Out, d)
			}
			return file.Diff(e.Out, d)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func readTrace(path string) (*trace.Result, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fail(exitInput, err, "")
	}
	defer f.Close()
	r, err := trace.ReadResult(f)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: %w", path, err), "a trace to compare is written with 'clew trace ... --json -o FILE'")
	}
	return r, nil
}
