package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"clew.example/clew/report/file"
	"clew.example/clew/report/lookup"
	"clew.example/clew/store/flat"
)

func newTx(e env) *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "tx bitcoin:TXID[@HEIGHT]",
		Short: "Print a transaction: what it spends, what it pays, and who spent that",
		Long: `Prints a transaction: what it spends, what it pays, and who spent that.

Two transactions of mainnet came twice (BIP 30). A txid means the newer one; TXID@HEIGHT names the one in that block.`,
		Args: exactArgs("bitcoin:TXID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, rest, err := e.subjectPlace(path, args[0])
			if err != nil {
				return err
			}
			id, err := lookup.ParseTxName(rest)
			if err != nil {
				return fail(exitUsage, err, "a txid is 64 hex digits, as in bitcoin:TXID or bitcoin:TXID@HEIGHT")
			}
			a, err := lookUpTx(cmd.Context(), p, id)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(e.Out, a)
			}
			return printTx(file.NewPage(e.Out), a)
		},
	}
	ledgerFlag(cmd, &path)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func lookUpTx(ctx context.Context, p place, name lookup.TxName) (a *lookup.Tx, err error) {
	err = p.read(ctx, flat.MaxHeight, func(l *flat.Ledger, v *flat.View) (err error) {
		a, err = lookup.New(ctx, v, p.network).Tx(name)
		var missing *lookup.Missing
		if errors.As(err, &missing) {
			return fail(exitUsage, err, missing.Holds)
		}
		return err
	})
	return a, err
}
