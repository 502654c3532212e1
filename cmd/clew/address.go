package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"clew.example/clew/chain/bitcoin"
	"clew.example/clew/ledger"
	"clew.example/clew/report/file"
	"clew.example/clew/report/lookup"
	"clew.example/clew/store/flat"
)

// addressFlags are those of "clew address".
type addressFlags struct {
	ledger, asOf string
	limit        int
	asJSON       bool
}

func newAddress(e env) *cobra.Command {
	var f addressFlags
	cmd := &cobra.Command{
		Use:   "address bitcoin:ADDRESS",
		Short: "Print what an address was paid and what of it is spent, as of any block",
		Long: `Prints what an address was paid and what of it is spent, as of the newest block or of any other.

ADDRESS may be script:HEX, for a script that has no address. The ledger knows what happened from its first block on: an
address that it never saw is an answer, and says so.`,
		Args: exactArgs("bitcoin:ADDRESS"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), e, args[0]) },
	}
	ledgerFlag(cmd, &f.ledger)
	cmd.Flags().StringVar(&f.asOf, "as-of", "", "height of the block as of which to answer (default: the newest)")
	cmd.Flags().IntVar(&f.limit, "limit", 100, "outputs to list, the newest first; what is left out is counted")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	return cmd
}

func (f *addressFlags) run(ctx context.Context, e env, arg string) error {
	p, rest, err := e.subjectPlace(f.ledger, arg)
	if err != nil {
		return err
	}
	account, err := bitcoin.ParseAddress(rest, p.network)
	if err != nil {
		return fail(exitUsage, err, "")
	}
	asOf := flat.MaxHeight
	if f.asOf != "" {
		n, err := strconv.ParseUint(f.asOf, 10, 31)
		if err != nil {
			return fail(exitUsage, fmt.Errorf("--as-of %.40q: want a block's height", f.asOf), "")
		}
		asOf = ledger.Height(n)
	}
	if f.limit < 0 {
		return fail(exitUsage, fmt.Errorf("--limit %d: want a number of outputs", f.limit), "")
	}
	var a *lookup.Address
	err = p.read(ctx, asOf, func(l *flat.Ledger, v *flat.View) (err error) {
		a, err = lookup.New(ctx, v, p.network).Address(account, f.limit)
		return err
	})
	if errors.Is(err, flat.ErrNotFound) {
		return fail(exitUsage, fmt.Errorf("--as-of: %w", err), "")
	}
	if err != nil {
		return err
	}
	if f.asJSON {
		return writeJSON(e.Out, a)
	}
	return printAddress(file.NewPage(e.Out), a)
}
