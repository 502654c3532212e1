package main

import (
	"context"

	"github.com/spf13/cobra"

	"clew.example/clew/ledger"
	"clew.example/clew/report/file"
	"clew.example/clew/report/lookup"
	"clew.example/clew/store/flat"
)

func newLedger(e env) *cobra.Command {
	group := newGroup(&cobra.Command{
		Use:   "ledger",
		Short: "Look at, check and copy the ledger",
	})
	group.AddCommand(newLedgerShow(e), newLedgerCheck(e), newLedgerCopy(e))
	return group
}

// ledgerFlags are those that the commands of this group share.
type ledgerFlags struct {
	ledger, network string
	asJSON          bool
}

func (f *ledgerFlags) add(cmd *cobra.Command) {
	ledgerFlag(cmd, &f.ledger)
	cmd.Flags().StringVar(&f.network, "network", "", "network, where the ledger holds several")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
}

// chosen returns the chains that the flags mean: all, or one.
func (f *ledgerFlags) chosen(e env) ([]place, error) {
	path := e.ledgerPath(f.ledger)
	if f.network == "" {
		return places(path)
	}
	p, err := choosePlace(path, f.network, "")
	return []place{p}, err
}

func newLedgerShow(e env) *cobra.Command {
	var f ledgerFlags
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print what the ledger holds",
		Long: `Prints what the ledger holds, as of its newest block, also while an ingest runs beside it.
A ledger of several chains gives an answer, a line of JSON, for each.`,
		Args: exactArgs(),
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen, err := f.chosen(e)
			if err != nil {
				return err
			}
			for _, p := range chosen {
				if err := showLedger(cmd.Context(), e, p, f.asJSON); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f.add(cmd)
	return cmd
}

// ledgerAnswer is what "clew ledger show --json" prints.
type ledgerAnswer struct {
	Schema        string        `json:"schema"`
	Chain         ledger.Chain  `json:"chain"`
	Network       string        `json:"network"`
	PowChecked    bool          `json:"pow_checked"`
	FirstHeight   ledger.Height `json:"first_height"`
	Tip           *tipAnswer    `json:"tip"` // null: no block yet
	Blocks        uint64        `json:"blocks"`
	Txs           uint64        `json:"txs"`
	Inputs        uint64        `json:"inputs"`         // those of coinbases included
	InputsUnknown uint64        `json:"inputs_unknown"` // spend an output from before the first block
	Outputs       uint64        `json:"outputs"`
	Accounts      uint64        `json:"accounts"` // distinct scriptPubKeys
	Bytes         int64         `json:"bytes"`
	Generation    uint64        `json:"generation"`
	Format        int           `json:"format"`
}

func showLedger(ctx context.Context, e env, p place, asJSON bool) error {
	var a ledgerAnswer
	err := p.read(ctx, flat.MaxHeight, func(l *flat.Ledger, v *flat.View) (err error) {
		a, err = describe(l, v)
		return err
	})
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(e.Out, a)
	}
	return printLedger(file.NewPage(e.Out), p, &a)
}

func describe(l *flat.Ledger, v *flat.View) (ledgerAnswer, error) {
	m, c := l.Meta(), v.Counts()
	a := ledgerAnswer{
		Schema: "clew.ledger/1", Chain: m.Chain, Network: m.Network, PowChecked: !m.NoPow, FirstHeight: m.FirstHeight,
		Blocks: c.Blocks, Txs: c.Txs, Inputs: c.Ins, InputsUnknown: c.Unknowns, Outputs: c.Outs, Accounts: c.Accounts,
		Generation: v.Tip().Generation, Format: flat.Format,
	}
	var err error
	if a.Bytes, err = v.Bytes(); err != nil {
		return a, err
	}
	a.Tip, err = tipOf(v)
	return a, err
}

// tipOf names the pinned block, nil in an empty ledger.
func tipOf(v *flat.View) (*tipAnswer, error) {
	t, err := lookup.TipOf(v)
	return (*tipAnswer)(t), err
}

func printLedger(p *file.Page, at place, a *ledgerAnswer) error {
	p.Linef("bitcoin %s  %s  (%s)", a.Network, at.dir, a.Chain)
	t := file.Columns{Right: map[int]bool{1: true}}
	if a.Tip != nil {
		t.Add("blocks", file.Count(a.Blocks), "heights "+file.Count(int64(a.FirstHeight))+" to "+file.Count(int64(a.Tip.Height)))
	} else {
		t.Add("blocks", "0", "the first will be "+file.Count(int64(a.FirstHeight)))
	}
	t.Add("transactions", file.Count(a.Txs))
	unknown := ""
	if a.InputsUnknown > 0 {
		unknown = file.Count(a.InputsUnknown) + " spend outputs from before the first block"
	}
	t.Add("inputs", file.Count(a.Inputs), unknown)
	t.Add("outputs", file.Count(a.Outputs))
	t.Add("accounts", file.Count(a.Accounts))
	t.Add("on disk", size(a.Bytes))
	t.Write(p, "  ")
	if a.Tip != nil {
		p.Linef("  tip %s  %s", a.Tip.Hash, textOf(a.Tip.Time))
	}
	if !a.PowChecked {
		p.Linef("  made-up chain: proof of work was not checked")
	}
	return p.Err()
}
